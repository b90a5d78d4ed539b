import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isDay, isInstant, misfit, REFUSALS, TOPIC_NAMES, TOPICS } from '../../edge/contracts/index.js';

const ROOT = 'test/contracts';

function fixtures(topic: string, kind: 'valid' | 'invalid'): { name: string; data: unknown }[] {
  const folder = join(ROOT, topic, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => ({
    name: file.replace(/\.json$/, ''),
    data: JSON.parse(readFileSync(join(folder, file), 'utf8')),
  }));
}

/** `lines.0.unitMinor` is the field `/lines/0/unitMinor`, what follows a `+` why; a name from the table of refusals is a reason. */
function expected(file: string): { reason?: string; field?: string } {
  const name = file.split('+')[0] ?? '';
  return Object.hasOwn(REFUSALS, name) ? { reason: name } : { field: `/${name.replaceAll('.', '/')}` };
}

describe.each(TOPIC_NAMES)('%s', (topic) => {
  const { schema } = TOPICS[topic];

  it('has examples that fit and examples that do not', () => {
    expect(fixtures(topic, 'valid').length).toBeGreaterThan(0);
    expect(fixtures(topic, 'invalid').length).toBeGreaterThan(0);
  });

  it.each(fixtures(topic, 'valid').map(({ name, data }) => [name, data] as const))('takes %s', (_name, data) => {
    expect(misfit(schema, data)).toBeUndefined();
  });

  it.each(fixtures(topic, 'invalid').map(({ name, data }) => [name, data] as const))(
    'refuses a wrong %s and says so',
    (name, data) => {
      expect(misfit(schema, data)).toMatchObject(expected(name));
    },
  );
});

describe('days and moments', () => {
  it('are told to other programs by the formats of JSON Schema', () => {
    const { businessDay, time } = TOPICS['pos.transaction'].schema.properties;
    expect(businessDay).toMatchObject({ type: 'string', format: 'date' });
    expect(time).toMatchObject({ type: 'string', format: 'date-time' });
  });

  it('are those of the calendar, whatever the day', () => {
    const two = (value: number): string => String(value).padStart(2, '0');
    for (const year of [1900, 2000, 2026, 2028])
      for (let month = 0; month <= 13; month += 1)
        for (let day = 0; day <= 32; day += 1) {
          const text = `${year}-${two(month)}-${two(day)}`;
          const real = new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(text);
          expect([text, isDay(text), isInstant(`${text}T10:15:00Z`)]).toEqual([text, real, real]);
        }
  });

  it('are no leap seconds, which no parser takes', () => {
    expect(Date.parse('2016-12-31T23:59:60Z')).toBeNaN();
    expect(isInstant('2016-12-31T23:59:60Z')).toBe(false);
  });
});

describe('the examples', () => {
  it('are of topics that exist', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual([...TOPIC_NAMES].sort());
  });
});
