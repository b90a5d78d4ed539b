/** `/shopper`: a person's own page. The session says whose it is; nothing in a message can say otherwise. */
import type { Namespace } from 'socket.io';
import type {
  ShopperClientEvents,
  ShopperErased,
  ShopperServerEvents,
  ShopperView,
} from '../../contracts/index.js';
import type { Principal } from '../../ports.js';
import { type Doorkeeper, type JoinDeps, JoinError, whoJoins } from './guard.js';

export interface ShopperSocketDeps extends JoinDeps {
  readonly phone: {
    attach(
      sid: string,
      page: { view(view: ShopperView): void; erased(erased: ShopperErased): void },
    ): (() => void) | undefined;
    seen(sid: string, decisionId: string): Promise<{ ok: boolean }>;
  };
}

export interface ShopperData {
  token: string;
  principal: Principal;
}
export type ShopperNamespace = Namespace<
  ShopperClientEvents,
  ShopperServerEvents,
  Record<string, never>,
  ShopperData
>;

export function serveShopper(namespace: ShopperNamespace, deps: ShopperSocketDeps, door: Doorkeeper): void {
  namespace.use((socket, next) => {
    whoJoins(socket, deps, ({ role }) => door.mayJoin('shopper', role))
      .then((joined) => {
        // With `auth: open` too: without a session it is not known whose page it is.
        if (joined.principal.role !== 'shopper') {
          throw new JoinError({
            reason: 'NotAuthenticated',
            detail: 'open the page with the link of the shopper',
          });
        }
        Object.assign(socket.data, joined);
        next();
      })
      .catch(next);
  });
  namespace.on('connection', (socket) => {
    const sid = socket.data.principal.subject;
    const leave = deps.phone.attach(sid, {
      view: (view) => socket.emit('view', view),
      erased: (erased) => socket.emit('erased', erased),
    });
    if (leave === undefined) {
      socket.disconnect(true);
      return;
    }
    socket.on('disconnect', leave);
    socket.on('seen', (seen: unknown, done) => {
      if (typeof done !== 'function') return;
      const decisionId = (seen as { decisionId?: unknown } | null)?.decisionId;
      if (typeof decisionId !== 'string' || decisionId.length > 256) return done({ ok: false });
      deps.phone.seen(sid, decisionId).then(done, () => done({ ok: false }));
    });
  });
}
