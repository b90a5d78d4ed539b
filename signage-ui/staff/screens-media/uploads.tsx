import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiFailure } from '../../shared/api.js';
import { Icon } from '../../shared/icons.js';
import { type DeskTelling, percentInWords } from '../desk/telling.js';
import { type Sending, sendFile } from './api.js';

/** The store refuses more; told before a film has travelled for a minute. */
const BYTES_MAX = 32 * 1024 * 1024;

export interface Upload {
  readonly id: number;
  readonly name: string;
  /** 0 to 1 */
  readonly share: number;
  readonly state: 'waiting' | 'sending' | 'taken' | 'known' | 'refused';
  /** Reason of the store, for `refused`. */
  readonly reason?: string;
}

interface Queued {
  readonly id: number;
  readonly file: File;
}

/** One file after the other; what was refused stays on the page until somebody has read it. */
export function useUploads(onTaken: () => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const queue = useRef<Queued[]>([]);
  const sending = useRef<{ readonly id: number; readonly now: Sending } | undefined>(undefined);
  const lastId = useRef(0);
  const set = (id: number, more: Partial<Upload>): void =>
    setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...more } : one)));
  const drop = (id: number): void => setUploads((all) => all.filter((one) => one.id !== id));
  const next = (): void => {
    const first = sending.current === undefined ? queue.current.shift() : undefined;
    if (first === undefined) return;
    const { id, file } = first;
    const now = sendFile(file, (share) => set(id, { share }));
    sending.current = { id, now };
    set(id, { state: 'sending' });
    now.done
      .then(
        ({ known }) => {
          set(id, { state: known ? 'known' : 'taken', share: 1 });
          onTaken();
        },
        (failure: unknown) => {
          const reason = failure instanceof ApiFailure ? failure.reason : 'Unknown';
          if (reason === 'Cancelled') drop(id);
          else set(id, { state: 'refused', reason });
        },
      )
      .finally(() => {
        sending.current = undefined;
        next();
      });
  };
  useEffect(() => () => sending.current?.now.cancel(), []);
  return {
    uploads,
    add(files: readonly File[]): void {
      for (const file of files) {
        lastId.current += 1;
        const id = lastId.current;
        const large = file.size > BYTES_MAX;
        const state = large ? { state: 'refused', reason: 'TooLarge' } : { state: 'waiting' };
        setUploads((all) => [...all, { id, name: file.name, share: 0, ...state } as Upload]);
        if (!large) queue.current.push({ id, file });
      }
      next();
    },
    cancel(id: number): void {
      queue.current = queue.current.filter((one) => one.id !== id);
      if (sending.current?.id === id) sending.current.now.cancel();
      else drop(id);
    },
  };
}

function Row({ upload, telling, onCancel }: { upload: Upload; telling: DeskTelling; onCancel(): void }) {
  const words = telling.desk.media;
  const { state, name, share, reason = '' } = upload;
  const over = state === 'taken' || state === 'known' || state === 'refused';
  return (
    <li class="upload">
      <span class="upload-name">
        {over ? <Icon name={state === 'refused' ? 'warning' : 'check'} /> : null}
        <bdi>{name}</bdi>
      </span>
      {over ? (
        <span class={state === 'refused' ? 'tone-text-act' : 'tone-text-good'}>
          {state === 'refused' ? (words.reasons[reason] ?? words.reasons.Unknown) : words.states[state]}
        </span>
      ) : (
        <>
          <progress value={share} max={1} aria-label={words.sendingNamed(name)} />
          <span class="small muted">
            {state === 'waiting' ? words.states.waiting : percentInWords(share, telling.place.locale)}
          </span>
        </>
      )}
      <button
        type="button"
        class="button button-plain"
        aria-label={`${over ? words.hide : telling.desk.common.cancel}: ${name}`}
        onClick={onCancel}
      >
        {over ? words.hide : telling.desk.common.cancel}
      </button>
    </li>
  );
}

export function UploadList(props: {
  uploads: readonly Upload[];
  telling: DeskTelling;
  onCancel(id: number): void;
}) {
  if (props.uploads.length === 0) return null;
  return (
    <ul class="card uploads" aria-live="polite" aria-label={props.telling.desk.media.uploads}>
      {props.uploads.map((upload) => (
        <Row
          key={upload.id}
          upload={upload}
          telling={props.telling}
          onCancel={() => props.onCancel(upload.id)}
        />
      ))}
    </ul>
  );
}
