import { expect, it } from 'vitest';
import { createCrowd } from '../../edge/serve/crowd.js';

it('of an address that holds too many, whoever takes nothing goes first, then the oldest stranger, then who is idle', () => {
  const crowd = createCrowd<string>({ perAddress: 4, all: 100 });
  for (const name of ['known', 'stranger', 'stalled', 'busy']) expect(crowd.enter(name, 'a')).toBeUndefined();
  for (const name of ['known', 'busy']) crowd.mark(name, 'stranger', false);
  crowd.mark('busy', 'idle', false);
  crowd.mark('stalled', 'stalled', true);
  const gone: (string | undefined)[] = [];
  for (const newcomer of ['n1', 'n2', 'n3', 'n4']) {
    const one = crowd.enter(newcomer, 'a');
    gone.push(one);
    if (one !== undefined) crowd.leave(one);
    crowd.mark(newcomer, 'stranger', false);
    crowd.mark(newcomer, 'idle', false);
  }
  // All others have said who they are and are being answered: the newcomer stays outside.
  expect(gone).toEqual(['stalled', 'stranger', 'known', 'n4']);
});

it('leaves other addresses alone', () => {
  const crowd = createCrowd<string>({ perAddress: 2, all: 100 });
  crowd.enter('other', 'b');
  crowd.enter('first', 'a');
  crowd.enter('second', 'a');
  expect(crowd.enter('third', 'a')).toBe('first');
});

it('where there are too many in all, the address with the most makes room', () => {
  const crowd = createCrowd<string>({ perAddress: 100, all: 5 });
  for (const [name, address] of [
    ['b1', 'b'],
    ['b2', 'b'],
    ['a1', 'a'],
    ['a2', 'a'],
    ['a3', 'a'],
  ] as const)
    crowd.enter(name, address);
  expect(crowd.enter('c1', 'c')).toBe('a1');
  crowd.leave('a1');
  // Where nobody of the largest can go, it is somebody of the next.
  for (const name of ['a2', 'a3']) {
    crowd.mark(name, 'stranger', false);
    crowd.mark(name, 'idle', false);
  }
  expect(crowd.enter('c2', 'c')).toBe('b1');
  crowd.leave('b1');
  expect([...crowd.members()].sort()).toEqual(['a2', 'a3', 'b2', 'c1', 'c2']);
});
