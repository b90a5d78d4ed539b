import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../edge/contracts/index.js';
import { ADAPTERS, adapterFor, adapterNamed, isRetained } from '../../edge/ingest/adapters/registry.js';
import type { Adapter, Decoded, Meta } from '../../edge/ingest/adapters/types.js';
import { runSeed } from '../support/promise.js';

const DECODE_MS_MAX = 50;
const CASES = 500;

interface Fixture {
  readonly topic: string;
  readonly device?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly base64?: string;
  readonly expect:
    | { readonly drafts: readonly unknown[]; readonly tags?: readonly string[] }
    | { readonly reason: string; readonly field?: string };
}

function fixturesOf(adapter: Adapter, kind: string): { name: string; fixture: Fixture }[] {
  const folder = join('test/adapters', adapter.name, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: file, fixture: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture }));
}

function bytesOf(fixture: Fixture): Buffer {
  if (fixture.base64 !== undefined) return Buffer.from(fixture.base64, 'base64');
  return Buffer.from(fixture.text ?? JSON.stringify(fixture.body));
}

function metaOf(topic: string, device = 'device-1'): { meta: Meta; tags: string[] } {
  const tags: string[] = [];
  const visitorOf = (tag: string): string => {
    tags.push(tag);
    return 'a:visitor-1';
  };
  return { meta: { topic, device, storeId: 'harbour-street', visitorOf }, tags };
}

const seed = runSeed('adapters');

describe.each(ADAPTERS.map((adapter) => [adapter.name, adapter] as const))('format %s', (name, adapter) => {
  it('has a README, exemplary messages and edge cases', () => {
    expect(existsSync(join('edge/ingest/adapters', name, 'README.md'))).toBe(true);
    expect(fixturesOf(adapter, 'exemplary').length).toBeGreaterThan(0);
    expect(fixturesOf(adapter, 'edge-cases').length).toBeGreaterThan(0);
  });

  it('is found by its name and by the topics of its fixtures', () => {
    expect(adapterNamed(name)).toBe(adapter);
    for (const { fixture } of [...fixturesOf(adapter, 'exemplary'), ...fixturesOf(adapter, 'edge-cases')]) {
      if (fixture.topic !== '') expect(adapterFor(fixture.topic), fixture.topic).toBe(adapter);
    }
  });

  const all = ['exemplary', 'edge-cases'].flatMap((kind) => fixturesOf(adapter, kind));
  it.each(all.map(({ name: file, fixture }) => [file, fixture] as const))('reads %s', (_file, fixture) => {
    const { meta, tags } = metaOf(fixture.topic, fixture.device);
    const decoded = adapter.decode(bytesOf(fixture), meta);
    if ('drafts' in fixture.expect) {
      expect(decoded).toEqual({ drafts: fixture.expect.drafts });
      expect(tags).toEqual(fixture.expect.tags ?? []);
    } else {
      expect(decoded).toMatchObject({ rejection: fixture.expect });
      expect(Object.keys(REFUSALS)).toContain(fixture.expect.reason);
    }
  });

  it('gives the same answer twice', () => {
    for (const { fixture } of all) {
      const read = (): Decoded => adapter.decode(bytesOf(fixture), metaOf(fixture.topic, fixture.device).meta);
      expect(read()).toEqual(read());
    }
  });

  it('never throws and never takes long, whatever the bytes', () => {
    const topics = adapter.topics.map((filter) => filter.replaceAll('+', 'x1').replace('#', 'x2/x3'));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array)),
      fc.json().map((text) => Buffer.from(text)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      mutated(all.map(({ fixture }) => bytesOf(fixture))),
    );
    const property = fc.property(fc.constantFrom(...topics, ''), bytes, (topic, payload) => {
      const decoded = adapter.decode(payload, metaOf(topic).meta);
      expect('drafts' in decoded !== 'rejection' in decoded).toBe(true);
    });
    fc.assert(property, { seed, numRuns: CASES });
  });

  it.each([
    ['200,000 levels deep', Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)],
    ['200,000 objects deep', Buffer.from(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`)],
    ['a quarter of a megabyte of one text', Buffer.from(JSON.stringify({ sku: 'x'.repeat(250_000) }))],
    ['__proto__', Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')],
  ])('stays under 50 ms and unharmed by %s', (_what, payload) => {
    const topic = adapter.topics[0]!.replaceAll('+', 'x1');
    // The best of three: what else the machine does in one of them is not the decoder's.
    const took = [1, 2, 3].map(() => {
      const startedMs = performance.now();
      adapter.decode(payload, metaOf(topic).meta);
      return performance.now() - startedMs;
    });
    expect(Math.min(...took)).toBeLessThan(DECODE_MS_MAX);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

/** Messages of the format with some of their bytes changed: they reach deeper than chance does. */
function mutated(samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  return fc.tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 8 })).map(([sample, changes]) => {
    const copy = Buffer.from(sample);
    for (const { at, byte } of changes) if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  });
}

describe('the registry', () => {
  it('has unique names, and keeps only what tells the state of a device', () => {
    expect(new Set(ADAPTERS.map((adapter) => adapter.name)).size).toBe(ADAPTERS.length);
    expect(isRetained('espresense/rooms/node-1/status')).toBe(true);
    expect(isRetained('espresense/devices/known:6f2a91c04be7/node-1')).toBe(false);
    expect(isRetained('endcap/v1/shelf/shelf-1')).toBe(false);
  });

  it('has a folder for each format and no other', () => {
    const folders = readdirSync('edge/ingest/adapters', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(folders.sort()).toEqual(ADAPTERS.map((adapter) => adapter.name).sort());
  });
});
