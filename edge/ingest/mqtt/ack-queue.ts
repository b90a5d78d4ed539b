/** The place of one message in the order of its client. Settled once. */
export interface Slot {
  /** Durable: send the acknowledgement, when those before it are sent. */
  acknowledge(): void;
  /** Not taken: send the acknowledgements before it, then close without this one. */
  close(reason: string): void;
}

interface Waiting {
  readonly send: () => void;
  verdict?: 'acknowledge' | { readonly close: string };
}

/** Answered places that may stand before the one that is waited for. */
const ANSWERED_MAX = 64;

/**
 * Acknowledgements of one client leave in the order in which its messages came (MQTT 3.1.1, MQTT-4.6.0-2), whichever
 * is durable first. Withholding one alone would hold back all after it, so a refusal ends the connection instead.
 */
export function createAckQueue(close: (reason: string) => void): { enter(send: () => void): Slot } {
  let waiting: Waiting[] = [];
  let first = 0;
  let closed = false;

  const flush = (): void => {
    for (; first < waiting.length && !closed; first += 1) {
      const { verdict, send } = waiting[first]!;
      if (verdict === undefined) break;
      if (verdict === 'acknowledge') send();
      else {
        closed = true;
        close(verdict.close);
      }
    }
    if (closed || first === waiting.length) waiting = [];
    // What was answered is let go of in one piece, not one by one.
    else if (first >= ANSWERED_MAX) waiting = waiting.slice(first);
    else return;
    first = 0;
  };

  return {
    enter(send) {
      const mine: Waiting = { send };
      if (!closed) waiting.push(mine);
      return {
        acknowledge: () => {
          mine.verdict ??= 'acknowledge';
          flush();
        },
        close: (reason) => {
          mine.verdict ??= { close: reason };
          flush();
        },
      };
    },
  };
}
