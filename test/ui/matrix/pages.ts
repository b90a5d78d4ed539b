import { PLAYER_PAGES } from './player-pages.js';
import { PUBLIC_PAGES } from './public-pages.js';
import type { MatrixPage } from './scene.js';
import { STAFF_PAGES } from './staff-pages.js';

/** Every page in every state in which somebody may meet it. */
export const MATRIX: Readonly<Record<string, MatrixPage>> = {
  ...STAFF_PAGES,
  ...PUBLIC_PAGES,
  ...PLAYER_PAGES,
};
