import '../desk/desk.css';
import { useEffect, useState } from 'preact/hooks';
import type { StockNow } from '../../../edge/contracts/index.js';
import { count } from '../../shared/format.js';
import { Icon } from '../../shared/icons.js';
import { useNow } from '../../shared/ticking.js';
import { type CountAnswer, readStock, sendCount } from '../desk/api.js';
import { AsOf, Read } from '../desk/dated.js';
import { Notice, useNotice } from '../desk/notice.js';
import { FilterChips, Trouble, Waiting } from '../desk/pieces.js';
import { usePolled, useSteadyOrder } from '../desk/poll.js';
import { useMay } from '../desk/role.js';
import { type DeskTelling, deskTelling } from '../desk/telling.js';
import { address } from '../route.js';
import type { TabProps } from '../tab-props.js';
import { CountDialog } from './count-dialog.js';
import { StockTable } from './stock-table.js';

const LOOK_MS = 5_000;
const AGES_MS = 10_000;
const TYPING_MS = 250;
const PAGE = 100;
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

const lastSkip = (total: number): number => Math.max(0, Math.ceil(total / PAGE) - 1) * PAGE;

/** "101 to 200 of 20,000 products", or all of them where they fit on one page. */
function foundWords(telling: DeskTelling, skip: number, shown: number, total: number): string {
  const { stock } = telling.desk;
  const write = (amount: number): string => count(amount, telling.place.locale);
  if (shown === total) return stock.found(write(total), total);
  return stock.foundPart(write(skip + 1), write(skip + shown), write(total));
}

/** To the page before and after, where there is more than one. */
function Pages(props: { skip: number; total: number; telling: DeskTelling; onGo(skip: number): void }) {
  const { skip, total, telling } = props;
  const words = telling.desk.stock;
  if (total <= PAGE) return null;
  const write = (amount: number): string => count(amount, telling.place.locale);
  const go = (to: number) => () => {
    props.onGo(to);
    document.querySelector('.stock-find')?.scrollIntoView({ block: 'start' });
  };
  const last = lastSkip(total);
  return (
    <nav class="stock-pages" aria-label={words.pages}>
      <button type="button" class="button" disabled={skip === 0} onClick={go(Math.max(0, skip - PAGE))}>
        {words.before}
      </button>
      <span class="muted">{words.page(write(skip / PAGE + 1), write(last / PAGE + 1))}</span>
      <button type="button" class="button" disabled={skip >= last} onClick={go(skip + PAGE)}>
        {words.after}
      </button>
    </nav>
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
  const notice = useNotice(words.failedCount, telling);
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
  const [skip, setSkip] = useState(0);
  const settled = useSettled(wish);
  const key = JSON.stringify([settled, skip]);
  const polled = usePolled(
    async () => ({ key, skip, ...(await readStock({ ...settled, skip, limit: PAGE })) }),
    LOOK_MS,
    key,
  );
  const counting = useCounting(telling, polled.refresh);
  const may = useMay();
  const rows = useSteadyOrder(polled.value?.products ?? [], ({ sku }) => sku, polled.value?.key ?? '');
  const total = polled.value?.total ?? 0;
  const write = (amount: number): string => count(amount, telling.place.locale);
  const chips = KINDS.map((id) => {
    const amount = polled.value?.counts[id];
    return {
      id,
      word: words.filters[id],
      ...(amount === undefined ? {} : { amount: words.found(write(amount), amount) }),
    };
  });
  const change = (next: Wish): void => {
    setSkip(0);
    setWish(next);
  };
  // The last page may have gone while somebody looked at it.
  useEffect(() => {
    if (polled.value?.skip === skip && skip > 0 && skip >= total) setSkip(lastSkip(total));
  }, [skip, total, polled.value?.skip]);
  return (
    <Read polled={polled} telling={telling}>
      <Search wish={wish} telling={telling} onChange={change} />
      <div class="desk-bar">
        <FilterChips
          label={words.title}
          chosen={wish.only}
          chips={chips}
          onChoose={(only) => change({ ...wish, only })}
        />
        <p class="muted desk-sums" aria-live="polite">
          {polled.value === undefined ? '' : foundWords(telling, polled.value.skip, rows.length, total)}
        </p>
        <AsOf telling={telling} />
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
          <Pages skip={skip} total={total} telling={telling} onGo={setSkip} />
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
    </Read>
  );
}
