import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FAIL_WHEN_LENIENT } from './wire.js';

const FILES = ['framing', 'connect'].map((name) => `test/fault/mqtt-conformance/${name}.test.ts`);

interface Results {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** The same cases in a run of their own, against a store with one setting changed; titles of those that fail. */
async function failingWith(setting: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'endcap-conformance-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const output = join(folder, 'results.json');
  const { ENDCAP_PROMISES: _notThere, ...environment } = process.env;
  const run = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--root', '.', ...FILES];
  const env = { ...environment, ENDCAP_CONFORMANCE: setting };
  const parameters = [...run, '--reporter=json', `--outputFile=${output}`];
  // It ends with a failure, as it should.
  await new Promise((ended) => execFile('npx', parameters, { env }, ended));
  const results = JSON.parse(readFileSync(output, 'utf8')) as Results;
  return results.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ title }) => title);
}

it('control of S21: with the strict reading off exactly the named cases fail', async () => {
  const failing = (await failingWith('lenient')).filter((title) => title !== 'keeps its part of S21');
  const named = failing.map((title) => (title.match(/\[MQTT-[\d.-]+\]/g) ?? [title]).join(' '));
  expect(named.sort()).toEqual([...FAIL_WHEN_LENIENT].sort());
});
