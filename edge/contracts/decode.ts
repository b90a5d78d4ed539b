import type { TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';
import type { Refusal } from './refusals.js';
import { TOPIC_NAMES, type TopicName } from './topic-table.js';
import { TOPICS, type TopicData } from './topics.js';

const compiled = new Map<TSchema, TypeCheck<TSchema>>();

/** Compile once, at first use: start-up stays short. */
export function validatorOf(schema: TSchema): TypeCheck<TSchema> {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = TypeCompiler.Compile(schema);
    compiled.set(schema, check);
  }
  return check;
}

/** `undefined` when the value fits, else the first problem in words. */
export function misfit(schema: TSchema, value: unknown): Refusal | undefined {
  const check = validatorOf(schema);
  if (check.Check(value)) return undefined;
  const first = check.Errors(value).First();
  const field = first?.path || '/';
  const seen = describe(first?.value);
  return {
    reason: 'SchemaMismatch',
    detail: `${field}: ${first?.message ?? 'does not fit'}, got ${seen}`,
    field,
  };
}

export function checkData<T extends TopicName>(type: T, data: unknown): data is TopicData<T> {
  return validatorOf(TOPICS[type].schema).Check(data);
}

/** Compile every validator now, so that the first message of a type is not slower than the rest. */
export function warmValidators(): void {
  for (const name of TOPIC_NAMES) validatorOf(TOPICS[name].schema);
}

/** A long value is told by its size, never cut: half a card number is no longer recognised as one, and so not masked. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  if (text.length <= 80) return text;
  return `${Array.isArray(value) ? 'a list' : `a ${typeof value}`} of ${text.length} characters`;
}
