import { join } from 'node:path';
import type { Config } from '../config/load.js';
import { inspectVault } from '../ingest/vault-inspect.js';
import type { Finding } from './finding.js';

/** The vault: whether its key is there, and whether tags and loyalty ids still lead to somebody. */
export function vaultFindings(config: Config): Finding[] {
  const folder = join(config.dataDirectory, 'vault');
  const facts = inspectVault(folder);
  if (facts === undefined) return [];
  const { people, links, deadLinks, key } = facts;
  const what = 'Vault';
  const seen = `${people} shoppers, ${links} tags and loyalty ids`;
  if (key === 'good' && deadLinks === 0) return [{ what, seen }];
  const file = join(folder, 'vault.key');
  if (links === 0) return [{ what, seen: `${seen}; ${file} will be made at the next start` }];
  if (key === 'good') {
    return [
      {
        what,
        seen: `${seen}, of which ${deadLinks} lead to nobody: the key they were linked with is gone`,
        cure: `Put a copy of the old ${file} back and start anew, or link them again.`,
      },
    ];
  }
  return [
    {
      what,
      seen: `${seen}, but ${file} is ${key}`,
      cure: 'Put a copy of it back before the next start. Without one they have to be linked again.',
    },
  ];
}
