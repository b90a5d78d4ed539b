import { lookup } from 'node:dns/promises';
import type { ShopperView } from '../contracts/index.js';
import { startLocalMqtt } from '../deliver/local-mqtt.js';
import { startPersonalMqtt } from '../deliver/personal-mqtt.js';
import { type PhoneHand, startPhone } from '../deliver/phone.js';
import { type Push, type PushWatch, startPush } from '../deliver/push/index.js';
import { createShopperView } from '../deliver/shopper-view.js';
import { createSignage, type SignageHand } from '../deliver/signage.js';
import type { CouponSigner } from '../ports.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';
import type { RimIn } from './rim-in.js';

/** Version of the consent text that the shopper page shows; a receipt names it. */
export const CONSENT_TEXT_VERSION = '2026-11';

export interface RimOut {
  readonly signage: SignageHand;
  readonly phone: PhoneHand;
  readonly push: Push;
  readonly shopperView: (sid: string) => ShopperView | undefined;
  close(): Promise<void>;
}

/** The hands: they act after the commit and report what came of it. */
export function startRimOut(
  base: Foundation,
  brain: Brain,
  rim: { in: RimIn; signer: CouponSigner },
): RimOut {
  const onError = (error: Error): void => base.log.error({ err: error }, 'a hand failed');
  const count = (surface: string) => (outcome: 'sent' | 'expired' | 'failed') =>
    base.metrics.effects.inc({ surface, outcome });
  const shopperView = createShopperView({
    views: brain.engine.views,
    signer: rim.signer,
    clock: base.clock,
    textVersion: CONSENT_TEXT_VERSION,
  });
  const signage = createSignage({ ...base, ...brain, onError });
  const phone = startPhone({ ...base, ...brain, view: shopperView, onEffect: count('phone'), onError });
  const push = startPush({
    ...base,
    ...brain,
    config: base.config.push,
    folders: base.folder,
    phone,
    resolve: (host) => lookup(host, { all: true }),
    random: Math.random,
    watch: watchPush(base),
    onError,
  });
  const local = startLocalMqtt({
    ...base,
    engine: brain.engine,
    publish: async (topic, payload) => rim.in.broker.publishLocal(topic, payload, { qos: 1 }),
    onEffect: count('mqtt'),
    onError,
  });
  const personal = startPersonal(brain, rim.in);
  return {
    signage,
    phone,
    push,
    shopperView,
    async close() {
      personal?.close();
      await push.close();
      await Promise.all([signage.close(), phone.close(), local.close()]);
    },
  };
}

/** Only where the store itself says who hears what: another broker might tell everybody. */
function startPersonal({ engine }: Brain, { broker }: RimIn) {
  const { tellPerson } = broker;
  return tellPerson === undefined ? undefined : startPersonalMqtt({ engine, tell: tellPerson });
}

function watchPush({ metrics }: Foundation): PushWatch {
  return {
    answered(result, seconds) {
      metrics.pushes.inc({ result });
      if (seconds !== undefined) metrics.pushSeconds.observe(seconds);
    },
    waiting(offers, phones) {
      metrics.pushWaiting.set(offers);
      metrics.pushPhones.set(phones);
    },
  };
}
