import { expect, it } from 'vitest';
import { createMemo } from '../../edge/contracts/index.js';

it('works out once what it remembers, also where that is nothing, and forgets the oldest', () => {
  const asked: string[] = [];
  const memo = createMemo(2, (text) => {
    asked.push(text);
    return text === 'none' ? undefined : text.length;
  });
  expect([memo('none'), memo('none'), memo('four'), memo('four')]).toEqual([undefined, undefined, 4, 4]);
  expect(asked).toEqual(['none', 'four']);
  memo('third');
  memo('none');
  expect(asked).toEqual(['none', 'four', 'third', 'none']);
});
