import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { keptPromise } from '../support/promise.js';

/** SPDX ids under which a part may be shipped or used; a licence that is not here is a decision, not a detail. */
const LICENCES = new Set([
  ...['MIT', 'Apache-2.0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'MPL-2.0'],
  // Data of a build tool, and the letters of the pages.
  ...['CC-BY-4.0', 'OFL-1.1'],
]);
/** Says its licence only in a file of its own, which was read: MIT. */
const SAID_ELSEWHERE = new Set(['xmlhttprequest-ssl']);
/** Parts that may run something when they are installed: SQLite is compiled, and a build tool fetches nothing. */
const MAY_RUN = ['node_modules/better-sqlite3', 'node_modules/esbuild'];

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { license?: { id?: string; name?: string }; expression?: string }[];
}

interface Locked {
  readonly name?: string;
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

/** `name@version` of a package URL. */
const nameOf = (purl: string): string =>
  decodeURIComponent(purl.replace('pkg:npm/', '')).split('?')[0] as string;

/** Every way in which a part may be used is looked at; of several it is enough that one is allowed. */
function isAllowed({ name, licenses = [] }: Component): boolean {
  if (licenses.length === 0) return SAID_ELSEWHERE.has(name);
  return licenses.some(({ license, expression }) => {
    const said = license?.id ?? license?.name ?? expression ?? '';
    const ways = said.replace(/[()]/g, '').split(' OR ');
    return ways.some((way) => way.split(' AND ').every((one) => LICENCES.has(one)));
  });
}

describe('the supply chain', () => {
  let components: readonly Component[];
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

  beforeAll(() => {
    const bill = execFileSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8', maxBuffer: 64e6 });
    components = (JSON.parse(bill) as { components: Component[] }).components;
  });

  it('is told whole: the bill of materials names every part of the lock file', () => {
    const told = new Set(components.map(({ purl }) => nameOf(purl)));
    const missing = locked
      .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`)
      .filter((part) => !told.has(part));
    expect(missing).toEqual([]);
    expect(components.length).toBeGreaterThan(300);
  });

  it('has no licence that nobody decided on', () => {
    expect(components.filter((component) => !isAllowed(component)).map(({ purl }) => purl)).toEqual([]);
  });

  it('runs nothing at the installation but what is named', () => {
    const scripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
    expect(scripts.filter((path) => !path.endsWith('/fsevents'))).toEqual(MAY_RUN);
    const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      allowScripts: Record<string, boolean>;
    };
    expect(Object.keys(allowScripts).map((name) => `node_modules/${name}`)).toEqual(MAY_RUN);
  });

  it('is held by checksums, and by no address of one registry', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
    keptPromise({
      promise: 'S18',
      what: 'every part is in the bill of materials, under a licence of the list, and runs no script of its own',
      figure: `${components.length} parts, 0 outside`,
      control: 'a part under another licence, and one that says none, are found',
    });
  });

  it('would notice a licence that is not in the list', () => {
    const part = { name: 'a', version: '1.0.0', purl: 'pkg:npm/a@1.0.0' };
    expect(isAllowed({ ...part, licenses: [{ license: { id: 'GPL-3.0-only' } }] })).toBe(false);
    expect(isAllowed({ ...part, licenses: [{ expression: 'MIT AND GPL-3.0-only' }] })).toBe(false);
    expect(isAllowed({ ...part, licenses: [{ expression: '(GPL-3.0-only OR MIT)' }] })).toBe(true);
    expect(isAllowed(part)).toBe(false);
  });
});
