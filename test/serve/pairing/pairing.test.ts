import { describe, expect, it } from 'vitest';
import {
  CODE_ALPHABET,
  CODE_LENGTH,
  createPairing,
  type Pairing,
  type Waiting,
} from '../../../edge/serve/pairing/pairing.js';

const MINUTE = 60_000;

function setUp(pick?: (below: number) => number, isKnown?: (screen: string) => boolean) {
  let nowMs = Date.parse('2026-11-23T10:00:00Z');
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const pairing = createPairing({
    clock,
    ...(pick === undefined ? {} : { pick }),
    ...(isKnown === undefined ? {} : { isKnown }),
  });
  return { pairing, pass: (ms: number) => (nowMs += ms) };
}
async function begun(pairing: Pairing, address = '10.0.0.1'): Promise<Waiting> {
  const waiting = await pairing.begin(address);
  if ('reason' in waiting) throw new Error(waiting.reason);
  return waiting;
}
async function pair(
  pairing: Pairing,
  code: string,
  screen = 'screen-1',
  by = 'associate anna',
): Promise<string> {
  const claim = await pairing.claim(code, by);
  if ('reason' in claim) return claim.reason;
  claim.grant(screen);
  return 'paired';
}

describe('a pairing code', () => {
  it('is six characters that nobody confuses from three metres', async () => {
    const { code } = await begun(setUp().pairing);
    expect(code).toHaveLength(CODE_LENGTH);
    expect([...code].every((letter) => CODE_ALPHABET.includes(letter))).toBe(true);
    expect([...'01258BILOSUZ'].filter((letter) => CODE_ALPHABET.includes(letter))).toEqual([]);
  });

  it('makes the player that asked a screen, exactly once', async () => {
    const { pairing } = setUp();
    const { ticket, code } = await begun(pairing);
    expect(pairing.collect(ticket)).toHaveProperty('expiresAt');
    expect(await pair(pairing, code)).toBe('paired');
    expect(pairing.collect(ticket)).toEqual({ screen: 'screen-1' });
    expect(pairing.collect(ticket)).toMatchObject({ reason: 'PairingCodeExpired' });
    expect(await pair(pairing, code)).toBe('PairingCodeUsed');
  });

  it('makes one new screen however often it is tried, and another one than any other code', async () => {
    const { pairing } = setUp();
    const [one, other] = [await begun(pairing), await begun(pairing)];
    const free = (taken: ReadonlySet<string>): string => ['a', 'b', 'c'].find((id) => !taken.has(id)) ?? '';
    const tryIt = async (code: string): Promise<string> => {
      const claim = await pairing.claim(code, 'associate anna');
      if ('reason' in claim) return claim.reason;
      const id = claim.newId(free);
      claim.release();
      return id;
    };
    expect(await tryIt(one.code)).toBe('a');
    expect(await tryIt(other.code)).toBe('b');
    expect(await tryIt(one.code)).toBe('a');
  });

  it('lets the player wait until the whole store knows its screen', async () => {
    let known = false;
    const { pairing } = setUp(undefined, () => known);
    const { ticket, code } = await begun(pairing);
    expect(await pair(pairing, code)).toBe('paired');
    expect(pairing.collect(ticket)).toHaveProperty('expiresAt');
    expect(await pair(pairing, code)).toBe('PairingCodeUsed');
    known = true;
    expect(pairing.collect(ticket)).toEqual({ screen: 'screen-1' });
  });

  it('is taken as people type it', async () => {
    const { pairing } = setUp();
    const { code } = await begun(pairing);
    expect(await pair(pairing, ` ${code.slice(0, 3).toLowerCase()} - ${code.slice(3)}`)).toBe('paired');
  });

  it('buys nothing by itself: knowing the code is not having asked for it', async () => {
    const { pairing } = setUp();
    const { code } = await begun(pairing);
    await pair(pairing, code);
    expect(pairing.collect(code)).toMatchObject({ reason: 'PairingCodeExpired' });
  });

  it('is over after ten minutes, and not a moment before', async () => {
    const { pairing, pass } = setUp();
    const { ticket, code } = await begun(pairing);
    pass(10 * MINUTE - 1);
    expect(pairing.collect(ticket)).toHaveProperty('expiresAt');
    pass(1);
    expect(pairing.collect(ticket)).toMatchObject({ reason: 'PairingCodeExpired' });
    expect(await pair(pairing, code)).toBe('PairingCodeExpired');
  });

  it('gives a granted session to nobody after its time either', async () => {
    const { pairing, pass } = setUp();
    const { ticket, code } = await begun(pairing);
    await pair(pairing, code);
    pass(10 * MINUTE);
    expect(pairing.collect(ticket)).toMatchObject({ reason: 'PairingCodeExpired' });
  });

  it('cannot be claimed by two at once, and is free again when the first one failed', async () => {
    const { pairing } = setUp();
    const { code } = await begun(pairing);
    const first = await pairing.claim(code, 'associate anna');
    expect(await pair(pairing, code, 'screen-2', 'associate bert')).toBe('PairingCodeUsed');
    if ('reason' in first) throw new Error(first.reason);
    first.release();
    expect(await pair(pairing, code, 'screen-2', 'associate bert')).toBe('paired');
  });

  it('answers ten wrong tries a minute, then none, not even a right one; others go on', async () => {
    const { pairing } = setUp();
    const { code } = await begun(pairing);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(await pair(pairing, 'AAAAAA')).toBe('PairingCodeUnknown');
    }
    expect(await pair(pairing, 'AAAAAA')).toBe('TooManyRequests');
    expect(await pair(pairing, code)).toBe('TooManyRequests');
    expect(await pair(pairing, code, 'screen-1', 'associate bert')).toBe('paired');
  });

  it('is not given out for the asking: twenty a minute from one address', async () => {
    const { pairing } = setUp();
    for (let asked = 0; asked < 20; asked += 1) await begun(pairing);
    expect(await pairing.begin('10.0.0.1')).toMatchObject({ reason: 'TooManyRequests' });
    expect(await pairing.begin('10.0.0.2')).toHaveProperty('code');
  });

  it('is never the same for two screens that wait', async () => {
    let drawn = 0;
    // The second code would be the first one again; the third try differs.
    const { pairing } = setUp(() => (drawn++ < 2 * CODE_LENGTH ? 0 : 1));
    const [one, two] = [await begun(pairing), await begun(pairing)];
    expect(one.code).toBe(CODE_ALPHABET[0]!.repeat(CODE_LENGTH));
    expect(two.code).toBe(CODE_ALPHABET[1]!.repeat(CODE_LENGTH));
  });
});
