import type { Page } from 'playwright-core';

/**
 * "Every number with its unit and its age", as a rule for a page as it stands: a number in its words is followed by the
 * unit of it, or stands in a column whose name says the unit; and it stands in a part that says of when it is, or in a
 * row with a time of its own. What is no figure at all is listed here by its kind.
 */

/** Words that are units, as patterns; the beginning of a word is not enough. */
const UNITS: readonly string[] = [
  ...[
    '%',
    'dBm',
    '[kMGT]?B',
    'MiB',
    'byte',
    'g',
    'ml',
    'l',
    'h',
    'min',
    's',
    'pixels',
    'Pixel',
    'points',
    'Punkte',
  ],
  ...['days?', 'Tagen?', 'Tage?', 'Std\\.', 'seconds?', 'Sekunden?', 'years', 'Jahre', '-mal', 'times?'],
  ...['people', 'person', 'Person(?:en)?', 'zones?', 'Zonen?', 'screens?', '(?:Bilds|S)chirme?n?', 'shelves'],
  ...['Regalen?', 'devices?', 'Geräte?n?', 'pages?', 'Seiten?', 'files?', 'Datei(?:en)?', 'pieces?', 'Stück'],
  ...['offers?', 'Angebote?n?', 'coupons?', 'Gutscheine?', 'products?', 'Produkte?n?', 'Artikeln?'],
  ...['events?', 'Ereignis(?:se)?n?', 'records?', 'S[aä]tz(?:e|en)?', 'stor(?:y|ies)', 'Geschichten?'],
  ...['candidates?', 'Kandidaten', 'decisions?', 'Entscheidung(?:en)?', 'lines?', 'Zeilen?', 'readings?'],
  ...['Messung(?:en)?', 'processes', 'Prozessen', 'characters', 'Zeichen', 'entries', 'Einträge', 'things?'],
  ...[
    'Sachen?',
    'shoppers?',
    'log-ins?',
    'An-',
    'tags?',
    'Tags?',
    'senders?',
    'Absender',
    'places',
    'Plätze',
  ],
];
const MONTHS = [
  'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mär|Mrz|Mai|Okt|Dez',
  'January|February|March|April|June|July|August|September|October|November|December',
  'Januar|Februar|März|Juni|Juli|Oktober|Dezember',
].join('|');
/** What has digits and is no figure: when, which one, and what somebody is called. */
const KINDS: readonly string[] = [
  '\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{3})?)?',
  `\\d{1,2}\\.? (?:${MONTHS})\\.?(?: \\d{4})?`,
  '\\d+\\.\\d+\\.\\d+(?:\\.\\d+)?',
  '\\bP[0-4]\\b',
  '[A-Z]{2,4}-\\d{2,6}\\b',
  '\\b[a-z]+(?:-[a-z0-9]+)*-[a-z]*\\d+\\b',
  '(?:version|Fassung|Version|Store|Filiale|[Tt]ill|Kasse|Screen|journal place|Journalplatz) [\\d.,]+',
  '(?:Page|Seite) \\d+ (?:of|von) \\d+',
  '(?:events|Ereignisse) [\\d.,]+ (?:to|bis) [\\d.,]+',
  '(?:Chrome|Firefox|Safari) \\d+',
  'MP4|shelf B3',
  '\\d{4}-\\d{2}-\\d{2}T[\\d:.-]+Z?',
  '\\S+/\\S+',
  // A change of what was counted, as the audit log keeps it.
  '\\d+ → \\d+',
];

/** In the page, where no name of this file is known. */
const WALK = `(units, kinds) => {
  const NUMBER = '[+\\u2212-]?\\\\d(?:[\\\\d.,\\u202f\\u00a0]*\\\\d)?';
  const ADJECTIVE = '(?:new |more |neue[rs]? |weitere[rs]? |or more )?';
  const END = '(?![\\\\p{L}])';
  const unit = '(?:' + units.join('|') + ')';
  const chain = '(?:\\\\s*(?:of|to|or|von|bis|oder|\\u00d7)\\\\s*' + NUMBER + ')*';
  const measured = new RegExp(NUMBER + chain + '[\\\\s\\u2009]*' + ADJECTIVE + unit + END, 'gu');
  const cash = new RegExp('[\\u2212-]?(?:[\\u20ac$\\u00a3]\\\\s?' + NUMBER + '|' + NUMBER + '\\\\s?[\\u20ac$\\u00a3])', 'gu');
  const other = new RegExp(kinds.join('|'), 'gu');
  const column = new RegExp('(?:^|[^\\\\p{L}])' + unit + END, 'iu');
  const NOT_READ = 'code, pre, kbd, time, textarea, select, script, style, svg, .visually-hidden';
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 0;
  const boxOf = (one) => {
    let box = one;
    while (/^(?:inline|contents)$/.test(getComputedStyle(box).display)) box = box.parentElement;
    return box;
  };
  const texts = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (parent.closest('[hidden], dialog:not([open])') || !shown(parent)) continue;
    const box = boxOf(parent);
    const read = parent.closest(NOT_READ) === null ? node.data : ' ';
    texts.set(box, (texts.get(box) ?? '') + read);
  }
  const dated = (box) => {
    const row = box.closest('li, tr');
    if (row !== null && [...row.querySelectorAll('time')].some(shown)) return true;
    const part = box.closest('[data-as-of]');
    return part !== null && [...part.querySelectorAll('.as-of')].some((one) => shown(one) && one.closest('[data-as-of]') === part);
  };
  const wrong = [];
  for (const [box, said] of texts) {
    const figures = said.replace(other, ' ');
    if (!/\\d/.test(figures)) continue;
    const label = box.closest('[data-label]')?.dataset.label ?? '';
    const bare = figures.replace(cash, ' ').replace(measured, ' ');
    const text = said.replace(/\\s+/g, ' ').trim();
    const inside = box.textContent.replace(other, ' ').replace(cash, ' ').replace(measured, ' ');
    if (/\\d/.test(bare) && /\\d/.test(inside) && !column.test(label)) wrong.push('no unit: ' + text);
    if (!dated(box)) wrong.push('no age: ' + text);
  }
  return wrong;
}`;

/** Numbers that anybody sees on the page and that lack their unit or their age. */
export function bareFigures(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(${WALK})(${JSON.stringify(UNITS)}, ${JSON.stringify(KINDS)})`);
}
