import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../shared/icons.js';
import type { Messages } from '../../shared/messages/index.js';
import type { Filters } from './journal-state.js';

interface FilterRowProps {
  readonly filters: Filters;
  readonly messages: Messages;
  readonly onChange: (filters: Filters) => void;
  /** Stands before the other chips: when. */
  readonly time: ComponentChildren;
  /** Stands at the end: what can be done with what was found. */
  readonly children: ComponentChildren;
}

const KINDS = [
  'promo.decision',
  'coupon.redeemed',
  'coupon.issued',
  'pos.transaction',
  'stock.level',
  'media.play',
  'presence.zone',
  'presence.sighting',
  'consent.receipt',
  'quarantine.event',
  'promo.stop',
  'fraud.verdict',
  'hq.campaign',
] as const;
const OUTCOMES = ['offered', 'withheld', 'rejected'] as const;

/** `/` goes to the search from anywhere on the page that is not itself a field. */
function useSlash(focus: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const field = event.target instanceof HTMLElement && event.target.closest('input, textarea, select');
      if (event.key !== '/' || field) return;
      event.preventDefault();
      focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  any: string;
  onChange(value: string): void;
}) {
  return (
    <label class={props.value === '' ? 'chip choice-chip' : 'chip choice-chip chip-set'}>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        <option value="">{props.any}</option>
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      <Icon name="down" small />
    </label>
  );
}

export function FilterRow({ filters, messages, onChange, time, children }: FilterRowProps) {
  const words = messages.journal;
  const search = useRef<HTMLInputElement>(null);
  useSlash(() => search.current?.focus());
  const kinds = KINDS.map((kind) => [kind, `${words.kinds[kind] ?? kind} (${kind})`] as const);
  return (
    <div class="filter-row">
      <label class="search">
        <Icon name="search" />
        <span class="visually-hidden">{words.searchLabel}</span>
        <input
          ref={search}
          type="search"
          placeholder={words.search}
          value={filters.q}
          maxLength={100}
          onInput={(event) => onChange({ ...filters, q: event.currentTarget.value })}
        />
        <kbd>/</kbd>
      </label>
      <div class="filter-chips">
        {time}
        <button
          type="button"
          class={filters.quiet ? 'chip chip-set' : 'chip'}
          onClick={() => onChange({ ...filters, quiet: !filters.quiet })}
        >
          {filters.quiet ? words.loud : words.loudOff}
          {filters.quiet ? <Icon name="cross" small /> : null}
        </button>
        <Choice
          label={words.kind}
          value={filters.type}
          any={words.any}
          options={kinds}
          onChange={(type) => onChange({ ...filters, type })}
        />
        <Choice
          label={words.outcome}
          value={filters.outcome}
          any={words.any}
          options={OUTCOMES.map((outcome) => [outcome, words.outcomes[outcome]] as const)}
          onChange={(outcome) => onChange({ ...filters, outcome })}
        />
        {children}
      </div>
    </div>
  );
}
