import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../edge/config/load.js';
import { ConfigError, type ConfigProblem } from '../../edge/config/problems.js';

/** What is wrong with the demo store once something was added to one of its campaigns, and the line that it points at. */
function problemsWith(id: string, addition: string): { problem: ConfigProblem; line: string }[] {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-campaigns-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(resolve('deploy/demo'), directory, { recursive: true });
  const path = join(directory, 'campaigns.yaml');
  const text = readFileSync(path, 'utf8').replace(`  - id: ${id}\n`, `  - id: ${id}\n    ${addition}\n`);
  writeFileSync(path, text);
  try {
    loadConfig(join(directory, 'store.yaml'), {});
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => ({
      problem,
      line: text.split('\n')[(problem.line ?? 0) - 1] ?? '',
    }));
  }
}

it('a campaign ends on a day that there is', () => {
  const [found] = problemsWith('favourite-drink', 'when: { until: "2026-02-30T00:00:00Z" }');
  expect(found?.problem.expected).toContain('of a day that the calendar has, not "2026-02-30T00:00:00Z"');
  const [other] = problemsWith('favourite-drink', 'when: { until: "2026-13-01T00:00:00Z" }');
  expect(other?.problem.expected).toContain('a moment such as');
});

describe('a campaign says nothing that would have no effect', () => {
  it.each([
    ['dark-chocolate', 'caps: { perShopperDay: 1 }', 'counts nobody'],
    ['dark-chocolate', 'experiment: { holdout: 0.1, seed: a }', 'no comparison group'],
    ['dark-chocolate', 'trigger: { dwellS: 8 }', 'never waits for one person'],
    ['dark-chocolate', 'validMinutes: 30', 'nothing is taken home'],
    ['favourite-drink', 'bidMicros: 100', 'not auctioned'],
  ])('%s with %s is refused in words, with its line', (id, addition, words) => {
    const [found, ...others] = problemsWith(id, addition);
    expect(found?.problem.expected).toContain(words);
    expect(found?.line).toContain(addition);
    expect(others).toEqual([]);
  });

  it('nor does a hint promise a price that no till knows of', () => {
    const hint = (discount: string) => `version: 1
    name: Look here
    kind: hint
    products: { skus: [CHK-4001] }
    discount: ${discount}
    where: { zones: [checkout] }

  - id: quayside-flowers`;
    const [found, ...others] = problemsWith('dark-chocolate', hint('{ percent: 5 }'));
    expect(found?.problem.expected).toMatch(/is a hint: no till knows of it/);
    expect(others.filter(({ problem }) => problem.expected.includes('hint'))).toEqual([]);
    const allowed = problemsWith('dark-chocolate', hint('{}'));
    expect(allowed.filter(({ problem }) => problem.expected.includes('hint'))).toEqual([]);
  });

  it('and no id stands twice', () => {
    const twin = `version: 1
    name: Twin
    kind: display
    products: { skus: [CHK-4001] }
    discount: { percent: 5 }
    where: { zones: [checkout] }

  - id: quayside-flowers`;
    const [found] = problemsWith('dark-chocolate', twin);
    expect(found?.problem.expected).toMatch(/stands at .*campaigns\.yaml:\d+ already/);
  });
});
