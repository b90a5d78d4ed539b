import { type Static, Type } from '@sinclair/typebox';
import { Sid } from '../contracts/events/common.js';
import {
  AgeBand,
  type ConsentReceipt,
  misfit,
  PURPOSES,
  type Purpose,
  PurposeSchema,
  type Refusal,
  RefusalError,
} from '../contracts/index.js';
import type { Draft, Engine, Gate, Vault } from '../ports.js';
import type { Visitors } from './visitors.js';

const DAY_MS = 86_400_000;
/** How long an answer waits for the core to know; the fact is durable before that. */
const SETTLE_MS = 2_000;
const DEVICE = 'desk';

/** `POST /v1/consents` */
export const ConsentCall = Type.Object({
  sid: Sid,
  purpose: PurposeSchema,
  granted: Type.Boolean(),
  textVersion: Type.String({ minLength: 1, maxLength: 64 }),
  ageBand: AgeBand,
});
export type ConsentCall = Static<typeof ConsentCall>;

/** `POST /v1/shoppers/{sid}/tags` */
export const TagCall = Type.Object({ tag: Type.String({ minLength: 3, maxLength: 200 }) });
/** `POST /v1/shoppers/{sid}/loyalty` */
export const LoyaltyCall = Type.Object({ loyaltyId: Type.String({ minLength: 1, maxLength: 128 }) });

export interface People {
  createShopper(): Promise<{ sid: string }>;
  linkTag(sid: string, call: unknown): Promise<void>;
  linkLoyalty(sid: string, call: unknown): Promise<void>;
  consent(call: unknown): Promise<ConsentReceipt>;
  withdraw(sid: string, purpose: string): Promise<{ receiptId: string }>;
}

export interface PeopleDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly vault: Vault;
  readonly visitors: Pick<Visitors, 'granted' | 'withdrawn'>;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'>;
  readonly newId: () => string;
}

/** Shoppers, their tags and what they agreed to. Each call rejects with RefusalError; what it says is durable. */
export function createPeople(deps: PeopleDeps): People {
  const record = (draft: Draft): Promise<void> => admitAndSettle(draft, deps);
  const linked = (sid: string, change: 'created' | 'tag-linked' | 'loyalty-linked'): Promise<void> =>
    record({ type: 'loyalty.profile', device: DEVICE, data: { sid, change } });
  const mustKnow = (sid: string): void => {
    if (!deps.vault.knows(sid))
      refuse({ reason: 'UnknownShopper', detail: 'no shopper has this sid', field: '/sid' });
  };

  return {
    async createShopper() {
      const sid = deps.vault.createShopper();
      await linked(sid, 'created');
      return { sid };
    },
    async linkTag(sid, call) {
      mustFit(TagCall, call);
      refuse(deps.vault.linkTag(sid, (call as Static<typeof TagCall>).tag));
      await linked(sid, 'tag-linked');
    },
    async linkLoyalty(sid, call) {
      mustFit(LoyaltyCall, call);
      refuse(deps.vault.linkLoyalty(sid, (call as Static<typeof LoyaltyCall>).loyaltyId));
      await linked(sid, 'loyalty-linked');
    },
    async consent(call) {
      mustFit(ConsentCall, call);
      const { sid, purpose, granted, textVersion, ageBand } = call as ConsentCall;
      mustKnow(sid);
      const validMs = (deps.engine.views.policy()?.consentDays ?? 365) * DAY_MS;
      const data = { receiptId: deps.newId(), sid, purpose, granted, textVersion, ageBand, validMs };
      // A no holds from this moment, a yes from the moment that it is durable and known to the core.
      if (!granted) deps.visitors.withdrawn(sid, purpose as Purpose);
      await record({ type: 'consent.receipt', device: DEVICE, id: data.receiptId, data });
      if (granted) deps.visitors.granted(sid, purpose as Purpose);
      return data;
    },
    async withdraw(sid, purpose) {
      mustKnow(sid);
      if (!isPurpose(purpose)) throw new RefusalError({ reason: 'NotFound', detail: 'no such purpose' });
      deps.visitors.withdrawn(sid, purpose);
      const receiptId = deps.newId();
      await record({
        type: 'consent.withdrawn',
        device: DEVICE,
        id: receiptId,
        data: { receiptId, sid, purpose },
      });
      return { receiptId };
    },
  };
}

/** Whoever asks next sees what was just said, unless the core is behind: then it is durable all the same. */
async function admitAndSettle(draft: Draft, deps: PeopleDeps): Promise<void> {
  const [place] = await deps.gate.admit([draft]);
  if (place === undefined) return;
  try {
    await deps.engine.outcomeOf(place.offset, SETTLE_MS);
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
  }
}

function mustFit(schema: Parameters<typeof misfit>[0], call: unknown): void {
  const problem = misfit(schema, call);
  // What a person typed may be a tag or a loyalty id: it is not repeated.
  if (problem !== undefined) refuse({ ...problem, detail: problem.detail.replace(/, got .*$/s, '') });
}

function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new RefusalError(refusal);
}

function isPurpose(purpose: string): purpose is Purpose {
  return (PURPOSES as readonly string[]).includes(purpose);
}
