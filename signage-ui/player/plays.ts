import type { Socket } from 'socket.io-client';
import type { SignageShown } from '../../edge/contracts/index.js';
import type { PlayerMemory } from './memory.js';

const ANSWER_MS = 5_000;

/** Tells the store what was shown; keeps it while the store is away and tells it later, in order, one at a time. */
export function createPlayReporter(socket: Socket, memory: PlayerMemory) {
  let sending = false;
  const sendNext = (): void => {
    const [first] = memory.plays();
    if (sending || first === undefined || !socket.connected) return;
    sending = true;
    socket.timeout(ANSWER_MS).emit('shown', first, (failure: Error | null) => {
      sending = false;
      // An answer settles the play, a refusal too: repeating it would only be refused again.
      if (failure !== null && failure !== undefined) return;
      memory.keepPlays(memory.plays().slice(1));
      sendNext();
    });
  };
  socket.on('connect', sendNext);
  return {
    report(play: SignageShown): void {
      memory.keepPlays([...memory.plays(), play]);
      sendNext();
    },
  };
}
