import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CertificateNow } from '../serve/tls/expiry.js';
import { type Endpoint, readEndpoint } from './endpoint.js';
import { configOf, type StoreOptions, withStoreOptions } from './options.js';
import { explainSystemError, PlainError } from './plain-error.js';
import { type ReasonOptions, reasonOf, withQuery, withReason } from './reason.js';
import { callStore } from './store-client.js';

interface IssueOptions extends StoreOptions, ReasonOptions {
  readonly device: string;
  readonly csr?: string;
  readonly output: string;
}

/** `endcap cert`: the store's certificates and those of its devices. */
export function addCert(program: Command): void {
  const cert = program.command('cert').description('certificates of the store and its devices');
  withStoreOptions(cert.command('list'))
    .description('what there is, when each ends, and the fingerprint of the root')
    .option('--all', 'also those that were taken back or replaced')
    .option('--json', 'as one JSON object')
    .action(list);
  withReason(withStoreOptions(cert.command('issue')))
    .description('make a certificate for a registered device, with a new key unless it sent a request')
    .requiredOption('--device <id>', 'device, till or screen')
    .option('--csr <file>', 'request (PKCS #10, PEM) of the device, whose key then never leaves it')
    .option('-o, --output <folder>', 'where the files go', '.')
    .action(issue);
  withReason(withStoreOptions(cert.command('revoke')))
    .description('take a certificate back; its connections are cut at once')
    .argument('[serial]', 'serial number, as `endcap cert list` shows it')
    .option('--device <id>', 'all certificates of this device instead; its token stays good')
    .action(revoke);
  withReason(withStoreOptions(cert.command('renew')))
    .description("make the store's own server certificates anew, now; nothing is disconnected")
    .action(async (options: StoreOptions & ReasonOptions) => {
      await callStore(endpointOf(options), withQuery('/v1/certificates/server', options), { method: 'POST' });
      process.stdout.write('New server certificates are in use.\n');
    });
}

const endpointOf = (options: StoreOptions): Endpoint => readEndpoint(configOf(options).dataDirectory);

async function listOf(endpoint: Endpoint): Promise<readonly CertificateNow[]> {
  const answer = await callStore<{ certificates: CertificateNow[] }>(endpoint, '/v1/certificates');
  return answer.certificates;
}

async function list(options: StoreOptions & { all?: boolean; json?: boolean }): Promise<void> {
  const everything = await listOf(endpointOf(options));
  const shown = options.all
    ? everything
    : everything.filter(({ state }) => state !== 'revoked' && state !== 'replaced');
  if (options.json) {
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  if (shown.length === 0) {
    process.stdout.write(
      'There are no certificates: neither http.tls nor mqtt.tls is set, and none was issued.\n',
    );
    return;
  }
  process.stdout.write(`${shown.map(inWords).join('\n')}\n`);
}

function inWords(now: CertificateNow): string {
  const ends = `${now.notAfter.slice(0, 10)}, ${now.daysLeft} days left`;
  return [
    `${now.kind.padEnd(9)} ${now.state.padEnd(8)} ${ends.padEnd(28)} ${now.subject}`,
    `${''.padEnd(9)} serial ${now.serial}`,
    ...(now.fingerprint === undefined ? [] : [`${''.padEnd(9)} SHA-256 ${now.fingerprint}`]),
    ...(now.cure === undefined ? [] : [`${''.padEnd(9)} → ${now.cure}`]),
  ].join('\n');
}

async function issue({ device, csr, output, ...options }: IssueOptions): Promise<void> {
  const endpoint = endpointOf(options);
  const files = {
    key: join(output, `${device}.key`),
    certificate: join(output, `${device}.crt`),
    root: join(output, 'endcap-root.crt'),
  };
  if (csr === undefined && existsSync(files.key)) {
    throw new PlainError(
      `${files.key} is there already. Move it away, or send a request for it with --csr.`,
      2,
    );
  }
  // Loaded on use: most commands make no keys.
  const { makeRequest, newKey } = await import('../serve/tls/x509.js');
  const { key } = newKey();
  const made = await callStore<{ certificate: string; root: string; serial: string; notAfter: string }>(
    endpoint,
    `/v1/devices/${encodeURIComponent(device)}/certificate`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        csr: csr === undefined ? await makeRequest(device, key) : readFile(csr),
        ...reasonOf(options),
      }),
    },
  );
  try {
    if (csr === undefined) writeFileSync(files.key, key, { mode: 0o600, flag: 'wx' });
    writeFileSync(files.certificate, made.certificate);
    writeFileSync(files.root, made.root);
  } catch (error) {
    throw explainSystemError(error) ?? error;
  }
  process.stdout.write(
    [
      `Certificate ${made.serial} for ${device}, good until ${made.notAfter.slice(0, 10)}:`,
      ...(csr === undefined ? [`  ${files.key}  (private: move it to the device and delete it here)`] : []),
      `  ${files.certificate}`,
      `  ${files.root}  (to check the store by)`,
      '',
    ].join('\n'),
  );
}

async function revoke(
  serial: string | undefined,
  options: StoreOptions & ReasonOptions & { device?: string },
): Promise<void> {
  if ((serial === undefined) === (options.device === undefined)) {
    throw new PlainError('Name either a serial number or a device with --device.', 2);
  }
  const endpoint = endpointOf(options);
  const serials =
    serial !== undefined
      ? [serial]
      : (await listOf(endpoint))
          .filter((row) => row.kind === 'device' && row.subject === options.device && row.state !== 'revoked')
          .map((row) => row.serial);
  if (serials.length === 0) throw new PlainError(`${options.device} holds no certificate.`);
  for (const one of serials) {
    const path = withQuery(`/v1/certificates/${encodeURIComponent(one)}`, options);
    await callStore(endpoint, path, { method: 'DELETE' });
    process.stdout.write(`Taken back: ${one}\n`);
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PlainError(`${path} cannot be read: ${(error as Error).message}`, 2);
  }
}
