import type { StoreSetup } from './store.js';

/** The settings that `control-store.mjs` knows, each of which breaks one promise. */
export type ControlSetting =
  | 'acknowledge-early'
  | 'families-in-turn'
  | 'fold-in-commit'
  | 'unsealed'
  | 'deliver-on-write'
  | 'throw-malformed'
  | 'keep-malformed'
  | 'ponder-malformed'
  | 'unbounded'
  | 'ponder-strangers'
  | 'lenient'
  | 'print-incoming'
  | 'unmasked'
  | 'deaf-to-withdrawals';

/** The built store with one setting changed: for the negative control of a fault suite. */
export function controlWith(
  setting: ControlSetting,
  environment: Readonly<Record<string, string>> = {},
): Pick<StoreSetup, 'program' | 'environment'> {
  return {
    program: 'test/support/control-store.mjs',
    environment: { ...environment, ENDCAP_CONTROL: setting },
  };
}
