/**
 * Certificates of the store in one object: the authority, what the listeners show, what devices hold, and the clockwork
 * that renews, looks at the retailer's files and cuts whoever is no longer welcome.
 */
import { RefusalError } from '../../contracts/index.js';
import type { ListenerTls, Role } from '../../ports.js';
import { type Authority, type DeviceCertificate, openAuthority } from './authority.js';
import { type CertificateNow, certificatesNow } from './expiry.js';
import { openLedger } from './ledger.js';
import { createListenerTls, type RenewableTls } from './listener.js';
import { serverNames } from './names.js';
import { createPeers, type Peers } from './peers.js';
import { openRetailer, type RetailerCertificate, type RetailerFiles } from './retailer.js';
import { openServerCertificate, type ServerCertificate } from './server-certificate.js';

export interface TrustDeps {
  /** Folder for keys and certificates, inside that of secrets. */
  readonly folder: string;
  /** The database of tokens, where the ledger has its table. */
  readonly ledgerFile: string;
  readonly storeId: string;
  readonly nowMs: () => number;
  /** Hosts of the listeners and the names of `store.yaml`. */
  readonly names: readonly string[];
  /** What HTTP needs; absent where it is plain. */
  readonly pages?: { readonly retailer?: RetailerFiles };
  /** What the broker needs; absent where it is plain. */
  readonly broker?: { readonly clientCertificate: 'accepted' | 'required' };
  readonly onCut: (reason: string) => void;
  readonly onError: (error: Error, where: string) => void;
  /** `list` or `retailerTrouble` would answer something else than before. */
  readonly onChange: () => void;
  /** How often open connections and files are looked at. */
  readonly lookEveryMs?: number;
  /** For the negative control of the fault suite alone. */
  readonly verification?: 'off';
}

export interface Trust {
  readonly pages?: ListenerTls;
  readonly broker?: ListenerTls;
  /** Host names that the retailer's certificate serves. */
  retailerHosts(): readonly string[];
  /** Why the retailer's files cannot be used; the pair before them stays. */
  retailerTrouble(): string | undefined;
  /** Made at the first boot with TLS, else when it is first asked for. */
  authority(): Promise<Authority>;
  /** Throws RefusalError for a request that cannot be used, and for a device that holds too many. */
  issue(principal: { subject: string; role: Role }, request: string): Promise<DeviceCertificate>;
  /** False when there is none or it was taken back before. Open connections are cut before this returns. */
  revoke(serial: string): boolean;
  revokeSubject(subject: string): void;
  /** New server certificates now. */
  renew(): Promise<void>;
  list(): readonly CertificateNow[];
  /** One turn of the clockwork. */
  look(): Promise<void>;
  close(): void;
}

/** A revoked device is cut by the call itself; by another process, or by its clock, within this. */
const LOOK_EVERY_MS = 5_000;
const REST_TURNS = 120;
/** Certificates of one device that are good at a time: one in use, and those of a renewal that went wrong. */
const GOOD_MAX = 10;

/** Throws an Error in words when the retailer's files cannot be used, and errors of the system. */
export async function createTrust(deps: TrustDeps): Promise<Trust> {
  const ledger = openLedger(deps.ledgerFile, deps.nowMs());
  let opened: Promise<Authority> | undefined;
  const authority = (): Promise<Authority> => {
    // A failure is not kept: the disk may be well again when it is asked for next.
    opened ??= openAuthority(deps).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const retailerFiles = deps.pages?.retailer;
  try {
    const retailer = retailerFiles === undefined ? undefined : openRetailer(retailerFiles);
    const wanted = deps.pages !== undefined || deps.broker !== undefined;
    const listeners = wanted
      ? await openListeners(deps, { authority: await authority(), ledger, retailer })
      : NO_LISTENERS;
    const clockwork = createClockwork(deps, listeners, retailer);
    return {
      ...(listeners.pages === undefined ? {} : { pages: listeners.pages }),
      ...(listeners.broker === undefined ? {} : { broker: listeners.broker }),
      retailerHosts: () => retailer?.hosts() ?? [],
      retailerTrouble: clockwork.retailerTrouble,
      authority,
      async issue(principal, request) {
        refuseTooMany(ledger.good(principal.subject, deps.nowMs()), principal.subject);
        const made = await (await authority()).device(principal, request);
        ledger.add({ ...principal, ...made, issuedMs: deps.nowMs() });
        deps.onChange();
        return made;
      },
      revoke(serial) {
        const done = ledger.revoke(serial.toUpperCase(), deps.nowMs());
        listeners.peers?.sweep();
        deps.onChange();
        return done;
      },
      revokeSubject(subject) {
        ledger.revokeSubject(subject, deps.nowMs());
        listeners.peers?.sweep();
        deps.onChange();
      },
      renew: () => clockwork.renew(true),
      list: () =>
        certificatesNow(
          { ...deps, ...(retailer === undefined ? {} : { retailer: retailer.pair().certificate }) },
          ledger.list(),
          deps.nowMs(),
        ),
      look: clockwork.look,
      close() {
        clockwork.stop();
        ledger.close();
      },
    };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/** A device that asks again and again would fill the ledger. */
function refuseTooMany(good: number, subject: string): void {
  if (good < GOOD_MAX) return;
  throw new RefusalError({
    reason: 'TooManyRequests',
    detail: `${subject} holds ${good} good certificates already; take some back first`,
  });
}

interface Listeners {
  readonly pages?: RenewableTls;
  readonly broker?: RenewableTls;
  readonly peers?: Peers;
  readonly certificates: readonly ServerCertificate[];
}
const NO_LISTENERS: Listeners = { certificates: [] };

async function openListeners(
  deps: TrustDeps,
  parts: {
    authority: Authority;
    ledger: ReturnType<typeof openLedger>;
    retailer: RetailerCertificate | undefined;
  },
): Promise<Listeners> {
  const { authority, ledger, retailer } = parts;
  const names = (): readonly string[] => serverNames(deps.names);
  const peers = createPeers({ ...deps, authority, ledger });
  const shared = {
    root: authority.root,
    peers,
    onCut: deps.onCut,
    ...(deps.verification === undefined ? {} : { verification: deps.verification }),
  };
  const open = (kind: 'pages' | 'broker') => openServerCertificate({ ...deps, kind, authority, names });
  const pages = deps.pages === undefined ? undefined : await open('pages');
  const broker = deps.broker === undefined ? undefined : await open('broker');
  return {
    peers,
    certificates: [pages, broker].filter((made) => made !== undefined),
    ...(pages === undefined
      ? {}
      : {
          pages: createListenerTls({
            ...shared,
            server: pages,
            clientCertificate: 'accepted',
            ...(retailer === undefined ? {} : { retailer }),
          }),
        }),
    ...(broker === undefined
      ? {}
      : { broker: createListenerTls({ ...shared, ...deps.broker!, server: broker }) }),
  };
}

function createClockwork(deps: TrustDeps, listeners: Listeners, retailer: RetailerCertificate | undefined) {
  let trouble: string | undefined;
  const refresh = (): void => {
    listeners.pages?.refresh();
    listeners.broker?.refresh();
    deps.onChange();
  };
  const renew = async (force: boolean): Promise<void> => {
    let renewed = false;
    for (const certificate of listeners.certificates) {
      if (await certificate.renew(force)) renewed = true;
    }
    if (renewed) refresh();
  };
  const lookAtRetailer = (): void => {
    const before = trouble;
    try {
      if (retailer?.look()) refresh();
      trouble = undefined;
    } catch (error) {
      trouble = (error as Error).message;
    }
    if (trouble !== before) deps.onChange();
  };
  let looking = false;
  let restTurns = 0;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      listeners.peers?.sweep();
      lookAtRetailer();
      if (restTurns > 0) restTurns -= 1;
      else await renew(false);
    } catch (error) {
      // There are weeks left to renew in: on a full disk it is not tried, and not logged, every few seconds.
      restTurns = REST_TURNS;
      deps.onError(error as Error, 'certificates');
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), deps.lookEveryMs ?? LOOK_EVERY_MS);
  timer.unref();
  return { look, renew, retailerTrouble: () => trouble, stop: () => clearInterval(timer) };
}
