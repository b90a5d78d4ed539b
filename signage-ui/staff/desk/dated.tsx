import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { hourMinute } from '../../shared/format.js';
import type { Telling } from '../now/story-words.js';
import { type Polled, readMs } from './poll.js';
import type { DeskTelling } from './telling.js';

/**
 * Of when the figures of a part of the page are. Every number of these pages stands in such a part, which says its time
 * at least once, or in a row with a time of its own; a suite walks over all of them.
 */

const Moment = createContext<number | undefined>(undefined);

const isoOf = (atMs: number | undefined): string | undefined =>
  atMs === undefined || Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString();

/** Everything inside was told together, at this moment of the store's clock; nothing was told yet where there is none. */
export function Dated({ atMs, children }: { atMs: number | undefined; children: ComponentChildren }) {
  return (
    <Moment.Provider value={atMs}>
      <div class="dated" data-as-of={isoOf(atMs)}>
        {children}
      </div>
    </Moment.Provider>
  );
}

/** Everything inside is the last answer of the store. */
export function Read(props: {
  polled: Polled<unknown>;
  telling: Pick<DeskTelling, 'toStoreMs'>;
  children: ComponentChildren;
}) {
  const { polled, telling, children } = props;
  const atMs = polled.value === undefined ? undefined : readMs(polled, telling.toStoreMs);
  return <Dated atMs={atMs}>{children}</Dated>;
}

/** How old the figures around it are. */
export function AsOf({ telling }: { telling: Pick<Telling, 'messages' | 'place'> }) {
  const atMs = useContext(Moment);
  if (atMs === undefined) return null;
  return (
    <time class="as-of muted small" dateTime={isoOf(atMs)}>
      {telling.messages.staff.asOf(hourMinute(atMs, telling.place))}
    </time>
  );
}
