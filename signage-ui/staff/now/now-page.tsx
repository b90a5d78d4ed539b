import type { StaffNow } from '../../../edge/contracts/index.js';
import { useNow } from '../../shared/ticking.js';
import type { StaffState } from '../state.js';
import { FloorCard } from './floor-plan.js';
import { Stats } from './stats.js';
import { StoryFeed } from './story-feed.js';

/** Ages in words move by the minute; the clock of the top bar has its own. */
const AGES_MS = 10_000;

export function NowPage({ now, state }: { now: StaffNow; state: StaffState }) {
  const storeMs = state.storeMs(useNow(AGES_MS));
  const messages = state.messages.value;
  const place = state.place.value;
  return (
    <>
      <div class="now-row">
        <FloorCard now={now} messages={messages} place={place} storeMs={storeMs} />
        <StoryFeed
          stories={state.stories.value}
          telling={{ messages, place, policy: now.policy, productOf: state.products.nameOf }}
        />
      </div>
      <Stats now={now} reading={{ messages, place, storeMs }} />
    </>
  );
}
