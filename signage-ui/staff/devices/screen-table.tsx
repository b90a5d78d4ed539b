import { lengthInWords } from '../../shared/messages/index.js';
import type { ScreenRow } from '../desk/api.js';
import { Cell, State } from '../desk/pieces.js';
import type { DeskTelling } from '../desk/telling.js';
import { zoneName } from '../now/story-words.js';
import { hrefOf } from '../route.js';

function Row({ row, open, telling }: { row: ScreenRow; open: boolean; telling: DeskTelling }) {
  const words = telling.desk.devices;
  const { columns } = words;
  const age = (instant: string): string =>
    lengthInWords(telling.storeMs - Date.parse(instant), telling.messages);
  return (
    <tr class={open ? 'desk-row desk-row-open' : 'desk-row'}>
      <th scope="row" class="desk-lead">
        <a class="desk-link" href={hrefOf('devices', row.screen)}>
          <Cell first={<bdi>{row.name}</bdi>} second={<bdi>{zoneName(telling, row.zone)}</bdi>} />
        </a>
      </th>
      <td data-label={columns.state}>
        <State
          tone={row.up ? 'good' : 'look'}
          word={row.up ? words.up : words.down}
          rest={words.since(age(row.since))}
        />
      </td>
      <td data-label={columns.showing}>
        <Cell first={<bdi>{row.showing ?? (row.up ? words.house : words.dark)}</bdi>} />
      </td>
      <td data-label={columns.play}>
        <Cell first={row.lastPlay === undefined ? words.noPlay : words.ago(age(row.lastPlay))} />
      </td>
      <td data-label={columns.player}>
        <Cell first={<bdi>{row.player ?? words.notTold}</bdi>} />
      </td>
    </tr>
  );
}

export function ScreenTable(props: {
  screens: readonly ScreenRow[];
  openId: string | undefined;
  telling: DeskTelling;
}) {
  const words = props.telling.desk.devices;
  const { columns } = words;
  return (
    <table class="desk-table">
      <caption class="visually-hidden">{words.screens}</caption>
      <thead>
        <tr>
          {(['screen', 'state', 'showing', 'play', 'player'] as const).map((id) => (
            <th key={id} scope="col">
              {columns[id]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.screens.map((row) => (
          <Row key={row.screen} row={row} open={row.screen === props.openId} telling={props.telling} />
        ))}
      </tbody>
    </table>
  );
}
