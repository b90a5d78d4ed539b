import type { Command } from 'commander';

export interface ReasonOptions {
  readonly reason?: string;
}

/** Adds `--reason` to a command that leaves an entry in the audit log. */
export const withReason = (command: Command): Command =>
  command.option('--reason <text>', 'why; it stands in the audit log');

/** The member for it where a call has a body. */
export const reasonOf = ({ reason }: ReasonOptions): { reason?: string } =>
  reason === undefined ? {} : { reason };

/** The path with it where a call has none. */
export const withQuery = (path: string, { reason }: ReasonOptions): string =>
  reason === undefined
    ? path
    : `${path}${path.includes('?') ? '&' : '?'}reason=${encodeURIComponent(reason)}`;
