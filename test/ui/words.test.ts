import { describe, expect, it } from 'vitest';
import type { PromoDecision } from '../../edge/contracts/index.js';
import { REASONS } from '../../edge/contracts/index.js';
import { languageCodes, languageOf } from '../../edge/languages/index.js';
import { artFor } from '../../signage-ui/shared/art/choose.js';
import {
  clockTime,
  exactParts,
  exactTime,
  hourMinute,
  money,
  percentOff,
  priceParts,
  share,
  storeParts,
  timeOfDay,
} from '../../signage-ui/shared/format.js';
import { lengthInWords, messagesFor } from '../../signage-ui/shared/messages/index.js';
import { digitGroups, zoneWords } from '../../signage-ui/shopper/words.js';
import { productName, traceOf } from '../../signage-ui/staff/journal/trace.js';
import { onTheFloor, zoneAt } from '../../signage-ui/staff/now/geometry.js';
import { heatBands, heatScale, staysOf } from '../../signage-ui/staff/now/heat.js';
import { stepWords, storyTitle, type Telling } from '../../signage-ui/staff/now/story-words.js';
import { CANDIDATES, decision } from './support/journal-samples.js';
import { demoPolicy } from './support/samples.js';
import { stories } from './support/staff-samples.js';

const en = messagesFor('en');
const DUBLIN = { locale: 'en-IE', timeZone: 'Europe/Dublin', currency: 'EUR' };
const NOW = Date.parse('2026-06-18T13:03:27Z');

describe('money and time', () => {
  it('are written as the place writes them', () => {
    expect(money(179, DUBLIN)).toBe('€1.79');
    expect(money(179, { locale: 'de-DE', currency: 'EUR' })).toBe('1,79\u00a0€');
    expect(money(179, { locale: 'ja-JP', currency: 'JPY' })).toBe('￥179');
    expect(clockTime(NOW, DUBLIN)).toBe('14:03:27');
    expect(hourMinute('2026-11-23T00:05:00Z', DUBLIN)).toBe('00:05');
    expect(percentOff(10, 'en-IE')).toBe('\u221210%');
  });

  /** Which space stands there, and marks of direction, differ between versions of the same locale. */
  const plain = (text: string): string => text.replace(/\s/g, ' ').replace(/[\u200e\u200f\u061c]/g, '');

  it.each([
    ['en-US', '2:03 PM', '02:03:27 PM', '02:03:27.418 PM', '8:00 AM', '\u221212.5%', '43%'],
    ['en-GB', '14:03', '14:03:27', '14:03:27.418', '08:00', '\u221212.5%', '43%'],
    ['de-DE', '14:03', '14:03:27', '14:03:27,418', '08:00', '\u221212,5 %', '43 %'],
    ['ar-AE', '2:03 م', '02:03:27 م', '02:03:27.418 م', '8:00 ص', '\u221212.5%', '43%'],
    ['ar-EG-u-nu-latn', '2:03 م', '02:03:27 م', '02:03:27.418 م', '8:00 ص', '\u221212.5%', '43%'],
  ])('are written as in %s', (locale, hour, clock, exact, opens, off, part) => {
    const place = { ...DUBLIN, locale };
    const at = NOW + 418;
    expect([hourMinute, clockTime, exactTime].map((write) => plain(write(at, place)))).toEqual([
      hour,
      clock,
      exact,
    ]);
    expect([timeOfDay('08:00', locale), percentOff(12.5, locale), share(0.43, locale)].map(plain)).toEqual([
      opens,
      off,
      part,
    ]);
    const [until, thousandths, rest] = exactParts(at, place);
    expect(plain(until + rest)).toBe(clock);
    expect(thousandths).toMatch(/^[.,]418$/);
  });

  it('take as many figures at each hour where they stand in a column, and take digits of their own where no locale asks for others', () => {
    for (const locale of ['en-US', 'en-GB', 'de-DE', 'ar-AE', 'ar-EG']) {
      const lengths = Array.from(
        { length: 24 },
        (_, hour) => clockTime(NOW + hour * 3_600_000, { ...DUBLIN, locale }).length,
      );
      expect(new Set(lengths).size, locale).toBe(1);
    }
    expect(hourMinute(NOW, { ...DUBLIN, locale: 'ar-EG' })).toContain('٢:٠٣');
  });

  it('cut the milliseconds out also where the figure after them is the same', () => {
    for (const milliseconds of [0, 7, 277, 999]) {
      for (const locale of ['en-US', 'de-DE', 'en-IE', 'ar-EG']) {
        const place = { ...DUBLIN, locale };
        const [until, thousandths, rest] = exactParts(NOW + milliseconds, place);
        expect(until + rest).toBe(clockTime(NOW + milliseconds, place));
        expect(until + thousandths + rest).toBe(exactTime(NOW + milliseconds, place));
      }
    }
  });

  it('put the symbol where the language puts it', () => {
    expect(priceParts(279, DUBLIN).map(({ kind }) => kind)).toEqual(['symbol', 'digits']);
    expect(priceParts(279, { locale: 'de-DE', currency: 'EUR' }).map(({ kind }) => kind)).toEqual([
      'digits',
      'symbol',
    ]);
  });

  it('survive a wrong locale, zone, currency or instant', () => {
    expect(money(179, { locale: 'not a locale', currency: 'EUR' })).toContain('1.79');
    expect(money(179, { locale: 'en', currency: 'nonsense' })).toContain('1.79');
    expect(clockTime(NOW, { locale: 'en-IE', timeZone: 'Mars/Olympus' })).toBe('13:03:27');
    expect(hourMinute('never', DUBLIN)).toBe('–');
  });
});

describe('languages', () => {
  it.each(languageCodes())('know a sentence for each reason of the core: %s', (code) => {
    const { staff, rights } = languageOf(code).words.pages;
    expect(Object.keys(staff.reasons).sort()).toEqual(Object.keys(REASONS).sort());
    expect(Object.keys(rights.mine.reasons).sort()).toEqual(Object.keys(REASONS).sort());
  });

  it('tell lengths of time with units', () => {
    expect(lengthInWords(8_000, en)).toBe('8 s');
    expect(lengthInWords(7_800_000, en)).toBe('2 h 10 min');
    expect(lengthInWords(3 * 86_400_000, en)).toBe('3 days');
    expect(lengthInWords(-5, en)).toBe('0 s');
  });
});

describe('small words', () => {
  it('group the digits of a code and name zones and stores', () => {
    expect(digitGroups('9812345678909')).toBe('9 812345 678909');
    expect(digitGroups('odd')).toBe('odd');
    expect(zoneWords('soft-drinks')).toBe('Soft drinks');
    expect(storeParts('Linden Grocer, Harbour Street')).toEqual({
      shop: 'Linden Grocer',
      street: 'Harbour Street',
    });
  });

  it('find a picture for every product of the demo, and for any other', () => {
    expect(artFor('bottle-elderflower', 'x')).toBe('elderflower');
    expect(artFor(undefined, 'Wexford strawberries')).toBe('strawberries');
    expect(artFor('__proto__', 'Something new')).toBe('neutral');
    expect(artFor('toString', 'Something new')).toBe('neutral');
  });

  it('take no picture from a piece of a word', () => {
    const drawn = (name: string) => artFor(undefined, name);
    for (const name of ['Schweinefilet', 'Schwein', 'Rucola', 'Käseplatte', 'Bund Petersilie', 'Blumenkohl'])
      expect([name, drawn(name)]).not.toContainEqual(
        expect.stringMatching(/^(?:rose|cola|iced-coffee|bun|flowers)$/),
      );
    expect(['Himbeeren', 'Heidelbeeren', 'Raspberries'].map(drawn)).toEqual(Array(3).fill('blueberries'));
    expect(['Dark chocolate', 'Zartbitterschokolade'].map(drawn)).toEqual(['chocolate', 'chocolate']);
    expect(['Goat cheese', 'Ziegenkäse', 'Chestnut mushrooms', 'Rosemary'].map(drawn)).toEqual([
      'cheese',
      'cheese',
      'neutral',
      'neutral',
    ]);
    expect(
      ['Roggenbrot', 'Weißbier', 'Rotwein', 'Kräutertee', 'Mineralwasser', 'Haferdrink'].map(drawn),
    ).toEqual(['sourdough', 'ale', 'rose', 'tea', 'water', 'oat-drink']);
  });
});

describe('the story of an offer', () => {
  const telling: Telling = { messages: en, place: DUBLIN, policy: demoPolicy(), productOf: (sku) => sku };
  const [taken, open, withheld, refused] = stories(NOW);

  it('is told step by step', () => {
    const told = taken!.steps.map((step) => stepWords(step, taken!, telling));
    expect(storyTitle(taken!, telling)).toBe('Kolibri Zero \u221210%');
    expect(told[0]).toBe('Shopper entered Beverages, stayed 8 s');
    expect(told[2]).toBe('Screen 3 beside them: Elderflower pressé €2.79, for all');
    expect(told[3]).toBe('On their phone: €1.79 instead of €1.99');
    expect(told[4]).toBe('Code taken at till 2');
  });

  it('names the time it is open until, and the reason it was not made', () => {
    expect(stepWords(open!.steps[2]!, open!, telling)).toMatch(
      /^On their phone: €3.23 instead of €3.80, until \d\d:\d\d$/,
    );
    expect(stepWords(withheld!.steps[0]!, withheld!, telling)).toMatch(/^Comparison group/);
    expect(stepWords(refused!.steps[0]!, refused!, telling)).toBe('Stock too low');
  });

  it('says less, never nonsense, where facts are missing', () => {
    const bare = { step: 'sent', at: '', eventId: 'e', outcome: 'sent' } as const;
    const { priceMinor: _, ...story } = { ...open!, steps: [bare] };
    expect(stepWords(bare, story, telling)).toBe('On their phone: Rye sourdough');
  });
});

describe('the trace of a decision', () => {
  const data = decision(NOW).data as PromoDecision;

  it('stops each column at the rule that ended it', () => {
    const trace = traceOf(data);
    const column = (index: number) => trace.rows.map((row) => row.cells[index]!.kind);
    expect(trace.winner).toBe(0);
    expect(trace.rows).toHaveLength(CANDIDATES[0]!.checks.length);
    expect(new Set(column(0))).toEqual(new Set(['yes']));
    expect(column(2).indexOf('no')).toBe(trace.rows.findIndex(({ rule }) => rule === 'stock'));
    expect(new Set(column(2).slice(column(2).indexOf('no') + 1))).toEqual(new Set(['not-asked']));
  });

  it('marks only what staff can mend', () => {
    const mendable = traceOf(data)
      .rows.flatMap((row) => row.cells.map((cell, n) => (cell.kind === 'no' && cell.mendable ? n : -1)))
      .filter((n) => n >= 0);
    expect(mendable).toEqual([2]);
  });

  it('names products out of what the decision stood on', () => {
    expect(CANDIDATES.map((candidate) => productName(data, candidate))).toEqual([
      'Kolibri Zero',
      'Elderflower',
      'Ginger beer',
      'Iced coffee',
      'Saltgrass pale ale',
    ]);
  });
});

describe('the floor plan', () => {
  const policy = demoPolicy();
  const floor = policy.plan!;

  it('claims no more minutes than a zone reports, and none where nobody stands', () => {
    const dots = [
      { x: 20, y: 8 },
      { x: 21, y: 8.5 },
      { x: 34, y: 7 },
    ];
    const zones = [
      { zone: 'beverages', people: 2, stayMinutes: 4 },
      { zone: 'bakery', people: 1, stayMinutes: 0.5 },
    ];
    const bands = heatBands(
      staysOf(dots, zones, (dot) => zoneAt(policy.zones, dot)),
      floor,
      heatScale(zones),
    );
    expect(bands.map(({ from, path }) => [from, path !== ''])).toEqual([
      [1, true],
      [3, true],
      [5, false],
      [7, false],
    ]);
    expect(heatBands([], floor, heatScale(zones)).every(({ path }) => path === '')).toBe(true);
  });

  it('counts in seconds where nobody stays a minute', () => {
    const zones = [{ zone: 'bakery', people: 2, stayMinutes: 0.6 }];
    expect(heatScale(zones)).toEqual({ unit: 's', steps: [10, 20, 30, 45] });
    const dots = [
      { x: 34, y: 7 },
      { x: 34.5, y: 7 },
    ];
    const bands = heatBands(
      staysOf(dots, zones, (dot) => zoneAt(policy.zones, dot)),
      floor,
      heatScale(zones),
    );
    expect(bands.map(({ path }) => path !== '')).toEqual([true, true, true, false]);
  });

  it('puts no dot into a shelf or a wall', () => {
    const inShelf = onTheFloor({ x: 15.2, y: 8 }, policy, floor);
    expect(inShelf.x < 14.6 || inShelf.x > 16).toBe(true);
    expect(onTheFloor({ x: 0, y: 22.2 }, policy, floor)).toMatchObject({ y: floor.heightM - 0.6 });
  });
});
