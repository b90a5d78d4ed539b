import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  endLeftover,
  noteServer,
  startServerProcess,
} from '../../../cloud-bridge/provision/server-process.js';
import { until } from '../../support/until.js';

/** A process that is gone, or only waits for somebody to read its exit code. */
function isGone(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return !existsSync(file) || / Z /.test(readFileSync(file, 'utf8'));
}

const sleeper = (cwd: string) => startServerProcess({ command: 'sleep', args: ['1000'], cwd });

test('a server is ended with the starter that is killed', async () => {
  const source = resolve('cloud-bridge/provision/server-process.ts');
  const program = `
    const { startServerProcess } = await import(${JSON.stringify(source)});
    console.log(startServerProcess({ command: 'sleep', args: ['1000'], cwd: '/' }).pid);
    setInterval(() => undefined, 1000);`;
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  let output = '';
  starter.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const pid = await until(() => output.endsWith('\n') && Number(output), {
    withinMs: 25_000,
    what: 'the server',
  });
  expect(isGone(pid)).toBe(false);
  starter.kill('SIGKILL');
  await until(() => isGone(pid), { withinMs: 10_000, what: 'the server to be ended' });
});

test('stop, kill and pause do what they say', async () => {
  const stopped = sleeper(tmpdir());
  expect(stopped.alive()).toBe(true);
  stopped.pause();
  await stopped.stop();
  expect(stopped.alive()).toBe(false);
  const killed = sleeper(tmpdir());
  await killed.kill();
  expect(isGone(killed.pid)).toBe(true);
});

test('what a lost starter left over is ended, a stranger and the server of a living starter are not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-leftover-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const pidFile = join(folder, 'server.pid');
  const stranger = sleeper(tmpdir());
  writeFileSync(pidFile, String(stranger.pid));
  await endLeftover(pidFile, folder);
  expect(stranger.alive()).toBe(true);
  await stranger.kill();
  const ours = startServerProcess({
    command: 'tail',
    args: ['-f', '/dev/null', join(folder, 'x')],
    cwd: folder,
  });
  writeFileSync(pidFile, String(ours.pid));
  await until(() => readFileSync(`/proc/${ours.pid}/cmdline`, 'utf8').includes(folder), {
    withinMs: 5_000,
    what: 'the process to be itself',
  });
  const other = sleeper(tmpdir());
  writeFileSync(pidFile, `${ours.pid} ${other.pid}`);
  await expect(endLeftover(pidFile, folder)).rejects.toThrow(`in use by process ${other.pid}`);
  await other.kill();
  noteServer(pidFile, ours);
  await endLeftover(pidFile, folder);
  await ours.gone;
  expect(ours.alive()).toBe(false);
  expect(existsSync(pidFile)).toBe(false);
});
