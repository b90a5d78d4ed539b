/** Follows what changes: the first change at once, all that come within `everyMs` of it once, when that is over. */
export interface Follower {
  /** Something changed. */
  soon(): void;
  stop(): void;
}

export function createFollower(deps: {
  readonly follow: () => void;
  readonly everyMs: number;
  readonly monotonicMs: () => number;
}): Follower {
  let nextMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const follow = (): void => {
    timer = undefined;
    nextMs = deps.monotonicMs() + deps.everyMs;
    deps.follow();
  };
  return {
    soon(): void {
      timer ??= setTimeout(follow, Math.max(0, nextMs - deps.monotonicMs()));
    },
    stop: () => clearTimeout(timer),
  };
}
