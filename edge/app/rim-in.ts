import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Broker, createBroker } from '../ingest/broker.js';
import { type Coupons, createCoupons } from '../ingest/coupons.js';
import { createErasures, type Erasures } from '../ingest/erasure.js';
import { createExternalBroker } from '../ingest/external-broker.js';
import { createFlood, type Flood } from '../ingest/flood.js';
import { createIntake, type Intake } from '../ingest/intake.js';
import type { IngestObserver } from '../ingest/observer.js';
import { createPeople, type People } from '../ingest/people.js';
import { createTills, type Tills } from '../ingest/pos.js';
import { createFingerprint } from '../ingest/repeats.js';
import { createSetAside } from '../ingest/set-aside.js';
import { createSetAsideBudget, setAsideLimitsOf } from '../ingest/set-aside-budget.js';
import type { OpenVault } from '../ingest/vault.js';
import { createVisitors } from '../ingest/visitors.js';
import { writeDurably } from '../ops/durable-file.js';
import type { CouponSigner, ListenerTls } from '../ports.js';
import { OPEN_PRINCIPAL, type StoreAuth } from '../serve/auth/auth.js';
import type { Brain } from './brain.js';
import type { Foundation } from './foundation.js';

export interface RimIn {
  readonly vault: OpenVault;
  readonly tills: Tills;
  readonly intake: Intake;
  readonly coupons: Coupons;
  readonly people: People;
  readonly erasures: Erasures;
  readonly broker: Broker;
  readonly flood: Flood;
}

/** Everything that hears. The broker listens only when it is told to. */
export function buildRimIn(
  base: Foundation,
  brain: Brain,
  trust: { auth: StoreAuth; signer: CouponSigner; tls: ListenerTls | undefined },
): RimIn {
  const { engine, gate, masker } = brain;
  const { views } = engine;
  const storeId = base.config.policy.store.id;
  const { vault } = base;
  const visitors = createVisitors({ ...base, vault, views });
  const { currency } = base.config.policy.store;
  const tills = createTills({ gate, views, visitors, masker, storeId, currency });
  const observer = observerOf(base);
  const flood = createFlood({ ...base, gate, onCounted: observer.counted });
  const budget = createSetAsideBudget(setAsideLimitsOf(base.config.limits.journalBytes));
  const intake = createIntake({
    ...base,
    gate,
    tills,
    visitors,
    setAside: createSetAside({ gate, masker, budget, flood }),
    storeId,
    fingerprint: createFingerprint(keptKey(join(base.folder.keys, 'fingerprint.key'))),
    payloadBytesMax: base.config.limits.payloadBytes,
    observer,
  });
  const { url } = base.config.mqtt;
  const broker =
    url === undefined
      ? createBroker({
          ...base,
          auth: trust.auth,
          intake,
          observer,
          limits: {
            clientsMax: base.config.limits.mqttClients,
            frozenMs: base.config.limits.patienceMs,
          },
          ...(trust.tls === undefined ? {} : { tls: trust.tls }),
          ...(trust.auth.mode === 'open' ? { anonymous: OPEN_PRINCIPAL } : {}),
        })
      : createExternalBroker({ ...base, url, storeId, intake, observer });
  trust.auth.onRevoked(broker.disconnect);
  trust.auth.onStaffEnded(broker.disconnect);
  return {
    vault,
    tills,
    intake,
    coupons: createCoupons({ ...base, gate, engine, signer: trust.signer }),
    people: createPeople({ ...base, gate, vault, visitors, engine }),
    erasures: createErasures({ ...base, gate, engine, visitors }),
    broker,
    flood,
  };
}

function observerOf({ metrics }: Foundation): IngestObserver {
  const fine = new Set(['kept', 'nothing']);
  return {
    handled({ adapter, outcome, channel }) {
      if (outcome === 'known') metrics.duplicates.inc({ type: adapter });
      // Over HTTP it is counted with every other refusal, where it is answered.
      else if (!fine.has(outcome) && channel !== 'http') metrics.refusals.inc({ reason: outcome, channel });
    },
    counted: (reason) => metrics.countedOnly.inc({ reason }),
    unacknowledged: () => metrics.unacknowledged.inc(),
    cut: (reason) => metrics.refusals.inc({ reason, channel: 'mqtt' }),
    clients: (count) => metrics.mqttClients.set(count),
    slow: (count) => metrics.slowListeners.set({ channel: 'mqtt' }, count),
  };
}

/** Minted once; keeps ids made from payloads unguessable. */
function keptKey(path: string): Buffer {
  if (!existsSync(path)) writeDurably(path, randomBytes(32));
  return readFileSync(path);
}
