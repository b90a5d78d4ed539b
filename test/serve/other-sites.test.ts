/**
 * S10: what a page of another site, a rebound name and somebody who guesses try, each against the store as it is and
 * against one whose guard was taken away. Only the guard differs, so it is the guard that refuses.
 */
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Guards } from '../../edge/serve/guards.js';
import { keptPromise } from '../support/promise.js';
import { joinOutcome, startTestStore, type TestStore } from './support.js';

const EVIL = 'https://evil.example';
const TRIES = 12;

interface Attack {
  readonly name: string;
  /** The guard that is to refuse it, as it is when it refuses nobody. */
  readonly off: Partial<Guards>;
  readonly refused: string;
  readonly through: string;
  attack(store: TestStore): Promise<string>;
}

/** The status of a request with headers that `fetch` would not send. */
function statusOf(store: TestStore, path: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(store.url);
  return new Promise((done, fail) => {
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      done(String(response.statusCode));
    })
      .on('error', fail)
      .end();
  });
}

async function cookieOf(store: TestStore): Promise<string> {
  const token = store.app.auth.issue({ role: 'admin', subject: 'staff' }, { singleUse: true });
  return (await store.call(`/?token=${token}`)).headers.get('set-cookie')!.split(';')[0]!;
}

/** A change that somebody's browser is made to send, with the session of who is logged in there. */
const stopBy = async (store: TestStore, headers: Record<string, string>): Promise<string> => {
  const body = { scope: { campaign: 'favourite-drink' }, reason: 'r' };
  const cookie = await cookieOf(store);
  return String((await store.call('/v1/stop', { headers: { cookie, ...headers }, body })).status);
};
const joinBy = async (store: TestStore, headers: Record<string, string>): Promise<string> => {
  const outcome = await joinOutcome(store.socket('/staff', { token: store.token('viewer') }, headers));
  return outcome === 'connected' ? outcome : 'refused';
};
/** The answer to the last of so many wrong tokens. */
async function guessTokens(store: TestStore): Promise<string> {
  let status = 0;
  for (let n = 0; n < TRIES; n += 1)
    status = (await store.call('/v1/session', { token: `ec_wrong${n}` })).status;
  return String(status);
}

const anyHost = { knowsHost: () => true };
const anyOrigin = { isOwnOrigin: () => true };
const anyNumber = { wrongTokensMax: 1_000 };
const change = { off: anyOrigin, refused: '403', through: '201' };
const socket = { refused: 'refused', through: 'connected' };

const ATTACKS: readonly Attack[] = [
  {
    ...{ name: 'a rebound name', off: anyHost, refused: '421', through: '200' },
    attack: (store) => statusOf(store, '/healthz', { host: 'evil.example' }),
  },
  { name: 'a change from another site', ...change, attack: (store) => stopBy(store, { origin: EVIL }) },
  { name: 'a change from a sandboxed page', ...change, attack: (store) => stopBy(store, { origin: 'null' }) },
  {
    ...{ name: 'a change by a form of another site', ...change },
    attack: (store) => stopBy(store, { 'sec-fetch-site': 'cross-site' }),
  },
  {
    ...{ name: 'a socket of another site', off: anyOrigin, ...socket },
    attack: (store) => joinBy(store, { origin: EVIL }),
  },
  {
    ...{ name: 'a socket under a rebound name', off: anyHost, ...socket },
    attack: (store) => joinBy(store, { host: `evil.example:${new URL(store.url).port}` }),
  },
  { name: 'guessing tokens', off: anyNumber, refused: '429', through: '401', attack: guessTokens },
];

describe('S10: other sites and guesses', () => {
  const stores: TestStore[] = [];
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.remove()));
  });
  const outcomesBy = async (settingOf: (attack: Attack) => Partial<Guards>): Promise<object> => {
    // One store for each setting; those who guess begin with a count of their own.
    const bySetting = new Map<object, TestStore>();
    const outcomes: Record<string, string> = {};
    for (const attack of ATTACKS) {
      const setting = settingOf(attack);
      const held = bySetting.get(setting) ?? (await startTestStore(undefined, { guards: setting }));
      if (!bySetting.has(setting)) stores.push(held);
      bySetting.set(setting, held);
      outcomes[attack.name] = await attack.attack(held);
    }
    return outcomes;
  };
  const expected = (which: 'refused' | 'through'): object =>
    Object.fromEntries(ATTACKS.map((attack) => [attack.name, attack[which]]));

  it('are refused; control: with its one guard away each of them comes through', async () => {
    const asIs = {};
    expect(await outcomesBy(() => asIs)).toEqual(expected('refused'));
    expect(await outcomesBy(({ off }) => off)).toEqual(expected('through'));
    keptPromise({
      promise: 'S10 (guards)',
      what: `host header, CSRF, socket origin, guessed tokens: ${ATTACKS.length} attacks`,
      figure: `${ATTACKS.length} of ${ATTACKS.length} refused; 429 from the 11th wrong token in a minute`,
      control: 'with the one guard away each of them comes through',
    });
  }, 60_000);
});
