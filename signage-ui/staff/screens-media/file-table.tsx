import type { Screen } from '../../../edge/contracts/index.js';
import { Cell, State } from '../desk/pieces.js';
import { bytesInWords, type DeskTelling, listInWords } from '../desk/telling.js';
import type { MediaFile } from './api.js';
import { isFilm, shortName, Thumb } from './thumb.js';

/** Screens whose playlist names the file. */
export const usersOf = (name: string, screens: readonly Screen[]): readonly Screen[] =>
  screens.filter(({ playlist }) => playlist?.some(({ media }) => media === name));

export function namesInWords(screens: readonly Screen[], telling: DeskTelling): string {
  const names = screens.map(({ id, name }) => name ?? id);
  return listInWords(names, telling.desk.common.and);
}

interface TableProps {
  readonly files: readonly MediaFile[];
  readonly damaged: readonly string[];
  readonly screens: readonly Screen[];
  readonly mayChange: boolean;
  readonly telling: DeskTelling;
  onPlay(name: string): void;
  onRemove(name: string): void;
}

function kindWords({ contentType, width, height }: Partial<MediaFile>, telling: DeskTelling): string {
  const words = telling.desk.media;
  const kind = words.kinds[contentType ?? ''] ?? words.file;
  return width === undefined || height === undefined ? kind : `${kind}, ${words.pixels(width, height)}`;
}

function Row(props: Omit<TableProps, 'files' | 'damaged'> & { name: string; file: MediaFile | undefined }) {
  const { name, file, telling, screens } = props;
  const words = telling.desk.media;
  const users = usersOf(name, screens);
  return (
    <tr class="desk-row">
      <th scope="row" class="desk-lead">
        <span class="media-file">
          {file === undefined ? <span class="thumb thumb-none" /> : <Thumb name={name} />}
          <Cell first={isFilm(name) ? words.film : words.picture} second={<code>{shortName(name)}</code>} />
        </span>
      </th>
      <td data-label={words.columns.kind}>
        {file === undefined ? (
          <State tone="act" word={words.damaged} rest={words.damagedRest} />
        ) : (
          <Cell first={kindWords(file, telling)} />
        )}
      </td>
      <td class="media-size" data-label={words.columns.size}>
        {file === undefined ? null : <Cell first={bytesInWords(file.bytes, telling.place.locale)} />}
      </td>
      <td data-label={words.columns.used}>
        <Cell
          first={
            users.length === 0 ? (
              <span class="muted">{words.unused}</span>
            ) : (
              <bdi>{namesInWords(users, telling)}</bdi>
            )
          }
        />
      </td>
      <td class="desk-action">
        {props.mayChange ? (
          <span class="media-acts">
            {file === undefined ? null : (
              <button
                type="button"
                class="button"
                aria-label={`${words.play}: ${shortName(name)}`}
                onClick={() => props.onPlay(name)}
              >
                {words.play}
              </button>
            )}
            <button
              type="button"
              class="button button-plain"
              aria-label={`${words.remove}: ${shortName(name)}`}
              onClick={() => props.onRemove(name)}
            >
              {words.remove}
            </button>
          </span>
        ) : null}
      </td>
    </tr>
  );
}

export function FileTable({ files, damaged, ...props }: TableProps) {
  const words = props.telling.desk.media;
  return (
    <table class="desk-table">
      <caption class="visually-hidden">{words.files}</caption>
      <thead>
        <tr>
          {(['file', 'kind', 'size', 'used'] as const).map((id) => (
            <th key={id} scope="col">
              {words.columns[id]}
            </th>
          ))}
          <th scope="col">
            <span class="visually-hidden">{words.columns.action}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {damaged.map((name) => (
          <Row key={name} name={name} file={undefined} {...props} />
        ))}
        {files.map((file) => (
          <Row key={file.name} name={file.name} file={file} {...props} />
        ))}
      </tbody>
    </table>
  );
}
