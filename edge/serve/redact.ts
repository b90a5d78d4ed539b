/** What a person may read of an event: never the store's salt, of a coupon code only its last digits. */
import { isType, type StoreEvent, type StorePolicy } from '../contracts/index.js';

/** The salt makes coupon codes unguessable and never leaves the store. */
export function withoutSalt(policy: StorePolicy): StorePolicy {
  const { salt: _salt, ...rest } = policy;
  return rest;
}

/** For machines that read topics: whole, but for secrets of the store. */
export function withoutSecrets(event: StoreEvent): StoreEvent {
  return isType(event, 'hq.policy') ? { ...event, data: withoutSalt(event.data) } : event;
}

const maskCode = (code: string): string => code.replace(/.(?=.{4})/g, '•');

/** For people who browse the journal: a whole code would be money. */
export function forPeople(event: StoreEvent): StoreEvent {
  if (isType(event, 'coupon.issued')) {
    return { ...event, data: { ...event.data, code: maskCode(event.data.code) } };
  }
  return withoutSecrets(event);
}
