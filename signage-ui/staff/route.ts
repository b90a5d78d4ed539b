import { signal } from '@preact/signals';

/** In the order of the bar. */
export const TABS = ['now', 'offers', 'stock', 'devices', 'journal', 'health'] as const;
/** Opened from the menu behind one's name. */
const MENU = ['people', 'audit', 'password'] as const;
export type Tab = (typeof TABS)[number] | (typeof MENU)[number];
export interface Address {
  readonly tab: Tab;
  /** What is open on the tab: an event, campaign, product or device id. */
  readonly id: string | undefined;
}

function parse(hash: string): Address {
  const [tab, ...rest] = hash.replace(/^#/, '').split('/');
  const id = rest.length === 0 ? undefined : decodeURIComponent(rest.join('/'));
  const journal = hash === '' && location.pathname === '/journal';
  const known = [...TABS, ...MENU].find((name) => name === tab);
  return { tab: journal ? 'journal' : (known ?? 'now'), id: id === '' ? undefined : id };
}

/** Which tab is open, kept in the address so that reload, back and sharing work. */
export const address = signal<Address>(parse(location.hash));
addEventListener('hashchange', () => {
  address.value = parse(location.hash);
});

export const hrefOf = (tab: Tab, id?: string): string =>
  id === undefined ? `#${tab}` : `#${tab}/${encodeURIComponent(id)}`;
