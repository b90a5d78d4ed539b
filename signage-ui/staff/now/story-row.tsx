import type { Story, StoryState, StoryStep } from '../../../edge/contracts/index.js';
import { clockTime } from '../../shared/format.js';
import { Icon, type IconName, WithheldIcon } from '../../shared/icons.js';
import { hrefOf } from '../route.js';
import { stepWords, storyTitle, type Telling } from './story-words.js';

const ICONS: Readonly<Record<Exclude<StoryState, 'withheld'>, IconName>> = {
  taken: 'check',
  open: 'clock',
  refused: 'refused',
  'on-screen': 'screen',
  expired: 'history',
  fraud: 'warning',
};

/** The step that decided the story: its dot is filled. */
function decidingStep(story: Story): StoryStep | undefined {
  const last = (name: StoryStep['step']): StoryStep | undefined =>
    story.steps.findLast((step) => step.step === name);
  if (story.state === 'taken' || story.state === 'fraud') return last('redeemed') ?? last('sold');
  if (story.state === 'refused') return last('decided');
  return undefined;
}

function Step({
  step,
  story,
  telling,
  kind,
}: {
  step: StoryStep;
  story: Story;
  telling: Telling;
  kind: string;
}) {
  return (
    <li class="step">
      <time class="step-time">{clockTime(step.at, telling.place)}</time>
      <span class={`step-dot ${kind}`} />
      <span class="step-text">
        <bdi>{stepWords(step, story, telling)}</bdi>
      </span>
    </li>
  );
}

export function StoryRow({ story, telling }: { story: Story; telling: Telling }) {
  const words = telling.messages.staff.stories;
  const title = storyTitle(story, telling);
  const deciding = decidingStep(story);
  const decision = story.steps.find((step) => step.step === 'decided');
  const kindOf = (step: StoryStep): string => {
    if (step === deciding) return 'step-decides';
    return story.state === 'withheld' && step.step === 'decided' ? 'step-withheld' : '';
  };
  // The choice itself is only worth a line when nothing else tells what came of it.
  const told = story.steps.filter(
    (step) => step.step !== 'decided' || step.outcome !== 'offered' || story.steps.length < 3,
  );
  return (
    <li class={`story story-${story.state}`}>
      <header class="story-head">
        <h3 class="story-title">
          <bdi>{title}</bdi>
        </h3>
        {decision === undefined ? null : (
          <a class="story-why" href={hrefOf('journal', decision.eventId)}>
            {words.why}
            <span class="visually-hidden"> {title}</span>
          </a>
        )}
        <span class="story-state">
          {story.state === 'withheld' ? (
            <WithheldIcon />
          ) : (
            <Icon name={ICONS[story.state] ?? 'clock'} small />
          )}
          {words.states[story.state] ?? story.state}
        </span>
      </header>
      <ol class="steps">
        {told.map((step) => (
          <Step
            key={step.eventId + step.step}
            step={step}
            story={story}
            telling={telling}
            kind={kindOf(step)}
          />
        ))}
      </ol>
    </li>
  );
}
