import type { Daypart } from '../../../edge/contracts/index.js';
import { Icon } from '../../shared/icons.js';
import type { DeskTelling } from '../desk/telling.js';

const NEW: Daypart = { from: '09:00', until: '18:00' };
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
/** As many as the store takes. */
const PARTS_MAX = 16;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with hours as they stand, in words. */
export function hoursProblem(
  parts: readonly Daypart[],
  words: DeskTelling['desk']['media'],
): string | undefined {
  const whole = ({ from, until, days }: Daypart): boolean =>
    TIME.test(from) && TIME.test(until) && from !== until && days?.length !== 0;
  return parts.every(whole) ? undefined : words.hoursWrong;
}

/** All seven days are told by naming none. */
const withDay = ({ days = DAYS.slice(), ...times }: Daypart, day: number): Daypart => {
  const next = days.includes(day) ? days.filter((one) => one !== day) : [...days, day].sort();
  return next.length === DAYS.length ? times : { ...times, days: next };
};

function Part(props: {
  part: Daypart;
  telling: DeskTelling;
  onChange(part: Daypart): void;
  onRemove(): void;
}) {
  const { part, telling, onChange } = props;
  const words = telling.desk.media;
  const time = (field: 'from' | 'until') => (
    <label class="field">
      <span class="small">{words[field]}</span>
      <input
        type="time"
        value={part[field]}
        onInput={(event) => onChange({ ...part, [field]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <li class="hours-part">
      {time('from')}
      {time('until')}
      <fieldset class="hours-days">
        <legend class="visually-hidden">{words.days}</legend>
        {DAYS.map((day) => (
          <button
            key={day}
            type="button"
            class="chip"
            aria-pressed={part.days?.includes(day) ?? true}
            onClick={() => onChange(withDay(part, day))}
          >
            {telling.desk.common.days[day - 1]}
          </button>
        ))}
      </fieldset>
      <button type="button" class="button button-plain" onClick={props.onRemove}>
        <Icon name="cross" small />
        {words.removeHours}
      </button>
    </li>
  );
}

/** Hours of the store's own clock, in any number; none are always. */
export function HoursField(props: {
  parts: readonly Daypart[];
  telling: DeskTelling;
  onChange(parts: readonly Daypart[]): void;
}) {
  const { parts, telling, onChange } = props;
  const words = telling.desk.media;
  const at = (place: number, part: Daypart | undefined): void =>
    onChange(parts.flatMap((one, index) => (index === place ? (part ?? []) : one)));
  return (
    <fieldset class="hours">
      <legend class="small">{words.hours}</legend>
      {parts.length === 0 ? <p class="small muted">{words.always}</p> : null}
      <ul class="hours-parts">
        {parts.map((part, place) => (
          <Part
            key={place}
            part={part}
            telling={telling}
            onChange={(next) => at(place, next)}
            onRemove={() => at(place, undefined)}
          />
        ))}
      </ul>
      {parts.length < PARTS_MAX ? (
        <button type="button" class="button" onClick={() => onChange([...parts, NEW])}>
          {words.addHours}
        </button>
      ) : null}
    </fieldset>
  );
}
