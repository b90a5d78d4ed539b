import { useState } from 'preact/hooks';
import type { SignageContent } from '../../edge/contracts/index.js';
import { hourMinute } from '../shared/format.js';
import { messagesFor } from '../shared/messages/index.js';
import { useNow } from '../shared/ticking.js';
import type { Asleep } from './programme.js';

interface AsleepProps {
  readonly asleep: Asleep;
  readonly content: SignageContent | undefined;
  readonly nowMs: () => number;
}

const MOVE_MS = 60_000;
const PLACES = 9;

/** Dark on purpose, and says so to whoever comes close; the words move so that they never burn in. */
export function AsleepView({ asleep, content, nowMs }: AsleepProps) {
  const [first] = useState(nowMs);
  const minute = Math.floor(Math.max(first, useNow(MOVE_MS)) / MOVE_MS);
  const locale = content?.locale ?? navigator.language;
  const words = messagesFor(locale).player;
  const place = { locale, timeZone: content?.timeZone ?? 'UTC' };
  return (
    <main class="asleep" data-asleep="">
      <p class={`asleep-words asleep-${minute % PLACES}`}>
        {asleep.untilMs === undefined ? words.asleep : words.asleepUntil(hourMinute(asleep.untilMs, place))}
      </p>
    </main>
  );
}
