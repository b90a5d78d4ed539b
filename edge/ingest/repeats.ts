import { hash } from 'node:crypto';
import { inLetters, type JournalledEvent } from '../contracts/index.js';

/** Messages remembered for each client, for as long as it may still send them again. */
const PER_CLIENT_MAX = 2_000;
const CLIENTS_MAX = 500;
/** Counters remembered below the highest one, to tell a late message from a repeated one. */
const COUNTER_WINDOW = 1_024;
const DEVICES_MAX = 5_000;
const FINGERPRINT_LENGTH = 26;
/** Enough for every reading; a longer message is put together in a buffer of its own. */
const SCRATCH_BYTES = 8_192;
/** A UTF-16 unit takes at most so many bytes in UTF-8. */
const UTF8_BYTES_MAX = 3;

/** A message as its sender would send it again: by MQTT-4.4.0-1 under the same number. */
export interface Sent {
  readonly client: string;
  readonly number: number;
  readonly topic: string;
  readonly payload: Buffer;
}

/** Stands for a message: the first part of the id of an event that the sender did not name. */
export type Fingerprint = (sent: Sent) => string;

/** Keyed, because a payload may name a person's phone and must not be guessed from the id of its event. */
export function createFingerprint(key: Buffer): Fingerprint {
  // One place to put a message together, since there are thousands a second.
  const scratch = Buffer.alloc(SCRATCH_BYTES);
  key.copy(scratch);
  return ({ client, number, topic, payload }) => {
    const head = `${client}\0${number}\0${topic}\0`;
    const most = key.length + head.length * UTF8_BYTES_MAX + payload.length;
    let bytes: Buffer;
    if (most <= SCRATCH_BYTES) {
      const from = key.length + scratch.write(head, key.length);
      bytes = scratch.subarray(0, from + payload.copy(scratch, from));
    } else bytes = Buffer.concat([key, Buffer.from(head), payload]);
    return inLetters(hash('sha256', bytes, 'hex').slice(0, FINGERPRINT_LENGTH));
  };
}

/**
 * Messages that a client sends again because it never saw the acknowledgement (DUP flag, MQTT 3.1.1 section 3.3.1.1).
 * The same payload without the flag is a new message: a shelf may well say twice that it holds five.
 */
export function createRepeats<T>(known: T, beforeStart: () => readonly JournalledEvent[]) {
  const clients = new Map<string, Map<string, Promise<T> | undefined>>();
  let printsBefore: ReadonlySet<string> | undefined;

  /** Shortly before the last stop: the acknowledgement may have been lost with the process. Read when first needed. */
  const cameBefore = (print: string): boolean => {
    printsBefore ??= new Set(beforeStart().map(({ event }) => event.id.slice(0, FINGERPRINT_LENGTH)));
    return printsBefore.has(print);
  };

  const windowOf = (client: string): Map<string, Promise<T> | undefined> => {
    let window = clients.get(client);
    if (window === undefined) {
      window = new Map();
      clients.set(client, window);
      if (clients.size > CLIENTS_MAX) clients.delete(clients.keys().next().value ?? client);
    }
    return window;
  };

  return {
    /** Run `receive` unless this is a repetition; a repetition of one under way waits for that. */
    once(message: { client: string; print: string; dup: boolean }, receive: () => Promise<T>): Promise<T> {
      const window = windowOf(message.client);
      if (message.dup) {
        if (window.has(message.print)) return window.get(message.print) ?? Promise.resolve(known);
        if (cameBefore(message.print)) return Promise.resolve(known);
      }
      const pending = receive();
      window.set(message.print, pending);
      if (window.size > PER_CLIENT_MAX) window.delete(window.keys().next().value ?? message.print);
      pending.then(
        () => window.has(message.print) && window.set(message.print, undefined),
        () => window.delete(message.print),
      );
      return pending;
    },
  };
}

interface Counted {
  boot: string;
  highest: number;
  readonly seen: Set<number>;
}

export interface Counters {
  /** `ask`: only the journal can say, since the count lies outside what is remembered here. */
  judge(device: string, boot: string, counter: number): 'new' | 'late' | 'repeated' | 'ask';
  note(device: string, boot: string, counter: number): void;
  /** The event was refused: the device will send it again, and then it is new. */
  forget(device: string, counter: number): void;
}

/** High-water mark of (device, boot, counter), with a window below it for what overtook on the way. */
export function createCounters(): Counters {
  const devices = new Map<string, Counted>();
  return {
    judge(device, boot, counter) {
      const counted = devices.get(device);
      if (counted === undefined || counted.boot !== boot) return 'ask';
      if (counted.seen.has(counter)) return 'repeated';
      if (counter > counted.highest) return 'new';
      return counter <= counted.highest - COUNTER_WINDOW ? 'ask' : 'late';
    },
    note(device, boot, counter) {
      let counted = devices.get(device);
      if (counted === undefined || counted.boot !== boot) {
        counted = { boot, highest: counter, seen: new Set() };
        devices.delete(device);
        devices.set(device, counted);
        if (devices.size > DEVICES_MAX) devices.delete(devices.keys().next().value ?? device);
      }
      counted.highest = Math.max(counted.highest, counter);
      counted.seen.add(counter);
      for (const old of counted.seen) {
        if (counted.seen.size <= COUNTER_WINDOW) break;
        counted.seen.delete(old);
      }
    },
    forget: (device, counter) => {
      devices.get(device)?.seen.delete(counter);
    },
  };
}
