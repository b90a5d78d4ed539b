import type english from './en.js';

/** What a language has words for, by who carries them: English is the pattern. */
export type Language = typeof english;
/** A group of words; each is a named export of its file, so that a page carries no other. */
export type Words<Group extends keyof Language> = Language[Group];
