/** Messages to the own phone: the key to subscribe with, the subscription itself, and that a message was opened. */
import { Type } from '@sinclair/typebox';
import { Id, Sid } from '../../contracts/events/common.js';
import type { PushDesk } from '../../ports.js';
import { OWN } from './answerable.js';
import { isRefusal, notOwn, ok, type Route, route } from './route.js';

export interface PushRouteDeps {
  readonly push: PushDesk;
}

const EXAMPLE_SID = 's_0000000000000000';
const EXAMPLE_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const Base64Url = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+={0,2}$', description });
const SubscriptionId = Type.String({
  pattern: '^[A-Za-z0-9_-]{22}$',
  description: 'as answered when it was made',
});

export function pushRoutes(deps: PushRouteDeps): readonly Route[] {
  return [keyRoute(deps), subscribeRoute(deps), unsubscribeRoute(deps), clickedRoute(deps)];
}

const keyRoute = ({ push }: PushRouteDeps): Route =>
  route({
    method: 'get',
    path: '/v1/push/key',
    tag: 'Push',
    summary: 'The public key that a phone subscribes with (VAPID, RFC 8292)',
    roles: ['shopper'],
    answers: {
      200: {
        description: 'The key',
        schema: Type.Object({
          publicKey: Type.String({
            description: 'applicationServerKey: uncompressed P-256 point, base64url',
          }),
        }),
      },
    },
    refusals: ['PushOff'],
    handle: () => {
      const publicKey = push.publicKey();
      return publicKey === undefined
        ? { reason: 'PushOff', detail: 'store.yaml has no section push' }
        : ok({ publicKey });
    },
  });

const SubscribeCall = Type.Object({
  sid: Sid,
  subscription: Type.Object(
    {
      endpoint: Type.String({
        minLength: 1,
        maxLength: 2_048,
        description: 'of a push service on the list of the store',
      }),
      keys: Type.Object({
        p256dh: Base64Url(120, 'public key of the browser'),
        auth: Base64Url(40, 'shared secret of the browser'),
      }),
    },
    { description: 'as `PushSubscription.toJSON()` writes it' },
  ),
  locale: Type.String({
    minLength: 2,
    maxLength: 35,
    pattern: '^[A-Za-z0-9-]+$',
    description: 'BCP 47, of the page',
  }),
});

const subscribeRoute = ({ push }: PushRouteDeps): Route =>
  route({
    method: 'post',
    path: '/v1/push/subscriptions',
    tag: 'Push',
    audit: OWN,
    summary: 'Offers may come to this phone with its page closed',
    description:
      'Needs a valid consent to `push`. The subscription stays in the vault; the newest of a person is used first. Sending the same one again changes nothing.',
    roles: ['shopper'],
    body: SubscribeCall,
    answers: { 201: { description: 'Kept', schema: Type.Object({ id: SubscriptionId }) } },
    refusals: ['PushOff', 'PushEndpointRefused', 'ConsentMissing', 'UnknownShopper', 'QuotaReached'],
    example: {
      body: {
        sid: EXAMPLE_SID,
        subscription: {
          endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/example',
          keys: { p256dh: 'BA', auth: 'AA' },
        },
        locale: 'en-IE',
      },
    },
    handle: ({ body, principal }) => {
      const foreign = notOwn(principal, body.sid);
      if (foreign !== undefined) return foreign;
      const { endpoint, keys } = body.subscription;
      const answer = push.subscribe(body.sid, { endpoint, keys, locale: body.locale });
      return isRefusal(answer) ? answer : { status: 201, body: answer };
    },
  });

const unsubscribeRoute = ({ push }: PushRouteDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/push/subscriptions/{sid}/{id}',
    tag: 'Push',
    audit: OWN,
    summary: 'No more messages to this phone',
    roles: ['shopper'],
    params: Type.Object({ sid: Sid, id: SubscriptionId }),
    answers: { 204: { description: 'Gone' } },
    refusals: [],
    example: { params: { sid: EXAMPLE_SID, id: EXAMPLE_ID } },
    handle: ({ params, principal }) => {
      const foreign = notOwn(principal, params.sid);
      if (foreign !== undefined) return foreign;
      push.unsubscribe(params.sid, params.id);
      return { status: 204 };
    },
  });

const clickedRoute = ({ push }: PushRouteDeps): Route =>
  route({
    method: 'post',
    path: '/v1/push/clicked',
    tag: 'Push',
    audit: OWN,
    summary: 'The person opened an offer from its message',
    description:
      'Told by the service worker. The answer is the same for decisions of others: nothing is recorded then.',
    roles: ['shopper'],
    body: Type.Object({
      decisionId: Id('decision'),
      action: Type.Union([Type.Literal('open'), Type.Literal('code')]),
    }),
    answers: { 204: { description: 'Heard' } },
    refusals: ['QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { body: { decisionId: '3.1', action: 'open' } },
    handle: async ({ body, principal }) => {
      await push.clicked(principal.subject, body.decisionId, body.action);
      return { status: 204 };
    },
  });
