/** Whether the store is open, and until when that is so. */
export interface HoursNow {
  readonly open: boolean;
  /** Hour and minute of the store's own clock, `08:00`. */
  readonly until: string;
}

/**
 * Opening hours at a moment of the store's own clock, all as `HH:MM`; nothing where one end is not known. A store that
 * closes before it opens is open over midnight.
 */
export function hoursNow(
  { opensAt, closesAt }: { readonly opensAt?: string | undefined; readonly closesAt?: string | undefined },
  at: string,
): HoursNow | undefined {
  if (opensAt === undefined || closesAt === undefined) return undefined;
  const afterOpening = at >= opensAt;
  const beforeClosing = at < closesAt;
  const open = opensAt < closesAt ? afterOpening && beforeClosing : afterOpening || beforeClosing;
  return { open, until: open ? closesAt : opensAt };
}
