import '../desk/desk.css';
import './media.css';
import { useRef, useState } from 'preact/hooks';
import type { Screen } from '../../../edge/contracts/index.js';
import { Icon } from '../../shared/icons.js';
import { useNow } from '../../shared/ticking.js';
import { AskDialog } from '../desk/ask-dialog.js';
import { AsOf, Read } from '../desk/dated.js';
import { Notice, useNotice } from '../desk/notice.js';
import { Trouble, Waiting } from '../desk/pieces.js';
import { usePolled } from '../desk/poll.js';
import { useMay } from '../desk/role.js';
import { type DeskTelling, deskTelling } from '../desk/telling.js';
import { hrefOf } from '../route.js';
import type { TabProps } from '../tab-props.js';
import { type MediaAnswer, readMedia, removeFile } from './api.js';
import { EditDialog, useEditing } from './editing.js';
import { FileTable, namesInWords, usersOf } from './file-table.js';
import { PlayDialog } from './play-dialog.js';
import { Playlists } from './playlists.js';
import { shortName } from './thumb.js';
import { UploadList, useUploads } from './uploads.js';

/** Stands in the address behind `#devices/`. */
export const PLAYLISTS = 'playlists';
const LOOK_MS = 10_000;
const AGES_MS = 60_000;
const TYPES = 'image/png,image/jpeg,image/webp,video/mp4,video/webm';

function UploadButton({ telling, onChosen }: { telling: DeskTelling; onChosen(files: File[]): void }) {
  const field = useRef<HTMLInputElement>(null);
  const words = telling.desk.media;
  return (
    <>
      <input
        ref={field}
        class="visually-hidden"
        type="file"
        multiple
        accept={TYPES}
        tabIndex={-1}
        aria-label={words.upload}
        onChange={(event) => {
          onChosen([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <button type="button" class="button button-primary" onClick={() => field.current?.click()}>
        {words.upload}
      </button>
    </>
  );
}

interface FilesProps {
  readonly media: MediaAnswer;
  readonly screens: readonly Screen[];
  readonly telling: DeskTelling;
  readonly mayChange: boolean;
  readonly notice: ReturnType<typeof useNotice>;
  refresh(): Promise<void>;
}

function Files({ media, screens, telling, mayChange, notice, refresh }: FilesProps) {
  const words = telling.desk.media;
  const uploads = useUploads(() => void refresh());
  const [playing, setPlaying] = useState<string | undefined>();
  const [removing, setRemoving] = useState<string | undefined>();
  const remove = (name: string): void => {
    const users = usersOf(name, screens);
    if (users.length === 0) setRemoving(name);
    else notice.say({ text: words.inUse(namesInWords(users, telling)), tone: 'look' });
  };
  return (
    <section class="desk-section" aria-label={words.files}>
      <div class="desk-bar">
        <div>
          <h2>{words.files}</h2>
          <p class="small muted">{words.hint}</p>
        </div>
        <AsOf telling={telling} />
        {mayChange ? <UploadButton telling={telling} onChosen={uploads.add} /> : null}
      </div>
      <UploadList uploads={uploads.uploads} telling={telling} onCancel={uploads.cancel} />
      <div class="card desk-card">
        {media.files.length + media.damaged.length === 0 ? (
          <p class="empty">{words.none}</p>
        ) : (
          <FileTable
            {...media}
            screens={screens}
            mayChange={mayChange}
            telling={telling}
            onPlay={setPlaying}
            onRemove={remove}
          />
        )}
      </div>
      {playing === undefined ? null : (
        <PlayDialog
          name={playing}
          screens={screens}
          telling={telling}
          onClose={() => setPlaying(undefined)}
          onDone={(screen) => {
            setPlaying(undefined);
            notice.say({ text: words.playDone(screen), tone: 'good' });
          }}
        />
      )}
      {removing === undefined ? null : (
        <AskDialog
          title={words.removeNamed(shortName(removing))}
          ask={words.removeAsk}
          sure={words.remove}
          telling={telling}
          reasons={words.reasons}
          kind="file"
          act={(reason) => removeFile(removing, reason)}
          failed={words.failed}
          onClose={() => setRemoving(undefined)}
          onDone={() => {
            setRemoving(undefined);
            notice.say({ text: words.removed, tone: 'good' });
            void refresh();
          }}
        />
      )}
    </section>
  );
}

export function MediaPage({ now, state }: TabProps) {
  const telling = deskTelling(now, state, state.storeMs(useNow(AGES_MS)));
  const words = telling.desk.media;
  const may = useMay();
  const polled = usePolled(readMedia, LOOK_MS);
  const notice = useNotice(words.failed, telling);
  const { screens } = now.policy;
  const { value } = polled;
  const editing = useEditing(telling, notice);
  return (
    <Read polled={polled} telling={telling}>
      <p>
        <a class="media-back" href={hrefOf('devices')}>
          <Icon name="left" small />
          {words.back}
        </a>
      </p>
      <Trouble polled={polled} telling={telling} />
      {value === undefined && polled.failure === undefined ? (
        <Waiting word={telling.desk.common.looking} />
      ) : null}
      {value === undefined ? null : (
        <Files
          media={value}
          screens={screens}
          telling={telling}
          mayChange={may('media')}
          notice={notice}
          refresh={polled.refresh}
        />
      )}
      <section class="desk-section" aria-label={words.lists}>
        <div>
          <h2>{words.lists}</h2>
          <p class="small muted">{words.whereToEdit}</p>
        </div>
        {screens.length === 0 ? (
          <p class="card empty">{telling.desk.devices.noScreens}</p>
        ) : (
          <Playlists
            screens={screens}
            held={new Set(value?.files.map(({ name }) => name))}
            telling={telling}
            acts={may('media') ? editing.acts : undefined}
          />
        )}
      </section>
      <EditDialog editing={editing} telling={telling} />
      <Notice notice={notice} telling={telling} />
    </Read>
  );
}
