import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Push from '../../edge/deliver/push/words.js';
import type * as Trust from '../../edge/serve/tls/trust-page.js';
import { makeRoot } from '../../edge/serve/tls/x509.js';
import { requireComponent } from '../support/components.js';
import { freePorts } from '../support/free-port.js';
import { until } from '../support/until.js';
import { inserted, type WalkStep, walkthroughOf } from '../support/walkthrough.js';
import { openBrowser } from '../ui/support/browser.js';
import { startFixtureStore } from '../ui/support/fixture-store.js';
import { shopperView } from '../ui/support/samples.js';

const NEEDED = [
  ...['edge', 'cloud-bridge', 'signage-ui', 'test', 'deploy'],
  ...['package.json', 'tsconfig.json', 'ARCHITECTURE.md'],
];
/** The file that the contributor's page adds for a language. */
const LANGUAGE = 'edge/languages/eo.ts';
const steps = walkthroughOf(readFileSync('CONTRIBUTING.md', 'utf8'));

/** What the contributor's page says is done to a copy, step by step, in its order. */
const chromium = await requireComponent('chromium');

describe('the contributing page', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'endcap-contributing-'));
    const tracked = execFileSync('git', [
      'ls-files',
      '-z',
      '--cached',
      '--others',
      '--exclude-standard',
      ...NEEDED,
    ]);
    for (const file of tracked.toString().split('\0').filter(Boolean))
      cpSync(file, join(copy, file), { recursive: true });
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const run = (command: string): void => {
    const [program = '', ...parameters] = command.split(' ');
    try {
      execFileSync(program, parameters, { cwd: copy, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${command}\n${stdout}\n${stderr}`);
    }
  };
  const take = (step: WalkStep): void => {
    if (step.kind === 'run') {
      run(step.command);
      return;
    }
    const path = join(copy, step.path);
    mkdirSync(dirname(path), { recursive: true });
    const text = step.kind === 'file' ? step.text : inserted(readFileSync(path, 'utf8'), step);
    writeFileSync(path, text);
  };

  it('shows a format, a rule, a page and a language', () => {
    const paths = steps.flatMap((step) => (step.kind === 'file' ? [step.path] : []));
    expect(paths.some((path) => path.startsWith('edge/ingest/adapters/'))).toBe(true);
    expect(paths.some((path) => path.startsWith('test/core/decide/'))).toBe(true);
    expect(paths.some((path) => path.startsWith('signage-ui/'))).toBe(true);
    // One file, and no line of any other.
    expect(
      steps.flatMap((step) => ('path' in step && step.path.includes('/eo.') ? [step.kind] : [])),
    ).toEqual(['file']);
    expect(steps.filter(({ kind }) => kind === 'run').length).toBeGreaterThanOrEqual(3);
  });

  it('leads to something that passes every check it names', () => {
    for (const step of steps) take(step);
  });

  it('control: the same format without its README fails the exam', () => {
    rmSync(join(copy, 'edge/ingest/adapters/gram-scale/README.md'));
    const exam = steps.find((step) => step.kind === 'run') as WalkStep & { kind: 'run' };
    expect(() => run(exam.command)).toThrow(/has a README/);
  });

  it('a word that the new language lacks is an error of the types', () => {
    const file = join(copy, LANGUAGE);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.replace('loud(english.message)', "{ code: 'Show', later: 'Later' }"));
    expect(() => run('npx tsc -p . --noEmit')).toThrow(/eo\.ts.*Property 'body' is missing/);
    writeFileSync(file, whole);
  });

  it('the store speaks the new language: messages to phones, and the page about its certificate', async () => {
    const built = (path: string) => import(/* @vite-ignore */ pathToFileURL(join(copy, 'dist', path)).href);
    const { wordsFor } = (await built('edge/deliver/push/words.js')) as typeof Push;
    expect(wordsFor('eo', 'en-IE')).toMatchObject({ lang: 'eo', tag: 'eo', words: { code: '[Show code]' } });
    const { createTrustPage } = (await built('edge/serve/tls/trust-page.js')) as typeof Trust;
    const validity = { notBefore: new Date(0), notAfter: new Date(Date.now() + 86_400_000) };
    const { certificate: root } = await makeRoot('Linden Grocer', validity);
    const page = createTrustPage({ storeName: 'Linden Grocer', locale: 'eo', timeZone: 'UTC', root }).answer(
      '/trust',
      'eo,en;q=0.5',
    );
    expect(page?.body.toString()).toContain('<h1>[Trust this store]</h1>');
  });

  it.skipIf(!chromium.ready)('and its pages do: logging in, and what a shopper sees', async () => {
    const store = await startFixtureStore(0, join(copy, 'dist/signage-ui'));
    const browser = await openBrowser();
    try {
      store.say('/shopper', 'view', shopperView(Date.now(), { locale: 'eo' }));
      const page = await browser.newPage({ locale: 'eo' });
      await page.goto(`${store.url}/login`);
      await page.waitForSelector('h1:has-text("[Log in]")');
      await page.goto(`${store.url}/me`);
      await page.waitForSelector('nav:has-text("[Near you]")');
    } finally {
      await browser.close();
      await store.close();
    }
  });

  it.skipIf(!chromium.ready)('has a store that feeds the pages, and shows a saved page at once', async () => {
    const [http, mqtt, pages] = await freePorts(3);
    const config = join(copy, 'deploy/demo/store.yaml');
    const yaml = readFileSync(config, 'utf8')
      .replace('port: 8080', `port: ${http}`)
      .replace('port: 1883', `port: ${mqtt}`);
    writeFileSync(config, yaml);
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'signage-ui/dev.ts', '--data', join(copy, 'data')],
      {
        cwd: copy,
        env: { ...process.env, ENDCAP_DEV_STORE: `http://127.0.0.1:${http}`, ENDCAP_DEV_PORT: String(pages) },
        stdio: 'pipe',
      },
    );
    const ended = new Promise((done) => child.once('exit', done));
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    let browser: Browser | undefined;
    try {
      const url = `http://127.0.0.1:${pages}`;
      const isUp = async () =>
        /token=\S+/.test(said) && (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
      await until(isUp, {
        withinMs: 60_000,
        what: 'npm run dev',
        giveUp: () => (child.exitCode === null ? undefined : said),
      });
      browser = await openBrowser();
      const page = await (await browser.newContext()).newPage();
      await page.goto(/http\S+\?token=\S+/.exec(said)?.[0] ?? '');
      await page.goto(`${url}/`);
      await page.waitForSelector('.story', { timeout: 60_000 });
      await page.goto(`${url}/door`);
      await page.waitForSelector('.door:has-text("Welcome")');
      const entry = join(copy, 'signage-ui/door/main.tsx');
      writeFileSync(entry, readFileSync(entry, 'utf8').replace('Welcome', 'Come in'));
      await page.waitForSelector('.door:has-text("Come in")', { timeout: 15_000 });
    } finally {
      await browser?.close();
      child.kill('SIGTERM');
      await ended;
    }
    // Its store has sealed its state and is gone, too: nothing goes on behind the back of who stopped it.
    const open = readdirSync(join(copy, 'data/journal')).filter((name) => name.endsWith('-wal'));
    expect(open).toEqual([]);
  });
});
