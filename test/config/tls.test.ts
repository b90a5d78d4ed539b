import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTheClear, warningOf } from '../../edge/cli/in-the-clear.js';
import { type Config, loadConfig } from '../../edge/config/load.js';
import { makeRoot, newKey, signLeaf } from '../../edge/serve/tls/x509.js';

let folder: string;
let lines: string[];
const VALIDITY = { notBefore: new Date(0), notAfter: new Date(Date.now() + 86_400_000) };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-config-'));
  cpSync(resolve('deploy/demo'), folder, { recursive: true });
  const text = readFileSync(join(folder, 'store.yaml'), 'utf8');
  lines = text.replace(/^(http|mqtt):\n( {2}.*\n)+/gm, '').split('\n');
  const root = await makeRoot('Some authority', VALIDITY);
  for (const [name, names] of [
    ['shop', ['shop.example']],
    ['wild', ['*.shop.example']],
  ] as const) {
    const { key, publicKey } = newKey();
    const wish = { commonName: name, publicKey, validity: VALIDITY, use: 'server', names } as const;
    writeFileSync(join(folder, `${name}.crt`), (await signLeaf(root, wish)).certificate);
    writeFileSync(join(folder, `${name}.key`), key);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(...more: string[]): Config {
  writeFileSync(join(folder, 'store.yaml'), [...more, ...lines].join('\n'));
  return loadConfig(join(folder, 'store.yaml'), {});
}

describe('http.tls and mqtt.tls', () => {
  it('need nothing but their name', () => {
    const config = load('http:', '  tls: {}', 'mqtt:', '  tls: {}');
    expect(config.http).toEqual({ host: '127.0.0.1', port: 8443, tls: { names: [] } });
    expect(config.mqtt).toEqual({ host: '127.0.0.1', port: 8883, tls: { clientCertificate: 'accepted' } });
  });

  it('find the retailer’s files beside store.yaml', () => {
    const config = load('http:', '  tls: { certificate: shop.crt, key: shop.key, redirectPort: 8080 }');
    expect(config.http.tls).toEqual({
      names: [],
      retailer: { certificate: join(folder, 'shop.crt'), key: join(folder, 'shop.key') },
      redirectPort: 8080,
    });
  });

  it.each([
    ['yes', ['http:', '  tls: yes'], /:2 {2}\/http\/tls: must be a section/],
    ['a word nobody knows', ['http:', '  tls:', '    cert: shop.crt'], /:3 {2}\/http\/tls\/cert: /],
    [
      'no key',
      ['http:', '  tls:', '    certificate: shop.crt'],
      /:3 {2}\/http\/tls\/certificate: needs http.tls.key/,
    ],
    [
      'no certificate',
      ['http:', '  tls:', '    key: shop.key'],
      /:3 {2}\/http\/tls\/key: needs http.tls.certificate/,
    ],
    [
      'a host without a certificate',
      ['http:', '  tls:', '    shopperHost: shop.example'],
      /:3 .*needs http.tls.certificate/,
    ],
    [
      'a file that is not there',
      ['http:', '  tls:', '    certificate: none.crt', '    key: shop.key'],
      /:3 .*none\.crt is no certificate/,
    ],
    [
      'a file that is none',
      ['http:', '  tls:', '    certificate: store.yaml', '    key: shop.key'],
      /:3 .*store\.yaml is no certificate/,
    ],
    [
      'a key that is none',
      ['http:', '  tls:', '    certificate: shop.crt', '    key: shop.crt'],
      /:4 .*is no private key/,
    ],
    [
      'another key',
      ['http:', '  tls:', '    certificate: shop.crt', '    key: wild.key'],
      /:4 .*is not the key of/,
    ],
    [
      'only wildcards',
      ['http:', '  tls:', '    certificate: wild.crt', '    key: wild.key'],
      /:3 .*http\.tls\.shopperHost/,
    ],
    [
      'another host',
      ['http:', '  tls:', '    certificate: shop.crt', '    key: shop.key', '    shopperHost: a.example'],
      /:5 .*DNS:shop\.example, not for a\.example/,
    ],
    ['an outside broker', ['mqtt:', '  url: mqtt://broker.example:1883', '  tls: {}'], /:3 .*mqtts:\/\//],
    [
      'an unknown way',
      ['mqtt:', '  tls:', '    clientCertificate: maybe'],
      /:3 {2}\/mqtt\/tls\/clientCertificate: /,
    ],
  ])('say line and cure for %s', (_name, text, words) => {
    expect(() => load(...text)).toThrow(words);
  });

  it('take a wildcard whose host is said', () => {
    const tls = '  tls: { certificate: wild.crt, key: wild.key, shopperHost: a.shop.example }';
    expect(load('http:', tls).http.tls?.retailer?.hosts).toEqual(['a.shop.example']);
  });
});

describe('what is spoken in the clear', () => {
  it('is nothing on loopback, and nothing with TLS', () => {
    expect(inTheClear(load())).toEqual([]);
    const lan = load('http:', '  host: 192.168.1.10', '  tls: {}', 'mqtt:', '  host: 0.0.0.0', '  tls: {}');
    expect(warningOf(inTheClear(lan))).toBe('');
  });

  it('is warned of by listener and cure', () => {
    const lan = load(
      'http:',
      '  host: 192.168.1.10',
      'mqtt:',
      '  host: 0.0.0.0',
      '  tls:',
      '    plain: { host: 0.0.0.0, port: 1883 }',
    );
    const warning = warningOf(inTheClear(lan));
    expect(warning).toMatch(/HTTP on 192\.168\.1\.10:8080 speaks WITHOUT TLS/);
    expect(warning).toMatch(/MQTT on 0\.0\.0\.0:1883 speaks WITHOUT TLS/);
    expect(warning).toContain('Add `tls: {}` under http:');
  });

  it('is what goes to an outside broker without TLS, too', () => {
    const addresses = (url: string) =>
      inTheClear(load('mqtt:', `  url: ${url}`)).map(({ address }) => address);
    expect(addresses('mqtt://user:secret@broker.example:1883')).toEqual(['broker.example:1883']);
    expect(addresses('mqtts://broker.example')).toEqual([]);
    expect(addresses('mqtt://127.0.0.1:1883')).toEqual([]);
  });

  it('on a second door needs a token as everywhere: `auth: open` is refused there', () => {
    const door = '  tls: { plain: { host: 0.0.0.0, port: 1883 } }';
    lines = lines.map((line) => (line === 'auth: required' ? 'auth: open' : line));
    expect(() => load('mqtt:', door)).toThrow(/0\.0\.0\.0/);
    lines = lines.map((line) => (line === 'auth: open' ? 'auth: required' : line));
  });
});

describe('hq.tls', () => {
  // The demo has a section of that name.
  const load = (tls: string): Config => {
    const own = lines.join('\n').replace(/^hq:\n/m, `hq:\n  brokers: [hq.example:9093]\n${tls}`);
    writeFileSync(join(folder, 'store.yaml'), own);
    return loadConfig(join(folder, 'store.yaml'), {});
  };

  it('is absent, empty, or names the authority beside store.yaml', () => {
    expect(load('').hq.tls).toBeUndefined();
    expect(load('  tls: {}\n').hq.tls).toEqual({});
    expect(load('  tls: { ca: shop.crt }\n').hq.tls).toEqual({ ca: join(folder, 'shop.crt') });
  });

  it.each([
    ['yes', '  tls: yes\n', /\/hq\/tls: must be a section/],
    ['a file that is not there', '  tls: { ca: none.crt }\n', /\/hq\/tls\/ca: .*none\.crt is no certificate/],
    ['a file that is none', '  tls: { ca: store.yaml }\n', /\/hq\/tls\/ca: .*store\.yaml is no certificate/],
    ['a misspelt key', '  tls: { caa: shop.crt }\n', /\/hq\/tls\/caa/],
  ])('says what is wrong with %s', (_name, tls, words) => {
    expect(() => load(tls)).toThrow(words);
  });
});
