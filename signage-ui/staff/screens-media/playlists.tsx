import type { Daypart, PlaylistItem, Screen } from '../../../edge/contracts/index.js';
import { Icon } from '../../shared/icons.js';
import { Cell } from '../desk/pieces.js';
import type { DeskTelling } from '../desk/telling.js';
import { zoneName } from '../now/story-words.js';
import { daysInWords } from '../offers/rule-words.js';
import { isFilm, shortName, Thumb } from './thumb.js';

/** What a screen plays that was given no playlist. */
const PLAIN: readonly PlaylistItem[] = [{ show: 'offer' }];
const SECONDS = 10;

const hoursInWords = (parts: readonly Daypart[], { desk }: DeskTelling): string =>
  parts
    .map(({ from, until, days }) => `${daysInWords(days, desk.common)} ${desk.common.span(from, until)}`)
    .join(', ');

function whatWords(item: PlaylistItem, telling: DeskTelling): string {
  const { items, film, picture } = telling.desk.media;
  if (item.show === 'offer') return items.offer;
  if (item.headline !== undefined) return item.headline;
  if (item.show === 'house') return items.house;
  return isFilm(item.media ?? '') ? film : picture;
}

function restWords(item: PlaylistItem, telling: DeskTelling): string {
  const words = telling.desk.media;
  return [
    words.seconds(item.seconds ?? SECONDS),
    ...(item.line === undefined ? [] : [item.line]),
    ...(item.dayparts === undefined ? [] : [hoursInWords(item.dayparts, telling)]),
    ...(item.campaign === undefined ? [] : [words.whileRuns(item.campaign)]),
  ].join(', ');
}

interface ItemProps {
  readonly item: PlaylistItem;
  readonly here: boolean;
  readonly telling: DeskTelling;
  readonly onTakeOff: (() => void) | undefined;
  readonly screenName: string;
}

function Item({ item, here, telling, onTakeOff, screenName }: ItemProps) {
  const words = telling.desk.media;
  const { media } = item;
  const what = whatWords(item, telling);
  return (
    <li class="playlist-item">
      {media !== undefined && here ? (
        <Thumb name={media} />
      ) : (
        <span class="thumb thumb-none">
          <Icon name={item.show === 'offer' ? 'tag' : 'screen'} />
        </span>
      )}
      <Cell
        first={<bdi>{what}</bdi>}
        second={
          <>
            <bdi>{restWords(item, telling)}</bdi>
            {media === undefined || here ? null : (
              <span class="tone-text-act"> {words.missing(shortName(media))}</span>
            )}
          </>
        }
      />
      {onTakeOff === undefined ? null : (
        <button
          type="button"
          class="button button-plain"
          aria-label={`${words.takeOff}: ${what}, ${screenName}`}
          onClick={onTakeOff}
        >
          {words.takeOff}
        </button>
      )}
    </li>
  );
}

interface ListProps {
  readonly screens: readonly Screen[];
  readonly held: ReadonlySet<string>;
  readonly mayChange: boolean;
  readonly telling: DeskTelling;
  onTakeOff(screen: Screen, place: number): void;
}

function One({ screen, ...props }: { screen: Screen } & Omit<ListProps, 'screens'>) {
  const { telling } = props;
  const words = telling.desk.media;
  const { id, name = id, zone, playlist = PLAIN, awake, group } = screen;
  const about = [
    zoneName(telling, zone),
    ...(awake === undefined ? [] : [words.lit(hoursInWords(awake, telling))]),
    ...(group === undefined ? [] : [words.together(group)]),
  ].join(', ');
  return (
    <section class="card playlist" aria-label={name === id ? name : `${name} (${id})`}>
      <h3>
        <bdi>{name}</bdi>
      </h3>
      <p class="small muted">
        <bdi>{about}</bdi>
      </p>
      {screen.playlist === undefined ? <p class="small muted">{words.plain}</p> : null}
      <ol class="playlist-items">
        {playlist.map((item, place) => (
          <Item
            key={`${place} ${item.show} ${item.media ?? ''}`}
            item={item}
            here={item.media !== undefined && props.held.has(item.media)}
            telling={telling}
            screenName={name}
            onTakeOff={
              props.mayChange && item.show === 'media' ? () => props.onTakeOff(screen, place) : undefined
            }
          />
        ))}
      </ol>
    </section>
  );
}

export function Playlists({ screens, ...props }: ListProps) {
  return (
    <div class="playlists">
      {screens.map((screen) => (
        <One key={screen.id} screen={screen} {...props} />
      ))}
    </div>
  );
}
