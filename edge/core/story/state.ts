import type { Story } from '../../contracts/index.js';

export interface StoryRow {
  /** Position of the last change among all changes of stories. */
  seq: number;
  story: Story;
}
export interface StoryState {
  rows: Map<string, StoryRow>;
  seq: { last: number };
}

export function createStoryState(): StoryState {
  return { rows: new Map(), seq: { last: 0 } };
}
