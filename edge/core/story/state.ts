import type { Story } from '../../contracts/index.js';

export interface StoryRow {
  /** Position of the last change among all changes of stories. */
  seq: number;
  story: Story;
  /** Whose phone it was about; never shown, needed to forget it. */
  readonly sid?: string;
}
export interface StoryState {
  rows: Map<string, StoryRow>;
  seq: { last: number };
}

export function createStoryState(): StoryState {
  return { rows: new Map(), seq: { last: 0 } };
}
