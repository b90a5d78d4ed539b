import { createHash } from 'node:crypto';
import { pngOf } from '../../support/png.js';
import { elderflower, signage, slide, strawberries } from '../support/samples.js';
import { type Change, german, type MatrixPage, type Scene, type Setting, same } from './scene.js';
import { fromRight, tenTimes, withTexts } from './texts.js';

type Slides = (now: number) => ReturnType<typeof slide>[];
const screen =
  (slides: Slides, change: Change = same, more: Parameters<typeof signage>[2] = {}): Setting =>
  (store, now) =>
    store.say('/signage', 'content', change(signage(1, slides(now), more)));
const offers: Slides = (now) => [slide(elderflower(now)), slide(strawberries(now))];

const identify = (name: string): Scene => ({
  setting: screen(offers),
  act: async (page, store) => {
    store.whisper('/signage', 'identify', { name, seconds: 600 });
    await page.waitForSelector('.identify');
  },
});
const BYTES = pngOf(640, 360);
const PICTURE = `${createHash('sha256').update(BYTES).digest('hex')}.png`;
/** A picture of the store's own. */
const media: Scene = {
  setting: (store, now) => {
    store.answer('GET', /^\/v1\/media\//, () => BYTES);
    const { offer: _, ...bare } = slide(elderflower(now));
    const shown = { ...bare, contentId: 'media-1', kind: 'media' as const, media: PICTURE };
    screen(() => [{ ...shown, headline: 'Autumn squash, from Tuesday' }])(store, now);
  },
  act: (page) => page.waitForSelector('[data-shows="media-1"]'),
};

export const PLAYER_PAGES: Readonly<Record<string, MatrixPage>> = {
  player: {
    path: '/screen/screen-3',
    ready: '[data-shows], [data-asleep]',
    states: {
      normal: screen(offers),
      'house content': screen(() => []),
      media,
      identify: identify('Screen 3'),
      'identify, a long name': identify(tenTimes('Screen 3 by the bread').slice(0, 120)),
      asleep: screen(offers, same, { asleep: true, awake: [{ from: '07:00', until: '07:01' }] }),
      'ten times as long': screen(offers, (payload) => withTexts(payload, tenTimes)),
      'right to left': screen(offers, (payload) => withTexts(payload, fromRight)),
      'in German': screen(offers, german),
    },
    gone: { shown: '[data-link="gone"]' },
  },
};
