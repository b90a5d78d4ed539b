import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROLES } from '../../edge/ports.js';
import { describeWith, requireComponent } from '../support/components.js';
import { keptPromise, runSeed, sized } from '../support/promise.js';
import { runContract } from '../support/schemathesis.js';
import { type RunningStore, startStore } from '../support/store.js';

/** The quick run asks as those who may most and least; the long one as everybody, and ten times as much. */
const ASKING = sized<readonly string[]>({ q: ['admin', 'nobody'], n: [...ROLES, 'nobody'] });
const PHASES = sized({ q: 'examples,fuzzing', n: 'examples,coverage,fuzzing' });
const EXAMPLES = sized({ q: 5, n: 50 });
const seed = runSeed('S11');

/** S11: whatever is asked, an answer is one that the published page promises, and none is a crash. */
await describeWith(['schemathesis'], 'the API keeps what its page promises', () => {
  let store: RunningStore;
  let total = 0;
  const kept: string[] = [];

  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store?.remove());

  const tokenOf = async (role: string): Promise<string | undefined> => {
    if (role === 'nobody') return undefined;
    const body = JSON.stringify({ role, subject: `contract-${role}` });
    const answer = await store.call('/v1/tokens', {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${store.token}`, 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { token: string }).token;
  };
  const ask = async (role: string, document = `${store.url}/v1/openapi.json`) =>
    runContract({
      packages: (await requireComponent('schemathesis')).path,
      ...{ document, url: store.url, token: await tokenOf(role), phases: PHASES, examples: EXAMPLES, seed },
    });

  test.each(ASKING)('asked by %s', { timeout: 1_200_000 }, async (role) => {
    const { ok, cases, output } = await ask(role);
    expect(ok, output).toBe(true);
    expect(cases).toBeGreaterThan(100);
    total += cases;
    kept.push(role);
  });

  test('control: a page that promises another shape is found out', { timeout: 1_200_000 }, async () => {
    const page = await (await store.call('/v1/openapi.json')).text();
    const doctored = join(store.directory, 'openapi.json');
    // One word: what is called a story's list is promised as a number.
    const changed = page.replace(/("stories":\{)"type":"array"/, '$1"type":"number"');
    expect(changed).not.toBe(page);
    writeFileSync(doctored, changed);
    const { ok, output } = await ask('admin', doctored);
    expect(ok).toBe(false);
    expect(output).toContain('/v1/stories');
    // A role that found something is no kept promise, whatever the control says.
    expect(kept).toEqual(ASKING);
    keptPromise({
      promise: 'S11',
      what: `${total} requests by schemathesis as ${ASKING.join(', ')}`,
      figure: '0 answers of 500 or above, 0 that the page does not promise',
      control: 'a page with one changed type: found',
      seed,
    });
  });
});
