/** What everybody may know of a decision for a screen: never inputs or candidates, and nothing about a person. */
import { isType, type JournalledEvent, type PromoStop, type StoreEvent } from '../contracts/index.js';
import type { Views } from '../ports.js';
import type { Journal } from '../store/types.js';

export type Decision = StoreEvent<'promo.decision'>;

/** True for what was decided about a screen: open to everybody there, also where it is that nothing is offered any more. */
export function isPublicDecision(event: StoreEvent): event is Decision {
  if (!isType(event, 'promo.decision')) return false;
  const { surface, outcome, sid, zone, offer } = event.data;
  if (surface !== 'screen' || sid !== undefined || zone === undefined) return false;
  return outcome !== 'offered' || offer !== undefined;
}

/** Until when it is worth telling; that an offer is gone stays true. */
export function endsMs({ data: { offer } }: Decision): number {
  return offer === undefined ? Number.POSITIVE_INFINITY : Date.parse(offer.validUntil);
}

/**
 * `showing` are the decisions whose offers stand on the screen as this is said. What is not among them is gone, also
 * where a screen has several places, and where one offer makes room for another.
 */
export function publicDecision(event: Decision, showing: readonly string[]): object {
  const { decisionId, outcome, reason, zone, screen, campaign, offer } = event.data;
  const { couponId: _couponId, why: _why, because: _because, ...open } = offer ?? {};
  const shown = offer === undefined ? {} : { offer: open };
  return {
    specversion: event.specversion,
    id: event.id,
    source: event.source,
    type: event.type,
    recordedtime: event.recordedtime,
    dataschema: event.dataschema,
    data: { decisionId, outcome, reason, zone, screen, campaign, ...shown, showing },
  };
}

export interface ScreensNow {
  readonly views: Pick<Views, 'policy' | 'signage'>;
  readonly journal: Pick<Journal, 'readId'>;
  readonly nowMs: () => number;
}

export function showingOn(screen: string | undefined, { views, nowMs }: Omit<ScreensNow, 'journal'>) {
  const slides = screen === undefined ? [] : views.signage(screen, nowMs()).slides;
  return slides.flatMap(({ decisionId }) => decisionId ?? []);
}

/** An undone stop brings offers back without a new decision: those that were made before it are to be told again. */
export function broughtBack(
  { offset, event: { data } }: JournalledEvent<'promo.stop'>,
  now: ScreensNow,
): readonly Decision[] {
  const screens = now.views.policy()?.screens ?? [];
  const ids = screens.flatMap(({ id }) => showingOn(id, now));
  return ids.flatMap((id) => {
    const found = now.journal.readId(id);
    // By what caused it: decisions of one batch are journalled behind inputs that are handled after it.
    if (found === undefined || (found.cause ?? found.offset) >= offset) return [];
    if (!isPublicDecision(found.event)) return [];
    return wasStopped(found.event, data) ? [found.event] : [];
  });
}

const wasStopped = ({ data: { campaign } }: Decision, { scope }: PromoStop): boolean =>
  scope === 'all' || scope.campaign === campaign;
