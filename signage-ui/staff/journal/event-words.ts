import type { StoreEvent, TopicData, TopicName } from '../../../edge/contracts/index.js';
import { count, money, percentOff } from '../../shared/format.js';
import type { IconName } from '../../shared/icons.js';
import { refusalWords, toldFor, wordOf } from '../../shared/messages/told.js';
import { reasonWords, screenName, type Telling, tillName, zoneName } from '../now/story-words.js';

/** One event as a line of the list: what happened in bold, to what beside it. */
export interface EventLine {
  readonly icon: IconName;
  readonly tone?: 'good' | 'look' | 'act';
  readonly verb: string;
  readonly rest: string;
}

type Data<T extends TopicName> = TopicData<T>;
type Writer<T extends TopicName> = (data: Data<T>, telling: Telling) => EventLine;

const join = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(', ');

function decision(data: Data<'promo.decision'>, telling: Telling): EventLine {
  const { journal } = telling.messages;
  const { offer, outcome, reason } = data;
  const first = data.candidates[0];
  const percent = offer?.percent === undefined ? undefined : percentOff(offer.percent, telling.place.locale);
  const name =
    offer === undefined ? (first?.name ?? '') : join([offer.name, percent].filter(Boolean).join(' '));
  const where = data.screen === undefined ? journal.phrases.onPhone : screenName(telling, data.screen);
  if (outcome === 'offered') return { icon: 'tag', verb: journal.verbs.offered, rest: join(name, where) };
  const why = reason === undefined ? undefined : reasonWords(reason, telling).split(':')[0];
  return outcome === 'withheld'
    ? { icon: 'tag', verb: journal.verbs.withheld, rest: join(name, why) }
    : { icon: 'tag', tone: 'look', verb: journal.verbs.refused, rest: join(name, why) };
}

function zoneChange(data: Data<'presence.zone'>, telling: Telling): EventLine {
  const { verbs, phrases } = telling.messages.journal;
  const zone = zoneName(telling, data.zone);
  const stayed = phrases.seconds(count(Math.round(data.dwellMs / 1_000), telling.place.locale));
  if (data.change === 'enter') return { icon: 'people', verb: verbs.entered, rest: zone };
  const verb = data.change === 'exit' ? verbs.left : verbs.stayed;
  return { icon: 'people', verb, rest: join(zone, stayed) };
}

function sale(data: Data<'pos.transaction'>, telling: Telling): EventLine {
  const { verbs, phrases } = telling.messages.journal;
  const total = money(data.totalMinor, { ...telling.place, currency: data.currency });
  const where = phrases.at(tillName(telling, data.till));
  return {
    icon: 'receipt',
    verb: verbs.paid,
    rest: join(`${total} ${where}`, phrases.lines(data.lines.length)),
  };
}

function stock(data: Data<'stock.level'>, { messages, place, productOf }: Telling): EventLine {
  const { verbs, phrases } = messages.journal;
  const left = data.soldOut ? phrases.soldOut : phrases.left(count(data.count, place.locale));
  return {
    icon: 'stock',
    verb: verbs.counted,
    rest: join(productOf(data.sku), left),
    ...(data.soldOut ? { tone: 'look' } : {}),
  };
}

function aside(data: Data<'quarantine.event'>, { messages, place }: Telling): EventLine {
  const { verbs } = messages.journal;
  if (data.settles !== undefined)
    return { icon: 'mend', verb: verbs.settled, rest: data.settles.quarantineId };
  return {
    icon: 'warning',
    tone: 'look',
    verb: verbs.aside,
    rest: refusalWords(toldFor(place.locale), data),
  };
}

function silenceOf(reason: string | undefined, { locale }: Telling['place']): string | undefined {
  return reason === undefined ? undefined : (wordOf<string>(toldFor(locale).silences, reason) ?? reason);
}

function redeemed(data: Data<'coupon.redeemed'>, telling: Telling): EventLine {
  const { verbs, phrases } = telling.messages.journal;
  const where = phrases.at(tillName(telling, data.till));
  return { icon: 'receipt', tone: 'good', verb: verbs.taken, rest: join(where, telling.productOf(data.sku)) };
}

const WRITERS: { readonly [T in TopicName]?: Writer<T> } = {
  'promo.decision': decision,
  'presence.zone': zoneChange,
  'pos.transaction': sale,
  'stock.level': stock,
  'quarantine.event': aside,
  'coupon.redeemed': redeemed,
  'coupon.issued': (data, { messages, place, productOf }) => ({
    icon: 'tag',
    verb: messages.journal.verbs.made,
    rest: join(productOf(data.sku), money(data.priceMinor, place)),
  }),
  'coupon.answered': (data, { messages, place }) => ({
    icon: 'receipt',
    verb: messages.journal.verbs.answered,
    rest: join(
      messages.journal.phrases.asks[data.action],
      data.reason === undefined ? undefined : refusalWords(toldFor(place.locale), { reason: data.reason }),
    ),
  }),
  'coupon.request': (data, telling) => ({
    icon: 'receipt',
    verb: telling.messages.journal.verbs.asked,
    rest: join(telling.messages.journal.phrases.asks[data.action], tillName(telling, data.till)),
  }),
  'shelf.reading': (data, { messages, place, productOf }) => ({
    icon: 'stock',
    verb: messages.journal.verbs.weighed,
    rest: join(
      data.shelf,
      productOf(data.sku),
      data.count === undefined
        ? `${data.weight_g ?? '?'} g`
        : messages.journal.phrases.pieces(count(data.count, place.locale)),
    ),
  }),
  'media.play': (data, telling) => ({
    icon: 'screen',
    verb: telling.messages.journal.verbs.played,
    rest: join(
      data.sku === undefined ? data.contentId : telling.productOf(data.sku),
      screenName(telling, data.screen),
    ),
  }),
  'push.sent': (data, { messages }) => ({
    icon: 'phone',
    verb: data.outcome === 'sent' ? messages.journal.verbs.sent : messages.journal.verbs.notSent,
    rest: join(
      messages.journal.phrases.toPhone,
      data.reason === undefined
        ? undefined
        : (wordOf(messages.staff.stories.steps.unsent, data.reason) ?? data.reason),
    ),
  }),
  'push.clicked': (_data, { messages }) => ({
    icon: 'phone',
    verb: messages.journal.verbs.clicked,
    rest: messages.journal.phrases.fromMessage,
  }),
  'presence.sighting': (data, { messages }) => ({
    icon: 'signal',
    verb: messages.journal.verbs.sighting,
    rest: join(data.node, `${data.rssi} dBm`),
  }),
  'consent.receipt': (data, { messages }) => ({
    icon: 'lock',
    verb: messages.journal.verbs.consent,
    rest: `${data.granted ? messages.journal.phrases.given : messages.journal.phrases.notGiven}: ${messages.shopper.purposes[data.purpose].name}`,
  }),
  'consent.withdrawn': (data, { messages }) => ({
    icon: 'lock',
    verb: messages.journal.verbs.withdrawn,
    rest: messages.shopper.purposes[data.purpose].name,
  }),
  'loyalty.profile': (data, { messages }) => ({
    icon: 'people',
    verb: messages.journal.verbs.shopper,
    rest: messages.journal.phrases.changes[data.change],
  }),
  'promo.stop': (data, { messages }) => ({
    icon: 'refused',
    tone: 'act',
    verb: data.active ? messages.journal.verbs.stopped : messages.journal.verbs.undone,
    rest: data.scope === 'all' ? messages.journal.phrases.all : data.scope.campaign,
  }),
  'fraud.verdict': (data, telling) => ({
    icon: 'warning',
    tone: 'act',
    verb: telling.messages.journal.verbs.fraud,
    rest: join(tillName(telling, data.second.till), data.couponId),
  }),
  'audit.entry': (data, { messages, place }) => ({
    icon: 'lock',
    verb: messages.journal.verbs.audit,
    rest: `${data.by}: ${wordOf<string>(toldFor(place.locale).actions, data.action) ?? data.action}`,
  }),
  'device.online': (data, { messages }) => ({
    icon: 'signal',
    verb: messages.journal.verbs.online,
    rest: data.device,
  }),
  'device.offline': (data, { messages, place }) => ({
    icon: 'signal',
    tone: 'look',
    verb: messages.journal.verbs.offline,
    rest: join(data.device, silenceOf(data.reason, place)),
  }),
  'gap.declared': (data, { messages, place }) => ({
    icon: 'warning',
    tone: 'act',
    verb: messages.journal.verbs.gap,
    rest: `${data.lane}: ${messages.journal.phrases.events(count(data.from, place.locale), count(data.to, place.locale))}`,
  }),
  'gap.shed': (data, { messages, place }) => ({
    icon: 'warning',
    tone: 'act',
    verb: messages.journal.verbs.shed,
    rest: join(
      `${data.class}: ${messages.journal.phrases.readings(count(data.count, place.locale))}`,
      Object.keys(data.types).join(', '),
    ),
  }),
  'hq.campaign': (data, { messages }) => ({
    icon: 'tag',
    verb: messages.journal.verbs.campaign,
    rest: join(data.name, messages.journal.phrases.version(data.version)),
  }),
  'hq.catalog': (data, { messages }) => ({
    icon: 'box',
    verb: messages.journal.verbs.catalogue,
    rest: messages.journal.phrases.products(data.products.length),
  }),
};

/** The line of any event, also of a type that this page does not know, and of one whose data is not what it says. */
export function eventLine(event: StoreEvent, telling: Telling): EventLine {
  const write = WRITERS[event.type] as ((data: unknown, telling: Telling) => EventLine) | undefined;
  const plain = { icon: 'box', verb: telling.messages.journal.verbs.other, rest: event.type } as const;
  if (write === undefined) return plain;
  try {
    return write(event.data, telling);
  } catch {
    return plain;
  }
}

export const kindOf = (event: StoreEvent, { messages }: Telling): string =>
  messages.journal.kinds[event.type] ?? event.type;
