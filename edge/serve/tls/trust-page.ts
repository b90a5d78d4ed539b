/**
 * `/trust`: the root certificate for devices of staff, with its fingerprint and how to install it. Written here and not
 * with the other pages, because it must work before the browser trusts anything, on the plain port too, without a script.
 */
import { X509Certificate } from 'node:crypto';
import type { Express } from 'express';
import { languageCodes, languageOf, type Words } from '../../languages/index.js';
import { TRUST_STYLE } from './trust-style.js';

export const TRUST_PATH = '/trust';

export interface TrustPageDeps {
  readonly storeName: string;
  /** BCP 47; how a reader of the same language gets dates written. */
  readonly locale: string;
  /** Days are those of the store's own clock. */
  readonly timeZone: string;
  /** PEM of the root. */
  readonly root: string;
}

export interface TrustPage {
  /** `undefined` for a path that is none of its three. */
  answer(
    path: string,
    language: string | undefined,
  ): { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } | undefined;
}

export function createTrustPage(deps: TrustPageDeps): TrustPage {
  const x509 = new X509Certificate(deps.root);
  const pages = new Map(
    languageCodes().map((language) => [
      language,
      Buffer.from(htmlOf(language, languageOf(language).words.trust, { ...deps, x509 })),
    ]),
  );
  return {
    answer(path, language) {
      if (path === TRUST_PATH) {
        const chosen = chooseLanguage(language, [...pages.keys()]);
        return {
          headers: { ...headersOf('text/html; charset=utf-8'), vary: 'Accept-Language' },
          body: pages.get(chosen)!,
        };
      }
      if (path === `${TRUST_PATH}/root.crt`) {
        const headers = {
          ...headersOf('application/x-x509-ca-cert'),
          'content-disposition': 'attachment; filename="endcap-root.crt"',
        };
        return { headers, body: Buffer.from(deps.root) };
      }
      if (path === `${TRUST_PATH}/style.css`) {
        return { headers: headersOf('text/css; charset=utf-8'), body: Buffer.from(TRUST_STYLE) };
      }
      return undefined;
    },
  };
}

export function mountTrustPage(app: Express, page: TrustPage): void {
  app.get([TRUST_PATH, `${TRUST_PATH}/root.crt`, `${TRUST_PATH}/style.css`], (request, response) => {
    const answer = page.answer(request.path, request.headers['accept-language'])!;
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  });
}

const headersOf = (contentType: string): Readonly<Record<string, string>> => ({
  'content-type': contentType,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
});

/** The first wish that there is a page for; a browser sends its wishes in order. */
function chooseLanguage(wishes: string | undefined, known: readonly string[]): string {
  const wanted = (wishes ?? '').split(',').map((wish) => /^[a-z]+/i.exec(wish.trim())?.[0].toLowerCase());
  return wanted.find((language) => language !== undefined && known.includes(language)) ?? 'en';
}

function htmlOf(
  language: string,
  words: Words<'trust'>,
  store: Omit<TrustPageDeps, 'root'> & { readonly x509: X509Certificate },
): string {
  const { x509 } = store;
  const tag = store.locale.split('-')[0] === language ? store.locale : language;
  const day = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: store.timeZone });
  const until = day.format(Date.parse(x509.validTo));
  const steps = words.steps
    .map(({ system, how }) => `<dt>${escaped(system)}</dt><dd>${escaped(how)}</dd>`)
    .join('');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(words.title)} – ${escaped(store.storeName)}</title>
<link rel="stylesheet" href="${TRUST_PATH}/style.css">
</head>
<body>
<main>
<p class="store">${escaped(store.storeName)}</p>
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.lead)}</p>
<section class="check">
<p>${withCode(words.check)}</p>
<h2>${escaped(words.fingerprint)}</h2>
<p class="fingerprint">${x509.fingerprint256}</p>
<p>${escaped(words.until)} ${escaped(until)}</p>
<p><a class="download" href="${TRUST_PATH}/root.crt" download>${escaped(words.download)}</a></p>
</section>
<h2>${escaped(words.stepsTitle)}</h2>
<dl>${steps}</dl>
<h2>${escaped(words.careTitle)}</h2>
<p>${escaped(words.care)}</p>
</main>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);
/** Commands stand between backquotes in the words. */
const withCode = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
