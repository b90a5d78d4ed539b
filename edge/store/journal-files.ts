import type { JournalledEvent } from '../contracts/index.js';
import type { SegmentFile } from './catalogue.js';
import { createReader } from './reader.js';
import type { EventSeal, Journal } from './types.js';

/** The journal as it is at one moment, for a reader in another thread: only values that can be sent. */
export interface JournalFiles {
  readonly files: readonly SegmentFile[];
  readonly lastOffset: number;
}

export interface FileReader extends Pick<Journal, 'read'> {
  close(): void;
}

/**
 * Reads what was in the journal at that moment. What is let go of meanwhile is passed over, as for any reader; damage
 * is told, because only the writer may mend it (`StoreJournal.mend`).
 */
export function openJournalFiles(
  { files, lastOffset }: JournalFiles,
  options: { readonly seal?: EventSeal; readonly onDamage: (file: SegmentFile) => void },
): FileReader {
  const reader = createReader({ onDamage: options.onDamage, onHole: () => undefined });
  reader.show({ files, lastOffset, lanes: [] });
  const opened = openedBy(options.seal);
  return { read: (wish) => reader.read(wish).map(opened), close: reader.close };
}

/** Events as they were before they were sealed. */
export function openedBy(seal: EventSeal | undefined): (found: JournalledEvent) => JournalledEvent {
  return (found) => {
    const event = seal === undefined ? found.event : seal.open(found.event);
    return event === found.event ? found : { ...found, event };
  };
}
