import '../desk/desk.css';
import { useEffect, useState } from 'preact/hooks';
import type { StockNow } from '../../../edge/contracts/index.js';
import { count } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { useNow } from '../../shared/ticking.js';
import { type CountAnswer, readStock, sendCount } from '../desk/api.js';
import { Notice, useNotice } from '../desk/notice.js';
import { FilterChips, Trouble, Waiting } from '../desk/pieces.js';
import { usePolled, useSteadyOrder } from '../desk/poll.js';
import { useMay } from '../desk/role.js';
import { type DeskTelling, deskTelling } from '../desk/telling.js';
import type { TabProps } from '../tab-props.js';
import { address } from '../route.js';
import { CountDialog } from './count-dialog.js';
import { StockTable } from './stock-table.js';

const LOOK_MS = 5_000;
const AGES_MS = 10_000;
const TYPING_MS = 250;
const PAGE = 60;
/** The store hands out no more at once; a word finds the rest. */
const ROWS_MAX = 500;
const KINDS = ['all', 'out', 'low', 'offered', 'uncounted'] as const;
const SORTS = ['name', 'level', 'lasts', 'age'] as const;

interface Wish {
  readonly q: string;
  readonly only: (typeof KINDS)[number];
  readonly sort: (typeof SORTS)[number];
}

function Search({
  wish,
  telling,
  onChange,
}: {
  wish: Wish;
  telling: DeskTelling;
  onChange(wish: Wish): void;
}) {
  const words = telling.desk.stock;
  return (
    <div class="stock-find">
      <label class="search">
        <Icon name="search" />
        <span class="visually-hidden">{words.searchLabel}</span>
        <input
          type="search"
          placeholder={words.search}
          value={wish.q}
          maxLength={100}
          onInput={(event) => onChange({ ...wish, q: event.currentTarget.value })}
        />
      </label>
      <label class="chip choice-chip">
        <span>
          {words.sort} <b>{words.sorts[wish.sort]}</b>
        </span>
        <select
          value={wish.sort}
          aria-label={words.sort}
          onChange={(event) => onChange({ ...wish, sort: event.currentTarget.value as Wish['sort'] })}
        >
          {SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {words.sorts[sort]}
            </option>
          ))}
        </select>
        <Icon name="down" small />
      </label>
    </div>
  );
}

/** What is asked for, a moment after the last key. */
function useSettled(wish: Wish): Wish {
  const [settled, setSettled] = useState(wish);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wish), TYPING_MS);
    return () => clearTimeout(timer);
  }, [wish]);
  return settled;
}

function useCounting(telling: DeskTelling, refresh: () => Promise<void>) {
  const words = telling.desk.stock;
  const notice = useNotice(words.failedCount);
  const [row, setRow] = useState<StockNow | undefined>();
  const counted = (answer: CountAnswer): void => {
    if (row === undefined) return;
    const { sku, name } = row;
    setRow(undefined);
    const { before, shelf, id } = answer;
    const takeBack = async (): Promise<string> => {
      const named = row.shelves.length > 0 ? { shelf } : {};
      await sendCount(sku, { count: Math.max(0, before ?? 0), undoes: id, ...named });
      await refresh();
      return words.took(name);
    };
    notice.say({
      text: words.done(name, count(answer.count, telling.place.locale)),
      tone: 'good',
      ...(before === undefined ? {} : { undo: takeBack }),
    });
    void refresh();
  };
  return { notice, row, setRow, counted };
}

export function StockPage({ now, state }: TabProps) {
  const telling = deskTelling(now, state, state.storeMs(useNow(AGES_MS)));
  const words = telling.desk.stock;
  const [wish, setWish] = useState<Wish>({ q: address.value.id ?? '', only: 'all', sort: 'lasts' });
  const [limit, setLimit] = useState(PAGE);
  const settled = useSettled(wish);
  const key = JSON.stringify([settled, limit]);
  const polled = usePolled(() => readStock({ ...settled, limit }), LOOK_MS, key);
  const counting = useCounting(telling, polled.refresh);
  const may = useMay();
  const rows = useSteadyOrder(polled.value?.products ?? [], ({ sku }) => sku, JSON.stringify(settled));
  const total = polled.value?.total ?? 0;
  const write = (amount: number): string => count(amount, telling.place.locale);
  const more = Math.min(PAGE, total - rows.length, ROWS_MAX - rows.length);
  const chips = KINDS.map((id) => {
    const amount = polled.value?.counts[id];
    return { id, word: words.filters[id], ...(amount === undefined ? {} : { amount: write(amount) }) };
  });
  const change = (next: Wish): void => {
    setLimit(PAGE);
    setWish(next);
  };
  return (
    <>
      <Search wish={wish} telling={telling} onChange={change} />
      <div class="desk-bar">
        <FilterChips
          label={words.title}
          chosen={wish.only}
          chips={chips}
          onChoose={(only) => change({ ...wish, only })}
        />
        <p class="muted desk-sums" aria-live="polite">
          {polled.value === undefined ? '' : words.found(write(rows.length), write(total))}
        </p>
      </div>
      <Trouble polled={polled} telling={telling} />
      {polled.value === undefined && polled.failure === undefined ? (
        <Waiting word={telling.desk.common.looking} />
      ) : null}
      {polled.value === undefined ? null : (
        <div class="card desk-card">
          {rows.length === 0 ? (
            <p class="empty">{polled.value.counts['all'] === 0 ? words.none : words.noneOf}</p>
          ) : (
            <StockTable
              rows={rows}
              openSku={address.value.id}
              mayCount={may('count')}
              telling={telling}
              onCorrect={counting.setRow}
            />
          )}
          {more > 0 ? (
            <button type="button" class="desk-more link" onClick={() => setLimit(limit + PAGE)}>
              {telling.desk.common.more(write(more))}
            </button>
          ) : null}
        </div>
      )}
      {counting.row === undefined ? null : (
        <CountDialog
          row={counting.row}
          telling={telling}
          onClose={() => counting.setRow(undefined)}
          onCounted={counting.counted}
        />
      )}
      <Notice notice={counting.notice} telling={telling} />
    </>
  );
}
