/**
 * The built pages. The folder is walked once and only what was found then is served, so that no path, however it is
 * written, reaches a file outside: there is no path to join, only a list to look in.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

export interface Asset {
  readonly body: Buffer;
  readonly contentType: string;
  /** Files with a hash in their name never change. */
  readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const ASSET_BYTES_MAX = 16 * 1024 * 1024;
const HASHED_NAME = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** Path below the root (`/assets/x.js`) → file. Symbolic links that lead outside, dot files and unknown types are left out. */
export function loadAssets(root: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  let real: string;
  try {
    real = realpathSync(root);
  } catch {
    return assets; // not built: the API works without its pages
  }
  for (const entry of readdirSync(real, { recursive: true, encoding: 'utf8' })) {
    const contentType = TYPES[extname(entry)];
    if (contentType === undefined || entry.split(sep).some((part) => part.startsWith('.'))) continue;
    const file = realpathSync(join(real, entry));
    if (relative(real, file).startsWith('..')) continue;
    const { size } = statSync(file);
    if (size > ASSET_BYTES_MAX) continue;
    const path = `/${entry.split(sep).join('/')}`;
    assets.set(path, { body: readFileSync(file), contentType, immutable: HASHED_NAME.test(entry) });
  }
  return assets;
}
