import { io, type Socket } from 'socket.io-client';
import {
  NAMESPACES,
  PURPOSES,
  type ShopperClientEvents,
  type ShopperServerEvents,
  type ShopperView,
} from '../contracts/index.js';
import type { Household, PhoneOffer } from './actions.js';
import { type StoreApi, textOf } from './store-api.js';

const CONSENT_TEXT = 'simulated';
/** A phone stays open for a moment after its owner has paid, to see that the coupon was taken. */
const LINGER_MS = 3_000;

interface Enrolled {
  readonly sid: string;
  readonly session: string;
}
type PhoneSocket = Socket<ShopperServerEvents, ShopperClientEvents>;

export interface PhonesOptions {
  readonly api: StoreApi;
  readonly httpUrl: string;
  /** PEM of the store's authority. */
  readonly ca?: string;
  readonly adminToken: () => string;
  readonly onOffer: (household: Household, offer: PhoneOffer) => void;
  /** Called once for each household, after enrolling and before its first visit counts. */
  readonly onEnrolled: (household: Household) => Promise<void>;
}

/** The phones of enrolled households: each opens its own shopper page while its owner is in the shop. */
export function createPhones(options: PhonesOptions) {
  const enrolled = new Map<string, Promise<Enrolled>>();
  const sockets = new Map<string, PhoneSocket>();
  const closing = new Map<string, NodeJS.Timeout>();

  const enrol = async (household: Household): Promise<Enrolled> => {
    const who = await enrolAtDesk(options, household);
    await options.onEnrolled(household);
    return who;
  };
  const enrolOnce = (household: Household): Promise<Enrolled> => {
    const known = enrolled.get(household.id);
    if (known !== undefined) return known;
    const made = enrol(household);
    enrolled.set(household.id, made);
    // A failed enrolment is tried again on the next visit.
    made.catch(() => enrolled.delete(household.id));
    return made;
  };

  return {
    enrol: enrolOnce,

    async arrive(household: Household): Promise<void> {
      const { session } = await enrolOnce(household);
      clearTimeout(closing.get(household.id));
      closing.delete(household.id);
      if (sockets.has(household.id)) return;
      const socket: PhoneSocket = io(new URL(NAMESPACES.shopper, options.httpUrl).href, {
        auth: { token: session },
        transports: ['websocket'],
        forceNew: true,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      });
      const told = new Set<string>();
      socket.on('view', (view) => tell(view, told));
      sockets.set(household.id, socket);

      function tell(view: ShopperView, seen: Set<string>): void {
        for (const { couponId, decisionId, code, token, offer, state } of view.coupons) {
          if (state !== 'good' || seen.has(couponId)) continue;
          seen.add(couponId);
          socket.emit('seen', { decisionId }, () => undefined);
          const discountMinor = offer.wasMinor - offer.priceMinor;
          options.onOffer(household, { couponId, code, token, sku: offer.sku, discountMinor });
        }
      }
    },

    leave(household: Household): void {
      const close = () => {
        closing.delete(household.id);
        sockets.get(household.id)?.disconnect();
        sockets.delete(household.id);
      };
      clearTimeout(closing.get(household.id));
      closing.set(household.id, setTimeout(close, LINGER_MS));
    },

    close(): void {
      for (const timer of closing.values()) clearTimeout(timer);
      for (const socket of sockets.values()) socket.disconnect();
      sockets.clear();
    },
  };
}
export type Phones = ReturnType<typeof createPhones>;

/** What happens at the desk, and the first opening of the link on the phone. */
async function enrolAtDesk(options: PhonesOptions, household: Household): Promise<Enrolled> {
  const { api } = options;
  const adminToken = options.adminToken();
  const made = await api.call({ path: '/v1/shoppers', token: adminToken });
  const sid = textOf(made, 'sid');
  const path = `/v1/shoppers/${sid}`;
  const linkToken = new URL(textOf(made, 'link'), options.httpUrl).searchParams.get('token');
  const [opened] = await Promise.all([
    api.call({ path: '/v1/session', body: { token: linkToken } }),
    api.call({ path: `${path}/tags`, token: adminToken, body: { tag: household.tag } }),
    api.call({ path: `${path}/loyalty`, token: adminToken, body: { loyaltyId: household.loyaltyId } }),
  ]);
  const session = opened.cookies[0]?.split(';')[0]?.split('=').slice(1).join('=');
  if (session === undefined) throw new Error('opening the link of a shopper gave no session');
  await Promise.all(
    PURPOSES.map((purpose) => {
      const body = { sid, purpose, granted: true, textVersion: CONSENT_TEXT, ageBand: '18+' };
      return api.call({ path: '/v1/consents', token: session, body });
    }),
  );
  return { sid, session };
}
