import { describe, expect, it } from 'vitest';
import { messagesFor } from '../../signage-ui/shared/messages/index.js';
import { whyWords } from '../../signage-ui/shopper/why-words.js';

describe('why a person got an offer', () => {
  it.each([
    ['en', { kind: 'bought', times: 1 }, 'You bought it before'],
    ['en', { kind: 'bought', times: 3 }, 'You bought it 3 times'],
    ['de', { kind: 'bought', times: 1 }, 'Sie haben es schon einmal gekauft'],
    ['de', { kind: 'bought', times: 3 }, 'Sie haben es 3-mal gekauft'],
    ['de', { kind: 'near', zone: 'beverages', zoneName: 'Getränke' }, 'Es ist in Ihrer Nähe: Getränke'],
  ] as const)('is said in %s', (language, because, said) => {
    expect(whyWords({ because, why: 'in English' }, messagesFor(language))).toBe(said);
  });

  it('is what the store wrote where it says nothing else', () => {
    expect(whyWords({ why: 'You asked for it' }, messagesFor('de'))).toBe('You asked for it');
    expect(whyWords({}, messagesFor('de'))).toBeUndefined();
  });
});
