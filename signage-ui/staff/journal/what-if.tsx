import { useEffect, useState } from 'preact/hooks';
import type { Campaign, PromoDecision } from '../../../edge/contracts/index.js';
import { clockTime, count, hourMinute, money, share } from '../../shared/format.js';
import { simulate, type WhatIf, type WhatIfSide, wholeTopic } from '../api.js';
import { AsOf, Dated } from '../desk/dated.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { reasonWords, type Telling } from '../now/story-words.js';

interface Change {
  readonly percent: string;
  readonly dwell: string;
  readonly stock: string;
  readonly holdout: string;
}

const RANGES = ['15', '60', '1440'] as const;
const SHOWN = 8;

function changeOf(campaign: Campaign): Change {
  return {
    percent: String(campaign.discount.percent ?? ''),
    dwell: String(campaign.trigger?.dwellS ?? ''),
    stock: String(campaign.inventory?.minStock ?? ''),
    holdout: campaign.experiment === undefined ? '' : String(campaign.experiment.holdout * 100),
  };
}

const figure = (text: string): number | undefined => {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
};

/** The campaign with what was typed; an empty field leaves it as it was. */
export function changed(campaign: Campaign, change: Change): Campaign {
  const percent = figure(change.percent);
  const dwellS = figure(change.dwell);
  const minStock = figure(change.stock);
  const holdout = figure(change.holdout);
  return {
    ...campaign,
    ...(percent === undefined ? {} : { discount: { percent } }),
    ...(dwellS === undefined ? {} : { trigger: { ...campaign.trigger, dwellS } }),
    ...(minStock === undefined ? {} : { inventory: { ...campaign.inventory, minStock } }),
    ...(holdout === undefined
      ? {}
      : { experiment: { seed: campaign.experiment?.seed ?? campaign.id, holdout: holdout / 100 } }),
  };
}

/** The definition that ruled, out of the journal. */
function useCampaign(id: string): Campaign | 'looking' | undefined {
  const [campaign, setCampaign] = useState<Campaign | 'looking' | undefined>('looking');
  useEffect(() => {
    let mine = true;
    setCampaign('looking');
    findCampaign(id).then(
      (found) => mine && setCampaign(found),
      () => mine && setCampaign(undefined),
    );
    return () => {
      mine = false;
    };
  }, [id]);
  return campaign;
}

/** The last version that the journal knows. */
async function findCampaign(id: string): Promise<Campaign | undefined> {
  return (await wholeTopic<Campaign>('hq.campaign')).findLast((campaign) => campaign.id === id);
}

function outcomeWord(outcome: string, { messages }: Telling): string {
  const words: Readonly<Record<string, string>> = messages.journal.outcomes;
  return Object.hasOwn(words, outcome) ? (words[outcome] ?? outcome) : outcome;
}

function sideWords(side: WhatIfSide | undefined, telling: Telling): string {
  const { journal } = telling.messages;
  if (side === undefined) return journal.whatIf.nothing;
  const price = side.priceMinor === undefined ? undefined : money(side.priceMinor, telling.place);
  const reason = side.reason === undefined ? undefined : reasonWords(side.reason, telling).split(':')[0];
  return [outcomeWord(side.outcome, telling), side.sku, price, reason].filter(Boolean).join(', ');
}

function Result({ result, telling }: { result: WhatIf; telling: Telling }) {
  const { whatIf: words, outcomes } = telling.messages.journal;
  const write = (amount: number): string => count(amount, telling.place.locale);
  return (
    <div class="what-result" aria-live="polite">
      <p>
        {words.events(write(result.events))}.{' '}
        <b>{result.differences === 0 ? words.same : words.differ(write(result.differences))}</b>{' '}
        {result.heldFrom === null || result.heldFrom === undefined ? null : (
          <span class="muted">{words.heldFrom(hourMinute(result.heldFrom, telling.place))}</span>
        )}{' '}
        <AsOf telling={telling} />
      </p>
      <table class="what-table">
        <thead>
          <tr>
            <th scope="col" class="what-cell what-head-cell">
              {words.decisions}
            </th>
            <th scope="col" class="what-cell what-head-cell">
              {words.was}
            </th>
            <th scope="col" class="what-cell what-head-cell">
              {words.wouldBe}
            </th>
          </tr>
        </thead>
        <tbody>
          {(['offered', 'withheld', 'rejected'] as const).map((outcome) => (
            <tr key={outcome}>
              <th scope="row" class="what-cell">
                {outcomes[outcome]}
              </th>
              <td class="what-cell" data-label={words.decisions}>
                {write(result.before[outcome])}
              </td>
              <td class="what-cell" data-label={words.decisions}>
                <b>{write(result.after[outcome])}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul class="what-list">
        {result.shown.slice(0, SHOWN).map((one) => (
          <li key={`${one.offset} ${one.screen ?? one.surface}`}>
            <time>{clockTime(one.at, telling.place)}</time>
            <bdi>{sideWords(one.before, telling)}</bdi>
            <b>
              <bdi>{sideWords(one.after, telling)}</bdi>
            </b>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Field({ label, value, onInput }: { label: string; value: string; onInput(value: string): void }) {
  return (
    <label class="field">
      <span class="small">{label}</span>
      <input
        type="number"
        min="0"
        step="any"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function Form({ campaign, telling }: { campaign: Campaign; telling: DeskTelling }) {
  const words = telling.messages.journal.whatIf;
  const [change, setChange] = useState<Change>(changeOf(campaign));
  const [minutes, setMinutes] = useState<(typeof RANGES)[number]>('60');
  const [result, setResult] = useState<WhatIf | string | 'running' | undefined>();
  const [ranMs, setRanMs] = useState(0);
  const [done, setDone] = useState(0);
  const run = async (): Promise<void> => {
    setResult('running');
    setDone(0);
    // The last hour of the store, whatever this device takes the time to be.
    const untilMs = telling.toStoreMs(Date.now());
    const from = new Date(untilMs - Number(minutes) * 60_000).toISOString();
    setRanMs(untilMs);
    try {
      setResult(await simulate({ campaigns: [changed(campaign, change)], from }, setDone));
    } catch (error) {
      setResult(`! ${whyOf(error, telling)}`);
    }
  };
  const set = (name: keyof Change) => (value: string) => setChange({ ...change, [name]: value });
  return (
    <>
      <div class="what-form">
        <Field label={words.percent} value={change.percent} onInput={set('percent')} />
        <Field label={words.dwell} value={change.dwell} onInput={set('dwell')} />
        <Field label={words.stock} value={change.stock} onInput={set('stock')} />
        <Field label={words.holdout} value={change.holdout} onInput={set('holdout')} />
        <label class="field">
          <span class="small">{words.range}</span>
          <select
            value={minutes}
            onChange={(event) => setMinutes(event.currentTarget.value as (typeof RANGES)[number])}
          >
            {RANGES.map((range) => (
              <option key={range} value={range}>
                {words.ranges[range]}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button button-primary" disabled={result === 'running'} onClick={run}>
          {result === 'running' ? words.running(share(done, telling.place.locale)) : words.run}
        </button>
      </div>
      {typeof result === 'string' && result.startsWith('!') ? (
        <p class="events-note tone-look" role="alert">
          {result.slice(2)}
        </p>
      ) : null}
      {typeof result === 'object' ? (
        <Dated atMs={ranMs}>
          <Result result={result} telling={telling} />
        </Dated>
      ) : null}
    </>
  );
}

/** The same events under a changed campaign, side by side. */
export function WhatIfCard({ decision, telling }: { decision: PromoDecision; telling: DeskTelling }) {
  const { whatIf: words } = telling.messages.journal;
  const [id, setId] = useState(decision.candidates[0]?.campaign ?? '');
  const campaign = useCampaign(id);
  return (
    <section class="card what-card" aria-label={words.title}>
      <header class="what-head">
        <h2 class="card-title">{words.title}</h2>
        <p class="muted">{words.intro}</p>
        <label class="field">
          <span class="small">{words.campaign}</span>
          <select value={id} onChange={(event) => setId(event.currentTarget.value)}>
            {decision.candidates.map((candidate) => (
              <option key={candidate.campaign} value={candidate.campaign}>
                {candidate.name ?? candidate.campaign}
              </option>
            ))}
          </select>
        </label>
      </header>
      {campaign === undefined ? <p class="muted">{words.unknown}</p> : null}
      {campaign === undefined || campaign === 'looking' ? null : (
        <Form key={campaign.id} campaign={campaign} telling={telling} />
      )}
    </section>
  );
}
