/** What is between a packet and its answer; a stop waits for it. */
export interface Work {
  stopping(): boolean;
  /** Call the result once it is answered. */
  begin(): () => void;
  /** Resolves once nothing is under way any more. */
  stop(): Promise<void>;
}

export function createWork(): Work {
  let underWay = 0;
  let idle: (() => void) | undefined;
  return {
    stopping: () => idle !== undefined,
    begin() {
      underWay += 1;
      return () => {
        underWay -= 1;
        if (underWay === 0) idle?.();
      };
    },
    stop: () =>
      new Promise((resolve) => {
        idle = resolve;
        if (underWay === 0) resolve();
      }),
  };
}
