import { type QuarantineEvent, type Refusal, RefusalError } from '../contracts/index.js';
import { adapterNamed } from '../ingest/adapters/registry.js';
import type { Incoming, Intake } from '../ingest/intake.js';
import type { Told } from '../ingest/set-aside.js';
import type { RouteDeps } from '../serve/routes/index.js';
import type { Oversized } from '../serve/routes/route.js';
import type { RimIn } from './rim-in.js';

type Answers = Pick<
  RouteDeps,
  | 'acceptTransaction'
  | 'noteTransaction'
  | 'answerCoupon'
  | 'createShopper'
  | 'linkTag'
  | 'otherTags'
  | 'linkLoyalty'
  | 'recordConsent'
  | 'withdrawConsent'
  | 'redecode'
  | 'recheck'
  | 'eraseShopper'
  | 'sidOfLoyalty'
>;

interface Accepted {
  readonly id: string;
  readonly till: string;
  readonly businessDay: string;
  readonly sequence: number;
  readonly known: boolean;
}

/** Joins what the HTTP routes ask for to what the rim does; refusals travel as values from here on. */
export function answersOf(rim: RimIn): Answers {
  return {
    acceptTransaction: (document, principal) =>
      asValue(() => acceptTransaction(rim, document.body, principal.subject)),
    noteTransaction: (body, { subject }) => asValue(() => noteTransaction(rim, body, subject)),
    answerCoupon: (action, call) => asValue(() => rim.coupons.ask(action, call)),
    createShopper: () => asValue(() => rim.people.createShopper()),
    linkTag: (sid, tag) => refusalOf(() => rim.people.linkTag(sid, { tag })),
    otherTags: (sid, tag) => rim.vault.linksOf(sid).tags - (rim.vault.sidOfTag(tag) === sid ? 1 : 0),
    linkLoyalty: (sid, loyaltyId) => refusalOf(() => rim.people.linkLoyalty(sid, { loyaltyId })),
    recordConsent: (call) => asValue(() => rim.people.consent(call)),
    withdrawConsent: (sid, purpose) => asValue(() => rim.people.withdraw(sid, purpose)),
    eraseShopper: (sid, asked) => asValue(() => rim.erasures.erase(sid, asked)),
    sidOfLoyalty: rim.erasures.sidOfLoyalty,
    redecode: createRedecode(rim.intake),
    recheck: createRecheck(rim.intake),
  };
}

/** A body as if it came once more, by the way in which the record came. */
function onceMore(record: QuarantineEvent, body: Buffer): Incoming {
  const adapter = adapterNamed(record.adapter);
  return {
    topic: record.channel === 'mqtt' ? record.topic : '',
    bytes: body,
    channel: record.channel,
    device: record.device,
    ...(adapter === undefined ? {} : { adapter }),
  };
}

export function createRecheck(intake: Pick<Intake, 'check'>): RouteDeps['recheck'] {
  return (record, body) => intake.check(onceMore(record, body));
}

export function createRedecode(intake: Pick<Intake, 'receive'>): RouteDeps['redecode'] {
  return (record, body, mending) =>
    asValue(async () => {
      const receipt = await intake.receive({ ...onceMore(record, body), mending });
      if (receipt.outcome === 'refused') return receipt.refusal;
      return { events: receipt.outcome === 'nothing' ? [] : receipt.ids };
    });
}

async function acceptTransaction(rim: RimIn, bytes: Buffer, device: string): Promise<Accepted | Refusal> {
  const adapter = adapterNamed('native-pos')!;
  const receipt = await rim.intake.receive({ topic: '', bytes, channel: 'http', device, adapter });
  if (receipt.outcome === 'refused') return kept(receipt);
  if (receipt.outcome === 'nothing') {
    return { reason: 'SchemaMismatch', detail: 'the document holds no transaction' };
  }
  const id = receipt.ids[0] ?? '';
  const [till = '', businessDay = '', sequence = '0'] = id.split('|');
  return { id, till, businessDay, sequence: Number(sequence), known: receipt.outcome === 'known' };
}

async function noteTransaction(rim: RimIn, body: Oversized, device: string): Promise<Refusal> {
  const adapter = adapterNamed('native-pos')!;
  return kept(await rim.intake.oversized({ ...body, device, channel: 'http', adapter }));
}

/** The sender hears which record keeps what was refused. */
const kept = ({ refusal, quarantineId }: Told): Refusal => ({
  ...refusal,
  extra: { ...refusal.extra, quarantineId },
});

async function refusalOf(work: () => Promise<void>): Promise<Refusal | undefined> {
  return (await asValue(work)) ?? undefined;
}

async function asValue<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal;
    throw error;
  }
}
