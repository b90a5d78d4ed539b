import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { readOwnScreens, withOwnScreens, writeOwnScreens } from '../config/own-screens.js';
import { RefusalError, type Screen, type StorePolicy } from '../contracts/index.js';
import type { SignageHand } from '../deliver/signage.js';
import type { Engine, Gate } from '../ports.js';
import type { StoreAuth } from '../serve/auth/auth.js';
import { openMediaFiles } from '../serve/media/media-files.js';
import { createPairing } from '../serve/pairing/pairing.js';
import type { MediaDeps } from '../serve/routes/media.js';
import type { PairingDeps } from '../serve/routes/pairing.js';
import type { ScreenDeps } from '../serve/routes/screens.js';
import { type Brain, forgetAnnouncedPolicy } from './brain.js';
import type { Foundation } from './foundation.js';

const FILE = 'screens.json';
const MEDIA = 'media';
const EFFECT_TIMEOUT_MS = 2_000;

export type ScreenDesk = Omit<PairingDeps & ScreenDeps & MediaDeps, 'auth' | 'audit' | 'screens'>;

/** The configuration with the screens that were made or changed at the store itself. */
export function withScreenBook(base: Foundation): Foundation {
  const own = readOwnScreens(join(base.folder.root, FILE), (why) =>
    base.alarms.raise('screens-unread', `${FILE} could not be read, store.yaml rules alone: ${why}`, {
      file: FILE,
    }),
  );
  if (own.length === 0) return base;
  return { ...base, config: { ...base.config, policy: withOwnScreens(base.config.policy, own) } };
}

export interface ScreenBook {
  /** Resolves once it is durable, and as a rule every part of the store knows. */
  save(screen: Screen): Promise<void>;
  /** Done while no screen is being told anything else; `screens` are as they were told last. */
  alone<T>(work: (screens: readonly Screen[]) => Promise<T>): Promise<T>;
}

interface BookDeps {
  readonly gate: Pick<Gate, 'admit'>;
  readonly engine: Pick<Engine, 'views' | 'outcomeOf'>;
  /** True for a file that a playlist may name. */
  readonly holds: (media: string) => boolean;
  /** Called before the core hears of a policy that the files of this start did not say. */
  readonly onChange: () => Promise<void>;
}

/**
 * Saves a screen for good, then tells the whole store by its policy; one after the other. A store that is slow to hear of
 * it does hear of it: what is durable is never refused.
 */
export function createScreenBook(file: string, { gate, engine, holds, onChange }: BookDeps): ScreenBook {
  let turn: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const policyNow = (): StorePolicy => {
    const policy = engine.views.policy();
    if (policy === undefined) throw new Error('no policy yet: the engine has it before pages are served');
    return policy;
  };
  const save = async (screen: Screen): Promise<void> => {
    if (screen.playlist?.some(({ media }) => media !== undefined && !holds(media)) === true) {
      throw new RefusalError({ reason: 'NotFound', detail: 'a file of the playlist was just removed' });
    }
    await onChange();
    const before = readOwnScreens(file, () => setAside(file));
    const own = [...before.filter(({ id }) => id !== screen.id), screen];
    writeOwnScreens(file, own);
    // All of them: the policy in force may not hold yet what was saved a moment ago.
    const draft = { type: 'hq.policy', device: 'desk', data: withOwnScreens(policyNow(), own) } as const;
    const [place] = await gate.admit([draft]).catch((error: unknown) => {
      writeOwnScreens(file, before);
      throw error;
    });
    await engine.outcomeOf(place!.offset, EFFECT_TIMEOUT_MS).catch(unlessSlow);
  };
  return {
    save: (screen) => alone(() => save(screen)),
    alone: (work) =>
      alone(() =>
        work(
          withOwnScreens(
            policyNow(),
            readOwnScreens(file, () => undefined),
          ).screens,
        ),
      ),
  };
}

/** Whoever mends it by hand finds it there; the next word of staff must not write over it. */
function setAside(file: string): void {
  renameSync(file, `${file}.damaged`);
}

function unlessSlow(error: unknown): void {
  if (!(error instanceof RefusalError) || error.refusal.reason !== 'Busy') throw error;
}

function tellDamaged({ alarms }: Foundation, names: readonly string[]): void {
  if (names.length === 0) {
    alarms.clear('MediaDamaged');
    return;
  }
  const which = names.map((name) => name.slice(0, 12)).join(', ');
  alarms.raise(
    'MediaDamaged',
    `Files of screens are not on the disk as they were uploaded, and are shown nowhere: ${which}. Upload them again, or remove them`,
    { files: which },
  );
}

/** What the pages need to look after screens. */
export function screenDesk(
  base: Foundation,
  brain: Brain,
  hands: { readonly auth: StoreAuth; readonly signage: SignageHand },
): ScreenDesk {
  const policy = () => brain.engine.views.policy();
  const file = join(base.folder.root, FILE);
  const media = openMediaFiles(join(base.folder.root, MEDIA), {
    onDamaged: (names) => tellDamaged(base, names),
  });
  const holds = (wanted: string): boolean => media.list().some(({ name }) => name === wanted);
  const book = createScreenBook(file, {
    ...brain,
    holds,
    onChange: () => forgetAnnouncedPolicy(base),
  });
  const idsOf = (screens: readonly Screen[] = []): string[] => screens.map(({ id }) => id);
  return {
    pairing: createPairing({ clock: base.clock, isKnown: (screen) => hands.signage.knows(screen) }),
    takenIds: () => new Set([...idsOf(policy()?.screens), ...idsOf(readOwnScreens(file, () => undefined))]),
    media,
    alone: book.alone,
    zones: () => policy()?.zones ?? [],
    screensOf: () => policy()?.screens ?? [],
    saveScreen: book.save,
    dismissPlayer: (screen, reason) => {
      hands.auth.revoke(screen);
      hands.signage.dismiss(screen, reason);
    },
    identify: hands.signage.identify,
    nowMs: base.clock.nowMs,
  };
}
