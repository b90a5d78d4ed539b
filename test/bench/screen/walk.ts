/**
 * Who is heard in the store of the benchmark, sent from a process of its own: in each bay those who stay and the two
 * who come and go, and strangers who walk through the whole shop, as many as a rate needs. Open loop: what is late
 * stays late and counts. Takes its pace from its parent and answers with what it sent.
 */
import { connectAsync, type MqttClient } from 'mqtt';
import type { Bay } from './scene.js';

export interface WalkOrder {
  readonly mqttUrl: string;
  readonly bays: readonly Bay[];
  readonly nodes: readonly { readonly id: string; readonly token: string }[];
  /** Node of the zone in which the two are while they are not in their bay. */
  readonly rest: string;
}

/** From now on so many sightings a second, all told; answer after so long. */
export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Walked {
  /** Of the clock that all processes of a machine share, ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly sent: number;
  /** Everybody who was heard in a bay that they came to, since the last answer. */
  readonly coming: readonly Coming[];
}

export interface Coming {
  /** Of the sighting. */
  readonly seq: number;
  readonly sentMs: number;
  readonly screen: string;
}

const TICK_MS = 2;
/** Twice this and a little is what confirms a zone: the third sighting of one who comes completes it. */
const BEAT_MS = 1_020;
/** A screen changes every 21 beats, so that what it showed has stood for its twenty seconds. */
const HALF_BEATS = 21;
const CYCLE_BEATS = 2 * HALF_BEATS;
/** Both are gone five beats after the second came. It begins then, so that they are somewhere before they come. */
const GO_BEAT = HALF_BEATS + 5;
/** Each screen changes once in this time, and each did once after twice as long. */
export const HALF_CYCLE_S = (HALF_BEATS * BEAT_MS) / 1_000;
/** Whoever has come or gone for so many beats is heard in some of them only, to leave the rate to strangers. */
const MOVING_BEATS = 7;
const RARELY_BEATS = 5;
/** With nobody else to be heard, those who stay are heard so much more rarely. */
const IDLE_BEATS = 10;
const STRANGERS = 200;
const STRANGER_STAYS_MS = 20_000;

/** dBm. Somebody who comes leads at once, and somebody who goes is given up by their bay within three beats. */
const HERE = -35;
const REST = -70;
const FADING = -90;

async function run(order: WalkOrder): Promise<void> {
  const air = await createAir(order);
  const beat = createBays(order, air);
  const staying = order.bays.flatMap(({ node, stay }) => stay.map((tag) => [node, tag] as const));
  const startMs = nowMs();
  let pace = { perSecond: 0, fromMs: startMs, sentBefore: 0 };
  let [stays, strangers] = [0, 0];
  setInterval(() => {
    const atMs = nowMs();
    beat(atMs - startMs);
    const passedMs = atMs - pace.fromMs;
    const roundMs = pace.perSecond === 0 ? BEAT_MS * IDLE_BEATS : BEAT_MS;
    for (; stays < (passedMs / roundMs) * staying.length; stays += 1)
      air.hear(...staying[stays % staying.length]!, HERE);
    for (; air.sent() - pace.sentBefore < (passedMs / 1_000) * pace.perSecond; strangers += 1)
      air.hear(...strangerAt(order, strangers % STRANGERS, atMs), HERE);
  }, TICK_MS);
  process.on('message', ({ perSecond, seconds }: Pace) => {
    const fromMs = nowMs();
    pace = { perSecond, fromMs, sentBefore: air.sent() };
    stays = 0;
    setTimeout(() => {
      const sent = air.sent() - pace.sentBefore;
      process.send?.({ fromMs, untilMs: nowMs(), sent, coming: beat.takeComing() } satisfies Walked);
    }, seconds * 1_000);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.('walking');
}

/** A sighting by any node; answers its `seq`. */
async function createAir({ mqttUrl, nodes }: WalkOrder) {
  const clients = new Map<string, MqttClient>();
  for (const { id, token } of nodes) {
    const connection = { clientId: id, username: id, password: token, reconnectPeriod: 0 };
    clients.set(id, await connectAsync(mqttUrl, connection));
  }
  let seq = 0;
  return {
    hear(node: string, tag: string, rssi: number): number {
      seq += 1;
      const body = JSON.stringify({ id: tag, rssi, distance: 1.2, seq });
      clients.get(node)?.publish(`espresense/devices/${tag}/${node}`, body, { qos: 1 }, () => undefined);
      return seq;
    },
    sent: () => seq,
  };
}

/** Lets the two of each bay come and go; the bays are spread over the time between two changes of one screen. */
function createBays({ bays, rest }: WalkOrder, { hear }: Awaited<ReturnType<typeof createAir>>) {
  const done = bays.map(() => 0);
  let coming: Coming[] = [];
  const place = (bay: Bay, tag: string, { here, gone }: { here?: number; gone?: number }): void => {
    const beats = here ?? gone ?? 0;
    if (beats >= MOVING_BEATS && beats % RARELY_BEATS !== 0) return;
    // Taken before the message is made: what the sender itself needs counts, too.
    const sentMs = nowMs();
    if (here !== undefined) coming.push({ seq: hear(bay.node, tag, HERE), sentMs, screen: bay.screen });
    else {
      hear(rest, tag, REST);
      hear(bay.node, tag, FADING);
    }
  };
  const beat = (passedMs: number): void => {
    for (const [n, bay] of bays.entries()) {
      const due = passedMs / BEAT_MS - (n / bays.length) * HALF_BEATS;
      for (; done[n]! < due; done[n]! += 1) {
        const at = (done[n]! + GO_BEAT) % CYCLE_BEATS;
        const gone = (at + CYCLE_BEATS - GO_BEAT) % CYCLE_BEATS;
        place(bay, bay.first, at < GO_BEAT ? { here: at } : { gone });
        place(bay, bay.second, at >= HALF_BEATS && at < GO_BEAT ? { here: at - HALF_BEATS } : { gone });
      }
    }
  };
  return Object.assign(beat, {
    takeComing(): readonly Coming[] {
      const taken = coming;
      coming = [];
      return taken;
    },
  });
}

/** Each stays with one node for a while and then goes to the next, not all at once. */
function strangerAt({ nodes }: WalkOrder, who: number, atMs: number): readonly [node: string, tag: string] {
  const walks = Math.floor(atMs / STRANGER_STAYS_MS + who / STRANGERS);
  const node = nodes[(who + walks) % nodes.length]!.id;
  return [node, `iBeacon:00000000-0000-4000-8000-00000000000c-1-${who}`];
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const order = process.env['ENDCAP_WALK'];
if (order !== undefined) await run(JSON.parse(order) as WalkOrder);
