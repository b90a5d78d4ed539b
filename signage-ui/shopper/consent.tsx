import { useState } from 'preact/hooks';
import type { AgeBand, Purpose } from '../../edge/contracts/index.js';
import { Icon, type IconName } from '../shared/icons.js';
import type { Messages } from '../shared/messages/index.js';
import { ShopHead } from './head.js';
import { PlanPicture } from './plan-picture.js';
import type { ShopperState } from './state.js';

const PURPOSES: readonly Purpose[] = ['location', 'profile', 'push', 'measurement'];
const AGES: readonly AgeBand[] = ['under16', '16-17', '18+', 'unknown'];
const ICONS: Readonly<Record<Purpose, IconName>> = {
  location: 'pin',
  profile: 'receipt',
  push: 'bell',
  measurement: 'chart',
};

type Answers = Partial<Record<Purpose, boolean>>;

/** What is done, kept and not done, for whoever wants to know before they answer. */
export function PlainWords({ messages }: { messages: Messages }) {
  const words = messages.rights.plain;
  return (
    <details class="plain-words">
      <summary>
        <Icon name="eye" />
        {words.open}
      </summary>
      <ul>
        {words.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}

/** Two sentences and two buttons of one style, No first. A no is kept like a yes, so that nobody asks again. */
function Question({
  messages,
  onNo,
  onYes,
  busy,
}: {
  messages: Messages;
  onNo(): void;
  onYes(): void;
  busy: boolean;
}) {
  const words = messages.shopper.consent;
  const icons: readonly IconName[] = ['pin', 'receipt', 'history'];
  return (
    <>
      <PlanPicture aisle={words.aisle} label={words.planLabel} />
      <h1 class="question">{words.question}</h1>
      <p class="promise">{words.promise}</p>
      <div class="two-buttons">
        <button type="button" class="button button-even" disabled={busy} onClick={onNo}>
          {words.no}
        </button>
        <button type="button" class="button button-even" disabled={busy} onClick={onYes}>
          {words.yes}
        </button>
      </div>
      <ul class="fact-list">
        {words.facts.map((fact, index) => (
          <li key={fact} class="fact">
            <Icon name={icons[index] ?? 'check'} />
            {fact}
          </li>
        ))}
      </ul>
      <PlainWords messages={messages} />
    </>
  );
}

function YesNo(props: {
  name: string;
  value: boolean | undefined;
  messages: Messages;
  onAnswer(yes: boolean): void;
}) {
  const { states } = props.messages.shopper;
  const choice = (yes: boolean) => (
    <label class="choice">
      <input
        type="radio"
        name={props.name}
        checked={props.value === yes}
        onChange={() => props.onAnswer(yes)}
      />
      <span>{yes ? states.granted : states.refused}</span>
    </label>
  );
  return (
    <div class="choices">
      {choice(false)}
      {choice(true)}
    </div>
  );
}

export function AgeQuestion(props: {
  value: AgeBand | undefined;
  messages: Messages;
  onAnswer(age: AgeBand): void;
}) {
  const words = props.messages.shopper.consent;
  return (
    <fieldset class="ask">
      <legend>{words.age}</legend>
      <p class="muted">{words.ageWhy}</p>
      <div class="choices choices-age">
        {AGES.map((age) => (
          <label key={age} class="choice">
            <input
              type="radio"
              name="age"
              checked={props.value === age}
              onChange={() => props.onAnswer(age)}
            />
            <span>{words.ages[age]}</span>
          </label>
        ))}
      </div>
      {props.value === 'under16' || props.value === 'unknown' ? (
        <p class="muted age-note" role="status">
          {props.messages.rights.young}
        </p>
      ) : null}
    </fieldset>
  );
}

function Each(props: {
  messages: Messages;
  busy: boolean;
  onSave(answers: Answers, age: AgeBand): void;
  onBack(): void;
}) {
  const { messages } = props;
  const words = messages.shopper.consent;
  const [answers, setAnswers] = useState<Answers>({});
  const [age, setAge] = useState<AgeBand | undefined>();
  const [missing, setMissing] = useState(false);
  // Only a yes needs an age.
  const agrees = PURPOSES.some((purpose) => answers[purpose] === true);
  const save = (): void => {
    const complete =
      PURPOSES.every((purpose) => answers[purpose] !== undefined) && (!agrees || age !== undefined);
    setMissing(!complete);
    // Whose age is not known, and need not be, counts as under 16.
    if (complete) props.onSave(answers, age ?? 'unknown');
  };
  return (
    <>
      <h1 class="question">{words.each}</h1>
      <p class="promise">{words.eachText}</p>
      {PURPOSES.map((purpose) => (
        <fieldset key={purpose} class="ask">
          <legend>
            <Icon name={ICONS[purpose]} />
            {messages.shopper.purposes[purpose].name}
          </legend>
          <p class="muted">{messages.shopper.purposes[purpose].text}</p>
          <YesNo
            name={purpose}
            value={answers[purpose]}
            messages={messages}
            onAnswer={(yes) => setAnswers({ ...answers, [purpose]: yes })}
          />
        </fieldset>
      ))}
      {agrees ? <AgeQuestion value={age} messages={messages} onAnswer={setAge} /> : null}
      {missing ? (
        <p class="note note-look" role="alert">
          {words.missing}
        </p>
      ) : null}
      <div class="two-buttons">
        <button type="button" class="button button-even" onClick={props.onBack}>
          {words.back}
        </button>
        <button type="button" class="button button-even" disabled={props.busy} onClick={save}>
          {props.busy ? words.saving : words.save}
        </button>
      </div>
    </>
  );
}

export function ConsentPage({ state }: { state: ShopperState }) {
  const messages = state.messages.value;
  const [step, setStep] = useState<'question' | 'each'>('question');
  const [phase, setPhase] = useState<'idle' | 'saving' | 'failed'>('idle');
  const save = async (answers: Answers, age: AgeBand): Promise<void> => {
    setPhase('saving');
    try {
      for (const purpose of PURPOSES) await state.consent(purpose, answers[purpose] === true, age);
      setPhase('idle');
      state.askingAgain.value = false;
    } catch {
      setPhase('failed');
    }
  };
  return (
    <div class="shopper-page consent-page">
      <ShopHead state={state} />
      <main>
        {phase === 'failed' ? (
          <p class="note note-look" role="alert">
            {messages.shopper.consent.failed}
          </p>
        ) : null}
        {step === 'question' ? (
          <Question
            messages={messages}
            busy={phase === 'saving'}
            onNo={() => save({}, 'unknown')}
            onYes={() => setStep('each')}
          />
        ) : (
          <Each
            messages={messages}
            busy={phase === 'saving'}
            onSave={save}
            onBack={() => setStep('question')}
          />
        )}
      </main>
    </div>
  );
}
