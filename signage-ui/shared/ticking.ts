import { useEffect, useState } from 'preact/hooks';

/** The current epoch ms, renewed every `everyMs`, for ages and clocks on a page. */
export function useNow(everyMs: number): number {
  const [nowMs, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
