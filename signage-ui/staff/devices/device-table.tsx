import { count } from '../../shared/format.js';
import { lengthInWords } from '../../shared/messages/index.js';
import type { DeviceRow } from '../desk/api.js';
import { Cell, State } from '../desk/pieces.js';
import { type DeskTelling, percentInWords } from '../desk/telling.js';
import { zoneName } from '../now/story-words.js';
import { silentSince } from './silence.js';

function StateCell({ row, telling }: { row: DeviceRow; telling: DeskTelling }) {
  const words = telling.desk.devices;
  const age = (instant: string): string =>
    lengthInWords(telling.storeMs - Date.parse(instant), telling.messages);
  const silent = silentSince(row, telling.storeMs);
  if (silent !== undefined) return <State tone="look" word={words.down} rest={words.since(age(silent))} />;
  if (row.heardAt === undefined) return <State tone="calm" word={words.unknown} />;
  return <State tone="good" word={row.up === true ? words.up : words.heard} />;
}

function Token({ row, telling }: { row: DeviceRow; telling: DeskTelling }) {
  const words = telling.desk.devices;
  if (row.registered) return <Cell first={words.tokens.good} />;
  const word = row.revoked ? words.tokens.revoked : words.tokens.none;
  return <Cell first={<span class="muted">{word}</span>} second={row.planned ? words.planned : undefined} />;
}

function powerWords(row: DeviceRow, { desk, place }: DeskTelling): string {
  const parts = [
    row.batteryPercent === undefined ? undefined : percentInWords(row.batteryPercent / 100, place.locale),
    row.rssi === undefined ? undefined : `${count(row.rssi, place.locale)} dBm`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? desk.devices.notTold : parts.join(', ');
}

interface TableProps {
  readonly rows: readonly DeviceRow[];
  readonly mayChange: boolean;
  readonly telling: DeskTelling;
  onRevoke(row: DeviceRow): void;
}

function Row({ row, telling, mayChange, onRevoke }: { row: DeviceRow } & Omit<TableProps, 'rows'>) {
  const words = telling.desk.devices;
  const { columns } = words;
  const heard =
    row.heardAt === undefined
      ? telling.desk.common.never
      : words.ago(lengthInWords(telling.storeMs - Date.parse(row.heardAt), telling.messages));
  const named = row.name === row.id ? undefined : <code>{row.id}</code>;
  return (
    <tr class="desk-row">
      <th scope="row" class="desk-lead">
        <Cell first={<bdi>{row.name}</bdi>} second={named} />
      </th>
      <td data-label={columns.state}>
        <StateCell row={row} telling={telling} />
      </td>
      <td data-label={columns.zone}>
        <Cell
          first={words.kinds[row.kind]}
          second={row.zone === undefined ? undefined : <bdi>{zoneName(telling, row.zone)}</bdi>}
        />
      </td>
      <td data-label={columns.heard}>
        <Cell first={heard} />
      </td>
      <td data-label={columns.power}>
        <Cell first={<span class="muted">{powerWords(row, telling)}</span>} />
      </td>
      <td data-label={columns.token}>
        <Token row={row} telling={telling} />
      </td>
      <td class="desk-action">
        {mayChange && row.registered ? (
          <button
            type="button"
            class="button"
            aria-label={words.revokeNamed(row.name)}
            onClick={() => onRevoke(row)}
          >
            {words.revoke}
          </button>
        ) : null}
      </td>
    </tr>
  );
}

export function DeviceTable({ rows, ...props }: TableProps) {
  const words = props.telling.desk.devices;
  const { columns } = words;
  return (
    <table class="desk-table">
      <caption class="visually-hidden">{words.others}</caption>
      <thead>
        <tr>
          {(['device', 'state', 'zone', 'heard', 'power', 'token'] as const).map((id) => (
            <th key={id} scope="col">
              {columns[id]}
            </th>
          ))}
          <th scope="col">
            <span class="visually-hidden">{columns.action}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} {...props} />
        ))}
      </tbody>
    </table>
  );
}
