import { Icon } from '../../shared/icons.js';
import type { DeskMessages } from '../../shared/messages/desk.js';
import { localOf, RANGES, type RangeKind, type TimeRange } from './time-range.js';

const HOUR_MS = 3_600_000;

/** When: one of the usual ranges, or from and to on the store's wall clock. */
export function TimeChip(props: {
  range: TimeRange;
  wrong: boolean;
  storeMs: number;
  timeZone: string;
  words: DeskMessages['file'];
  onChange(range: TimeRange): void;
}) {
  const { range, words, timeZone, storeMs, onChange } = props;
  const choose = (kind: RangeKind): void => {
    if (kind !== 'own') {
      onChange({ kind, from: '', to: '' });
      return;
    }
    const from = range.from === '' ? localOf(storeMs - HOUR_MS, timeZone) : range.from;
    onChange({ kind, from, to: range.to === '' ? localOf(storeMs, timeZone) : range.to });
  };
  return (
    <>
      <label class={range.kind === 'any' ? 'chip choice-chip' : 'chip choice-chip chip-set'}>
        <span>{range.kind === 'any' ? words.time : words.ranges[range.kind]}</span>
        <select
          aria-label={words.time}
          value={range.kind}
          onChange={(event) => choose(event.currentTarget.value as RangeKind)}
        >
          {RANGES.map((kind) => (
            <option key={kind} value={kind}>
              {words.ranges[kind]}
            </option>
          ))}
        </select>
        <Icon name="down" small />
      </label>
      {range.kind === 'own' ? (
        // biome-ignore lint/a11y/useSemanticElements: two fields that belong together inside a row of chips
        <span class="own-range" role="group" aria-label={`${words.time}, ${words.zone(timeZone)}`}>
          {(['from', 'to'] as const).map((side) => (
            <label key={side} class="own-side">
              <span class="small muted">{words[side]}</span>
              <input
                type="datetime-local"
                value={range[side]}
                aria-invalid={props.wrong}
                onInput={(event) => onChange({ ...range, [side]: event.currentTarget.value })}
              />
            </label>
          ))}
          <span class="small muted">{words.zone(timeZone)}</span>
          <span class="small tone-text-act" role="alert">
            {props.wrong ? words.wrongRange : ''}
          </span>
        </span>
      ) : null}
    </>
  );
}
