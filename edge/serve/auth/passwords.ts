/** Passwords: what is good enough, and how they are kept (scrypt with its parameters beside the hash). */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { type Refusal, RefusalError } from '../../contracts/index.js';

export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
/** 32 MiB and about a quarter of a second on a small box; OWASP names it beside N = 2^17, p = 1. */
const COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const MEMORY_FACTOR = 2;
/** Log-ins that wait for their turn; beyond that the store says Busy instead of giving its memory away. */
const WAITING_MAX = 16;
const LENGTH_MIN = 12;
const LENGTH_MAX = 200;

export interface Passwords {
  /** What is kept. Rejects with RefusalError Busy when too many wait. */
  hash(password: string): Promise<string>;
  /** Takes as long for `undefined` (nobody of that name, or no password yet) as for a wrong password. */
  fits(password: string, kept: string | undefined): Promise<boolean>;
}

export function createPasswords(options: { cost?: ScryptCost } = {}): Passwords {
  const cost = options.cost ?? COST;
  const derive = inTurn();
  const nobody = encode(cost, randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));
  return {
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES);
      return encode(cost, salt, await derive(password, salt, cost));
    },
    fits: async (password, kept) => {
      const stored = decode(kept ?? nobody);
      const key = await derive(password, stored.salt, stored.cost);
      return timingSafeEqual(key, stored.key) && kept !== undefined;
    },
  };
}

type Derive = (password: string, salt: Buffer, cost: ScryptCost) => Promise<Buffer>;

/** One at a time: each takes 32 MiB and a core. */
function inTurn(): Derive {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (password, salt, cost) => {
    if (waiting >= WAITING_MAX) {
      const detail = 'many people are logging in at this moment';
      return Promise.reject(new RefusalError({ reason: 'Busy', detail }));
    }
    waiting += 1;
    const mine = last.then(() => derive(password, salt, cost));
    last = mine.catch(() => undefined).finally(() => (waiting -= 1));
    return mine;
  };
}

function derive(password: string, salt: Buffer, { N, r, p }: ScryptCost): Promise<Buffer> {
  const maxmem = MEMORY_FACTOR * 128 * N * r;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { N, r, p, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

const encode = ({ N, r, p }: ScryptCost, salt: Buffer, key: Buffer): string =>
  `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;

function decode(kept: string): { cost: ScryptCost; salt: Buffer; key: Buffer } {
  const [, N, r, p, salt = '', key = ''] = kept.split('$');
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}

/** What people type first when twelve characters are asked for. */
const TOO_COMMON = [
  'password',
  'passwort',
  'qwertyuiop',
  'qwertzuiop',
  'letmein',
  'iloveyou',
  'welcome',
  'willkommen',
  'changeme',
  'administrator',
  'endcap',
  '1234567890',
  '0987654321',
  'abcdefghij',
];
const FILLING = /[\d!?.,_\-#*+ ]/g;

/** Long, and not one of the first guesses; no rule about which characters. */
export function weakPassword(password: string, name: string): Refusal | undefined {
  const weak = (detail: string): Refusal => ({ reason: 'WeakPassword', detail, field: '/password' });
  const length = [...password].length;
  if (length < LENGTH_MIN) return weak(`it has ${length} characters, and needs ${LENGTH_MIN} or more`);
  if (length > LENGTH_MAX) return weak(`it has ${length} characters, and may have ${LENGTH_MAX} at most`);
  const plain = password.normalize('NFKC').toLowerCase();
  if (new Set(plain).size < 4) return weak('it is made of very few different characters');
  const letters = plain.replace(FILLING, '');
  const digits = plain.replace(/\D/g, '');
  const common = TOO_COMMON.some(
    (word) => letters === word || letters === word + word || (letters === '' && digits.startsWith(word)),
  );
  if (common) return weak('it is among the first that anybody would try');
  return letters === name.toLowerCase().replace(FILLING, '') ? weak('it is the name') : undefined;
}
