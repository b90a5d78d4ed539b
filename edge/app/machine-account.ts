import { userInfo } from 'node:os';

const LONGEST = 128;

/**
 * Whoever starts the store on its own machine: the account that called `sudo`, else the one under which the store runs.
 * Who edits store.yaml has no other name here.
 */
export function machineAccount(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  ask: () => { readonly username: string; readonly uid: number } = userInfo,
): string {
  const behind = environment['SUDO_USER'];
  if (behind !== undefined && behind !== '') return behind.slice(0, LONGEST);
  try {
    return ask().username.slice(0, LONGEST);
  } catch {
    // A container may run under a number that has no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
