import { useEffect, useRef, useState } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import type { JournalQuery } from '../api.js';
import { Dialog } from '../desk/pieces.js';
import { bytesInWords, type DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { EVENTS_MAX, type FileFormat, type FileProgress, fetchFile, saveFile } from './export-file.js';
import { localOf } from './time-range.js';

interface Run {
  readonly progress?: FileProgress;
  readonly said?: string;
  readonly tone?: 'good' | 'look';
}

/** One file at a time, with how far it is, and a way to stop it. */
function useExport(query: JournalQuery, telling: DeskTelling) {
  const words = telling.desk.file;
  const [run, setRun] = useState<Run>({});
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (format: FileFormat): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    setRun({ progress: { bytes: 0, events: 0 } });
    try {
      const made = await fetchFile(query, format, {
        signal: control.signal,
        onProgress: (progress) => setRun({ progress }),
      });
      const time = localOf(telling.storeMs, telling.place.timeZone).replaceAll(':', '');
      saveFile(made.blob, `journal-${telling.policy.store.id}-${time}.${format}`);
      const events = count(made.events, telling.place.locale);
      setRun({ said: made.cut ? words.cut(events) : words.done(events), tone: made.cut ? 'look' : 'good' });
    } catch (error) {
      if (control.signal.aborted) setRun({ said: words.stopped, tone: 'look' });
      else setRun({ said: words.failed(whyOf(error, telling)), tone: 'look' });
    }
  };
  return { run, start, stop: () => stop.current?.abort() };
}

function ExportDialog(props: { query: JournalQuery; telling: DeskTelling; onClose(): void }) {
  const { telling } = props;
  const words = telling.desk.file;
  const { locale } = telling.place;
  const { run, start, stop } = useExport(props.query, telling);
  const { progress } = run;
  return (
    <Dialog label={words.export} onClose={props.onClose}>
      <div class="dialog-form">
        <h2>{words.export}</h2>
        <p>{words.asks}</p>
        <p class="small muted">{words.cap(count(EVENTS_MAX, locale))}</p>
        <p aria-live="polite" class={run.tone === 'look' ? 'tone-text-look' : 'tone-text-good'}>
          {progress === undefined
            ? run.said
            : words.progress(bytesInWords(progress.bytes, locale), count(progress.events, locale))}
        </p>
        <div class="dialog-buttons">
          {progress === undefined ? (
            <>
              <button type="button" class="button button-plain" onClick={props.onClose}>
                {telling.messages.common.close}
              </button>
              {(['json', 'csv'] as const).map((format) => (
                <button
                  key={format}
                  type="button"
                  class={format === 'csv' ? 'button button-primary' : 'button'}
                  onClick={() => void start(format)}
                >
                  {words.as[format]}
                </button>
              ))}
            </>
          ) : (
            <button type="button" class="button" onClick={stop}>
              {words.stop}
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

export function ExportButton({ query, telling }: { query: JournalQuery; telling: DeskTelling }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="chip export-chip" onClick={() => setOpen(true)}>
        <Icon name="export" small />
        {telling.desk.file.export}
      </button>
      {open ? <ExportDialog query={query} telling={telling} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
