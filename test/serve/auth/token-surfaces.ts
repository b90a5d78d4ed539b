/** Every place of a running store that takes a token, as a question: would it let this one in? */
import { connectAsync } from 'mqtt';
import { joinOutcome, type TestStore } from '../support.js';

export const DEVICE = 'beverages-1';
export const PASSWORD = 'four words of mine';

/** True when it was let in, by whatever the surface answers to a good one. */
export type Ask = (text: string) => Promise<boolean>;

const cookieIn = (answer: { headers: Headers }): boolean =>
  /=[^;]+;/.test(answer.headers.get('set-cookie') ?? '');

export function surfacesOf(store: TestStore): Readonly<Record<string, Ask>> {
  const status = async (path: string, options: Parameters<TestStore['call']>[1]): Promise<boolean> =>
    (await store.call(path, options)).status === 200;
  const bearer = (text: string) => (text === '' ? {} : { authorization: `Bearer ${text}` });
  let sequence = 0;
  const atTill = (action: string) => (code: string) => {
    sequence += 1;
    const body = { code, till: 'till-1', businessDay: '2026-11-23', sequence };
    return status(`/v1/pos/coupons/${action}`, { token: store.token('till'), body });
  };
  return {
    header: (text) => status('/v1/session', { headers: bearer(text) }),
    cookie: (text) => status('/v1/session', { headers: { cookie: `endcap_staff=${text}` } }),
    stream: (text) => status('/v1/topics/tick/stream', { headers: bearer(text) }),
    socket: async (text) => (await joinOutcome(store.socket('/staff', { token: text }))) === 'connected',
    link: async (text) => cookieIn(await store.call(`/?token=${encodeURIComponent(text)}`)),
    logIn: (token) => status('/v1/session', { body: { token } }),
    broker: (text) => connects(store, text),
    password: (token) => status('/v1/password', { body: { token, password: PASSWORD } }),
    ticket: (ticket) => status('/v1/pairing/collect', { body: { ticket } }),
    coupon: atTill('verify'),
  };
}

async function connects(store: TestStore, password: string): Promise<boolean> {
  try {
    const options = {
      username: DEVICE,
      password,
      clientId: DEVICE,
      reconnectPeriod: 0,
      connectTimeout: 5_000,
    };
    const client = await connectAsync(store.app.mqttUrl, { ...options, protocolVersion: 4 }, false);
    await client.endAsync(true);
    return true;
  } catch (error) {
    // 4 and 5: wrong name or password, not authorised. Anything else is no answer to the question.
    if ([4, 5].includes((error as { code?: number }).code ?? 0)) return false;
    throw error;
  }
}

/** Kinds of tokens, with the surfaces that each is for: the rules, written by hand. */
export const TAKEN_BY = {
  bearer: ['header', 'cookie', 'stream', 'socket', 'link', 'logIn', 'broker'],
  session: ['header', 'cookie', 'stream', 'socket', 'broker'],
  device: ['header', 'cookie', 'broker'],
  link: ['link', 'logIn'],
  password: ['password'],
  ticket: ['ticket'],
  coupon: ['coupon'],
} as const;
export type Kind = keyof typeof TAKEN_BY;

/** A fresh token of each kind, whenever it is asked for. */
export function mintOf(
  store: TestStore,
  coupon: string,
): Readonly<Record<Kind, () => string | Promise<string>>> {
  const { auth, accounts } = store.app;
  let people = 0;
  return {
    bearer: () => store.token('admin'),
    session: () => auth.startSession({ role: 'admin', subject: 'staff' }).token,
    device: () => auth.issue({ role: 'device', subject: DEVICE }),
    link: () => auth.issue({ role: 'admin', subject: 'staff' }, { singleUse: true, expiresInS: 600 }),
    password: async () => {
      people += 1;
      const made = accounts.add(`person-${people}`, 'viewer');
      if ('reason' in made) throw new Error(made.detail);
      return made.token;
    },
    ticket: () => paired(store),
    coupon: () => coupon,
  };
}

/** A ticket whose code staff have typed: the session waits to be collected. */
async function paired(store: TestStore): Promise<string> {
  const { body } = await store.call('/v1/pairing', { method: 'POST' });
  const confirm = { code: body.code, screen: 'screen-1' };
  const { status, text } = await store.call('/v1/pairing/confirm', {
    token: store.token('admin'),
    body: confirm,
  });
  if (status !== 200) throw new Error(`pairing: ${status} ${text}`);
  return body.ticket;
}
