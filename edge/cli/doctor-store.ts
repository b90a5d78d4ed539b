import type { Config } from '../config/load.js';
import type { StoreStatus } from '../contracts/index.js';
import { flashFinding, flashUse } from './doctor-flash.js';
import type { Endpoint } from './endpoint.js';
import type { Finding } from './finding.js';
import { callStore } from './store-client.js';

/** What the running store says of itself. Rejects with PlainError when it does not answer. */
export async function storeFindings(endpoint: Endpoint, config: Config): Promise<Finding[]> {
  const status = await callStore<StoreStatus>(endpoint, '/v1/status');
  const { link } = status;
  const flash = flashUse(endpoint.pid, {
    upS: status.upS,
    folder: config.dataDirectory,
    ratedTerabytes: config.limits.flashTerabytes,
  });
  return [
    {
      what: 'Store',
      seen: `runs as process ${endpoint.pid} for ${status.upS} s, ${status.ready ? 'ready' : 'not ready'}`,
    },
    {
      what: 'Link to HQ',
      seen: link.state === 'none' ? 'no HQ is configured' : `${link.state}, ${link.waiting} events waiting`,
      ...(link.state === 'offline' ? { cure: link.detail ?? 'See `endcap status --json`.' } : {}),
    },
    ...(flash === undefined ? [] : [flashFinding(flash)]),
    ...pushFinding(status.push),
    {
      what: 'To mend',
      seen: `${status.toMend} records set aside`,
      ...(status.toMend > 0
        ? { cure: 'Open the Journal page: each says what was wrong and can be mended and replayed.' }
        : {}),
    },
    ...status.alarms.map((alarm) => ({
      what: 'Alarm',
      seen: alarm.text,
      cure: `See ${alarm.code} on the staff page.`,
    })),
  ];
}

function pushFinding(push: StoreStatus['push']): Finding[] {
  if (push === undefined) return [];
  if (!push.on) return [{ what: 'Messages', seen: 'to phones: off, `push` is not in store.yaml' }];
  const last =
    push.lastSentAt === undefined ? 'none sent since the start' : `last one sent ${push.lastSentAt}`;
  const seen = `to ${push.phones} phones, ${push.waiting} waiting, ${last}`;
  if (push.unreachableSince === undefined) return [{ what: 'Messages', seen }];
  return [
    {
      what: 'Messages',
      seen: `${seen}; no push service answers since ${push.unreachableSince}`,
      cure: 'Look at the way to the internet, and at a firewall that stops port 443 to the push services.',
    },
  ];
}
