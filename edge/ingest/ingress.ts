import type { Auth, Clock, CouponSigner, Engine, Gate, Principal } from '../ports.js';
import type { Journal } from '../store/types.js';
import { nativePos } from './adapters/native-pos/adapter.js';
import { type Broker, createBroker } from './broker.js';
import { type Coupons, createCoupons } from './coupons.js';
import { createGate } from './gate.js';
import { createIntake, type Intake, type Receipt } from './intake.js';
import { createOwnDevices, createProductCodes } from './known-things.js';
import { createMasker, type Masker } from './mask/masker.js';
import { createMender, type Mender } from './mend.js';
import type { MqttLimits } from './mqtt/limits.js';
import type { IngestObserver } from './observer.js';
import { createPeople, type People } from './people.js';
import { createTills, type Tills } from './pos.js';
import { createFingerprint } from './repeats.js';
import { createVault, type OpenVault } from './vault.js';
import { createVisitors } from './visitors.js';

/** Largest payload that is read; a larger one is set aside as TooLarge. */
export const PAYLOAD_BYTES_MAX = 256 * 1024;

export interface IngressDeps {
  readonly journal: Journal;
  readonly engine: Pick<Engine, 'outcomeOf' | 'views'>;
  readonly auth: Auth;
  readonly signer: CouponSigner;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly storeId: string;
  /** Folder of the vault and its key: apart from the journal, in no backup. */
  readonly vaultFolder: string;
  readonly observer: IngestObserver;
  /** Registered devices by id without separators, in lower case: their MACs are not persons'. */
  readonly isRegisteredDevice?: (plainId: string) => boolean;
  readonly payloadBytesMax?: number;
  readonly mqttLimits?: Partial<MqttLimits>;
  /** Who an MQTT connection without name and token is; only where every listener is on loopback. */
  readonly anonymous?: Principal;
}

/** Everything that comes in, by whatever way: MQTT, HTTP and files call the same functions. */
export interface Ingress {
  readonly gate: Gate;
  readonly masker: Masker;
  readonly vault: OpenVault;
  readonly intake: Intake;
  readonly tills: Tills;
  readonly coupons: Coupons;
  readonly people: People;
  readonly mender: Mender;
  readonly broker: Broker;
  /** Products that are known before their event is read; the catalogue of the configuration, at start. */
  learnProducts(products: readonly { sku: string; gtin?: string }[]): void;
  /** `POST /v1/pos/transactions`: the body as it came, and who sent it. */
  transaction(bytes: Buffer, from: Principal): Promise<Receipt>;
  close(): Promise<void>;
}

export function createIngress(deps: IngressDeps): Ingress {
  const { journal, engine, clock, newId, storeId } = deps;
  const { views } = engine;
  const products = createProductCodes(journal);
  const isOwnDevice = createOwnDevices(() => views.policy(), deps.isRegisteredDevice ?? (() => false));
  const masker = createMasker({ isProduct: products.has, isOwnDevice });
  const gate = createGate({ journal, clock, newId, storeId, masker });
  const vault = createVault({ folder: deps.vaultFolder, clock });
  const visitors = createVisitors({ vault, views, clock });
  const tills = createTills({ gate, views, visitors, masker, storeId });
  const intake = createIntake({
    ...{ gate, tills, visitors, masker, journal, newId, storeId, observer: deps.observer },
    fingerprint: createFingerprint(vault.messageKey),
    payloadBytesMax: deps.payloadBytesMax ?? PAYLOAD_BYTES_MAX,
  });
  const broker = createBroker({
    ...{ auth: deps.auth, intake, gate, clock, observer: deps.observer },
    ...(deps.mqttLimits === undefined ? {} : { limits: deps.mqttLimits }),
    ...(deps.anonymous === undefined ? {} : { anonymous: deps.anonymous }),
  });
  return {
    ...{ gate, masker, vault, intake, tills, broker },
    coupons: createCoupons({ gate, engine, signer: deps.signer, clock, newId }),
    people: createPeople({ gate, vault, visitors, engine, newId }),
    mender: createMender({ gate, intake, journal, views, newId }),
    learnProducts: products.learn,
    transaction: (bytes, from) =>
      intake.receive({
        // A till speaks only as itself, over HTTP as over MQTT: the topic says which one it is.
        topic: from.role === 'till' ? `endcap/v1/pos/${from.subject}/transaction` : '',
        bytes,
        channel: 'http',
        device: from.subject,
        adapter: nativePos,
      }),
    async close() {
      await broker.close();
      products.stop();
      vault.close();
    },
  };
}
