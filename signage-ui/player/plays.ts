import type { Socket } from 'socket.io-client';
import type { RefusalReason, SignageShown } from '../../edge/contracts/index.js';
import { type Keep, keepInMemory } from './keep.js';

const ANSWER_MS = 5_000;
const REFUSED_AGAIN_MS = 5_000;
/** What will be refused for ever; everything else is a store in trouble, which takes it later. */
const FINAL: ReadonlySet<string> = new Set<RefusalReason>(['SchemaMismatch', 'PlayUnknown']);

type Answer = { readonly ok: boolean; readonly reason?: string };

/** Tells the store what was shown; keeps it while the store is away and tells it later, in order, one at a time. */
export function createPlayReporter(socket: Socket, keep: Promise<Keep>) {
  /** For plays that a full disk would not take: a proof must not hang on it while the store is there to hear it. */
  const overflow = keepInMemory();
  let sending = false;
  const next = async () => {
    for (const kept of [await keep, overflow]) {
      const first = await kept.firstPlay();
      if (first !== undefined) return { kept, first };
    }
    return undefined;
  };
  const sendFirst = async (): Promise<boolean> => {
    const found = await next();
    if (found === undefined || !socket.connected) return false;
    const { kept, first } = found;
    const answer = (await socket.timeout(ANSWER_MS).emitWithAck('shown', first.play)) as Answer;
    if (!answer.ok && !FINAL.has(answer.reason ?? '')) {
      setTimeout(sendAll, REFUSED_AGAIN_MS);
      return false;
    }
    await kept.dropPlay(first.key);
    return true;
  };
  const sendAll = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    try {
      while (await sendFirst());
    } catch {
      // No answer: the play is still kept, and goes with the next one or the next connection.
    }
    sending = false;
  };
  socket.on('connect', () => void sendAll());
  return {
    async report(play: SignageShown): Promise<void> {
      await (await keep).addPlay(play).catch(() => overflow.addPlay(play));
      await sendAll();
    },
  };
}
