/**
 * The process that is killed or cut: appends numbered events, a few at a time, and prints each number once its
 * append was acknowledged. Usage: appender.ts DIRECTORY OPTIONS-AS-JSON. Prints `ready` first.
 */
import { writeSync } from 'node:fs';
import { createJournal } from '../../../edge/store/journal.js';
import type { JournalOptions } from '../../../edge/store/options.js';
import { audit, online } from '../../store/journal-support.js';

const [directory, text] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: appender.ts DIRECTORY [OPTIONS]');
const options = JSON.parse(text ?? '{}') as Partial<JournalOptions> & { run?: number; lanes?: 'both' };
const journal = await createJournal({ directory, nowMs: Date.now, ...options });
say('ready\n');

let number = 0;
/** The newest offset that was acknowledged. */
let last = journal.stats().lastOffset;
const AT_ONCE = 16;

/** The pipe may be full while the reader copies a disk image: then try again, so that no acknowledgement is unsaid. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

/** Printed before anything else happens: what was printed was acknowledged. */
async function appendForEver(): Promise<void> {
  for (;;) {
    number += 1;
    const name = `${options.run ?? 0}-${number}`;
    const event = number % 2 === 0 ? audit(name, { id: name }) : online(name, { id: name });
    // Every third is the output of a step, so that a lane goes on in both families.
    const [place] =
      number % 3 === 0
        ? await journal.step({ cursor: last, outputs: [event], causes: [last] })
        : await journal.append([event]);
    last = place?.offset ?? last;
    say(`${name} ${last}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, appendForEver));
