/** What a person may read of an event: no secret that an earlier version wrote, of a coupon code only its last digits. */
import { isType, type StoreEvent, withoutSalt } from '../contracts/index.js';
import type { Role } from '../ports.js';

/** For machines that read topics: whole, but for secrets of the store. */
export function withoutSecrets(event: StoreEvent): StoreEvent {
  return isType(event, 'hq.policy') ? { ...event, data: withoutSalt(event.data) } : event;
}

const maskCode = (code: string): string => code.replace(/.(?=.{4})/g, '•');

/** For people who browse the journal: a whole code would be money, and what was set aside is not for onlookers. */
export function forPeople(event: StoreEvent, role: Role): StoreEvent {
  if (isType(event, 'quarantine.event') && role === 'viewer') {
    return { ...event, data: { ...event.data, body: '' } };
  }
  if (isType(event, 'coupon.issued')) {
    return { ...event, data: { ...event.data, code: maskCode(event.data.code) } };
  }
  return withoutSecrets(event);
}
