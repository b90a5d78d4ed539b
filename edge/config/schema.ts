import { type Static, Type } from '@sinclair/typebox';
import {
  Fixture,
  ListeningNode,
  PresencePolicy,
  Screen,
  Shelf,
  StorePolicy,
  Zone,
} from '../contracts/index.js';
import { HqTlsFile } from './hq-tls.js';
import { PushFile } from './push.js';
import { HttpTlsFile, MqttTlsFile } from './tls.js';

/** With its headers it must fit into one Kafka record, 1 MiB by default. */
export const PAYLOAD_BYTES_MAX = 960 * 1024;

const closed = { additionalProperties: false } as const;
const Host = Type.String({ minLength: 1, maxLength: 255 });
const Port = Type.Integer({ minimum: 0, maximum: 65_535, description: '0 takes any free port' });
const Files = Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }))]);

/** `store.yaml`. Unknown keys are refused: a misspelt limit that is silently ignored is worse than none. */
export const ConfigFile = Type.Object(
  {
    store: Type.Composite([StorePolicy.properties.store], closed),
    data: Type.Optional(
      Type.String({ minLength: 1, description: 'folder of the journal and keys, from the working folder' }),
    ),
    auth: Type.Optional(Type.Union([Type.Literal('required'), Type.Literal('open')])),
    http: Type.Optional(
      Type.Object(
        { host: Type.Optional(Host), port: Type.Optional(Port), tls: Type.Optional(HttpTlsFile) },
        closed,
      ),
    ),
    mqtt: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(Host),
          port: Type.Optional(Port),
          url: Type.Optional(Type.String()),
          tls: Type.Optional(MqttTlsFile),
        },
        closed,
      ),
    ),
    zones: Type.Array(Zone),
    nodes: Type.Optional(Type.Array(ListeningNode)),
    screens: Type.Optional(Type.Array(Screen)),
    shelves: Type.Optional(Type.Array(Shelf)),
    fixtures: Type.Optional(Type.Array(Fixture)),
    plan: Type.Optional(
      Type.Object(
        { widthM: Type.Number({ exclusiveMinimum: 0 }), heightM: Type.Number({ exclusiveMinimum: 0 }) },
        closed,
      ),
    ),
    presence: Type.Optional(Type.Partial(PresencePolicy, closed)),
    products: Type.Optional(Files),
    campaigns: Type.Optional(Files),
    consentDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
    push: Type.Optional(PushFile),
    offline: Type.Optional(
      Type.Object(
        {
          maxValue: Type.Number({
            minimum: 0,
            description: 'in the currency of the store, for example 5.00',
          }),
        },
        closed,
      ),
    ),
    hq: Type.Optional(
      Type.Object(
        {
          brokers: Type.Optional(Type.Array(Type.String({ pattern: '^[^:]+:\\d+$' }), { minItems: 1 })),
          partition: Type.Optional(Type.Integer({ minimum: 0 })),
          allowUnsafe: Type.Optional(Type.Boolean()),
          tls: Type.Optional(HqTlsFile),
        },
        closed,
      ),
    ),
    clock: Type.Optional(
      Type.Object(
        {
          unsyncedHours: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 8_760,
              description: '0 where a host sets the clock and no time server can be seen, as in a container',
            }),
          ),
        },
        closed,
      ),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          journalBytes: Type.Optional(Type.Integer({ minimum: 16 * 1024 * 1024 })),
          payloadBytes: Type.Optional(
            Type.Integer({
              minimum: 1024,
              maximum: PAYLOAD_BYTES_MAX,
              description:
                'largest message of a device or till; the default takes a transaction of 5,000 lines',
            }),
          ),
          mqttClients: Type.Optional(Type.Integer({ minimum: 1 })),
          connectionsPerAddress: Type.Optional(
            Type.Integer({
              minimum: 16,
              maximum: 4_000,
              default: 1_500,
              description:
                'connections over HTTP from one address, behind which a whole shop may stand; beyond it the oldest that takes nothing, or has not said who it is, makes room',
            }),
          ),
          flashTerabytes: Type.Optional(
            Type.Number({
              exclusiveMinimum: 0,
              description:
                'what the maker rates the disk for (TBW); `endcap doctor` says how long that lasts',
            }),
          ),
          patienceS: Type.Optional(
            Type.Integer({
              minimum: 3,
              maximum: 3600,
              default: 6,
              description: 'how long a screen, page or subscriber may take nothing before it is cut',
            }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ConfigFile = Static<typeof ConfigFile>;
