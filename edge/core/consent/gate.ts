import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { StoreEvent } from '../../contracts/index.js';
import { considerPhone } from '../decide/phone.js';
import { forgetVisitor } from '../presence/presence.js';
import type { Step } from '../step.js';
import { DAY_MS } from '../time.js';
import { type ConsentEnd, consented, expireConsents, takeReceipt, takeWithdrawal } from './consent.js';

export function onReceipt(step: Step, event: StoreEvent<'consent.receipt'>): void {
  const maxMs = (step.state.setup.policy?.consentDays ?? 365) * DAY_MS;
  end(step, takeReceipt(step.state.consent, event, { nowMs: step.nowMs, maxMs }));
  if (event.data.granted) greet(step, event.data.sid);
}

/** Who says yes while standing in the aisle need not walk out and in again. */
function greet(step: Step, sid: string): void {
  const visitor = step.state.presence.visitors.get(`s:${sid}`);
  if (visitor !== undefined && visitor.zone !== '') considerPhone(step, sid, visitor);
}

export function onWithdrawal(step: Step, event: StoreEvent<'consent.withdrawn'>): void {
  end(step, takeWithdrawal(step.state.consent, event, step.nowMs));
}

export function onTime(step: Step): void {
  for (const ended of expireConsents(step.state.consent, step.nowMs)) end(step, ended);
}

/** What rested on the consent is gone in the same step. */
function end(step: Step, ended: ConsentEnd | undefined): void {
  if (ended === undefined) return;
  if (ended.purpose === 'location') forgetVisitor(step, `s:${ended.sid}`);
  if (ended.purpose === 'location' || ended.purpose === 'profile') step.state.hints.bySid.delete(ended.sid);
  if (ended.purpose === 'profile') {
    step.state.favourites.bySid.delete(ended.sid);
    step.state.coupons.history.delete(ended.sid);
  }
  step.stale.urgent = true;
}

/** Who presence may know this visitor as: somebody without consent is a different nobody every day. */
export function visitorKey(step: Step, visitor: string): string {
  if (!visitor.startsWith('s:') || consented(step.state.consent, visitor.slice(2), 'location', step.nowMs)) {
    return visitor;
  }
  const { salt } = step.secrets;
  const digest = sha256(utf8ToBytes(`${salt}|${step.state.clock.day}|${visitor}`));
  return `a:${bytesToHex(digest).slice(0, 24)}`;
}
