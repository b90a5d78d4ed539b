import { expect, it } from 'vitest';
import { REASONS, type StoreEvent, TOPIC_NAMES } from '../../edge/contracts/index.js';
import { languageFor, messagesFor } from '../../signage-ui/shared/messages/index.js';
import { peopleLanguage } from '../../signage-ui/shared/messages/people.js';
import { groupEvents, type PersonDocument } from '../../signage-ui/shopper/my-data-rows.js';

const place = { locale: 'en-IE', timeZone: 'Europe/Dublin', currency: 'EUR' };

/** What a person reads of one event. */
function lineOf(type: string, data: object, locale: string): string {
  const event = { id: 'e-1', type, recordedtime: '2026-11-23T10:00:00.000Z', data } as unknown as StoreEvent;
  const document = {
    madeAt: '',
    sid: 's',
    linked: { tags: 0, loyaltyIds: 0, phones: 0 },
    events: [event],
    left: 0,
  };
  const groups = groupEvents(document as PersonDocument, { messages: messagesFor(locale), place });
  return [...groups.values()].flat()[0]!.text;
}

it.each(['en', 'de'])('says in words what an event is, whatever its topic and reason (%s)', (locale) => {
  const sale = { lines: [], totalMinor: 0, currency: 'EUR' };
  const all = TOPIC_NAMES.map((type) => lineOf(type, { ...sale, zone: 'beverages', dwellMs: 0 }, locale));
  const refused = Object.keys(REASONS).map((reason) =>
    lineOf('promo.decision', { outcome: 'rejected', reason }, locale),
  );
  // A code is either words with dots between or words without blanks.
  for (const line of [
    ...all,
    ...refused,
    lineOf('promo.decision', { outcome: 'rejected', reason: 'New' }, locale),
  ]) {
    expect(line).not.toMatch(/\b[a-z]+\.[a-z]+\b|\b[A-Z][a-z]+[A-Z]/);
  }
  expect(new Set(refused).size).toBe(refused.length);
});

it('calls the language by which it speaks, not the one that was asked for', () => {
  for (const of of [languageFor, peopleLanguage]) {
    expect(['de-AT', 'en-IE', 'fr-FR', 'x'].map(of)).toEqual(['de-AT', 'en-IE', 'en', 'en']);
  }
});
