import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../../edge/ports.js';
import {
  ACL_RULES,
  type AclClient,
  clientIdFits,
  mayBeHeard,
  mayPublish,
  maySubscribe,
} from '../../../edge/serve/auth/acl.js';

const client = (role: Role, ...ids: string[]): AclClient => ({ role, ids: new Set(ids) });

/** Written by hand from the rules, case by case; it shares nothing with the table under test. */
const PUBLISH: readonly [who: AclClient, topic: string, may: boolean][] = [
  [client('device', 'node-1'), 'espresense/devices/iBeacon:x-1-2/node-1', true],
  [client('device', 'node-1'), 'espresense/devices/iBeacon:x-1-2/node-2', false],
  [client('device', 'node-1'), 'espresense/devices/iBeacon:x-1-2/node-12', false],
  [client('device', 'node-1'), 'espresense/devices/iBeacon:x-1-2/node-', false],
  [client('device', 'node-1'), 'espresense/devices/+/node-1', false],
  [client('device', 'node-1'), 'espresense/devices//node-1', false],
  [client('device', 'node-1'), 'espresense/devices/a/b/node-1', false],
  [client('till', 'node-1'), 'espresense/devices/a/node-1', false],
  [client('device', 'shelf-7'), 'endcap/v1/shelf/shelf-7', true],
  [client('device', 'shelf-7'), 'endcap/v1/shelf/shelf-8', false],
  [client('device', 'shelf-7'), 'endcap/v1/shelf/shelf-7/x', false],
  [client('device', 'gateway', 'shelf-7', 'shelf-8'), 'endcap/v1/shelf/shelf-8', true],
  [client('device', 'door'), 'endcap/v1/traffic/door', true],
  [client('device', 'door'), 'endcap/v1/traffic/', false],
  [client('device', 'AA:BB'), 'endcap/v1/label/AA:BB/reported', true],
  [client('device', 'AA:BB'), 'endcap/v1/label/AA:BB/desired', false],
  [client('till', 'till-1'), 'endcap/v1/pos/till-1/transaction', true],
  [client('till', 'till-1'), 'endcap/v1/pos/till-2/transaction', false],
  [client('device', 'till-1'), 'endcap/v1/pos/till-1/transaction', false],
  [client('device', 'shelly'), 'shelly/events/rpc', true],
  [client('device', 'shelly'), 'other/events/rpc', false],
  [client('device', 'node-1'), 'endcap/v1/decision/beverages', false],
  [client('admin', 'staff'), 'endcap/v1/decision/beverages', false],
  [client('shopper', 's_1'), 'endcap/v1/personal/s_1', false],
  [client('shopper', 's_1'), 'endcap/v1/shelf/s_1', false],
  [client('device', 'node-1'), '$SYS/x', false],
  [client('device', 'node-1'), '', false],
];

const SUBSCRIBE: readonly [who: AclClient, filter: string, may: boolean][] = [
  [client('device', 'node-1'), 'endcap/v1/decision/#', true],
  [client('device', 'node-1'), 'endcap/v1/decision/+', true],
  [client('device', 'node-1'), 'endcap/v1/decision/beverages', true],
  [client('viewer', 'v'), 'endcap/v1/decision/#', true],
  [client('screen', 'left'), 'endcap/v1/decision/#', true],
  [client('shopper', 's_1'), 'endcap/v1/decision/#', false],
  [client('shopper', 's_1'), 'endcap/v1/personal/s_1', true],
  [client('shopper', 's_1'), 'endcap/v1/personal/s_2', false],
  [client('shopper', 's_1'), 'endcap/v1/personal/+', false],
  [client('shopper', 's_1'), 'endcap/v1/personal/#', false],
  [client('admin', 'staff'), 'endcap/v1/personal/s_1', false],
  [client('device', 's_1'), 'endcap/v1/personal/s_1', false],
  [client('device', 'node-1'), 'endcap/v1/#', false],
  [client('device', 'node-1'), 'endcap/#', false],
  [client('admin', 'staff'), '#', false],
  [client('device', 'node-1'), '+/+/+/+', false],
  [client('device', 'node-1'), 'endcap/v1/refused/node-1', true],
  [client('device', 'node-1'), 'endcap/v1/refused/node-1%2Fsecond', true],
  [client('device', 'node-1'), 'endcap/v1/refused/node-12', false],
  [client('device', 'node-1'), 'endcap/v1/refused/node-2', false],
  [client('device', 'node-1'), 'endcap/v1/refused/+', false],
  [client('device', 'node-1'), 'endcap/v1/refused/%zz', false],
  [client('device', 'AA'), 'endcap/v1/label/AA/desired', true],
  [client('device', 'AA'), 'endcap/v1/label/+/desired', false],
  [client('device', 'AA'), 'endcap/v1/label/BB/desired', false],
  [client('device', 'node-1'), 'espresense/devices/#', false],
  [client('admin', 'staff'), 'espresense/devices/#', false],
  [client('device', 'node-1'), '$SYS/#', false],
  [client('device', 'node-1'), '$share/g/endcap/v1/decision/#', false],
  [client('device', 'node-1'), '', false],
];

describe('S2 a device speaks only as itself', () => {
  it.each(PUBLISH)('%o publishes to %s: %s', (who, topic, may) => {
    expect(mayPublish(who, topic)).toBe(may);
  });

  it.each(SUBSCRIBE)('%o subscribes to %s: %s', (who, filter, may) => {
    expect(maySubscribe(who, filter)).toBe(may);
  });

  it('lets nobody speak for another id, whatever the levels are (10,000 generated)', () => {
    const level = fc.oneof(
      fc.constantFrom(
        'endcap',
        'v1',
        'espresense',
        'devices',
        'shelf',
        'traffic',
        'pos',
        'transaction',
        'mine',
        'theirs',
        '+',
        '#',
        '',
        '$SYS',
        '$share',
        'rpc',
        'events',
      ),
      fc.string({ maxLength: 6 }),
    );
    const topics = fc.array(level, { minLength: 1, maxLength: 8 }).map((levels) => levels.join('/'));
    const roles = fc.constantFrom<Role>('device', 'till', 'screen', 'admin', 'shopper');
    fc.assert(
      fc.property(roles, topics, (role, topic) => {
        const who = client(role, 'mine');
        const says = mayPublish(who, topic);
        const ids = topic.split('/');
        if (says) {
          expect(ids).toContain('mine');
          expect(topic).not.toMatch(/[+#]|^\$/);
          expect(['device', 'till']).toContain(role);
        }
        if (maySubscribe(who, topic) && !/[+#]/.test(topic)) expect(mayBeHeard(topic)).toBe(true);
        if (maySubscribe(who, topic) && !topic.startsWith('endcap/v1/decision/')) {
          expect(ids.some((id) => id === 'mine' || id.startsWith('mine%2F'))).toBe(true);
        }
      }),
      { numRuns: 10_000, seed: 20_261_123 },
    );
  });

  it('knows which topics nobody at all may hear', () => {
    const named = SUBSCRIBE.filter(([, filter, may]) => may && !/[+#]/.test(filter));
    expect(named.length).toBeGreaterThan(3);
    for (const [, topic] of named) expect(mayBeHeard(topic), topic).toBe(true);
    for (const topic of [
      'espresense/devices/x/node-1',
      'endcap/v1/shelf/a',
      'endcap/v1/pos/t/transaction',
      'a//b',
    ])
      expect(mayBeHeard(topic), topic).toBe(false);
  });

  it('control: with every id allowed, the same foreign topics pass, so the table above can fail', () => {
    const everybody: AclClient = { role: 'device', ids: 'every' };
    expect(PUBLISH.filter(([, topic, may]) => mayPublish(everybody, topic) !== may).length).toBeGreaterThan(
      5,
    );
  });

  it('keeps wildcards out where the store is open, too', () => {
    const everybody: AclClient = { role: 'admin', ids: 'every' };
    expect(maySubscribe(everybody, 'endcap/v1/label/AA/desired')).toBe(true);
    for (const filter of ['endcap/v1/label/+/desired', '+/rpc', 'endcap/v1/refused/+', '#', '$SYS/#']) {
      expect(maySubscribe(everybody, filter), filter).toBe(false);
    }
    expect(mayPublish(everybody, 'endcap/v1/shelf/+')).toBe(false);
    // Nor does an id that looks like one open them.
    expect(maySubscribe(client('device', '+'), 'endcap/v1/label/+/desired')).toBe(false);
    expect(mayPublish(client('device', '#'), 'endcap/v1/shelf/#')).toBe(false);
  });

  it('bears 101 levels and long names without an answer but no', () => {
    expect(mayPublish(client('device', 'a'), 'a/'.repeat(101))).toBe(false);
    expect(maySubscribe(client('device', 'a'), `endcap/v1/decision/${'x'.repeat(5_000)}`)).toBe(false);
  });

  it('is printed in the README as it is', () => {
    const names = (roles: readonly Role[]): string => (roles.length === 0 ? '–' : roles.join(', '));
    const rows = ACL_RULES.map(
      ({ pattern, publish, subscribe, what }) =>
        `| \`${pattern}\` | ${names(publish)} | ${names(subscribe)} | ${what.replace(/ ([+#]) /g, ' `$1` ')} |`,
    );
    const readme = readFileSync('edge/serve/README.md', 'utf8').split('\n');
    expect(readme.filter((line) => /^\| `[^`]*(\{self\}|\{any\}|\{client\})/.test(line))).toEqual(rows);
  });

  it('has a sentence for each rule and none that both directions share', () => {
    for (const rule of ACL_RULES) {
      expect(rule.what).not.toBe('');
      expect(rule.publish.length === 0 || rule.subscribe.length === 0).toBe(true);
    }
  });

  it('keeps client ids apart, so that no device takes over the session of another', () => {
    expect(clientIdFits('node-1', 'node-1')).toBe(true);
    expect(clientIdFits('node-1', 'node-1/second')).toBe(true);
    expect(clientIdFits('node-1', 'node-12')).toBe(false);
    expect(clientIdFits('node-1', 'node-2')).toBe(false);
  });
});
