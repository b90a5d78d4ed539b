import { lengthInWords } from '../../shared/messages/index.js';
import type { ScreenRow } from '../desk/api.js';
import { Cell, State } from '../desk/pieces.js';
import type { DeskTelling } from '../desk/telling.js';
import { zoneName } from '../now/story-words.js';
import { hrefOf } from '../route.js';
import { ScreenActButtons, type ScreenActs, silenceInWords } from '../screens-pairing/screens-desk.js';

/** Dark on purpose is a state of its own: nobody should go and look for a fault. */
function StateOf({ row, age, telling }: { row: ScreenRow; age: string; telling: DeskTelling }) {
  const words = telling.desk.devices;
  const { asleep, asleepRest } = telling.desk.screens;
  if (row.up && row.asleep === true) return <State tone="calm" word={asleep} rest={asleepRest} />;
  const why = silenceInWords(row, telling);
  const rest = why === undefined ? words.since(age) : `${words.since(age)}, ${why}`;
  return <State tone={row.up ? 'good' : 'look'} word={row.up ? words.up : words.down} rest={rest} />;
}

interface RowProps {
  readonly row: ScreenRow;
  readonly open: boolean;
  readonly acts: ScreenActs;
  readonly telling: DeskTelling;
}

function Row({ row, open, acts, telling }: RowProps) {
  const words = telling.desk.devices;
  const lastPlay = row.lastPlayAt ?? row.lastPlay;
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
        <StateOf row={row} age={age(row.since)} telling={telling} />
      </td>
      <td data-label={columns.showing}>
        <Cell
          first={<bdi>{row.showing ?? (row.up && row.asleep !== true ? words.house : words.dark)}</bdi>}
        />
      </td>
      <td data-label={columns.play}>
        <Cell first={lastPlay === undefined ? words.noPlay : words.ago(age(lastPlay))} />
      </td>
      <td data-label={telling.desk.screens.actions}>
        <ScreenActButtons row={row} acts={acts} telling={telling} />
      </td>
    </tr>
  );
}

export function ScreenTable(props: {
  screens: readonly ScreenRow[];
  openId: string | undefined;
  acts: ScreenActs;
  telling: DeskTelling;
}) {
  const words = props.telling.desk.devices;
  const { columns } = words;
  return (
    <table class="desk-table">
      <caption class="visually-hidden">{words.screens}</caption>
      <thead>
        <tr>
          {(['screen', 'state', 'showing', 'play'] as const).map((id) => (
            <th key={id} scope="col">
              {columns[id]}
            </th>
          ))}
          <th scope="col">{props.telling.desk.screens.actions}</th>
        </tr>
      </thead>
      <tbody>
        {props.screens.map((row) => (
          <Row
            key={row.screen}
            row={row}
            open={row.screen === props.openId}
            acts={props.acts}
            telling={props.telling}
          />
        ))}
      </tbody>
    </table>
  );
}
