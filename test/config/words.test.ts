import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../edge/config/load.js';
import { ConfigError, type ConfigProblem } from '../../edge/config/problems.js';

type Change = readonly [from: string | RegExp, to: string];

/** The demo store with some words of its files changed. */
function changed(changes: readonly Change[], name = 'store.yaml'): string {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-words-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(resolve('deploy/demo'), directory, { recursive: true });
  const path = join(directory, name);
  const text = readFileSync(path, 'utf8');
  const after = changes.reduce((old, [from, to]) => old.replace(from, to), text);
  expect(after).not.toBe(text);
  writeFileSync(path, after);
  return join(directory, 'store.yaml');
}

function problemsOf(path: string): readonly ConfigProblem[] {
  try {
    loadConfig(path, {});
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

/** What stands in the line that a problem points at. */
const lineOf = ({ file, line = 0 }: ConfigProblem): string | undefined =>
  readFileSync(file, 'utf8').split('\n')[line - 1];

describe('a wrong store.yaml says what to do', () => {
  it.each<[string, Change, string, string]>([
    [
      'a key that is missing: which, in what section, what for, an example',
      [/ {2}timeZone: .*\n/, ''],
      'store:',
      "timeZone is missing: the IANA time zone of the store's wall clock, for example `timeZone: Europe/Dublin`",
    ],
    ['a key that is misspelt', ['campaigns: c', 'campaings: c'], 'campaings:', 'did you mean "campaigns"?'],
    ['one in a section', ['port: 1883', 'prot: 1883'], 'prot: 1883', 'did you mean "port"?'],
    ['one near nothing', ['limits: {}', 'colour: red'], 'colour', 'known are auth, campaigns, '],
    ['one where others may add theirs', ['polygon:', 'polgon:'], 'polgon', 'did you mean "polygon"?'],
    [
      'a choice',
      ['auth: required', 'auth: requird'],
      'auth:',
      'must be "required" or "open" (did you mean "required"?)',
    ],
    ['a time zone', ['Europe/Dublin', 'Europe/Dublim'], 'timeZone', 'did you mean Europe/Dublin?'],
    [
      'a currency that is none',
      ['currency: EUR', 'currency: EUO'],
      'currency',
      'is not an ISO 4217 currency',
    ],
    ['a language', ['locale: en-IE', 'locale: english'], 'locale', 'such as en-IE or de-DE'],
    ['a number in place of a text', ['"08:00"', '8'], 'opensAt', 'must be a text; write it in quotes, not 8'],
    ['an hour that is none', ['"08:00"', '"25:99"'], 'opensAt', 'a time of day as "HH:MM"'],
    ['a shape', ['store-014', 'Store 14'], 'id:', 'small letters, digits and hyphens'],
    ['a number that is too large', ['port: 8080', 'port: 80800'], 'port', 'must be 65535 or less, not 80800'],
    ['too few corners', [/polygon: .*/, 'polygon: [[0, 0]]'], 'polygon', 'needs 3 or more entries'],
    [
      'a file that is not there',
      ['products.yaml', 'product.yaml'],
      'products:',
      'did you mean "products.yaml"?',
    ],
    ['a zone that is not there', ['zone: bakery', 'zone: bakry'], 'bakry', 'did you mean "bakery"?'],
    ['a name given twice', ['id: screen-2', 'id: screen-1'], 'Screen 2', '"screen-1" stands in line'],
    ['a tab', ['  port: 8080', '\tport: 8080'], '\tport', 'indent with spaces'],
    [
      'a key that stands twice',
      ['auth: required', 'auth: required\nauth: open'],
      'auth: open',
      'stands twice',
    ],
  ])('%s', (_what, change, line, words) => {
    const [problem, ...others] = problemsOf(changed([change]));
    expect(problem?.expected).toContain(words);
    expect(lineOf(problem!)).toContain(line);
    expect(others).toEqual([]);
  });

  it('a section that is missing is missing in no line', () => {
    const [problem] = problemsOf(changed([[/zones:\n(?: {2}.*\n)+/, '']]));
    expect(problem).toMatchObject({ field: '/zones', expected: expect.stringContaining('zones: [{ id:') });
    expect(problem?.line).toBeUndefined();
  });

  it('an empty file says what it needs', () => {
    const [problem] = problemsOf(changed([[/[\s\S]*/, '']]));
    expect(problem?.expected).toBe('holds nothing; it needs store: and zones:');
  });

  it('a product and a campaign, too', () => {
    const [product] = problemsOf(changed([[/ {4}priceMinor: 349\n/, '']], 'products.yaml'));
    expect(product?.expected).toContain('priceMinor is missing: the shelf price in the smallest unit');
    expect(lineOf(product!)).toContain('sku: DRK-1001');
    const [campaign] = problemsOf(changed([['kind: coupon', 'kind: cupon']], 'campaigns.yaml'));
    expect(campaign?.expected).toContain('did you mean "coupon"?');
  });

  it('everything at once, a time zone and a product file beside faults of shape', () => {
    const path = changed([
      ['Europe/Dublin', 'Europe/Dublim'],
      ['port: 8080', 'port: eighty'],
      ['zone: bakery', 'zone: cellar'],
      ['campaigns: campaigns.yaml', 'campaigns: none.yaml'],
    ]);
    const products = join(path, '../products.yaml');
    writeFileSync(products, readFileSync(products, 'utf8').replace('priceMinor: 349', 'priceMinor: 3.49'));
    expect(
      problemsOf(path)
        .map(({ field }) => field)
        .sort(),
    ).toEqual(['/campaigns', '/http/port', '/nodes/8/zone', '/products/0/priceMinor', '/store/timeZone']);
  });

  it('ends the program with 2, each problem on a line of its own that begins with its place', () => {
    const path = changed([
      ['port: 8080', 'port: eighty'],
      ['currency: EUR', 'curency: EUR'],
    ]);
    const { status, stderr } = spawnSync('npx', ['tsx', 'edge/main.ts', 'start', '--config', path], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    const said = stderr.split('\n').filter((line) => line.startsWith(path));
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/store\.yaml:8 {2}\/store\/curency: "curency" is not known here/);
  });
});
