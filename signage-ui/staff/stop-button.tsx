import { useEffect, useRef, useState } from 'preact/hooks';
import type { StaffNow } from '../../edge/contracts/index.js';
import type { Messages } from '../shared/messages/index.js';
import { stopAll } from './api.js';
import { bringBack } from './brought-back.js';

const HOLD_MS = 1_000;
/** How long it says that a short press does nothing. */
const HINT_MS = 4_000;

/**
 * Stops all offers after being held for a second, by pointer or key, so that no sleeve ever does it. A press from
 * assistive technology cannot be held: it asks once more instead.
 */
function useHold(onHeld: () => void) {
  const [holding, setHolding] = useState(false);
  const [asking, setAsking] = useState(false);
  const [tooShort, setTooShort] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hint = useRef<ReturnType<typeof setTimeout>>(undefined);
  const byHand = useRef(false);
  const release = (): void => {
    clearTimeout(timer.current);
    setHolding(false);
    if (!holding) return;
    setTooShort(true);
    clearTimeout(hint.current);
    hint.current = setTimeout(() => setTooShort(false), HINT_MS);
  };
  const press = (): void => {
    byHand.current = true;
    setHolding(true);
    setTooShort(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setHolding(false);
      onHeld();
    }, HOLD_MS);
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      clearTimeout(hint.current);
    },
    [],
  );
  const isKey = (event: KeyboardEvent): boolean => event.key === ' ' || event.key === 'Enter';
  return {
    holding,
    asking,
    tooShort,
    handlers: {
      onPointerDown: (event: PointerEvent) => event.button === 0 && press(),
      onPointerUp: release,
      onPointerLeave: release,
      onPointerCancel: release,
      onBlur: release,
      onKeyDown: (event: KeyboardEvent) => {
        if (!isKey(event)) return;
        event.preventDefault();
        if (!event.repeat) press();
      },
      onKeyUp: (event: KeyboardEvent) => isKey(event) && release(),
      onContextMenu: (event: Event) => event.preventDefault(),
      onClick: () => {
        if (byHand.current) {
          byHand.current = false;
          return;
        }
        if (asking) onHeld();
        setAsking(!asking);
      },
    },
  };
}

function Ring({ holding }: { holding: boolean }) {
  return (
    <svg
      class={holding ? 'ring ring-holding' : 'ring'}
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
    >
      <circle cx="10" cy="10" r="8" class="ring-track" />
      <circle cx="10" cy="10" r="8" class="ring-fill" pathLength="1" />
      <rect x="7.2" y="7.2" width="5.6" height="5.6" rx="1" class="ring-square" />
    </svg>
  );
}

type Phase = 'idle' | 'working' | 'failed';

export function StopButton({
  now,
  messages,
  why,
}: {
  now: StaffNow | undefined;
  messages: Messages;
  /** Set for whoever may not: the reason, in words. */
  why: string | undefined;
}) {
  const [phase, setPhase] = useState<Phase>('idle');
  const stopped = now?.stops.find((stop) => stop.scope === 'all');
  const run = (work: () => Promise<unknown>): void => {
    setPhase('working');
    work().then(
      () => setPhase('idle'),
      () => setPhase('failed'),
    );
  };
  const hold = useHold(() => run(stopAll));
  const words = messages.staff.stop;
  if (stopped !== undefined && why === undefined) {
    return (
      <button type="button" class="stop stop-undo" onClick={() => run(() => bringBack(stopped.stopId))}>
        <Ring holding={false} />
        <span>{words.stopped},</span>
        <span class="stop-undo-word">{words.undo}</span>
      </button>
    );
  }
  if (why !== undefined) {
    return (
      <div class="stop-place">
        <button type="button" class="stop" disabled>
          <Ring holding={false} />
          <span>{words.label}</span>
        </button>
        <p class="stop-why small muted">{why}</p>
      </div>
    );
  }
  return (
    <div class="stop-place">
      <button type="button" class="stop" disabled={now === undefined} {...hold.handlers}>
        <Ring holding={hold.holding} />
        <span>{phase === 'working' ? words.stopping : hold.asking ? words.again : words.label}</span>
        <span class="stop-hold">{words.hold}</span>
      </button>
      <p class="stop-short" role="status">
        {hold.tooShort && phase === 'idle' ? words.tooShort : ''}
      </p>
      {phase === 'failed' ? (
        <p class="stop-failed" role="alert">
          {words.failed}
        </p>
      ) : null}
    </div>
  );
}
