import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFollower } from '../../edge/deliver/follower.js';

const EVERY_MS = 20;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const startedFollower = () => {
  const follow = vi.fn();
  return { follow, follower: createFollower({ follow, everyMs: EVERY_MS, monotonicMs: () => Date.now() }) };
};

it('follows a change at once', () => {
  const { follow, follower } = startedFollower();
  follower.soon();
  vi.advanceTimersByTime(1);
  expect(follow).toHaveBeenCalledTimes(1);
});

it('follows all that comes right after it once, when its time is over', () => {
  const { follow, follower } = startedFollower();
  follower.soon();
  vi.advanceTimersByTime(1);
  for (let change = 0; change < 5; change += 1) {
    follower.soon();
    vi.advanceTimersByTime(3);
  }
  expect(follow).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(EVERY_MS - 15);
  expect(follow).toHaveBeenCalledTimes(2);
});

it('never follows more often than that, however much changes', () => {
  const { follow, follower } = startedFollower();
  for (let ms = 0; ms < 1_000; ms += 1) {
    follower.soon();
    vi.advanceTimersByTime(1);
  }
  expect(follow.mock.calls.length).toBeGreaterThan(1_000 / EVERY_MS - 5);
  expect(follow.mock.calls.length).toBeLessThanOrEqual(1_000 / EVERY_MS + 1);
});

it('follows the next at once again when nothing came for a while, and nothing once it was stopped', () => {
  const { follow, follower } = startedFollower();
  follower.soon();
  vi.advanceTimersByTime(EVERY_MS * 3);
  follower.soon();
  vi.advanceTimersByTime(1);
  expect(follow).toHaveBeenCalledTimes(2);
  follower.soon();
  follower.stop();
  vi.advanceTimersByTime(EVERY_MS * 3);
  expect(follow).toHaveBeenCalledTimes(2);
});
