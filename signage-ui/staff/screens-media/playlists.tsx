import type { Daypart, PlaylistItem, Screen } from '../../../edge/contracts/index.js';
import { Icon } from '../../shared/icons.js';
import { Cell } from '../desk/pieces.js';
import type { DeskTelling } from '../desk/telling.js';
import { zoneName } from '../now/story-words.js';
import { daypartWords } from '../offers/rule-words.js';
import { SECONDS } from './limits.js';
import { PLAIN } from './places.js';
import { isFilm, shortName, Thumb } from './thumb.js';

const hoursInWords = (parts: readonly Daypart[], telling: DeskTelling): string =>
  parts.map((part) => daypartWords(part, telling)).join(', ');

export function whatWords(item: PlaylistItem, telling: DeskTelling): string {
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

/** What may be done with one place of a list; what is absent cannot be done now. */
export interface PlaceActs {
  readonly up?: (() => void) | undefined;
  readonly down?: (() => void) | undefined;
  change(): void;
  takeOff(): void;
}

function Acts({ acts, named, telling }: { acts: PlaceActs; named: string; telling: DeskTelling }) {
  const words = telling.desk.media;
  const move = (word: string, icon: 'up' | 'lower', act: (() => void) | undefined) => (
    <button
      type="button"
      class="button button-plain button-square"
      aria-label={`${word}: ${named}`}
      disabled={act === undefined}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <span class="place-acts">
      {acts.up === undefined && acts.down === undefined ? null : (
        <>
          {move(words.moveUp, 'up', acts.up)}
          {move(words.moveDown, 'lower', acts.down)}
        </>
      )}
      <button
        type="button"
        class="button button-plain"
        aria-label={`${words.change}: ${named}`}
        onClick={acts.change}
      >
        {words.change}
      </button>
      <button
        type="button"
        class="button button-plain"
        aria-label={`${words.takeOff}: ${named}`}
        onClick={acts.takeOff}
      >
        {words.takeOff}
      </button>
    </span>
  );
}

interface ItemProps {
  readonly item: PlaylistItem;
  readonly here: boolean;
  readonly telling: DeskTelling;
  readonly acts: PlaceActs | undefined;
  readonly screenName: string;
}

function Item({ item, here, telling, acts, screenName }: ItemProps) {
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
      {acts === undefined ? null : <Acts acts={acts} named={`${what}, ${screenName}`} telling={telling} />}
    </li>
  );
}

interface ListProps {
  readonly screens: readonly Screen[];
  readonly held: ReadonlySet<string>;
  readonly telling: DeskTelling;
  /** Absent for whoever may only look. */
  readonly acts: ListActs | undefined;
}

export interface ListActs {
  place(screen: Screen, place: number): PlaceActs;
  add(screen: Screen, show: 'offer' | 'house'): void;
  hours(screen: Screen): void;
}

function ListButtons({ screen, acts, telling }: { screen: Screen; acts: ListActs; telling: DeskTelling }) {
  const words = telling.desk.media;
  const { id, name = id } = screen;
  const button = (word: string, act: () => void) => (
    <button type="button" class="button" aria-label={`${word}: ${name}`} onClick={act}>
      {word}
    </button>
  );
  return (
    <div class="playlist-buttons">
      {button(words.addOffer, () => acts.add(screen, 'offer'))}
      {button(words.addHouse, () => acts.add(screen, 'house'))}
      {button(words.changeLit, () => acts.hours(screen))}
    </div>
  );
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
            acts={props.acts?.place(screen, place)}
          />
        ))}
      </ol>
      {props.acts === undefined ? null : <ListButtons screen={screen} acts={props.acts} telling={telling} />}
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
