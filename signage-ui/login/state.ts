import { signal } from '@preact/signals';
import { ApiFailure, call } from '../shared/api.js';

interface Refused {
  readonly reason: string;
  readonly detail: string;
  readonly field?: string | undefined;
}

export type View = 'log-in' | 'claim' | 'choose';

/** What the address says: a link to set a password, or where to go on. Never sent to any server. */
function fromAddress(hash: string): { readonly set: string | undefined; readonly goOn: string | undefined } {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  return { set: words.get('set') ?? undefined, goOn: words.get('from') ?? undefined };
}

/** Everything the log-in page knows and does. `enter` is called once somebody is logged in. */
export function createLoginState(hash: string, enter: (address: string) => void) {
  const { set, goOn } = fromAddress(hash);
  const view = signal<View>(set === undefined ? 'log-in' : 'choose');
  const claimable = signal(false);
  const working = signal(false);
  /** Reason of the last refusal and the words of the store, or that a field was left empty. */
  const failed = signal<Refused | undefined>(undefined);

  const send = (path: string, body: Readonly<Record<string, string>>): void => {
    if (working.value) return;
    if (Object.values(body).some((word) => word === '')) {
      failed.value = { reason: 'Needed', detail: '' };
      return;
    }
    working.value = true;
    failed.value = undefined;
    call('POST', path, body).then(
      () => enter(goOn === undefined ? '/' : `/#${goOn}`),
      (failure: unknown) => {
        working.value = false;
        const { reason, message, field } =
          failure instanceof ApiFailure ? failure : new ApiFailure(0, 'Unknown', '');
        failed.value = { reason, detail: message, field };
        // Somebody else was quicker: from here on there is only logging in.
        if (reason === 'StoreClaimed') claimable.value = false;
      },
    );
  };
  const show = (next: View): void => {
    failed.value = undefined;
    view.value = next;
  };
  return {
    view,
    claimable,
    working,
    failed,
    /** True when one comes from a page whose session has ended. */
    ended: goOn !== undefined,
    show,
    logIn: (name: string, password: string) => send('/v1/session', { name: name.trim(), password }),
    claim: (code: string, name: string, password: string) =>
      send('/v1/claim', { code: code.trim(), name: name.trim(), password }),
    choose: (password: string) => send('/v1/password', { token: set ?? '', password }),
    /** A store that nobody has claimed asks for that first. */
    async look(): Promise<void> {
      const { open } = await call<{ open: boolean }>('GET', '/v1/claim').catch(() => ({ open: false }));
      claimable.value = open;
      if (open && view.value === 'log-in') show('claim');
    },
  };
}
export type LoginState = ReturnType<typeof createLoginState>;
