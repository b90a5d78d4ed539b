import { useEffect, useState } from 'preact/hooks';
import { call } from '../shared/api.js';
import { count } from '../shared/format.js';
import { Icon } from '../shared/icons.js';
import { type DataRow, GROUPS, type GroupName, groupEvents, type PersonDocument } from './my-data-rows.js';
import { saveFile } from './save-file.js';
import type { ShopperState } from './state.js';
import { whenWords } from './words.js';

/** Rows of a group on the page; the file has them all. */
const ROWS_SHOWN = 200;
/** The store reads its whole journal for this. */
const WAIT_MS = 120_000;

/** Everything the shop holds, to read, print and take along. */
export function MyDataPage({ state }: { state: ShopperState }) {
  const words = state.messages.value.rights.mine;
  const [found, setFound] = useState<PersonDocument | 'loading' | 'failed'>('loading');
  const load = (): void => {
    setFound('loading');
    const sid = encodeURIComponent(state.view.value?.sid ?? '');
    call<PersonDocument>('GET', `/v1/shoppers/${sid}/export`, undefined, WAIT_MS).then(setFound, () =>
      setFound('failed'),
    );
  };
  useEffect(load, []);
  return (
    <main class="shopper-page data-page">
      <header class="till-head">
        <button
          type="button"
          class="till-back"
          aria-label={words.back}
          onClick={() => {
            state.dataOpen.value = false;
          }}
        >
          <Icon name="left" />
        </button>
        <h1>{words.title}</h1>
      </header>
      {found === 'loading' ? (
        <p class="card nothing" role="status">
          {words.loading}
        </p>
      ) : null}
      {found === 'failed' ? (
        <div class="card nothing" role="alert">
          <p>{words.failed}</p>
          <button type="button" class="button button-wide" onClick={load}>
            {words.retry}
          </button>
        </div>
      ) : null}
      {typeof found === 'object' ? <Everything found={found} state={state} /> : null}
    </main>
  );
}

function Everything({ found, state }: { found: PersonDocument; state: ShopperState }) {
  const place = state.place.value;
  const messages = state.messages.value;
  const words = messages.rights.mine;
  const groups = groupEvents(found, { messages, place });
  const number = (amount: number): string => count(amount, place.locale);
  return (
    <>
      <p class="muted">{words.intro(whenWords(found.madeAt, Date.now(), place))}</p>
      <div class="data-actions">
        <button
          type="button"
          class="button button-wide"
          onClick={() => saveFile('my-data.json', 'application/json', JSON.stringify(found, null, 2))}
        >
          <Icon name="export" />
          {words.download}
        </button>
        <button type="button" class="button button-wide" onClick={() => print()}>
          <Icon name="receipt" />
          {words.print}
        </button>
      </div>
      <p class="data-name">{words.name(found.sid)}</p>
      <p class="muted small-text">
        {words.linked(
          number(found.linked.tags),
          number(found.linked.loyaltyIds),
          number(found.linked.phones),
        )}
      </p>
      {GROUPS.map((name) => (
        <Group key={name} name={name} rows={groups.get(name) ?? []} state={state} />
      ))}
      {found.left > 0 ? <p class="note note-look">{words.left(number(found.left))}</p> : null}
    </>
  );
}

function Group({ name, rows, state }: { name: GroupName; rows: readonly DataRow[]; state: ShopperState }) {
  const words = state.messages.value.rights.mine;
  const place = state.place.value;
  const nowMs = Date.now();
  // A tag is heard every second: the number says more than the list.
  const shown = name === 'heard' ? [] : rows.slice(0, ROWS_SHOWN);
  const left = rows.length - shown.length;
  return (
    <section>
      <h2 class="section-title">{words.groups[name]}</h2>
      {rows.length === 0 ? <p class="muted small-text">{words.none}</p> : null}
      {name === 'heard' && rows.length > 0 ? (
        <p class="card data-count">{words.times(count(rows.length, place.locale))}</p>
      ) : null}
      {shown.length === 0 ? null : (
        <ul class="card data-rows">
          {shown.map((row) => (
            <li key={row.id}>
              <time dateTime={row.at}>{whenWords(row.at, nowMs, place)}</time>
              <bdi>{row.text}</bdi>
            </li>
          ))}
        </ul>
      )}
      {name !== 'heard' && left > 0 ? (
        <p class="muted small-text">{words.more(count(left, place.locale))}</p>
      ) : null}
    </section>
  );
}
