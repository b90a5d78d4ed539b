import { useState } from 'preact/hooks';
import type { Daypart, PlaylistItem, Screen } from '../../../edge/contracts/index.js';
import { ApiFailure } from '../../shared/api.js';
import type { useNotice } from '../desk/notice.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { changeAwake, changePlaylist } from './api.js';
import { AwakeDialog } from './awake-dialog.js';
import { ITEMS_MAX, SECONDS } from './limits.js';
import { PlaceDialog } from './place-dialog.js';
import { type Items, ListChanged, moved, PLAIN, removed, replaced, type Undo } from './places.js';
import { type ListActs, type PlaceActs, whatWords } from './playlists.js';

/** Which dialog is open. */
type Asked =
  | { readonly what: 'place'; readonly screen: Screen; readonly place: number; readonly item: PlaylistItem }
  | { readonly what: 'new'; readonly screen: Screen; readonly item: PlaylistItem }
  | { readonly what: 'hours'; readonly screen: Screen };

type Notice = Pick<ReturnType<typeof useNotice>, 'say'>;
const nameOf = ({ id, name = id }: Screen): string => name;

/** Order, words and hours of playlists: at once, and taken back within ten seconds. */
export function useEditing(telling: DeskTelling, notice: Notice) {
  const words = telling.desk.media;
  const [asked, setAsked] = useState<Asked | undefined>();
  const done = (screen: Screen, undo: Undo, text = words.changed(nameOf(screen))): void => {
    setAsked(undefined);
    notice.say({ text, tone: 'good', undo });
  };
  const atOnce = (screen: Screen, change: (items: Items) => Items, text?: string): void =>
    void edit(screen, change, { telling }).then(
      (undo) => done(screen, undo, text),
      (failure: unknown) =>
        notice.say({ text: words.failed(whyOf(failure, telling, words.reasons)), tone: 'look' }),
    );
  const place = (screen: Screen, at: number): PlaceActs => {
    const items = screen.playlist ?? PLAIN;
    const seen = items[at] as PlaylistItem;
    const move = (by: 1 | -1) =>
      items[at + by] === undefined ? undefined : () => atOnce(screen, (now) => moved(now, at, { seen, by }));
    return {
      up: move(-1),
      down: move(1),
      change: () => setAsked({ what: 'place', screen, place: at, item: seen }),
      takeOff: () => atOnce(screen, (now) => removed(now, at, seen), words.takenOff(nameOf(screen))),
    };
  };
  const add = (screen: Screen, show: 'offer' | 'house'): void => {
    if ((screen.playlist?.length ?? 0) < ITEMS_MAX)
      setAsked({ what: 'new', screen, item: { show, seconds: SECONDS } });
    else notice.say({ text: words.listFull(nameOf(screen), ITEMS_MAX), tone: 'look' });
  };
  const acts: ListActs = { place, add, hours: (screen) => setAsked({ what: 'hours', screen }) };
  return { acts, asked, close: () => setAsked(undefined), done };
}

/** Resolves with the way back; rejects with ApiFailure, also where somebody else was quicker. */
async function edit(
  screen: Screen,
  change: (items: Items) => Items,
  { telling, reason }: { telling: DeskTelling; reason?: string | undefined },
): Promise<Undo> {
  let before: Items | undefined;
  try {
    const changed = (items: Items | undefined): Items => {
      before = items;
      return change(items ?? PLAIN);
    };
    await changePlaylist(screen.id, changed, reason);
  } catch (failure) {
    throw failure instanceof ListChanged ? new ApiFailure(409, 'ListChanged', '') : failure;
  }
  return async () => {
    await changePlaylist(screen.id, () => before ?? []);
    return telling.desk.media.asBefore(nameOf(screen));
  };
}

async function saveHours(
  screen: Screen,
  parts: readonly Daypart[],
  { telling: { desk }, reason }: { telling: DeskTelling; reason: string | undefined },
): Promise<Undo> {
  await changeAwake(screen.id, parts, reason);
  return async () => {
    await changeAwake(screen.id, screen.awake ?? []);
    return desk.media.asBefore(nameOf(screen));
  };
}

/** The dialog that was asked for, if one was. */
export function EditDialog({
  editing,
  telling,
}: {
  editing: ReturnType<typeof useEditing>;
  telling: DeskTelling;
}) {
  const { asked, close, done } = editing;
  if (asked === undefined) return null;
  const { screen } = asked;
  const ends = { telling, onClose: close, onDone: (undo: Undo) => done(screen, undo) };
  if (asked.what === 'hours')
    return (
      <AwakeDialog
        screen={screen}
        save={(parts, reason) => saveHours(screen, parts, { telling, reason })}
        {...ends}
      />
    );
  const change = (next: PlaylistItem) => (items: Items) =>
    asked.what === 'new' ? [...items, next] : replaced(items, asked.place, { seen: asked.item, next });
  return (
    <PlaceDialog
      title={telling.desk.media.changeNamed(whatWords(asked.item, telling), nameOf(screen))}
      item={asked.item}
      save={(next, reason) => edit(screen, change(next), { telling, reason })}
      {...ends}
    />
  );
}
