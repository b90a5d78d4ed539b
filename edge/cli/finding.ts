/** One thing that was looked at; `cure` is set when something should be done about it. */
export interface Finding {
  readonly what: string;
  readonly seen: string;
  readonly cure?: string;
}
