import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { announce, NOTHING_ANNOUNCED } from '../../edge/config/announce.js';
import { loadConfig } from '../../edge/config/load.js';
import { ConfigError } from '../../edge/config/problems.js';

const demo = resolve('deploy/demo/store.yaml');

function storeFile(change: (text: string) => string): string {
  const directory = mkdtempSync(join(tmpdir(), 'endcap-config-'));
  for (const name of ['products.yaml', 'campaigns.yaml']) {
    writeFileSync(join(directory, name), readFileSync(resolve('deploy/demo', name)));
  }
  const path = join(directory, 'store.yaml');
  writeFileSync(path, change(readFileSync(demo, 'utf8')));
  return path;
}

function problemsOf(path: string) {
  try {
    loadConfig(path, {});
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('store.yaml', () => {
  it('loads the demo store with its defaults', () => {
    const config = loadConfig(demo, {});
    expect(config.policy.offline.maxValueMinor).toBe(500);
    expect(config.limits.journalBytes).toBe(8 * 1024 ** 3);
    expect(config.products.length).toBeGreaterThan(30);
  });

  it('lets the environment name the data folder and the brokers', () => {
    const config = loadConfig(demo, { ENDCAP_DATA: '/tmp/elsewhere', KAFKA_BROKERS: 'a:9092, b:9092' });
    expect(config.dataDirectory).toBe('/tmp/elsewhere');
    expect(config.hq.brokers).toEqual(['a:9092', 'b:9092']);
  });

  it('names the line, the field and what was expected', () => {
    const path = storeFile((text) => text.replace('port: 8080', 'port: eighty'));
    const line =
      readFileSync(path, 'utf8')
        .split('\n')
        .findIndex((row) => row.includes('eighty')) + 1;
    expect(problemsOf(path)).toEqual([
      {
        file: path,
        line,
        field: '/http/port',
        expected: expect.stringContaining('must be a whole number, not "eighty"'),
      },
    ]);
  });

  it('reports every problem at once', () => {
    const path = storeFile((text) =>
      text.replace('port: 8080', 'port: eighty').replace('port: 1883', 'prot: 1883'),
    );
    expect(
      problemsOf(path)
        .map((problem) => problem.field)
        .sort(),
    ).toEqual(['/http/port', '/mqtt/prot']);
  });

  it('refuses a screen in a zone that does not exist, with its line', () => {
    const path = storeFile((text) =>
      text.replace(
        'id: screen-3, name: Screen 3, zone: beverages',
        'id: screen-3, name: Screen 3, zone: cellar',
      ),
    );
    const [problem] = problemsOf(path);
    expect(problem?.expected).toContain('"cellar"');
    expect(readFileSync(path, 'utf8').split('\n')[problem!.line! - 1]).toContain('screen-3');
  });

  it('refuses open access on an address that others can reach', () => {
    const path = storeFile((text) =>
      text.replace('auth: required', 'auth: open').replace('host: 127.0.0.1', 'host: 0.0.0.0'),
    );
    expect(problemsOf(path)[0]?.field).toBe('/auth');
  });

  it('says what is not YAML and where', () => {
    const path = storeFile((text) => text.replace('zones:', 'zones: [\n'));
    expect(problemsOf(path)[0]?.line).toBeGreaterThan(1);
  });
});

describe('announcing the configuration', () => {
  const config = loadConfig(demo, {});

  it('announces everything once, then nothing', () => {
    const first = announce(config, NOTHING_ANNOUNCED);
    expect(first.drafts.map((draft) => draft.type)).toContain('hq.policy');
    expect(announce(config, first.after).drafts).toEqual([]);
  });

  it('gives a changed campaign a new version and withdraws a removed one', () => {
    const first = announce(config, NOTHING_ANNOUNCED);
    const [kept, removed, ...others] = config.campaigns;
    const changed = { ...config, campaigns: [{ ...kept!, headline: 'Another headline' }, ...others] };
    const drafts = announce(changed, first.after).drafts;
    expect(drafts).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({ id: kept!.id, version: kept!.version + 1 }),
      }),
      expect.objectContaining({ data: expect.objectContaining({ id: removed!.id, withdrawn: true }) }),
    ]);
  });
});
