import type { StaffNow, Story, StoryStep } from '../../../edge/contracts/index.js';
import { hourMinute, money, type Place, percentOff } from '../../shared/format.js';
import { lengthInWords, type Messages } from '../../shared/messages/index.js';

/** Turns the steps of a story into sentences of the reader's language. Facts may be missing: then less is said. */

export interface Telling {
  readonly messages: Messages;
  readonly place: Place;
  readonly policy: StaffNow['policy'];
  /** The name of a product, or its sku where the name is not known. */
  readonly productOf: (sku: string) => string;
}

type Facts = NonNullable<StoryStep['facts']>;

const text = (facts: Facts, name: string): string | undefined => {
  const found = facts[name];
  return found === undefined || found === '' ? undefined : String(found);
};
const figure = (facts: Facts, name: string): number | undefined => {
  const found = Number(text(facts, name) ?? Number.NaN);
  return Number.isFinite(found) ? found : undefined;
};

export const zoneName = ({ policy }: Telling, id: string): string =>
  policy.zones.find((zone) => zone.id === id)?.name ?? id;
export const screenName = ({ policy }: Telling, id: string): string =>
  policy.screens.find((screen) => screen.id === id)?.name ?? id;

/** `till-2` is "till 2"; any other id stands as it is. */
export function tillName({ messages }: Telling, id: string): string {
  const number = /^(?:till[-_ ]?)?(\d+)$/i.exec(id)?.[1];
  return number === undefined ? id : messages.staff.stories.steps.till(number);
}

/** `Kolibri Zero −10 %`, or with its price where there is no percentage. */
export function storyTitle(story: Story, { place }: Telling): string {
  if (story.percent !== undefined) return `${story.title} ${percentOff(story.percent, place.locale)}`;
  return story.priceMinor === undefined ? story.title : `${story.title} ${money(story.priceMinor, place)}`;
}

export function reasonWords(reason: string, { messages }: Telling): string {
  return Object.hasOwn(messages.staff.reasons, reason) ? (messages.staff.reasons[reason] ?? reason) : reason;
}

function entered(step: StoryStep, story: Story, telling: Telling): string {
  const words = telling.messages.staff.stories.steps;
  const facts = step.facts ?? {};
  const zone = zoneName(telling, text(facts, 'zone') ?? story.zone ?? '');
  if (story.surface === 'screen') return words.enteredMany(zone);
  const seconds = figure(facts, 'staySeconds');
  return seconds === undefined
    ? words.entered(zone)
    : words.enteredStay(zone, lengthInWords(seconds * 1_000, telling.messages));
}

function decided(step: StoryStep, story: Story, telling: Telling): string {
  const words = telling.messages.staff.stories.steps;
  const facts = step.facts ?? {};
  const reason = step.reason ?? story.reason;
  if (step.outcome === 'withheld') return words.withheld;
  if (step.outcome === 'rejected' && reason !== undefined) {
    return reasonWords(reason, telling);
  }
  if (story.screen === undefined) return words.decided;
  const people = figure(facts, 'people') ?? 0;
  const screen = screenName(telling, story.screen);
  return people === 0 ? words.decidedFor(screen) : words.decidedForMany(screen, people);
}

function sent(step: StoryStep, story: Story, telling: Telling): string {
  const words = telling.messages.staff.stories.steps;
  // The price is said once, by the decision; what follows it only says that it arrived.
  const facts = { ...story.steps.find(({ step }) => step === 'decided')?.facts, ...step.facts };
  const why = step.reason === undefined || step.outcome === 'sent' ? undefined : words.unsent[step.reason];
  if (why !== undefined) return why;
  if (step.outcome === 'failed') return words.notSent;
  if (step.outcome === 'clicked') return words.clicked;
  if (step.outcome === 'expired') return words.expiredUnsent;
  const price = figure(facts, 'priceMinor') ?? story.priceMinor;
  if (price === undefined) return words.phone(story.title);
  const was = figure(facts, 'wasMinor');
  const now = money(price, telling.place);
  const until = text(facts, 'until');
  const sentence = was === undefined ? words.phone(now) : words.phoneInstead(now, money(was, telling.place));
  const where = step.reason === 'PushUnreachable' || step.reason === 'PushBusy' ? words.onOpenPage : '';
  return until === undefined
    ? sentence + where
    : sentence + words.until(hourMinute(until, telling.place)) + where;
}

/** One sentence for one step. */
export function stepWords(step: StoryStep, story: Story, telling: Telling): string {
  const words = telling.messages.staff.stories.steps;
  const facts = step.facts ?? {};
  const till = tillName(telling, text(facts, 'till') ?? '');
  switch (step.step) {
    case 'entered':
      return entered(step, story, telling);
    case 'decided':
      return decided(step, story, telling);
    case 'sent':
      return sent(step, story, telling);
    case 'shown': {
      const price = figure(facts, 'priceMinor') ?? story.priceMinor;
      const screen = screenName(telling, text(facts, 'screen') ?? story.screen ?? '');
      const written = price === undefined ? undefined : money(price, telling.place);
      const other = text(facts, 'product');
      if (story.surface === 'phone' && other !== undefined && written !== undefined) {
        return words.screenBeside(screen, other, written);
      }
      return words.screen(screen, written);
    }
    case 'redeemed': {
      if (step.reason === 'CouponUsed') return words.redeemedTwice;
      return words.redeemed(till);
    }
    case 'sold': {
      const total = figure(facts, 'totalMinor');
      return total === undefined ? words.sold(till) : words.paid(money(total, telling.place));
    }
  }
}
