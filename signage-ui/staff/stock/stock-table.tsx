import type { StockNow } from '../../../edge/contracts/index.js';
import { artFor, ProductArt } from '../../shared/art/index.js';
import { count, money } from '../../shared/format.js';
import { Cell, State } from '../desk/pieces.js';
import { type DeskTelling, listInWords } from '../desk/telling.js';
import { screenName } from '../now/story-words.js';
import { hrefOf } from '../route.js';
import { backWords, isOld, lastingWords, shelfWords } from './stock-words.js';

interface TableProps {
  readonly rows: readonly StockNow[];
  readonly openSku: string | undefined;
  readonly mayCount: boolean;
  readonly telling: DeskTelling;
  onCorrect(row: StockNow): void;
}

function Used({ row, telling }: { row: StockNow; telling: DeskTelling }) {
  const words = telling.desk.stock;
  const [only] = row.campaigns;
  const screens = row.screens.map((id) => screenName(telling, id));
  if (only === undefined) return <Cell first={<span class="muted">{words.noOffers}</span>} />;
  const link = row.campaigns.length === 1 ? hrefOf('offers', only) : hrefOf('offers');
  return (
    <Cell
      first={
        <a class="cell-link" href={link}>
          {words.offers(row.campaigns.length)}
        </a>
      }
      second={screens.length === 0 ? undefined : <bdi>{listInWords(screens, telling.desk.common.and)}</bdi>}
    />
  );
}

function Row({ row, ...props }: { row: StockNow } & Omit<TableProps, 'rows'>) {
  const { telling } = props;
  const words = telling.desk.stock;
  const { columns } = words;
  const { locale } = telling.place;
  const old = isOld(row, telling);
  const lasting = lastingWords(row, telling);
  const [back, delivered] = backWords(row, telling);
  const open = row.sku === props.openSku;
  return (
    <tr
      class={`desk-row${open ? ' desk-row-open' : ''}${old ? ' desk-row-old' : ''}`}
      id={`stock-${row.sku}`}
    >
      <th scope="row" class="desk-lead">
        <span class="stock-product">
          <ProductArt art={artFor(row.art, row.name)} class="stock-art" />
          <Cell
            first={<bdi>{row.name}</bdi>}
            second={<bdi>{[row.size, row.sku].filter(Boolean).join(', ')}</bdi>}
          />
        </span>
      </th>
      <td class="desk-number" data-label={columns.price}>
        <Cell first={money(row.priceMinor, telling.place)} />
      </td>
      <td class="desk-number" data-label={columns.shelf}>
        {row.level === undefined ? (
          <Cell first={<span class="muted">{words.notCounted}</span>} />
        ) : (
          <Cell first={count(row.level, locale)} second={shelfWords(row, telling)} />
        )}
      </td>
      <td data-label={columns.back}>
        <Cell
          first={<span class={row.inBack === undefined ? 'muted' : ''}>{back}</span>}
          second={delivered}
        />
      </td>
      <td data-label={columns.state}>
        <State tone={old ? 'calm' : lasting.tone} word={lasting.word} rest={lasting.rest} />
      </td>
      <td data-label={columns.used}>
        <Used row={row} telling={telling} />
      </td>
      <td class="desk-action">
        {props.mayCount ? (
          <button
            type="button"
            class="button"
            aria-label={words.correctNamed(row.name)}
            onClick={() => props.onCorrect(row)}
          >
            {words.correct}
          </button>
        ) : null}
      </td>
    </tr>
  );
}

export function StockTable({ rows, ...props }: TableProps) {
  const words = props.telling.desk.stock;
  const { columns } = words;
  return (
    <table class="desk-table stock-table">
      <caption class="visually-hidden">{words.title}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.product}</th>
          <th scope="col" class="desk-number">
            {columns.price}
          </th>
          <th scope="col" class="desk-number">
            {columns.shelf}
          </th>
          <th scope="col">{columns.back}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col">{columns.used}</th>
          <th scope="col">
            <span class="visually-hidden">{columns.action}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.sku} row={row} {...props} />
        ))}
      </tbody>
    </table>
  );
}
