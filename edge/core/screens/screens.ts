import type { Campaign, PromoDecision, Screen } from '../../contracts/index.js';
import { favouritesOf, likingOf } from '../baskets/favourites.js';
import { isStopped } from '../campaign/campaigns.js';
import { buildOffer } from '../campaign/offer.js';
import { nextEdgeMs, windowEndMs } from '../campaign/schedule.js';
import { personalConsent } from '../consent/consent.js';
import { choose, type Verdict, wonBy } from '../decide/choose.js';
import { isInPlace, neededStock } from '../decide/eligibility.js';
import { contendersOf, factsForScreen, stoppedNow } from '../decide/gather.js';
import type { DecisionInputs } from '../decide/inputs.js';
import { SUPPORTERS_MIN } from '../decide/score.js';
import { occupantsOf } from '../derived.js';
import { tallyDecision } from '../offers/tally.js';
import type { Step } from '../step.js';
import { stockOf } from '../stock/stock.js';
import { openScreenStory, storyBackOnScreen, storyOffScreen } from '../story/stories.js';
import { NEVER_MS, SECOND_MS } from '../time.js';
import { forgetGoneScreens } from './gone.js';
import { offerPlaces, takesOffers } from './picture.js';
import { OFFER_PLACES_MAX, placeKey, type ScreenRow, type Showing } from './state.js';

/** Taste alone changes a screen at most this often; stock, stops and time at once. */
const HOLD_MS = 20 * SECOND_MS;
const CANDIDATES_MAX = 64;
/** A stop that is undone within this was a slip of the hand: what stood there stands there again. */
const UNDO_MS = 15 * SECOND_MS;
/** A person speaks for their best-liked products only. */
const FAVOURITES_HEARD = 8;
const LIKED_MIN = 0.3;

/** Look again at every screen that something of this step may have changed. */
export function redecideScreens(step: Step): void {
  const { screens } = step.state;
  if (step.nowMs >= screens.dueMs) step.stale.all = true;
  const { all, urgent, zones } = step.stale;
  if (!all && !urgent && zones.size === 0) return;
  if (all || urgent) forgetGoneScreens(step);
  if (all || urgent) screens.dueMs = nextDue(step);
  for (const screen of step.derived.screens) {
    if (all || urgent || zones.has(screen.zone)) redecideAll(step, screen);
  }
}

function nextDue(step: Step): number {
  const local = step.derived.clock.at(step.nowMs);
  let next = NEVER_MS;
  for (const { when } of step.derived.displays) next = Math.min(next, nextEdgeMs(when, step.nowMs, local));
  for (const { awake } of step.derived.screens) {
    if (awake !== undefined) next = Math.min(next, nextEdgeMs({ dayparts: awake }, step.nowMs, local));
  }
  for (const { showing } of step.state.screens.rows.values()) {
    if (showing !== null && showing.untilMs > step.nowMs) next = Math.min(next, showing.untilMs);
  }
  return next;
}

/** Place by place: no campaign stands on one screen twice. Places that its playlist has no more are cleared. */
function redecideAll(step: Step, screen: Screen): void {
  const { rows } = step.state.screens;
  const open = takesOffers(screen, step.nowMs, step.derived) ? offerPlaces(screen) : 0;
  const taken = new Set<string>();
  for (let place = 0; place < OFFER_PLACES_MAX; place += 1) {
    const key = placeKey(screen.id, place);
    if (place >= open && place > 0 && !rows.has(key)) continue;
    const here = place < open ? campaignsFor(step, screen, taken) : [];
    redecide(step, screen, { key, here });
    const showing = rows.get(key)?.showing;
    if (showing != null) taken.add(showing.campaign);
  }
}

function campaignsFor(step: Step, screen: Screen, taken: ReadonlySet<string>): readonly Campaign[] {
  const where = { zone: screen.zone, screen: screen.id };
  return step.derived.displays.filter((campaign) => isInPlace(campaign, where) && !taken.has(campaign.id));
}

function redecide(
  step: Step,
  screen: Screen,
  place: { readonly key: string; readonly here: readonly Campaign[] },
): void {
  const { key, here } = place;
  const row = rowOf(step, key);
  if (here.length === 0 && row.showing === null) return;
  holdStopped(step, row);
  const seen = look(step, screen, { campaigns: here.slice(0, CANDIDATES_MAX), showing: row.showing });
  const next = nextShowing(step, seen.verdict);
  if (cameBack(step, row, { next, verdict: seen.verdict })) return;
  if (next === undefined) refuse(step, screen, { row, ...seen });
  else if (row.showing === null || !staysUp(step, row.showing, { next, verdict: seen.verdict })) {
    if (row.showing !== null) storyOffScreen(step, row.showing.decisionId);
    row.showing = next;
    row.refusedAs = '';
    step.state.screens.dueMs = Math.min(step.state.screens.dueMs, next.untilMs);
    tell(step, screen, { ...seen, made: next });
  }
}

/** A stop takes the offer off, and remembers it. */
function holdStopped(step: Step, row: ScreenRow): void {
  const { showing } = row;
  if (showing === null || !isStopped(step.state.campaigns, showing.campaign)) return;
  row.held = { showing, sinceMs: step.nowMs };
}

/**
 * A stop that is undone soon brings the very same offer back, whatever would win by now; later only where it would
 * win again. The decision keeps its id: nothing was decided anew.
 */
function cameBack(
  step: Step,
  row: ScreenRow,
  wish: { next: Showing | undefined; verdict: Verdict },
): boolean {
  const { held } = row;
  if (held === undefined || isStopped(step.state.campaigns, held.showing.campaign)) return false;
  delete row.held;
  const { showing, sinceMs } = held;
  if (step.nowMs >= showing.untilMs || !isStillGood(step, showing, wish.verdict)) return false;
  const soon = step.nowMs - sinceMs <= UNDO_MS;
  if (!soon && (wish.next === undefined || !isSameOffer(showing, wish.next))) return false;
  if (row.showing !== null && row.showing.decisionId !== showing.decisionId) {
    storyOffScreen(step, row.showing.decisionId);
  }
  row.showing = showing;
  row.refusedAs = '';
  step.state.screens.dueMs = Math.min(step.state.screens.dueMs, showing.untilMs);
  storyBackOnScreen(step, showing.decisionId);
  return true;
}

function nextShowing(step: Step, verdict: Verdict): Showing | undefined {
  const won = wonBy(verdict);
  const product = won === undefined ? undefined : step.state.campaigns.products.get(won.facts.sku);
  if (won === undefined || product === undefined) return undefined;
  const { campaign, facts } = won;
  const untilMs = windowEndMs(campaign.when, step.nowMs, step.derived.clock);
  return {
    decisionId: step.nextId(),
    campaign: campaign.id,
    campaignVersion: campaign.version,
    offer: buildOffer(step, { campaign, product, stock: facts.stock, untilMs }).offer,
    sinceMs: step.nowMs,
    untilMs,
  };
}

/** The same offer goes on, and so does one that is still good and was only just put up: let people read it. */
function staysUp(step: Step, showing: Showing, wish: { next: Showing; verdict: Verdict }): boolean {
  if (step.nowMs >= showing.untilMs) return false;
  return isSameOffer(showing, wish.next) || mayStay(step, showing, wish.verdict);
}

function isSameOffer(left: Showing, right: Showing): boolean {
  return (
    left.campaign === right.campaign &&
    left.campaignVersion === right.campaignVersion &&
    left.offer.sku === right.offer.sku &&
    left.offer.priceMinor === right.offer.priceMinor &&
    left.offer.wasMinor === right.offer.wasMinor
  );
}

function mayStay(step: Step, showing: Showing, verdict: Verdict): boolean {
  if (step.stale.urgent || step.nowMs - showing.sinceMs >= HOLD_MS || !isStillGood(step, showing, verdict))
    return false;
  step.state.screens.dueMs = Math.min(step.state.screens.dueMs, showing.sinceMs + HOLD_MS);
  return true;
}

function isStillGood(step: Step, showing: Showing, verdict: Verdict): boolean {
  const { campaign: id, campaignVersion, offer } = showing;
  const campaign = step.state.campaigns.campaigns.get(id);
  const candidate = verdict.candidates.find((other) => other.campaign === id);
  if (campaign?.version !== campaignVersion || candidate === undefined) return false;
  const stock = stockOf(step.state.stock, offer.sku);
  const priced = step.state.campaigns.products.get(offer.sku)?.priceMinor === offer.wasMinor;
  return candidate.outcome !== 'rejected' && priced && (stock === null || stock >= neededStock(campaign));
}

function refuse(
  step: Step,
  screen: Screen,
  seen: { row: ScreenRow; inputs: DecisionInputs; verdict: Verdict; people: number },
): void {
  const { row, verdict } = seen;
  const refusedAs = verdict.candidates.map(({ campaign, reason }) => `${campaign} ${reason}`).join('|');
  if (row.showing === null && row.refusedAs === refusedAs) return;
  if (row.showing !== null) storyOffScreen(step, row.showing.decisionId);
  row.showing = null;
  row.refusedAs = refusedAs;
  tell(step, screen, { ...seen, made: undefined });
}

function tell(
  step: Step,
  screen: Screen,
  what: {
    inputs: DecisionInputs;
    verdict: Verdict;
    people: number;
    made: Pick<PromoDecision, 'campaign' | 'campaignVersion' | 'offer'> | undefined;
  },
): void {
  const { inputs, verdict, made } = what;
  const decisionId = step.nextId();
  const decision: PromoDecision = {
    decisionId,
    storyId: decisionId,
    outcome: verdict.outcome,
    surface: 'screen',
    zone: screen.zone,
    screen: screen.id,
    ...(made === undefined
      ? {}
      : { campaign: made.campaign!, campaignVersion: made.campaignVersion!, offer: made.offer! }),
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    candidates: [...verdict.candidates],
    inputs: { ...inputs },
  };
  step.emit('promo.decision', decision);
  tallyDecision(step, decision);
  openScreenStory(step, decision, what.people);
}

function look(
  step: Step,
  screen: Screen,
  { campaigns, showing }: { readonly campaigns: readonly Campaign[]; readonly showing: Showing | null },
) {
  const { fans, audience } = audienceOf(step, screen.zone);
  const moment = { fans, campaign: showing?.campaign ?? '', sku: showing?.offer.sku ?? '' };
  const contenders = contendersOf(campaigns, (campaign) => factsForScreen(step, campaign, moment));
  const inputs: DecisionInputs = {
    surface: 'screen',
    atMs: step.nowMs,
    ...step.derived.clock.at(step.nowMs),
    ...(step.state.clock.unsure ? { clockUnsure: true } : {}),
    zone: screen.zone,
    zoneName: step.derived.zoneNames.get(screen.zone) ?? screen.zone,
    screen: screen.id,
    dwellMs: 0,
    stopped: stoppedNow(step, campaigns),
    audience,
    facts: Object.fromEntries(contenders.map(({ campaign, facts }) => [campaign.id, facts])),
  };
  const people = occupantsOf(step.derived, screen.zone).size;
  return { inputs, verdict: choose(contenders, inputs), people };
}

/**
 * Who is there, in aggregate: for each product the number of people who like it. With fewer than two whose
 * history may be used, nobody's is. `audience` says how many spoke, and is 0 then.
 */
function audienceOf(step: Step, zone: string): { fans: ReadonlyMap<string, number>; audience: number } {
  const voices: string[] = [];
  for (const key of occupantsOf(step.derived, zone)) {
    if (!key.startsWith('s:')) continue;
    if (personalConsent(step.state.consent, key.slice(2), step.nowMs) !== undefined)
      voices.push(key.slice(2));
  }
  const fans = new Map<string, number>();
  if (voices.length < SUPPORTERS_MIN) return { fans, audience: 0 };
  for (const sid of voices) {
    for (const favourite of favouritesOf(step.state.favourites, sid).slice(0, FAVOURITES_HEARD)) {
      if (likingOf(favourite, step.nowMs) < LIKED_MIN) continue;
      fans.set(favourite[0], (fans.get(favourite[0]) ?? 0) + 1);
    }
  }
  return { fans, audience: voices.length };
}

function rowOf(step: Step, key: string): ScreenRow {
  let row = step.state.screens.rows.get(key);
  if (row === undefined) {
    row = { showing: null, refusedAs: '' };
    step.state.screens.rows.set(key, row);
  }
  return row;
}
