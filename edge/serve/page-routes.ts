/** The pages: `/` staff, `/screen/:id` a screen, `/me` the shopper. A link's token is traded for a cookie here. */
import type { Express, Request, RequestHandler, Response } from 'express';
import { type Asset, loadAssets } from './assets.js';
import { ID_PATTERN } from './auth/acl.js';
import type { StoreAuth } from './auth/auth.js';
import { isStaff } from './auth/staff-roles.js';
import { sessionCookie } from './cookies.js';
import type { Authenticator } from './guards.js';
import { addressOf } from './mount.js';
import { sendInPieces } from './pieces.js';
import { sendRefusal } from './problem.js';
import type { Speaker } from './speakers.js';

export interface PageDeps {
  readonly auth: StoreAuth;
  readonly authenticator: Authenticator;
  readonly pagesFolder: string;
}

const HASHED_MAX_AGE_S = 365 * 24 * 3_600;

export function mountPages(app: Express, deps: PageDeps): void {
  const assets = loadAssets(deps.pagesFolder);
  const page =
    (name: string): RequestHandler =>
    (_request, response) => {
      const asset = assets.get(name);
      if (asset === undefined) sayNotBuilt(response);
      else sendAsset(response, asset);
    };
  const enter = tradeToken(deps);
  const known = askToLogIn(deps, assets.has('/login.html'));
  app.get('/', enter, known, page('/staff.html'));
  app.get('/journal', known, page('/staff.html'));
  app.get('/login', page('/login.html'));
  app.get('/me', enter, page('/shopper.html'));
  app.get('/screen', playerPolicy, page('/player.html'));
  app.get('/screen/:id', enter, adoptScreen(deps), playerPolicy, page('/player.html'));
  app.get(/.*/, (request, response, next) => {
    const asset = assets.get(request.path);
    if (asset === undefined) next();
    else sendAsset(response, asset);
  });
}

/**
 * A player keeps its pictures and films in the browser's own storage, for the days without the store, and draws them
 * from there: a `blob:` that its own script made. Scripts and styles stay as strict as everywhere.
 */
const playerPolicy: RequestHandler = (_request, response, next) => {
  const strict = String(response.getHeader('content-security-policy') ?? '');
  if (strict !== '') {
    response.setHeader('content-security-policy', `${strict};img-src 'self' blob:;media-src 'self' blob:`);
  }
  next();
};

/** A fresh clone has no pages yet: whoever opens one reads what to run instead of looking for a wrong address. */
function sayNotBuilt(response: Response): void {
  response.status(503).setHeader('cache-control', 'no-store');
  response
    .type('text/plain; charset=utf-8')
    .send('The pages of this store are not built. Run `npm run build` in its folder, then start it again.\n');
}

function sendAsset(response: Response, asset: Asset): void {
  const cache = asset.immutable ? `public, max-age=${HASHED_MAX_AGE_S}, immutable` : 'no-cache';
  response.setHeader('cache-control', cache);
  response.type(asset.contentType).setHeader('content-length', asset.body.length);
  if (response.req.method === 'HEAD') response.end();
  else sendInPieces(response, asset.body);
}

/** `?token=` → session cookie → the same page without the token in its address. Only a real visit uses it up. */
function tradeToken(deps: PageDeps): RequestHandler {
  return async (request, response, next) => {
    const { token } = request.query;
    if (typeof token !== 'string' || request.method !== 'GET') return next();
    const session = deps.auth.exchange(token);
    if (session === undefined) {
      const refusal = await deps.authenticator.wrong(addressOf(request));
      // A link that was used up is no reason to keep out somebody who is logged in already.
      if (refusal.reason === 'TooManyRequests') return sendRefusal(response, refusal, request.path);
    } else {
      response.append('set-cookie', sessionCookie(session));
    }
    response.setHeader('cache-control', 'no-store');
    response.redirect(303, request.path);
  };
}

/** Whoever has no session of the staff logs in first; a page that would only say so helps nobody. */
function askToLogIn(deps: PageDeps, hasPage: boolean): RequestHandler {
  return async (request, response, next) => {
    const asking = await deps.authenticator.ask(request.headers, addressOf(request), request.socket);
    const isKnown = 'speakers' in asking && asking.speakers.some(({ principal }) => isStaff(principal.role));
    if (isKnown || !hasPage) return next();
    response.setHeader('cache-control', 'no-store');
    response.redirect(303, '/login');
  };
}

/** A manager who opens a screen's address makes that browser the screen. Others only look, and prove no plays. */
function adoptScreen(deps: PageDeps): RequestHandler {
  return async (request: Request, response, next) => {
    const screen = request.params['id'];
    if (typeof screen !== 'string' || !ID_PATTERN.test(screen) || request.method !== 'GET') return next();
    const asking = await deps.authenticator.ask(request.headers, addressOf(request));
    if (!('reason' in asking) && mayAdopt(asking.speakers, screen)) {
      const token = deps.auth.issue({ role: 'screen', subject: screen }, { singleUse: true, expiresInS: 60 });
      const session = deps.auth.exchange(token);
      if (session !== undefined) response.append('set-cookie', sessionCookie(session));
    }
    next();
  };
}

function mayAdopt(speakers: readonly Speaker[], screen: string): boolean {
  const isIt = speakers.some(({ principal: { role, subject } }) => role === 'screen' && subject === screen);
  return !isIt && speakers.some(({ principal: { role } }) => role === 'admin' || role === 'store-manager');
}
