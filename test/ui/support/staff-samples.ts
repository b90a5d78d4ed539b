import type { Figure, LinkNow, StaffNow, Story, StoryStep } from '../../../edge/contracts/index.js';
import { demoPolicy, iso } from './samples.js';

/** The staff page's payloads about the demo store, at a moment of the day. */

export const DOTS = [
  [1.7, 7],
  [6.6, 7],
  [9.1, 6.9],
  [11.7, 7.1],
  [6.7, 10.8],
  [16.9, 8.5],
  [23.2, 5.7],
  [20.1, 10.4],
  [16.4, 13.2],
  [20.9, 12.8],
  [17.2, 14.3],
  [36.4, 6.5],
  [35.5, 7.7],
  [36.6, 9.5],
  [32.1, 10.9],
  [7.6, 17.3],
  [4.5, 20.4],
  [15.6, 17.3],
  [15.8, 18.9],
  [19.4, 17.8],
  [23.2, 18.3],
  [27.1, 17.8],
  [31.7, 19.6],
].map(([x, y]) => ({ x: x!, y: y! }));

const wave = (slots: number, height: number): number[] =>
  Array.from({ length: slots }, (_, slot) =>
    Math.round(
      height * (0.12 + 0.6 * Math.exp(-(((slot - 8) / 2.6) ** 2)) + Math.exp(-(((slot - 19) / 2.8) ** 2))),
    ),
  );

const figure = (id: Figure['id'], unit: Figure['unit'], more: Partial<Figure>): Figure => ({
  id,
  unit,
  value: 0,
  halfHours: [],
  updatedAt: '',
  ...more,
});

export function figures(atMs: number): Figure[] {
  const updatedAt = iso(atMs);
  const offers = [2, 3, 2, 2, 4, 6, 14, 18, 24, 22, 21, 18, 12];
  return [
    figure('offers', 'offers', { value: 148, halfHours: offers, usual: wave(26, 30), updatedAt }),
    figure('taken', 'offers', {
      value: 41,
      of: 148,
      halfHours: [0, 1, 0, 1, 1, 2, 3, 9, 6, 8, 5, 4, 1],
      usual: wave(26, 7),
      updatedAt,
    }),
    figure('withheld', 'offers', {
      value: 16,
      of: 164,
      halfHours: [0, 0, 1, 0, 1, 1, 1, 2, 2, 3, 2, 2, 1],
      usual: wave(26, 4),
      updatedAt,
    }),
    figure('turnover', 'minor', {
      value: 21460,
      halfHours: [0, 350, 200, 400, 600, 900, 2400, 2100, 5200, 3000, 2600, 2310, 1400],
      usual: wave(26, 4000),
      updatedAt,
    }),
    figure('out-of-stock', 'products', {
      value: 3,
      halfHours: [2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
      usual: Array.from({ length: 26 }, (_, i) => (i < 9 ? 2 : i < 17 ? 3 : 4)),
      updatedAt,
    }),
  ];
}

export function link(atMs: number, more: Partial<LinkNow> = {}): LinkNow {
  return {
    state: 'in-step',
    since: iso(atMs - 3_600_000),
    waiting: 0,
    oldestWaitingS: 0,
    drainPerS: 0,
    ...more,
  };
}

export function staffNow(atMs: number, more: Partial<StaffNow> = {}): StaffNow {
  const policy = demoPolicy();
  return {
    at: iso(atMs),
    policy,
    zones: [
      { zone: 'produce', people: 5, stayMinutes: 4 },
      { zone: 'beverages', people: 6, stayMinutes: 5 },
      { zone: 'bakery', people: 4, stayMinutes: 7.6 },
      { zone: 'entrance', people: 2, stayMinutes: 1.2 },
      { zone: 'checkout', people: 6, stayMinutes: 3 },
    ],
    dots: DOTS,
    screens: policy.screens.map((screen) => ({
      screen: screen.id,
      name: screen.name ?? screen.id,
      zone: screen.zone,
      up: screen.id !== 'screen-6',
      since: iso(atMs - 4 * 60_000),
    })),
    link: link(atMs),
    figures: figures(atMs),
    day: iso(atMs).slice(0, 10),
    toMend: 1,
    stops: [],
    alarms: [],
    simulated: false,
    ...more,
  };
}

const step = (atMs: number, name: StoryStep['step'], more: Partial<StoryStep> = {}): StoryStep => ({
  step: name,
  at: iso(atMs),
  eventId: `e-${atMs}-${name}`,
  outcome: 'offered',
  ...more,
});

export function story(id: string, atMs: number, more: Partial<Story> = {}): Story {
  return {
    id,
    state: 'open',
    surface: 'phone',
    outcome: 'offered',
    title: 'Rye sourdough',
    percent: 15,
    zone: 'bakery',
    startedAt: iso(atMs),
    updatedAt: iso(atMs),
    steps: [
      step(atMs, 'entered', { facts: { zone: 'bakery', staySeconds: 9 } }),
      step(atMs + 9_000, 'decided', {
        facts: { priceMinor: 323, wasMinor: 380, until: iso(atMs + 29 * 60_000) },
      }),
      step(atMs + 9_200, 'sent', { outcome: 'sent', facts: { channel: 'socket' } }),
    ],
    ...more,
  };
}

export function stories(atMs: number): Story[] {
  const withheld = { outcome: 'withheld', reason: 'Withheld' } as const;
  const low = { outcome: 'rejected', reason: 'StockTooLow' } as const;
  return [
    story('s-1', atMs - 10_000, {
      state: 'taken',
      title: 'Kolibri Zero',
      percent: 10,
      zone: 'beverages',
      steps: [
        step(atMs - 143_000, 'entered', { facts: { zone: 'beverages', staySeconds: 8 } }),
        step(atMs - 135_000, 'decided', { facts: { priceMinor: 179, wasMinor: 199 } }),
        step(atMs - 134_900, 'shown', {
          outcome: 'for everybody',
          facts: { screen: 'Screen 3', product: 'Elderflower pressé', priceMinor: 279 },
        }),
        step(atMs - 134_800, 'sent', { outcome: 'sent', facts: { channel: 'socket' } }),
        step(atMs - 36_000, 'redeemed', { outcome: 'taken', facts: { till: 'till-2' } }),
      ],
    }),
    story('s-2', atMs - 40_000),
    story('s-3', atMs - 50_000, {
      state: 'withheld',
      outcome: 'withheld',
      title: 'Iced coffee',
      percent: 10,
      steps: [step(atMs - 75_000, 'decided', withheld)],
    }),
    story('s-4', atMs - 60_000, {
      state: 'refused',
      outcome: 'rejected',
      title: 'Ginger beer',
      percent: 15,
      surface: 'screen',
      steps: [step(atMs - 100_000, 'decided', low)],
    }),
    story('s-5', atMs - 70_000, {
      state: 'on-screen',
      surface: 'screen',
      title: 'Wexford strawberries',
      priceMinor: 250,
      percent: undefined as never,
      steps: [
        step(atMs - 149_000, 'shown', { facts: { screen: 'screen-2', priceMinor: 250 } }),
        step(atMs - 67_000, 'sold', { facts: { till: 'till-1' } }),
      ],
    }),
  ];
}
