import { ApiFailure } from '../../shared/api.js';
import type { Place } from '../../shared/format.js';
import { refusalWords, toldFor } from '../../shared/messages/told.js';

/** Why something did not work, in the language of the page. `reasons`: words of a page that knows better what was tried. */
export function whyOf(
  error: unknown,
  { place }: { readonly place: Pick<Place, 'locale'> },
  reasons: Readonly<Record<string, string>> = {},
): string {
  const told = toldFor(place.locale);
  if (!(error instanceof ApiFailure)) return told.refusals.Unknown;
  const { reason, field, message: detail } = error;
  return Object.hasOwn(reasons, reason)
    ? (reasons[reason] ?? '')
    : refusalWords(told, { reason, field, detail });
}
