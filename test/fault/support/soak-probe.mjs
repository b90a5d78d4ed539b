/**
 * Loaded into the built store by a soak (`NODE_OPTIONS=--import`): writes how many timers are to fire into the file
 * that SOAK_PROBE names, four times a second. With SOAK_LEAK=connections, for the control, each connection that comes
 * leaves a timer and an open file behind.
 */
import { openSync, renameSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Server } from 'node:net';
import timers from 'node:timers';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.env.SOAK_PROBE !== undefined) {
  const live = new Set();
  const real = { ...timers };
  const makers = {
    setTimeout: (callback, ms, ...rest) => {
      const timer = real.setTimeout(
        (...given) => {
          live.delete(timer);
          callback(...given);
        },
        ms,
        ...rest,
      );
      live.add(timer);
      return timer;
    },
    setInterval: (...given) => {
      const timer = real.setInterval(...given);
      live.add(timer);
      return timer;
    },
  };
  const clear = (how) => (timer) => {
    live.delete(timer);
    how(timer);
  };
  // Node's own promise of a timeout is made from the real one.
  for (const [name, maker] of Object.entries(makers)) {
    for (const key of Object.getOwnPropertySymbols(real[name])) {
      Object.defineProperty(maker, key, Object.getOwnPropertyDescriptor(real[name], key));
    }
  }
  const watched = {
    ...makers,
    clearTimeout: clear(real.clearTimeout),
    clearInterval: clear(real.clearInterval),
  };
  Object.assign(timers, watched);
  Object.assign(globalThis, watched);
  syncBuiltinESMExports();

  const file = process.env.SOAK_PROBE;
  real
    .setInterval(() => {
      writeFileSync(`${file}.new`, JSON.stringify({ timers: live.size }));
      renameSync(`${file}.new`, file);
    }, 250)
    .unref();

  if (process.env.SOAK_LEAK === 'connections') {
    const listen = Server.prototype.listen;
    Server.prototype.listen = function (...given) {
      this.on('connection', () => {
        openSync('/dev/null', 'r');
        globalThis.setInterval(() => undefined, 3_600_000).unref();
      });
      return listen.apply(this, given);
    };
  }
}
