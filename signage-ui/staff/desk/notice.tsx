import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/icons.js';
import { ReasonAfter } from './reason-after.js';
import type { DeskTelling } from './telling.js';
import { whyOf } from './why.js';

export interface Said {
  readonly text: string;
  readonly tone: 'good' | 'look';
  /** Takes it back; offered for ten seconds, and as long as it is asked why. */
  readonly undo?: () => Promise<string>;
  /** Asked afterwards, for as long as it takes to type it. */
  readonly why?: { readonly stopId: string; readonly kind: 'stop' | 'undo' };
}

const UNDO_MS = 10_000;
const WHY_MS = 60_000;

/** One line at the foot of the page that says what was done, with a way back where there is one. */
export function useNotice(failed: (why: string) => string, telling: Pick<DeskTelling, 'place'>) {
  const [said, setSaid] = useState<Said | undefined>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (next: Said): void => {
    clearTimeout(timer.current);
    setSaid(next);
    timer.current = setTimeout(() => setSaid(undefined), next.why === undefined ? UNDO_MS : WHY_MS);
  };
  const undo = (): void => {
    const back = said?.undo;
    if (back === undefined) return;
    clearTimeout(timer.current);
    back().then(
      (text) => say({ text, tone: 'good' }),
      (error: unknown) => say({ text: failed(whyOf(error, telling)), tone: 'look' }),
    );
  };
  return { said, say, undo };
}

export function Notice({
  notice,
  telling,
}: {
  notice: Pick<ReturnType<typeof useNotice>, 'said' | 'undo'>;
  telling: DeskTelling;
}) {
  const { said, undo } = notice;
  return (
    <div class="notice-place" aria-live="polite">
      {said === undefined ? null : (
        <div class={`notice notice-${said.tone}`}>
          <Icon name={said.tone === 'good' ? 'check' : 'warning'} />
          <bdi>{said.text}</bdi>
          {said.undo === undefined ? null : (
            <button type="button" class="notice-undo" onClick={undo}>
              {telling.desk.common.undo}
            </button>
          )}
          {said.why === undefined ? null : (
            <ReasonAfter key={said.why.stopId + said.why.kind} {...said.why} place={telling.place} />
          )}
        </div>
      )}
    </div>
  );
}
