import { describe, expect, it } from 'vitest';
import { createPushHealth } from '../../../edge/deliver/push/health.js';
import { createAlarms } from '../../../edge/ops/alarms.js';

const START_MS = Date.UTC(2026, 10, 23, 12);

function watched() {
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs, untrusted: () => undefined };
  const alarms = createAlarms({ clock, onRaise: () => undefined });
  const health = createPushHealth({ alarms, clock, alarmAfterMs: 5 * 60_000 });
  return {
    health,
    codes: () => {
      health.look();
      return alarms.list().map(({ code }) => code);
    },
    text: () => alarms.list()[0]?.text,
    wait: (minutes: number) => {
      nowMs += minutes * 60_000;
    },
  };
}

const DOWN = { result: 'unreachable', reason: 'PushUnreachable' } as const;

describe('staff hear that messages do not go out', () => {
  it('after five minutes in which every try at a push service failed, and no more once one goes through', () => {
    const { health, codes, text, wait } = watched();
    health.note('fcm.googleapis.com', DOWN);
    wait(4);
    health.note('fcm.googleapis.com', { result: 'busy', status: 503 });
    expect(codes()).toEqual([]);
    wait(1);
    expect(codes()).toEqual(['PushUnreachable']);
    expect(text()).toContain('No message reaches fcm.googleapis.com since 2026-11-23T12:00:00.000Z');
    expect(health.unreachableSince()).toBe('2026-11-23T12:00:00.000Z');
    health.note('fcm.googleapis.com', { result: 'sent' });
    expect([codes(), health.lastSentAt()]).toEqual([[], '2026-11-23T12:05:00.000Z']);
  });

  it('but not of one that only refuses, or asks to wait', () => {
    const { health, codes, wait } = watched();
    for (let minute = 0; minute < 10; minute += 1) {
      health.note('a.example', { result: 'busy', status: 429 });
      health.note('b.example', { result: 'gone' });
      health.note('c.example', { result: 'refused', reason: 'PushRefused-403' });
      wait(1);
    }
    expect(codes()).toEqual([]);
  });

  it('and forget it when there was nobody to message for half an hour', () => {
    const { health, codes, wait } = watched();
    health.note('down.example', DOWN);
    wait(6);
    expect(codes()).toEqual(['PushUnreachable']);
    wait(25);
    expect(codes()).toEqual([]);
  });

  it('of each push service by itself: one that works hides no other', () => {
    const { health, codes, wait } = watched();
    for (let minute = 0; minute < 6; minute += 1) {
      health.note('up.example', { result: 'sent' });
      health.note('down.example', DOWN);
      wait(1);
    }
    expect(codes()).toEqual(['PushUnreachable']);
  });
});
