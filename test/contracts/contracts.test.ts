import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { misfit, REFUSALS, TOPIC_NAMES, TOPICS } from '../../edge/contracts/index.js';

const ROOT = 'test/contracts';

function fixtures(topic: string, kind: 'valid' | 'invalid'): { name: string; data: unknown }[] {
  const folder = join(ROOT, topic, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => ({
    name: file.replace(/\.json$/, ''),
    data: JSON.parse(readFileSync(join(folder, file), 'utf8')),
  }));
}

/** `lines.0.unitMinor` is the field `/lines/0/unitMinor`; a name from the table of refusals is a reason. */
function expected(name: string): { reason?: string; field?: string } {
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

describe('the examples', () => {
  it('are of topics that exist', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual([...TOPIC_NAMES].sort());
  });
});
