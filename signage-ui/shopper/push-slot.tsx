import type { ShopperState } from './state.js';

/** Under the purpose "messages to this phone": what this phone needs to get them. Nothing until it can. */
export function PushSlot(_props: { state: ShopperState }) {
  return null;
}
