import { randomUUID } from 'node:crypto';
import type { Finding } from './finding.js';

const WHAT = 'MQTT broker';
const WITHIN_MS = 5_000;

/** The broker of the shop, where `mqtt.url` names one: whether it is there, lets the store in, and nobody without a name. */
export async function brokerFindings(url: string): Promise<Finding[]> {
  const at = new URL(url);
  const refusal = await tryToConnect(url);
  if (refusal !== undefined) return [{ what: WHAT, seen: `${at.host}: ${refusal}`, cure: cureOf(refusal) }];
  const seen = `${at.host} lets the store in`;
  at.username = '';
  at.password = '';
  if ((await tryToConnect(at.href)) !== undefined)
    return [{ what: WHAT, seen: `${seen}, and nobody without a name` }];
  return [
    {
      what: WHAT,
      seen: `${seen}, and anybody else: whoever is on that network can sell, and read who gets which offer`,
      cure: 'Set `allow_anonymous false` there, a password_file and an acl_file, as in deploy/mosquitto.conf.',
    },
  ];
}

/** Why not; `undefined` when the broker accepted. A name of its own: the store's session is left alone. */
async function tryToConnect(url: string): Promise<string | undefined> {
  // Loaded on use: most stores have a broker of their own.
  const { connectAsync } = await import('mqtt');
  const clientId = `endcap-doctor-${randomUUID().slice(0, 8)}`;
  try {
    const client = await connectAsync(
      url,
      { clientId, clean: true, reconnectPeriod: 0, connectTimeout: WITHIN_MS },
      false,
    );
    await client.endAsync(true);
    return undefined;
  } catch (error) {
    const { message, code } = error as { message: string; code?: string | number };
    return message || String(code ?? 'does not answer');
  }
}

function cureOf(refusal: string): string {
  if (/not authorized|bad user ?name|password|identifier rejected/i.test(refusal))
    return 'Look at name and password in mqtt.url, and at the password_file of that broker.';
  if (/certificate|self.signed|issuer/i.test(refusal))
    return 'Give Node the root of that broker (NODE_EXTRA_CA_CERTS), or have it show a certificate that is known.';
  return 'Start that broker, or look at the address in mqtt.url and at a firewall between.';
}
