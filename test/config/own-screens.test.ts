import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../edge/config/load.js';
import { readOwnScreens, withOwnScreens, writeOwnScreens } from '../../edge/config/own-screens.js';
import { playlistProblems } from '../../edge/config/playlist-checks.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'endcap-screens-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = () => loadConfig(resolve('deploy/demo/store.yaml'), { ENDCAP_DATA: folder });
const NEW = { id: 'screen-8', name: 'By the fridge', zone: 'beverages', orientation: 'portrait' as const };

describe('screens that were made at the store', () => {
  it('are kept beside store.yaml, for the store alone to read', () => {
    const file = join(folder, 'screens.json');
    const damaged: string[] = [];
    expect(readOwnScreens(file, (why) => damaged.push(why))).toEqual([]);
    writeOwnScreens(file, [NEW]);
    expect(readOwnScreens(file, (why) => damaged.push(why))).toEqual([NEW]);
    expect(damaged).toEqual([]);
    for (const text of ['{"screens":', '{"screens":[{"id":7}]}', '[]', 'null']) {
      writeFileSync(file, text);
      expect(readOwnScreens(file, (why) => damaged.push(why))).toEqual([]);
    }
    expect(damaged).toHaveLength(4);
  });

  it('go before those of store.yaml, and stand nowhere once their zone is gone', () => {
    const { policy } = demo();
    const renamed = { ...policy.screens[0]!, name: 'The door' };
    const merged = withOwnScreens(policy, [renamed, NEW, { ...NEW, id: 'screen-9', zone: 'cellar' }]);
    expect(merged.screens[0]!.name).toBe('The door');
    expect(merged.screens.slice(policy.screens.length).map(({ id }) => id)).toEqual(['screen-8']);
    expect(withOwnScreens(policy, [])).toEqual(policy);
  });
});

describe('a playlist in store.yaml', () => {
  it('is refused with its place where it could never show anything', () => {
    const screens = [{ ...NEW, playlist: [{ show: 'offer' as const }, { show: 'media' as const }] }];
    expect(playlistProblems(screens, [])).toEqual([
      { field: '/screens/0/playlist/1', text: 'shows media, but names no file under `media`' },
    ]);
    const creative = { show: 'media' as const, media: `${'a'.repeat(64)}.png`, campaign: 'gone' };
    expect(playlistProblems([{ ...NEW, playlist: [creative] }], [{ id: 'here' }])[0]!.field).toBe(
      '/screens/0/playlist/0/campaign',
    );
    expect(playlistProblems([{ ...NEW, playlist: [creative] }], [{ id: 'gone' }])).toEqual([]);
  });

  it('comes through the file as it is written, and its mistakes are told by line', () => {
    const yaml = readFileSync(resolve('deploy/demo/store.yaml'), 'utf8');
    const place = yaml.indexOf('\nscreens:\n');
    expect(place).toBeGreaterThan(0);
    const write = (playlist: string): string => {
      const file = join(folder, 'store.yaml');
      const screen = `  - { id: door, zone: entrance, awake: [{ from: "07:00", until: "22:00" }], playlist: ${playlist} }\n`;
      const plain = yaml.replace(/^(products|campaigns): .*$/gm, '');
      writeFileSync(file, plain.replace('\nscreens:\n', `\nscreens:\n${screen}`));
      return file;
    };
    const good = loadConfig(write('[{ show: offer, seconds: 8 }, { show: house, headline: Hello }]'), {});
    expect(good.policy.screens[0]).toMatchObject({
      playlist: [{ show: 'offer', seconds: 8 }, { show: 'house' }],
    });
    for (const bad of ['[{ show: media }]', '[{ show: advert }]', '[{ show: house, seconds: 1 }]', '[]']) {
      expect(() => loadConfig(write(bad), {})).toThrow(/screens/);
    }
  });
});
