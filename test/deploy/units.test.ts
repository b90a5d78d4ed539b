import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/components.js';
import { keptPromise } from '../support/promise.js';

const UNIT = readFileSync('deploy/systemd/endcap.service', 'utf8');
/** What S22 allows; systemd counts from 0 (nothing may be done) to 10 (everything). */
const EXPOSURE_MAX = 3;

await describeWith(['systemd'], 'S22: the unit of the store', () => {
  const root = mkdtempSync(join(tmpdir(), 'endcap-units-'));

  /** A root with the units and with the programs they name, as far as systemd looks at them. */
  beforeAll(() => {
    for (const program of ['opt/endcap/current/bin/node', 'usr/bin/cage', 'usr/bin/chromium']) {
      mkdirSync(dirname(join(root, program)), { recursive: true });
      writeFileSync(join(root, program), '#!/bin/sh\n');
      chmodSync(join(root, program), 0o755);
    }
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
    for (const name of ['endcap.service', 'endcap-kiosk.service'])
      writeFileSync(join(root, 'etc/systemd/system', name), readFileSync(`deploy/systemd/${name}`));
    for (const target of ['basic', 'sysinit', 'shutdown', 'multi-user', 'network'])
      writeFileSync(join(root, `etc/systemd/system/${target}.target`), '[Unit]\nDescription=A target\n');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  function exposureOf(unit: string): number {
    writeFileSync(join(root, 'etc/systemd/system/measured.service'), unit);
    const parameters = ['security', '--offline=true', `--root=${root}`, '--no-pager', 'measured.service'];
    const said = execFileSync('systemd-analyze', parameters, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return Number(/Overall exposure level for measured\.service: ([\d.]+)/.exec(said)?.[1]);
  }

  it(`exposes at most ${EXPOSURE_MAX.toFixed(1)}, and without its hardening far more`, () => {
    const exposure = exposureOf(UNIT);
    const bare = exposureOf(
      UNIT.replace(/^(Protect|Private|Restrict|SystemCall|Capability|NoNew).*\n/gm, ''),
    );
    expect(exposure).toBeLessThanOrEqual(EXPOSURE_MAX);
    expect(bare).toBeGreaterThan(EXPOSURE_MAX);
    keptPromise({
      promise: 'S22',
      what: 'systemd-analyze security of the unit, offline; ports it may bind',
      figure: `${exposure}; 8080, 8443, 1883, 8883`,
      control: `without the hardening ${bare}`,
    });
  });

  it.each(['endcap.service', 'endcap-kiosk.service'])('%s has nothing that systemd does not know', (name) => {
    const check = (unit: string) =>
      spawnSync('systemd-analyze', ['verify', `--root=${root}`, '--man=no', unit], { encoding: 'utf8' })
        .stderr;
    const about = (text: string) =>
      text.split('\n').filter((line) => line.includes(name) || line.includes('Unknown'));
    expect(about(check(join('/etc/systemd/system', name)))).toEqual([]);
    const wrong = readFileSync(`deploy/systemd/${name}`, 'utf8').replace(
      '[Service]',
      '[Service]\nRestartOften=yes',
    );
    writeFileSync(join(root, 'etc/systemd/system/wrong.service'), wrong);
    expect(check('/etc/systemd/system/wrong.service')).toContain('RestartOften');
  });

  it('may bind the documented ports and no other, and starts without a time server', () => {
    const allowed = [...UNIT.matchAll(/^SocketBindAllow=tcp:(\d+)$/gm)].map(([, port]) => Number(port));
    expect(allowed.sort((a, b) => a - b)).toEqual([1883, 8080, 8443, 8883]);
    expect(UNIT).toMatch(/^SocketBindDeny=any$/m);
    const guide = readFileSync('deploy/README.md', 'utf8');
    for (const port of allowed) expect(guide).toContain(`${port}`);
    expect(UNIT).not.toMatch(/^(After|Wants|Requires)=.*time-sync/m);
  });
});

await describeWith(['shellcheck'], 'the scripts', () => {
  it.each(['install.sh', 'pack.sh', 'image/mmdebstrap.sh', 'image/pi-gen/00-endcap/01-run.sh'])(
    '%s: shellcheck finds nothing',
    (script) => {
      const run = spawnSync('shellcheck', ['--severity=warning', join('deploy', script)], {
        encoding: 'utf8',
      });
      expect(run.stdout).toBe('');
      expect(run.status).toBe(0);
    },
  );
});
