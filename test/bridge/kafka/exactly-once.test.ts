import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGate } from '../../../cloud-bridge/gate/start.js';
import type { KafkaPort } from '../../../cloud-bridge/kafka.js';
import { createKafkajsClient } from '../../../cloud-bridge/kafkajs-client.js';
import type { FlinkJob } from '../../../cloud-bridge/provision/flink-job.js';
import { provisionFlink, provisionKafka } from '../../../cloud-bridge/provision/jars.js';
import { type KafkaServer, startKafka } from '../../../cloud-bridge/provision/kafka-server.js';
import {
  bridgeTopics,
  cleanTopic,
  GATE_HOLE_TOPIC,
  GATE_QUARANTINE_TOPIC,
  RAW_TOPIC,
} from '../../../cloud-bridge/topics.js';
import { describeWith } from '../../support/components.js';
import { keptPromise, runSeed, sized } from '../../support/promise.js';
import { until } from '../../support/until.js';
import { compileEdge } from './support/compiled-edge.js';
import { createEdge, type Edge } from './support/edge.js';
import { type GateOutput, judgedByLibrary, laneOf, nameOf, push } from './support/judged.js';
import { readTopic, type SeenRecord } from './support/kcat.js';
import { nastyStream, seededRandom } from './support/nasty-stream.js';

const CLEAN = cleanTopic('pos.transaction');
const PARTITIONS = 2;
const STORE = 'store-1';
const STORE_PARTITION = 1;
const BROKER_KILLS = sized({ q: 5, n: 20 });
const EDGE_KILLS = sized({ q: 50, n: 1_000 });
const GATE_KILLS = sized({ q: 3, n: 20 });
const WITHIN_MS = sized({ q: 300_000, n: 3_600_000 });
/** What a long run has piled up takes longer to judge. */
const JUDGED_WITHIN_MS = sized({ q: 60_000, n: 600_000 });
const EVENTS_PER_SECOND = 400;
/** D8: back in step this soon after the broker answers again. */
const RESUMES_WITHIN_MS = 10_000;

await describeWith(
  ['kafka', 'flink', 'kcat'],
  'from an acknowledged event to exactly one clean record',
  () => {
    const seed = runSeed('exactly once');
    const random = seededRandom(seed);
    const folder = mkdtempSync(join(tmpdir(), 'endcap-bridge-'));
    let kafka: KafkaServer;
    let gate: FlinkJob;
    let client: KafkaPort;
    let edge: Edge;

    beforeAll(async () => {
      kafka = await startKafka({ program: await provisionKafka(), directory: join(folder, 'kafka') });
      client = createKafkajsClient({ brokers: kafka.brokers, clientId: 'test' });
      await client.createTopics(bridgeTopics(PARTITIONS), 1);
      gate = await startGate({
        program: await provisionFlink(),
        directory: join(folder, 'gate'),
        brokers: kafka.brokers,
        client,
      });
      edge = createEdge({
        directory: join(folder, 'journal'),
        brokers: kafka.brokers,
        store: STORE,
        partition: STORE_PARTITION,
        script: await compileEdge(),
      });
    });
    afterAll(async () => {
      await edge?.kill();
      await gate?.stop();
      await client?.close();
      await kafka?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const inStep = (withinMs: number) =>
      until(() => edge.link()?.state === 'in-step' && edge.link()?.waiting === 0, {
        withinMs,
        what: `HQ to have everything (${JSON.stringify(edge.link())}, ${edge.output()})`,
      });

    test('the broker is killed and frozen: the uplink resumes within 10 s', {
      timeout: WITHIN_MS,
    }, async () => {
      await client.send({
        topic: RAW_TOPIC.P0,
        partition: 0,
        records: nastyStream(seed, { lanes: 4, records: 4_000 }),
      });
      await edge.start(EVENTS_PER_SECOND);
      const pauses: number[] = [];
      for (let round = 0; round < BROKER_KILLS; round += 1) {
        await delay(200 + random() * 800);
        await kafka.kill();
        await until(() => (edge.link()?.waiting ?? 0) > 0, { withinMs: 20_000, what: 'a backlog' });
        await kafka.restart();
        const backAt = performance.now();
        const behind = edge.link()?.waiting ?? 0;
        await until(() => (edge.link()?.waiting ?? behind) < behind, {
          withinMs: 30_000,
          what: 'the uplink to resume',
        });
        pauses.push(performance.now() - backAt);
      }
      kafka.pause();
      await until(() => edge.link()?.state !== 'in-step', {
        withinMs: 30_000,
        what: 'the frozen broker to be noticed',
      });
      kafka.resume();
      await until(() => edge.link()?.state === 'in-step', {
        withinMs: 30_000,
        what: 'the uplink to catch up',
      });
      console.log(`resumed after ${pauses.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      expect(Math.max(...pauses)).toBeLessThan(RESUMES_WITHIN_MS);
      await edge.kill();
    });

    test('the edge and the gate are killed again and again', { timeout: WITHIN_MS }, async () => {
      const gateKills = async () => {
        for (let round = 0; round < GATE_KILLS; round += 1) {
          await delay(random() * 1_000);
          await gate.kill();
          await gate.restart();
        }
      };
      const edgeKills = async () => {
        for (let round = 0; round < EDGE_KILLS; round += 1) {
          const before = edge.acknowledged.length;
          await edge.start(EVENTS_PER_SECOND);
          await until(() => edge.acknowledged.length > before, {
            withinMs: 30_000,
            what: 'a first acknowledgement',
          });
          await delay(random() * 250);
          await edge.kill();
        }
      };
      await Promise.all([gateKills(), edgeKills()]);
      expect(edge.acknowledged.length).toBeGreaterThan(EDGE_KILLS);
    });

    test('kcat counts each acknowledged event once and in order, and the library judges as Flink did', {
      timeout: WITHIN_MS,
    }, async () => {
      await edge.start(0);
      await inStep(JUDGED_WITHIN_MS);
      const raw = await readTopic(kafka.brokers, RAW_TOPIC.P0);
      const expected = judgedByLibrary(raw);
      const settled = await until(() => allSeen(kafka.brokers, expected), {
        withinMs: JUDGED_WITHIN_MS,
        what: 'the gate to have judged everything',
        everyMs: 500,
      });
      sortRefused(expected);
      expect(settled).toEqual(expected);

      const own = (records: readonly SeenRecord[]) =>
        records.filter((record) => record.headers['ec-store'] === STORE);
      const clean = own(await readTopic(kafka.brokers, CLEAN));
      const ids = clean.map((record) => record.headers['ce_id'] as string);
      const sequences = clean.map((record) => Number(record.headers['ec-seq']));
      expect(new Set(ids).size).toBe(ids.length);
      expect(sequences).toEqual(sequences.map((_sequence, index) => index + 1));
      // What was durable when its acknowledgement was cut off by the kill is there too; nothing acknowledged is missing.
      const known = new Set(ids);
      const missing = edge.acknowledged.filter((id) => !known.has(id));
      expect(missing).toEqual([]);
      expect(new Set(edge.acknowledged).size).toBe(edge.acknowledged.length);

      // Negative control, gate off: the raw topic counted as if it were clean has duplicates.
      const sent = own(raw).length;
      console.log(`${ids.length} clean of ${edge.acknowledged.length} acknowledged, ${sent} raw`);
      expect(sent).toBeGreaterThan(ids.length);
      keptPromise({
        promise: 'D1, HQ half; D8',
        what: 'an acknowledged event is exactly one clean record',
        figure: `${BROKER_KILLS} broker, ${EDGE_KILLS} edge, ${GATE_KILLS} gate kills: 0 lost, 0 duplicates, 0 reordered of ${ids.length}`,
        control: `gate off: ${sent - ids.length} duplicates`,
        seed,
      });
    });
  },
);

async function allSeen(brokers: readonly string[], expected: GateOutput): Promise<GateOutput | undefined> {
  const output: GateOutput = { clean: {}, refused: {}, holes: {} };
  for (const { headers } of await readTopic(brokers, CLEAN))
    push(output.clean, laneOf(headers), nameOf(headers));
  for (const { headers } of await readTopic(brokers, GATE_QUARANTINE_TOPIC))
    push(output.refused, laneOf(headers), `${headers['ec-refused']} ${nameOf(headers)}`);
  for (const { headers, payload } of await readTopic(brokers, GATE_HOLE_TOPIC)) {
    const hole = JSON.parse(payload) as { from: number; to: number };
    push(output.holes, laneOf(headers), `${hole.from}-${hole.to}`);
  }
  const count = (lists: Record<string, string[]>) => Object.values(lists).flat().length;
  const all = (['clean', 'refused', 'holes'] as const).every(
    (part) => count(output[part]) >= count(expected[part]),
  );
  if (!all) return undefined;
  sortRefused(output);
  return output;
}

/** What is refused comes by two ways that do not wait for one another; only its set is promised. */
function sortRefused(output: GateOutput): void {
  for (const list of Object.values(output.refused)) list.sort();
}
