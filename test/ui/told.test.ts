import { describe, expect, it } from 'vitest';
import {
  ALARM_CODES,
  AUDIT_ACTIONS,
  AUDIT_FINDINGS,
  CLOCK_DOUBTS,
  GAP_REASONS,
  inEnglish,
  LINK_CODES,
  REFUSALS,
  type RuleCheck,
  SAID,
  SILENCES,
  said,
} from '../../edge/contracts/index.js';
import { languageCodes, languageOf } from '../../edge/languages/index.js';
import {
  alarmWords,
  doubtWords,
  noteWords,
  refusalWords,
  saidWords,
  toldFor,
} from '../../signage-ui/shared/messages/told.js';

const GERMANY = { locale: 'de-DE', timeZone: 'Europe/Berlin', currency: 'EUR' };
const AT = '2026-06-18T13:03:27Z';
/** What pages say themselves, besides what the store refuses. */
const OWN = ['NoAnswer', 'Unknown'];
/** Hours of the day are put together from words of their own. */
const WINDOWS = ['from', 'until', 'window'];

describe.each(languageCodes())('what the store tells, in %s', (language) => {
  const { told, desk } = languageOf(language).words;
  const names = (table: object): string[] => Object.keys(table).sort();

  it('has words for every code of the contracts, and for no other', () => {
    expect(names(told.refusals)).toEqual([...names(REFUSALS), ...OWN].sort());
    expect(names(told.alarms)).toEqual([...ALARM_CODES].sort());
    expect(names(told.link)).toEqual([...LINK_CODES].sort());
    expect(names(told.doubts)).toEqual([...CLOCK_DOUBTS].sort());
    expect(names(told.gaps)).toEqual([...GAP_REASONS].sort());
    expect(names(told.actions)).toEqual([...AUDIT_ACTIONS].sort());
    expect(names(told.findings)).toEqual([...AUDIT_FINDINGS].sort());
    expect(names(told.silences)).toEqual([...SILENCES].sort());
    const codes = names(SAID).filter((code) => code !== 'when');
    expect(names(told.said)).toEqual([...codes, ...WINDOWS].sort());
  });

  it('says what to do about every alarm', () => {
    const { cures } = desk.health;
    expect(ALARM_CODES.filter((code) => !Object.hasOwn(cures, code))).toEqual([]);
  });
});

describe('in German', () => {
  it('a refusal is told by its code and its field, never in the English of the store', () => {
    const refused = { reason: 'SchemaMismatch', field: '/name', detail: 'expected a string' };
    expect(refusalWords(toldFor('de'), refused)).toBe('Ein Feld passt nicht zum Schema (/name)');
    expect(refusalWords(toldFor('en'), refused)).toBe('expected a string');
    const later = { reason: 'OfALaterVersion', detail: 'something else' };
    expect(refusalWords(toldFor('de'), later)).toBe('something else');
  });

  it('numbers, days and times are those of the place', () => {
    const alarm = { text: 'English', since: AT } as const;
    expect(alarmWords({ ...alarm, code: 'JournalLoss', facts: { amount: 12_000 } }, GERMANY)).toContain(
      '12.000',
    );
    const push = { service: 'push.example', since: AT };
    expect(alarmWords({ ...alarm, code: 'PushUnreachable', facts: push }, GERMANY)).toMatch(
      /^Seit 18\. Juni 15:03/,
    );
    expect(doubtWords({ code: 'Behind', figure: 30 }, GERMANY)).toContain('30 min');
    expect(noteWords(`ByLink; NotedLate ${AT}; kim said so`, GERMANY)).toMatch(
      /^über einen Link oder ein Token; geschehen 18\. Juni 15:03.*; kim said so$/,
    );
  });

  it('what a rule saw is told by its code, hours of the day included', () => {
    const wants = said('when', '', AT, '11:00', '20:00');
    expect(inEnglish(wants)).toBe(`11:00 to 20:00, until ${AT}`);
    expect(saidWords(wants, GERMANY)).toMatch(/^11:00 bis 20:00, bis 18\. Juni 15:03/);
    expect(saidWords(said('madeToday', 2, 2), GERMANY)).toBe('2 von 2 Angeboten heute');
    expect(saidWords(said('given', '2026-05-14'), GERMANY)).toBe('erteilt am 14. Mai');
    const later: RuleCheck['saw'] = { say: 'ofALaterVersion' };
    expect(saidWords(later, GERMANY)).toBeUndefined();
  });
});
