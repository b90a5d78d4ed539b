import { Type } from '@sinclair/typebox';
import { DAY_PATTERN, INSTANT_PATTERN } from '../calendar.js';

/** Building blocks shared by the event schemas. Unknown fields are kept, so objects stay open. */
export const Text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, description });

export const Id = (description: string) =>
  Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f]+$', description });

export const Sid = Type.String({
  pattern: '^s_[A-Za-z0-9_-]{10,40}$',
  description: 'random shopper pseudonym',
});
/** Person-level fields of an event as they lie on the disk and travel to HQ; whoever holds the key reads them. */
export const Sealed = Type.String({
  maxLength: 400_000,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'AES-256-GCM under the key of the shopper, base64url; unreadable once the shopper is erased',
});
export const Sku = Id('stock keeping unit of the store');
export const ZoneId = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
  description: 'zone id from store.yaml',
});
export const Minor = (description: string) =>
  Type.Integer({
    minimum: -1_000_000_000_000,
    maximum: 1_000_000_000_000,
    description: `${description}, in minor units of the store currency`,
  });
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
export const BusinessDay = Type.String({
  pattern: DAY_PATTERN,
  format: 'date',
  description: 'business day of the till, YYYY-MM-DD',
});
export const Instant = Type.String({
  pattern: INSTANT_PATTERN,
  format: 'date-time',
  description: 'RFC 3339 with offset',
});
export const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' });
export const DurationMs = Type.Number({ minimum: 0, maximum: 1e12, description: 'milliseconds' });
