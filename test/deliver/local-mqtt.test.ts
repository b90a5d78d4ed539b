import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreEvent, TopicData } from '../../edge/contracts/index.js';
import { type LocalMqttDeps, startLocalMqtt } from '../../edge/deliver/local-mqtt.js';
import { createJournal, type StoreJournal } from '../../edge/store/journal.js';
import { until } from '../support/until.js';

let directory: string;
let journal: StoreJournal;
const nowMs = Date.parse('2026-11-23T10:00:00Z');

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'endcap-local-'));
  journal = await createJournal({
    directory,
    quotaBytes: 64 * 1024 * 1024,
    nowMs: () => nowMs,
    source: '/store/s/journal',
    log: () => undefined,
  });
});
afterAll(async () => {
  await journal.close();
  rmSync(directory, { recursive: true });
});

function decision(id: string, more: Partial<TopicData<'promo.decision'>> = {}): StoreEvent<'promo.decision'> {
  const offer = {
    sku: 'cola',
    name: 'Cola',
    headline: 'Cola today',
    priceMinor: 100,
    wasMinor: 120,
    currency: 'EUR',
    validUntil: '2026-11-23T11:00:00Z',
    why: 'you bought it often',
  };
  return {
    specversion: '1.0',
    id,
    source: '/store/s/core',
    type: 'promo.decision',
    recordedtime: '2026-11-23T10:00:00.000Z',
    partitionkey: id,
    dataschema: 'promo.decision/1',
    data: {
      decisionId: id,
      storyId: id,
      outcome: 'offered',
      surface: 'screen',
      zone: 'beverages',
      campaign: 'c',
      offer,
      candidates: [],
      inputs: { secret: 's_0123456789abcdef' },
      ...more,
    },
  };
}

function soldOut(id: string): StoreEvent<'promo.decision'> {
  const { data, ...event } = decision(id);
  const { offer: _offer, campaign: _campaign, ...rest } = data;
  return { ...event, data: { ...rest, outcome: 'rejected', reason: 'SoldOut' } };
}

const HOUSE: ReturnType<LocalMqttDeps['engine']['views']['signage']> = {
  screen: 'screen-1',
  screenName: 'Screen 1',
  storeName: 'Store',
  locale: 'en',
  timeZone: 'UTC',
  slides: [],
};

/** One run of the hand over the journal as it is; what it published, by decision. */
async function run(publish: LocalMqttDeps['publish'], enough: () => boolean): Promise<string[]> {
  const effects: string[] = [];
  const hand = startLocalMqtt({
    engine: {
      onSettled: (listener) => journal.onCommitted(listener),
      views: { policy: () => undefined, signage: () => HOUSE },
    },
    journal,
    clock: { nowMs: () => nowMs },
    publish,
    onEffect: (outcome) => effects.push(outcome),
    onError: () => undefined,
  });
  await until(enough, { withinMs: 5_000, what: 'the hand to work' });
  await hand.close();
  return effects;
}

describe('the local decision topic', () => {
  it('carries out after a crash what was committed before it, once, and nothing personal or late', async () => {
    await journal.append([
      decision('d1'),
      decision('d2', { surface: 'phone', sid: 's_0123456789abcdef' }),
      decision('d2a', { surface: 'phone' }),
      decision('d2b', { sid: 's_0123456789abcdef' }),
      soldOut('d3'),
      decision('d3a', { outcome: 'rejected', surface: 'phone', sid: 's_0123456789abcdef' }),
      decision('d4', { offer: { ...decision('x').data.offer!, validUntil: '2026-11-23T09:00:00Z' } }),
      decision('d5', { zone: 'bakery' }),
    ]);
    let attempts = 0;
    // The broker is not there yet: nothing counts as done.
    const none = await run(
      async () => {
        attempts += 1;
        throw new Error('no broker');
      },
      () => attempts > 0,
    );
    expect(none).toEqual([]);

    const sent: [string, string][] = [];
    const keep = async (topic: string, payload: string): Promise<void> => {
      sent.push([topic, payload]);
    };
    expect(await run(keep, () => sent.length === 3)).toEqual(['sent', 'sent', 'expired', 'sent']);
    expect(sent.map(([topic, text]) => [topic, JSON.parse(text).data.decisionId])).toEqual([
      ['endcap/v1/decision/beverages', 'd1'],
      ['endcap/v1/decision/beverages', 'd3'],
      ['endcap/v1/decision/bakery', 'd5'],
    ]);
    expect(JSON.parse(sent[1]![1]).data).toEqual({
      decisionId: 'd3',
      outcome: 'rejected',
      reason: 'SoldOut',
      zone: 'beverages',
      showing: [],
    });
    for (const [, text] of sent) expect(text).not.toMatch(/secret|you bought|inputs|candidates/);

    await journal.append([decision('d6')]);
    await run(keep, () => sent.length === 4);
    expect(sent.map(([, text]) => JSON.parse(text).data.decisionId)).toEqual(['d1', 'd3', 'd5', 'd6']);
  });
});
