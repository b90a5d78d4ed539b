import type { Page } from 'playwright-core';
import type { FixtureStore } from '../support/fixture-store.js';

/** What the store says before the page opens. */
export type Setting = (store: FixtureStore, now: number) => void;

/** A state that is reached on the page: at another address, or by what somebody does there. */
export interface Scene {
  readonly setting: Setting;
  readonly path?: string;
  /** Language of the browser, where no store says one. */
  readonly locale?: string;
  readonly act?: (page: Page, store: FixtureStore) => Promise<unknown>;
}

export interface MatrixPage {
  readonly path: string;
  /** Shown once the page has something to say. */
  readonly ready: string;
  readonly states: Readonly<Record<string, Setting | Scene>>;
  /** Silence after which the page says how old it is; without it there is no such state. */
  readonly stale?: { readonly shown: string };
  readonly gone?: { readonly shown: string };
}

export interface State extends Scene {
  readonly name: string;
}

const SHOWN_WITHIN_MS = 40_000;
const sceneOf = (state: Setting | Scene): Scene => (typeof state === 'function' ? { setting: state } : state);

/** Every state of a page, those included that any page has whose store is silent or gone. */
export function statesOf(page: MatrixPage): readonly State[] {
  const states: State[] = Object.entries(page.states).map(([name, state]) => ({ name, ...sceneOf(state) }));
  const { setting } = sceneOf(page.states['normal'] as Setting | Scene);
  const { stale, gone } = page;
  const shown = (selector: string) => (browserPage: Page) =>
    browserPage.waitForSelector(selector, { timeout: SHOWN_WITHIN_MS });
  if (stale !== undefined) states.push({ name: 'stale', setting, act: shown(stale.shown) });
  if (gone !== undefined) {
    const act = async (opened: Page, store: FixtureStore): Promise<void> => {
      await store.close();
      await shown(gone.shown)(opened);
    };
    states.push({ name: 'store gone', setting, act });
  }
  return states;
}

export type Change = <T>(payload: T) => T;
export const same: Change = (payload) => payload;

/** The same payload with another value wherever this name stands. */
function withNamed<T>(payload: T, name: string, value: unknown): T {
  if (Array.isArray(payload)) return payload.map((item) => withNamed(item, name, value)) as T;
  if (payload === null || typeof payload !== 'object') return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([key, inner]) => [
      key,
      key === name ? value : withNamed(inner, name, value),
    ]),
  ) as T;
}

/** As a store in Germany says it. */
export const german: Change = (payload) => withNamed(payload, 'locale', 'de-DE');

/** Presses what has these words, and waits for what that opens. */
export const press =
  (target: string, opens: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(target).first().click();
    await page.waitForSelector(opens);
  };
