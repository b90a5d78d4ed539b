import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  readonly withinMs: number;
  /** For the error: what was waited for. */
  readonly what: string;
  readonly everyMs?: number;
  /** A reason to stop waiting at once. */
  readonly giveUp?: () => string | undefined;
}

/** Waits for a condition, not for a time: resolves with the first value that is neither undefined nor false. */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + options.withinMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>;
    const reason = options.giveUp?.();
    if (reason !== undefined) throw new Error(`gave up waiting for ${options.what}: ${reason}`);
    if (performance.now() > deadline) throw new Error(`waited ${options.withinMs} ms for ${options.what}`);
    await pause(options.everyMs ?? 20);
  }
}
