import type { ScreenNow, StaffNow } from '../../../edge/contracts/index.js';
import type { Messages } from '../../shared/messages/index.js';
import { lengthInWords } from '../../shared/messages/index.js';

interface ListProps {
  readonly now: StaffNow;
  readonly messages: Messages;
  /** Epoch ms by the store's clock. */
  readonly storeMs: number;
}

const ageOf = (instant: string | undefined, { messages, storeMs }: ListProps): string =>
  lengthInWords(storeMs - Date.parse(instant ?? ''), messages);

function screenWords(status: ScreenNow | undefined, props: ListProps): string {
  const words = props.messages.staff.floor;
  if (status === undefined) return words.notHeard;
  if (status.up) return status.asleep === true ? words.asleep : words.up;
  return words.silentFor(ageOf(status.since, props));
}

function zoneWords(id: string, kind: string | undefined, props: ListProps): string {
  const words = props.messages.staff.floor;
  const seen = props.now.zones.find(({ zone }) => zone === id);
  if (seen?.silentSince !== undefined) return words.counterSilent(ageOf(seen.silentSince, props));
  const people = seen?.people ?? 0;
  if (people === 0) return words.empty;
  const stay = lengthInWords((seen?.stayMinutes ?? 0) * 60_000, props.messages);
  return `${words.people(people)}, ${kind === 'checkout' ? words.wait(stay) : words.stay(stay)}`;
}

/** The plan in words: every name whole, and on a phone the figures for which the drawing has no room. */
export function PlanList(props: ListProps) {
  const { zones, screens } = props.now.policy;
  const words = props.messages.staff.floor;
  return (
    <details class="plan-list">
      <summary>{words.inWords(zones.length, screens.length)}</summary>
      <ul>
        {zones.map(({ id, name, kind }) => (
          <li key={id}>
            <bdi class="plan-name">{name}</bdi>
            <span class="muted">{zoneWords(id, kind, props)}</span>
          </li>
        ))}
        {screens.map(({ id, name }) => {
          const status = props.now.screens.find(({ screen }) => screen === id);
          return (
            <li key={id}>
              <bdi class="plan-name">{name ?? id}</bdi>
              <span class={status?.up === false ? 'tone-text-look' : 'muted'}>
                {screenWords(status, props)}
              </span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
