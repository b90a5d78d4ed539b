import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machineAccount } from '../../edge/app/machine-account.js';
import { type App, createApp } from '../../edge/app.js';
import { type Config, loadConfig } from '../../edge/config/load.js';
import type { Campaign, StoreStatus } from '../../edge/contracts/index.js';
import { createJournal } from '../../edge/store/journal.js';

const ID = 'favourite-drink';
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'endcap-campaigns-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Start the store with its campaign file changed, look at what rules, stop. */
async function startWith<T>(change: (campaign: Campaign) => Campaign | undefined, look: (app: App) => T) {
  const demo = loadConfig(resolve('deploy/demo/store.yaml'), { ENDCAP_DATA: directory });
  const config: Config = {
    ...demo,
    campaigns: demo.campaigns.flatMap((campaign) =>
      campaign.id === ID ? (change(campaign) ?? []) : campaign,
    ),
    http: { host: '127.0.0.1', port: 0 },
    mqtt: { host: '127.0.0.1', port: 0 },
  };
  const app = await createApp({
    config,
    logLevel: 'fatal',
    version: 'test',
    simulated: false,
    onFailure: (error) => {
      throw error;
    },
  });
  try {
    return await look(app);
  } finally {
    await app.close();
  }
}

const ruling = (app: App) => app.engine.views.campaigns().get(ID);
const named = (name: string) => (campaign: Campaign) => ({ ...campaign, name });

async function alarmsOf(app: App): Promise<readonly string[]> {
  const token = app.auth.issue({ role: 'admin', subject: 'test' });
  const answer = await fetch(`${app.url}/v1/status`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as StoreStatus).alarms
    .filter(({ code }) => code === 'CampaignVersion')
    .map(({ text }) => text);
}

describe('a campaign file that was changed', () => {
  it('rules, and staff are told where to write which version', async () => {
    expect(await startWith(named('First'), alarmsOf)).toEqual([]);
    const alarms = await startWith(named('Second'), async (app) => {
      expect(ruling(app)).toMatchObject({ name: 'Second', version: 2 });
      return alarmsOf(app);
    });
    expect(alarms).toEqual([expect.stringMatching(/campaigns\.yaml:5: .*write version: 2\.$/)]);
    const cured = (campaign: Campaign) => ({ ...campaign, name: 'Second', version: 2 });
    expect(await startWith(cured, alarmsOf)).toEqual([]);
  });

  it('is answered for by the account that started the store, and never by a file', async () => {
    const entries = async (app: App) => {
      const token = app.auth.issue({ role: 'admin', subject: 'test' });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${app.url}/v1/audit?action=config.change`, { headers });
      return ((await answer.json()) as { entries: readonly Record<string, string>[] }).entries;
    };
    expect(await startWith(named('First'), entries)).toEqual([]);
    const [entry, ...others] = await startWith(named('Second'), entries);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ by: machineAccount(), role: 'admin' });
    expect(entry?.['detail']).toMatch(/^Changed campaign; FileChanged \d{4}-\d\d-\d\dT.*Z$/);
    const asks = () => ({ username: 'endcap', uid: 990 });
    expect(machineAccount({ SUDO_USER: 'maeve' }, asks)).toBe('maeve');
    expect(machineAccount({}, asks)).toBe('endcap');
    const nameless = () => {
      throw new Error('no such user');
    };
    expect(machineAccount({}, nameless)).toMatch(/^uid \d+$/);
  });

  it('rules also where the store was killed before it had noted what it announced', async () => {
    const readMark = async (write?: string): Promise<string> => {
      const journal = await createJournal({
        directory: join(directory, 'journal'),
        nowMs: () => Date.now(),
        inProcess: true,
      });
      const mark = journal.marks().get('config/announced') ?? '';
      if (write !== undefined) await journal.mark('config/announced', write);
      await journal.close();
      return mark;
    };
    await startWith(named('First'), ruling);
    const before = await readMark();
    await startWith(named('Second'), ruling);
    await readMark(before);
    expect(await startWith(named('Third'), ruling)).toMatchObject({ name: 'Third', version: 3 });
  });

  it('brings back a campaign that was taken out of it', async () => {
    await startWith(named('First'), ruling);
    expect(await startWith(() => undefined, ruling)).toMatchObject({ withdrawn: true });
    const back = await startWith(named('First'), ruling);
    expect(back).toMatchObject({ name: 'First' });
    expect(back?.withdrawn).toBeUndefined();
  });
});
