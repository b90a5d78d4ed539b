import { createServer } from 'node:net';
import type { Config } from '../config/load.js';
import type { Finding } from './finding.js';
import { explainSystemError } from './plain-error.js';

/** While no store runs: whether one could listen where it will. */
export async function freePorts(config: Config): Promise<Finding[]> {
  const listeners = [
    ['HTTP', config.http],
    // Another's broker listens where it will.
    ...(config.mqtt.url === undefined ? [['MQTT', config.mqtt] as const] : []),
  ] as const;
  return Promise.all(
    listeners.map(async ([name, { host, port }]) => {
      const problem = await tryToListen(host, port);
      return {
        what: `${name} port`,
        seen: `${host}:${port} ${problem === undefined ? 'is free' : 'cannot be used'}`,
        ...(problem === undefined ? {} : { cure: problem }),
      };
    }),
  );
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(explainSystemError(error)?.message ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
