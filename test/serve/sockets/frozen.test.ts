import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StaffNow } from '../../../edge/contracts/index.js';
import { createAuthenticator } from '../../../edge/serve/guards.js';
import { createSockets } from '../../../edge/serve/sockets/index.js';
import { until } from '../../support/until.js';
import { startTestStore, type TestStore } from '../support.js';

const CUT_WITHIN_MS = 10_000;
let store: TestStore;
const children: ChildProcess[] = [];
beforeAll(async () => {
  store = await startTestStore();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => store.remove());

/** A client in a process of its own, which can be stopped as a whole; resolves once it has joined. */
async function clientProcess(url: string, auth: Record<string, string>): Promise<ChildProcess> {
  const options = JSON.stringify({ auth, transports: ['websocket'] });
  const script = `
    const { io } = require('socket.io-client');
    io(${JSON.stringify(url)}, ${options}).on('connect', () => console.log('connected'));
  `;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

describe('D20 a frozen socket', () => {
  it('is cut within ten seconds, the screen counts as gone, and the others stay live', async () => {
    const token = store.token('screen', 'screen-2');
    const frozen = await clientProcess(`${store.url}/signage`, { token });
    const staff = store.socket('/staff', { token: store.token('viewer') });
    const nows: StaffNow[] = [];
    staff.on('now', (now: StaffNow) => nows.push(now));
    const isUp = (): boolean | undefined =>
      nows[nows.length - 1]?.screens.find(({ screen }) => screen === 'screen-2')?.up;
    await until(() => isUp() === true, { withinMs: 5_000, what: 'the screen to be up' });
    frozen.kill('SIGSTOP');
    const from = performance.now();
    await until(() => isUp() === false, { withinMs: 15_000, what: 'the frozen screen to be cut' });
    expect(performance.now() - from).toBeLessThan(CUT_WITHIN_MS);
    expect(await staff.timeout(2_000).emitWithAck('stories', { limit: 1 })).toHaveLength(1);
  });

  it('control: with a longer patience, and nothing else changed, it is still there after ten seconds', async () => {
    const { server, connected, close } = await patientSockets();
    const { port } = server.address() as AddressInfo;
    const token = store.token('viewer');
    const frozen = await clientProcess(`http://127.0.0.1:${port}/staff`, { token });
    expect(connected()).toBe(1);
    frozen.kill('SIGSTOP');
    const from = performance.now();
    await until(() => performance.now() - from > CUT_WITHIN_MS, {
      withinMs: 15_000,
      what: 'ten seconds',
      everyMs: 250,
    });
    expect(connected()).toBe(1);
    close();
  });
});

/** The sockets of the running store once more, on a server of their own, that wait ten minutes for an answer. */
async function patientSockets(): Promise<{ server: Server; connected(): number; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  let connected = 0;
  const nobody = (): undefined => undefined;
  const sockets = createSockets({
    server,
    hostNames: [],
    auth: store.app.auth,
    authenticator: createAuthenticator(store.app.auth),
    engine: store.app.engine,
    clock: { nowMs: Date.now, monotonicMs: () => performance.now(), untrusted: nobody },
    signage: { knows: () => false, attach: () => nobody, shown: async () => ({ ok: false }) },
    phone: { attach: nobody, seen: async () => ({ ok: false }) },
    staffNow: nobody,
    link: {
      now: () => ({
        state: 'none',
        since: new Date().toISOString(),
        waiting: 0,
        oldestWaitingS: 0,
        drainPerS: 0,
      }),
    },
    onError: nobody,
    onCount: (_namespace, count) => {
      connected = count;
    },
    pingAnswerMs: 600_000,
  });
  return {
    server,
    connected: () => connected,
    close: () => {
      sockets.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
