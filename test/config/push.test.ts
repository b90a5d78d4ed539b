import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../edge/config/load.js';
import { ConfigError } from '../../edge/config/problems.js';
import { BROWSER_SERVICES } from '../../edge/config/push.js';

/** The demo store with this instead of its section `push`. */
function withPush(section: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-config-push-'));
  cpSync('deploy/demo', folder, { recursive: true });
  const path = join(folder, 'store.yaml');
  const text = readFileSync(path, 'utf8').replace(/^push:\n( {2}.*\n)+/m, section);
  writeFileSync(path, text);
  writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  return path;
}
const load = (section: string) => loadConfig(withPush(section), {});
function problemsOf(section: string) {
  try {
    load(section);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const CONTACT = 'push:\n  contact: mailto:it@example.com\n';

describe('push in store.yaml', () => {
  it('is off without the section; a contact is all it needs', () => {
    const off = load('');
    expect([off.push, off.policy.push]).toEqual([undefined, undefined]);
    const on = load(CONTACT);
    expect(on.push).toEqual({ contact: 'mailto:it@example.com', services: BROWSER_SERVICES });
    expect(on.policy.push).toEqual({ perDay: 3 });
  });

  it('names other services, the own ones with port, certificate and that they may be private', () => {
    const { push, policy } = load(
      `${CONTACT}  quietHours: { from: "20:00", until: "09:30" }
  perDay: 1
  services:
    - "*.push.example.com"
    - { host: localhost, port: 8443, private: true, ca: ca.pem }
`,
    );
    expect(policy.push).toEqual({ perDay: 1, quietHours: { from: '20:00', until: '09:30' } });
    expect(push!.services).toEqual([
      { host: '*.push.example.com', port: 443, mayBePrivate: false },
      { host: 'localhost', port: 8443, mayBePrivate: true, ca: expect.stringContaining('BEGIN') },
    ]);
  });

  it.each([
    ['push:\n  perDay: 3\n', '/push/contact'],
    ['push:\n  contact: it@example.com\n', '/push/contact'],
    [`${CONTACT}  quietHours: { from: "24:00", until: "08:00" }\n`, '/push/quietHours/from'],
    [`${CONTACT}  services: ["127.0.0.1"]\n`, '/push/services/0'],
    [`${CONTACT}  services: ["*"]\n`, '/push/services/0'],
    [`${CONTACT}  services: ["localhost"]\n`, '/push/services/0'],
    [`${CONTACT}  services: ["https://push.example.com"]\n`, '/push/services/0'],
    [`${CONTACT}  services: [{ host: localhost }]\n`, '/push/services/0/host'],
    [`${CONTACT}  services: [{ host: push.example.com, ca: none.pem }]\n`, '/push/services/0/ca'],
    [`${CONTACT}  perday: 3\n`, '/push/perday'],
  ])('refuses %j, naming the field and its line', (section, field) => {
    const found = problemsOf(section);
    expect(found.map((problem) => problem.field)).toContain(field);
    expect(found.every(({ line }) => line !== undefined)).toBe(true);
  });
});
