import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverEvents } from '../../edge/cli/server-events.js';
import { startTestStore, type TestStore } from './support.js';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.remove());

const copies = (): string[] => {
  const folder = join(store.config.dataDirectory, 'backups');
  return existsSync(folder) ? readdirSync(folder) : [];
};

async function ask(token: string): Promise<{ answer: Response; leave(): void }> {
  const caller = new AbortController();
  const answer = await fetch(`${store.url}/v1/backups/stream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: caller.signal,
  });
  return { answer, leave: () => caller.abort() };
}

it('a copy stays for as long as its caller, and no longer', async () => {
  const { answer, leave } = await ask(store.token('admin'));
  const seen: string[] = [];
  const events = serverEvents(answer);
  for (;;) {
    const { value } = await events.next();
    seen.push(value!.event);
    if (value!.event !== 'done') continue;
    const { folder, offset } = JSON.parse(value!.data) as { folder: string; offset: number };
    expect(offset).toBeGreaterThan(0);
    expect(readdirSync(folder)).toContain('restored');
    break;
  }
  expect(seen[0]).toBe('progress');
  expect(copies()).toHaveLength(1);
  // What is lent is none of the copies that the staff page lists.
  const { body } = await store.call('/v1/health', { token: store.token('admin') });
  expect(body.backups).toEqual([]);
  leave();
  await expect.poll(copies).toEqual([]);
});

it('a caller who leaves at once leaves nothing', async () => {
  const { leave } = await ask(store.token('admin'));
  leave();
  await expect.poll(copies).toEqual([]);
});

it('a token that is taken back ends it', async () => {
  const token = store.token('admin', 'short-lived');
  const { answer } = await ask(token);
  await store.call('/v1/tokens/admin/short-lived', { method: 'DELETE', token: store.token('admin') });
  for await (const _ of serverEvents(answer));
  await expect.poll(copies).toEqual([]);
});
