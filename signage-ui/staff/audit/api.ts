import { call } from '../../shared/api.js';

export interface AuditEntry {
  readonly n: number;
  readonly at: string;
  readonly by: string;
  readonly role?: string;
  readonly action: string;
  readonly target: string;
  readonly reason?: string;
  readonly outcome?: string;
  readonly detail?: string;
}
export interface AuditFilter {
  readonly by: string;
  readonly action: string;
  readonly target: string;
  readonly why: string;
  /** As `<input type="datetime-local">` has it, in the time of this device; empty for any. */
  readonly from: string;
  readonly to: string;
}
export interface AuditReport {
  readonly entries: number;
  readonly findings: readonly { readonly n: number; readonly what: string; readonly detail: string }[];
}
export const NO_FILTER: AuditFilter = { by: '', action: '', target: '', why: '', from: '', to: '' };

export function wordsOf(filter: AuditFilter): URLSearchParams {
  const words = new URLSearchParams();
  for (const name of ['by', 'action', 'target', 'why'] as const) {
    if (filter[name].trim() !== '') words.set(name, filter[name].trim());
  }
  for (const name of ['from', 'to'] as const) {
    const at = Date.parse(filter[name]);
    if (!Number.isNaN(at)) words.set(name, new Date(at).toISOString());
  }
  return words;
}

export function searchAudit(
  filter: AuditFilter,
  before?: number,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly next?: number }> {
  const words = wordsOf(filter);
  if (before !== undefined) words.set('before', String(before));
  return call('GET', `/v1/audit?${words}`);
}
/** Every entry is looked at, which takes as long as there are entries. */
export const verifyAudit = (): Promise<AuditReport> => call('GET', '/v1/audit/verify', undefined, 120_000);
export const exportHref = (filter: AuditFilter, format: 'csv' | 'json'): string =>
  `/v1/audit/export.${format}?${wordsOf(filter)}`;
