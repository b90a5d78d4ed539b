import type { Refusal } from '../contracts/index.js';

/** What becomes of a message or document from outside. */
export type Receipt =
  /** Durable in the journal. */
  | { readonly outcome: 'kept'; readonly ids: readonly string[] }
  /** Durable since before. */
  | { readonly outcome: 'known'; readonly ids: readonly string[] }
  /** Understood, and nothing to keep. */
  | { readonly outcome: 'nothing' }
  /** Set aside; the sender is told why and must not send it again. */
  | {
      readonly outcome: 'refused';
      readonly refusal: Refusal;
      readonly quarantineId: string;
      /** Where it came in, with device identities masked. */
      readonly topic: string;
    };
