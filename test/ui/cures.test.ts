import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { languageCodes, languageOf } from '../../edge/languages/index.js';

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesUnder(path);
    return path.endsWith('.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

/** Every alarm that the store can raise, as its sources name it: in place, or by a constant of the same file. */
function alarmsRaised(): string[] {
  const found = sourcesUnder('edge').flatMap((text) => {
    const constants = new Map(
      [...text.matchAll(/const ([A-Z]+) = '([A-Z][A-Za-z]+)'/g)].map(([, name = '', code = '']) => [
        name,
        code,
      ]),
    );
    const raised = [...text.matchAll(/\braise\(\s*(?:state,\s*)?(?:'([\w-]+)'|([A-Z]+)\b)/g)];
    const listed = [...text.matchAll(/\bcode: '([A-Z][A-Za-z]+)', text\b|\btroubles\.set\(\s*'(\w+)'/g)];
    return [
      ...raised.map(([, code, name = '']) => code ?? constants.get(name) ?? ''),
      ...listed.map(([, code, other]) => code ?? other ?? ''),
    ];
  });
  return [...new Set(found.filter((code) => code !== ''))].sort();
}

it('Health says what to do about every alarm, in each language', () => {
  const alarms = alarmsRaised();
  expect(alarms).toEqual(expect.arrayContaining(['AuditWaits', 'CertificateEnding', 'ClockUntrusted']));
  for (const language of languageCodes()) {
    const { health } = languageOf(language).words.desk;
    expect(
      alarms.filter((code) => !Object.hasOwn(health.cures, code)),
      language,
    ).toEqual([]);
  }
});
