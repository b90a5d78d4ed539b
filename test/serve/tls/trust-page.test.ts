import { expect, it } from 'vitest';
import { createTrustPage } from '../../../edge/serve/tls/trust-page.js';
import { makeRoot } from '../../../edge/serve/tls/x509.js';

/** After midnight in Berlin and Dubai, before it in London and New York. */
const ENDS = new Date('2036-01-18T23:30:00Z');

it.each([
  ['en-US', 'America/New_York', 'en', 'January 18, 2036'],
  ['en-GB', 'Europe/London', 'en', '18 January 2036'],
  ['en-GB', 'Europe/Berlin', 'en', '19 January 2036'],
  ['de-DE', 'Europe/Berlin', 'de', '19. Januar 2036'],
  // Who reads another language than the store's gets that language, and the day of the store.
  ['en-US', 'Europe/Berlin', 'de', '19. Januar 2036'],
  ['ar-AE', 'Asia/Dubai', 'de', '19. Januar 2036'],
])('a store in %s of %s tells who reads %s the day: %s', async (locale, timeZone, language, day) => {
  const { certificate: root } = await makeRoot('Linden Grocer', { notBefore: new Date(0), notAfter: ENDS });
  const page = createTrustPage({ storeName: 'Linden Grocer', locale, timeZone, root });
  expect(page.answer('/trust', language)?.body.toString()).toContain(` ${day}</p>`);
});
