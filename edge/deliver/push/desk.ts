/** What the rim takes about messages: subscriptions within what the person agreed to, and clicks on their own offers. */
import { isType, type Refusal } from '../../contracts/index.js';
import type { Clock, Engine, Gate, PushDesk, PushSubscriptionCall } from '../../ports.js';
import type { Journal } from '../../store/types.js';
import { checkEndpoint, type PushService } from './services.js';
import { keyProblem, type Subscriptions } from './subscriptions.js';

export interface DeskDeps {
  readonly services: readonly PushService[];
  /** `undefined`: this store sends no messages. */
  readonly publicKey: string | undefined;
  readonly subscriptions: Pick<Subscriptions, 'keep' | 'remove'>;
  readonly views: Pick<Engine['views'], 'pushLeave' | 'knowsShopper'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly journal: Pick<Journal, 'readId'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export function createPushDesk(deps: DeskDeps): PushDesk {
  const recording = new Set<string>();
  return {
    publicKey: () => deps.publicKey,
    subscribe(sid, call) {
      const refusal = mayNot(deps, sid) ?? misfit(deps, call);
      if (refusal !== undefined) return refusal;
      const { endpoint, keys, locale } = call;
      return (
        deps.subscriptions.keep({ sid, endpoint, p256dh: keys.p256dh, auth: keys.auth, locale }) ?? {
          reason: 'QuotaReached',
          detail: 'the store keeps no more subscriptions',
        }
      );
    },
    unsubscribe: (sid, id) => deps.subscriptions.remove(sid, id),
    async clicked(sid, decisionId, action) {
      const id = `push/${decisionId}/clicked/${action}`;
      if (recording.has(id) || !isTheirs(deps, sid, decisionId) || deps.journal.readId(id) !== undefined)
        return;
      recording.add(id);
      try {
        await deps.gate.admit([
          { type: 'push.clicked', device: 'phone', id, data: { decisionId, sid, action } },
        ]);
      } finally {
        recording.delete(id);
      }
    },
  };
}

function mayNot(deps: DeskDeps, sid: string): Refusal | undefined {
  if (deps.publicKey === undefined) return { reason: 'PushOff', detail: 'store.yaml has no section push' };
  if (!deps.views.knowsShopper(sid))
    return { reason: 'UnknownShopper', detail: 'no shopper has this sid', field: '/sid' };
  const leave = deps.views.pushLeave(sid, deps.clock.nowMs());
  if (leave.ok || (leave.reason !== 'NoConsent' && leave.reason !== 'AgeUnknown')) return undefined;
  const detail =
    leave.reason === 'NoConsent'
      ? 'there is no valid consent to messages (purpose `push`)'
      : 'messages are personal, and need an age of 16 or more';
  return { reason: 'ConsentMissing', detail };
}

function misfit(deps: DeskDeps, { endpoint, keys }: PushSubscriptionCall): Refusal | undefined {
  const checked = checkEndpoint(endpoint, deps.services);
  if (checked.service === undefined)
    return { reason: 'PushEndpointRefused', detail: checked.problem, field: '/subscription/endpoint' };
  const wrong = keyProblem(keys);
  if (wrong === undefined) return undefined;
  const detail =
    wrong === 'auth' ? 'expected 16 bytes in base64url' : 'expected a point on P-256 in base64url';
  return { reason: 'SchemaMismatch', detail, field: `/subscription/keys/${wrong}` };
}

function isTheirs({ journal }: DeskDeps, sid: string, decisionId: string): boolean {
  const event = journal.readId(decisionId)?.event;
  return event !== undefined && isType(event, 'promo.decision') && event.data.sid === sid;
}
