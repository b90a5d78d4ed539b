import type { Messages } from '../shared/messages/index.js';

interface PiecesLeftProps {
  readonly left: number | undefined;
  readonly of: number | undefined;
  readonly piece: string;
  readonly write: (amount: number) => string;
  readonly messages: Messages;
}

/** One tick a piece up to here; beyond it the row is a share of this many ticks. */
const TICKS_EXACT_MAX = 48;
const TICKS_SHARE = 40;

/** Ticks of the row: how many there are and how many of them are lit. One piece left always lights one. */
export function ticksOf(left: number, of: number): { readonly total: number; readonly lit: number } {
  if (of <= TICKS_EXACT_MAX) return { total: of, lit: Math.min(left, of) };
  return { total: TICKS_SHARE, lit: Math.max(1, Math.round((Math.min(left, of) / of) * TICKS_SHARE)) };
}

/** What is left as a calm row of ticks, and always in words too. */
export function PiecesLeft({ left, of, piece, write, messages }: PiecesLeftProps) {
  if (left === undefined || left < 1) return <div class="pieces" />;
  if (of === undefined || of < left) {
    return (
      <div class="pieces">
        <p class="pieces-words">{messages.player.leftOnly(write(left), piece)}</p>
      </div>
    );
  }
  const { total, lit } = ticksOf(left, of);
  return (
    <div class="pieces">
      <div class="ticks" aria-hidden="true">
        {Array.from({ length: total }, (_, index) => (
          <span key={index} class={index < lit ? 'tick' : 'tick tick-off'} />
        ))}
      </div>
      <p class="pieces-words">{messages.player.left(write(left), write(of), piece)}</p>
    </div>
  );
}
