import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { post } from '../../support/shopper.js';
import type { RunningStore } from '../../support/store.js';
import type { Bay } from './scene.js';
import type { Pace, Walked, WalkOrder } from './walk.js';

const REST = 'entrance-1';

export interface Walkers {
  /** Resolves after so many seconds at this pace, which goes on. */
  walk(pace: Pace): Promise<Walked>;
  close(): Promise<void>;
}

/** Starts the process in which everybody walks; resolves once the nodes are in. */
export async function startWalkers(store: RunningStore, bays: readonly Bay[]): Promise<Walkers> {
  const names = [REST, ...bays.map(({ node }) => node)];
  const nodes: { id: string; token: string }[] = [];
  for (const name of names) {
    const { body, status } = await post<{ id: string; token: string }>(store, '/v1/devices', {
      name,
      kind: 'device',
    });
    if (status >= 300) throw new Error(`registering ${name}: ${status} ${JSON.stringify(body)}`);
    nodes.push(body);
  }
  const order: WalkOrder = { mqttUrl: store.mqttUrl, bays, nodes, rest: REST };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('walk.ts', import.meta.url))],
    {
      env: { ...process.env, ENDCAP_WALK: JSON.stringify(order) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  await answerOf(child);
  return {
    async walk(pace) {
      child.send(pace);
      return (await answerOf(child)) as Walked;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(child, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`the walkers ended with ${code ?? by}`);
  });
  try {
    const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as unknown[];
    return answer;
  } finally {
    waiting.abort();
  }
}
