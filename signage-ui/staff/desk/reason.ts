import { type ToldWords, toldFor } from '../../shared/messages/told.js';

/** What somebody is about to do, for which there are ready words. */
export type ReasonKind = keyof ToldWords['why']['ready'];

/** What was said in a form that has the field; `undefined` where nothing was. */
export function reasonIn(form: FormData): string | undefined {
  const said = String(form.get('reason') ?? '').trim();
  return said === '' ? undefined : said;
}

/** The words for it where a call has no body. */
export const because = (reason: string | undefined): string =>
  reason === undefined ? '' : `?reason=${encodeURIComponent(reason)}`;

/** The member for it where a call has a body. */
export const saying = (reason: string | undefined): { readonly reason?: string } =>
  reason === undefined ? {} : { reason };

/** The ready words of one kind. */
export const readyWords = (kind: ReasonKind, locale: string): readonly string[] =>
  toldFor(locale).why.ready[kind];
