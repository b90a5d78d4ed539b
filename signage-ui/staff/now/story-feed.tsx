import { useMemo, useRef, useState } from 'preact/hooks';
import type { Story } from '../../../edge/contracts/index.js';
import { count } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import type { Messages } from '../../shared/messages/index.js';
import { StoryRow } from './story-row.js';
import type { Telling } from './story-words.js';

const FILTERS = {
  all: () => true,
  taken: (story: Story) => story.state === 'taken' || story.state === 'fraud',
  withheld: (story: Story) => story.state === 'withheld',
  refused: (story: Story) => story.state === 'refused',
} as const;
type Filter = keyof typeof FILTERS;

/**
 * Rows do not jump: while a person hovers, has the focus in the list or has scrolled down, new stories wait.
 * Rows that are already there still learn of their next step.
 */
function useHeld(stories: readonly Story[]) {
  const [reading, setReading] = useState(false);
  const shown = useRef<ReadonlySet<string>>(new Set());
  const visible = reading ? stories.filter((story) => shown.current.has(story.id)) : stories;
  if (!reading) shown.current = new Set(stories.map((story) => story.id));
  return {
    visible,
    waiting: stories.length - visible.length,
    setReading,
    release: () => {
      shown.current = new Set(stories.map((story) => story.id));
      setReading(false);
    },
  };
}

function FeedHead(props: {
  words: Messages['staff']['stories'];
  filter: Filter;
  onFilter(filter: Filter): void;
}) {
  return (
    <header class="feed-head">
      <h2 class="card-title">{props.words.title}</h2>
      <div class="feed-filters">
        {(Object.keys(FILTERS) as Filter[]).map((name) => (
          <button
            key={name}
            type="button"
            class="chip"
            aria-pressed={props.filter === name}
            onClick={() => props.onFilter(name)}
          >
            {props.words.filters[name]}
          </button>
        ))}
      </div>
    </header>
  );
}

export function StoryFeed({ stories, telling }: { stories: readonly Story[]; telling: Telling }) {
  const [filter, setFilter] = useState<Filter>('all');
  const list = useRef<HTMLElement>(null);
  const words = telling.messages.staff.stories;
  const wanted = useMemo(() => stories.filter(FILTERS[filter]), [stories, filter]);
  const held = useHeld(wanted);
  const settle = (): void => held.setReading((list.current?.scrollTop ?? 0) > 8);
  const top = (): void => {
    list.current?.scrollTo({ top: 0 });
    held.release();
  };
  return (
    <div
      class="card feed"
      // The button that lets the new ones in belongs to what is being read: on the way to it nothing may move.
      onPointerMove={() => held.setReading(true)}
      onPointerLeave={settle}
      onFocusIn={() => held.setReading(true)}
      onFocusOut={settle}
    >
      <FeedHead
        words={words}
        filter={filter}
        onFilter={(name) => {
          held.release();
          setFilter(name);
        }}
      />
      {held.waiting > 0 ? (
        <button type="button" class="feed-new" onClick={top}>
          <Icon name="up" small />
          {words.fresh(count(held.waiting, telling.place.locale))}
        </button>
      ) : null}
      <section
        class="feed-list"
        ref={list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={words.title}
        onScroll={() => (list.current?.scrollTop ?? 0) > 8 && held.setReading(true)}
      >
        {held.visible.length === 0 ? (
          <p class="empty">{stories.length === 0 ? words.none : words.noneOf}</p>
        ) : (
          <ol>
            {held.visible.map((story) => (
              <StoryRow key={story.id} story={story} telling={telling} />
            ))}
          </ol>
        )}
      </section>
      {held.waiting > 0 ? <p class="feed-foot muted">{words.waits}</p> : null}
      <p class="visually-hidden" aria-live="polite">
        {held.waiting > 0 ? words.fresh(count(held.waiting, telling.place.locale)) : ''}
      </p>
    </div>
  );
}
