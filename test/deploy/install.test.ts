import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeRelease, runInstaller } from './support/release.js';

describe('install.sh, below a root of its own', () => {
  const work = mkdtempSync(join(tmpdir(), 'endcap-install-'));
  let first: string;
  let second: string;
  let root: string;

  beforeAll(() => {
    first = makeRelease(work, { version: '1.0.0' });
    second = makeRelease(work, { version: '1.1.0' });
  });
  beforeEach(() => {
    root = mkdtempSync(join(work, 'root-'));
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/debian_version'), '13.1\n');
  });
  afterAll(() => rmSync(work, { recursive: true }));

  const link = (name: string): string => readlinkSync(join(root, 'opt/endcap', name));
  const releases = (): string[] => readdirSync(join(root, 'opt/endcap/releases')).sort();
  const everything = (): string =>
    execFileSync('find', [root, '-printf', '%P %y %m %l\n'], { encoding: 'utf8' })
      .split('\n')
      .sort()
      .join('\n');
  function keepData(): void {
    writeFileSync(join(root, 'var/lib/endcap/kept'), 'sold');
  }
  const dataIsKept = (): boolean => readFileSync(join(root, 'var/lib/endcap/kept'), 'utf8') === 'sold';

  it('installs a program that runs, its configuration, a private data folder, unit and command', () => {
    const run = runInstaller(first, '--root', root);
    expect(run).toMatchObject({ code: 0, complained: '' });
    expect(link('current')).toMatch(/^releases\/endcap-1\.0\.0-linux-/);
    const program = join(root, 'opt/endcap/current');
    const help = execFileSync(join(program, 'bin/node'), [join(program, 'dist/edge/main.js'), '--help'], {
      encoding: 'utf8',
    });
    expect(help).toContain('endcap');
    expect(existsSync(join(root, 'etc/endcap/store.yaml'))).toBe(true);
    expect(statSync(join(root, 'var/lib/endcap')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(root, 'etc/systemd/system/endcap.service'))).toBe(true);
    expect(statSync(join(root, 'usr/local/bin/endcap')).mode & 0o111).toBe(0o111);
    // Each thing that was done was said.
    for (const word of ['unpack', 'copy store.yaml', 'install the units', 'current release'])
      expect(run.said).toContain(word);
  });

  it('changes nothing when it is run again', () => {
    runInstaller(first, '--root', root);
    keepData();
    const before = everything();
    expect(runInstaller(first, '--root', root).code).toBe(0);
    expect(everything()).toBe(before);
  });

  it('changes nothing in a dry run, and says the same', () => {
    const before = everything();
    const run = runInstaller(first, '--root', root, '--dry-run');
    expect(run.code).toBe(0);
    expect(everything()).toBe(before);
    expect(run.said).toContain('would unpack');
    expect(run.said).toContain('would make');
  });

  it('upgrades in place, goes back, and forward again, with configuration and data as they were', () => {
    runInstaller(first, '--root', root);
    keepData();
    const yaml = join(root, 'etc/endcap/store.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('Harbour Street', 'Mill Lane'));
    expect(runInstaller(second, '--root', root).code).toBe(0);
    expect(link('current')).toContain('1.1.0');
    expect(link('previous')).toContain('1.0.0');
    expect(runInstaller('--rollback', '--root', root).code).toBe(0);
    expect(link('current')).toContain('1.0.0');
    expect(runInstaller('--rollback', '--root', root).code).toBe(0);
    expect(link('current')).toContain('1.1.0');
    expect(dataIsKept()).toBe(true);
    expect(readFileSync(yaml, 'utf8')).toContain('Mill Lane');
  });

  it('keeps two releases and deletes older ones', () => {
    const third = makeRelease(work, { version: '1.2.0' });
    for (const release of [first, second, third]) runInstaller(release, '--root', root);
    expect(releases().map((name) => name.slice(0, 12))).toEqual(['endcap-1.1.0', 'endcap-1.2.0']);
  });

  it('leaves the release that runs where the new one does not take the configuration', () => {
    runInstaller(first, '--root', root);
    writeFileSync(join(root, 'etc/endcap/store.yaml'), 'store: {}\n');
    const run = runInstaller(second, '--root', root);
    expect(run.code).toBe(1);
    expect(run.complained).toContain('does not take');
    expect(link('current')).toContain('1.0.0');
  });

  it('refuses what it cannot install in a sentence', () => {
    const foreign = makeRelease(work, { version: '1.0.0', arch: 's390x' });
    const junk = join(work, 'junk.tar.gz');
    execFileSync('tar', ['czf', junk, '-C', root, 'etc']);
    expect(runInstaller(foreign, '--root', root)).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/is for s390x, this machine is/),
    });
    expect(runInstaller(junk, '--root', root)).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/is no release of Endcap/),
    });
    expect(runInstaller('--rollback', '--root', root)).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/there is no release before/),
    });
    expect(runInstaller('--purge')).toMatchObject({
      code: 2,
      complained: expect.stringMatching(/no option --purge/),
    });
    expect(runInstaller('--root')).toMatchObject({ code: 2 });
  });

  it('removes the program and keeps data and configuration', () => {
    runInstaller(first, '--root', root, '--kiosk', 'http://127.0.0.1:8080/screen');
    keepData();
    expect(readFileSync(join(root, 'etc/endcap/kiosk'), 'utf8')).toBe(
      'ENDCAP_SCREEN_URL=http://127.0.0.1:8080/screen\n',
    );
    expect(runInstaller('--uninstall', '--root', root).code).toBe(0);
    expect(existsSync(join(root, 'opt/endcap'))).toBe(false);
    expect(readdirSync(join(root, 'etc/systemd/system'))).toEqual([]);
    expect(dataIsKept()).toBe(true);
    expect(existsSync(join(root, 'etc/endcap/store.yaml'))).toBe(true);
  });
});
