/** Loaded before the store (`--import`): SIGUSR2 prints how long its event loop was held since the last time. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 5;

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on('SIGUSR2', () => {
    const [worst, p99] = [delay.max, delay.percentile(99)].map((ns) => Math.max(0, ns / 1e6 - RESOLUTION_MS));
    process.stdout.write(`loop ${JSON.stringify({ worst, p99 })}\n`);
    delay.reset();
  });
}
