import { createCore } from '../../../edge/core/index.js';

/** What the store of the tests alone knows; the recorded days were made under it. */
export const SECRETS = { salt: 'salt of the recorded day' };

/** A core of that store. */
export const newCore = (serialised?: string): ReturnType<typeof createCore> =>
  createCore(SECRETS, serialised);
