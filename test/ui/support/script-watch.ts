import type { Browser, BrowserContext, Page } from 'playwright-core';

/**
 * What is changed about the pages of a run: `no-policy` lifts the content security policy, so that nothing but the
 * page itself stands between a text and its running; `texts-as-html` is the page that writes texts as HTML.
 */
export type ScriptSetting = 'no-policy' | 'texts-as-html';

export interface WatchedPage {
  readonly page: Page;
  /** Numbers of the payloads that ran. */
  ran(): Promise<readonly number[]>;
  /** What the content security policy had to stop, and requests that would have left the store. */
  tried(): Promise<readonly string[]>;
  /** Elements that only a text can have brought: no page makes any of them. */
  strangers(): Promise<readonly string[]>;
  /** Those of the texts that are to be read on the page, in words, a value or an attribute. */
  shown(texts: readonly string[]): Promise<readonly string[]>;
  /** Resolves once all of them are; rejects with those that did not come. */
  drawn(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const DRAWN_MS = 10_000;
/** Each look reads the whole page, which has itself to draw meanwhile. */
const LOOK_EVERY_MS = 50;
const WATCH = `
  window.ran = []; window.tried = [];
  window.hit = (number) => { window.ran.push(number); return ''; };
  addEventListener('securitypolicyviolation', (event) =>
    window.tried.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
`;
/** One setting of the control: the node of a text is what the text says as HTML. */
const TEXTS_AS_HTML = `
  const written = (text) => { const holder = document.createElement('span'); holder.innerHTML = text; return holder; };
  document.createTextNode = (text) => {
    const node = written(String(text));
    Object.defineProperty(node, 'data', { set: (next) => { node.innerHTML = String(next); } });
    return node;
  };
`;
const STRANGERS = `
  const tags = 'iframe,object,embed,base,marquee,math,image,listing,xmp,plaintext,template,audio,body script,form[action],' +
    'svg animate,svg set,svg foreignObject,svg script,meta[http-equiv],img[src="x"],#page style,#page link';
  [...document.querySelectorAll('*')].filter((element) =>
    element.matches(tags) ||
    [...element.attributes].some(({ name, value }) =>
      name.startsWith('on') || (/^(href|src|action|formaction|data|xlink:href)$/.test(name) &&
        /^[\\s\\u0000-\\u001f]*(javascript|vbscript|data:text)/i.test(value))))
    .map((element) => element.outerHTML.slice(0, 120));
`;
/** Everything that is to be read, with each stretch of white as one space: browsers change ends of lines. */
const READ = `
  window.read = () => [document.documentElement.textContent,
   ...[...document.querySelectorAll('*')].flatMap((element) =>
     [element.value, ...[...element.attributes].map(({ value }) => value)])]
   .filter((text) => typeof text === 'string').join('\\n').replaceAll(/\\s+/g, ' ');
`;
/** Looks until all are there or the time is over; asked from outside, which no policy of the page stops. */
const MISSING = `
  window.missing = (texts) => new Promise((done) => {
    const from = performance.now();
    const look = () => {
      const read = window.read();
      const missing = texts.filter((text) => !read.includes(text));
      if (missing.length === 0 || performance.now() - from > ${DRAWN_MS}) done(missing);
      else setTimeout(look, ${LOOK_EVERY_MS});
    };
    look();
  });
`;
const even = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Opens pages that notice when a text runs. */
export async function openWatched(
  browser: Browser,
  options: {
    readonly settings?: readonly ScriptSetting[];
    readonly size?: { width: number; height: number };
    readonly own: string;
  },
): Promise<WatchedPage> {
  const settings = options.settings ?? [];
  const context: BrowserContext = await browser.newContext({
    bypassCSP: settings.includes('no-policy'),
    ignoreHTTPSErrors: true,
    viewport: options.size ?? { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    locale: 'en-IE',
    timezoneId: 'Europe/Dublin',
    serviceWorkers: 'block',
  });
  await context.addInitScript(WATCH + READ + MISSING);
  if (settings.includes('texts-as-html')) await context.addInitScript(TEXTS_AS_HTML);
  const page = await context.newPage();
  const left: string[] = [];
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:' && origin !== options.own) left.push(request.url());
  });
  return {
    page,
    ran: async () => [...new Set((await page.evaluate('window.ran')) as number[])],
    tried: async () => [...((await page.evaluate('window.tried')) as string[]), ...left],
    strangers: async () => (await page.evaluate(STRANGERS)) as string[],
    shown: async (texts) => {
      const read = (await page.evaluate('window.read()')) as string;
      return texts.filter((text) => read.includes(even(text)));
    },
    drawn: async (texts) => {
      const missing = await page.evaluate(`window.missing(${JSON.stringify(texts.map(even))})`);
      if ((missing as string[]).length > 0) throw new Error(`not on the page: ${JSON.stringify(missing)}`);
    },
    close: () => context.close(),
  };
}
