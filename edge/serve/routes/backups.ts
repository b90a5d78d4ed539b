/** A copy of the journal, made while the store runs. It never holds keys, tokens or who anybody is. */
import { Type } from '@sinclair/typebox';
import type { Audit, Clock } from '../../ports.js';
import { type LendBackup, streamBackup } from '../backup-stream.js';
import { type Route, route } from './route.js';

export interface BackupDeps {
  /** Makes a copy in a new folder of the data folder; resolves once it is on disk. */
  readonly backup: () => Promise<{ readonly folder: string; readonly offset: number }>;
  readonly lendBackup: LendBackup;
  readonly audit: Pick<Audit, 'note'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export function backupRoutes(deps: BackupDeps): readonly Route[] {
  return [keptRoute(deps), lentRoute(deps)];
}

const keptRoute = (deps: BackupDeps): Route =>
  route({
    method: 'post',
    path: '/v1/backups',
    tag: 'Operations',
    audit: { notes: ['journal.backup'] },
    summary: 'Copy the journal into a new folder beside it',
    roles: ['admin'],
    answers: {
      201: {
        description: 'Where the copy lies on the box, and the last event in it',
        schema: Type.Object({ folder: Type.String(), offset: Type.Integer() }),
      },
    },
    refusals: ['DiskFull', 'DiskFailed', 'QuotaReached'],
    handle: async ({ actor }) => {
      const copy = await deps.backup();
      await deps.audit.note({
        action: 'journal.backup',
        ...actor,
        target: copy.folder,
        outcome: 'done',
      });
      return { status: 201, body: copy };
    },
  });

const lentRoute = (deps: BackupDeps): Route =>
  route({
    method: 'post',
    path: '/v1/backups/stream',
    tag: 'Operations',
    audit: { notes: ['journal.backup'] },
    summary:
      'Copy the journal, say how far it is, and keep the copy for as long as the connection stays open',
    description:
      'For whoever takes the copy elsewhere: however large it is, no answer has to be waited for. Events `progress` ' +
      '(`copiedBytes`, `totalBytes`), then `done` (`folder`, `offset`) or `refused` (`reason`, `detail`). The copy is ' +
      'removed when the connection ends, whoever ends it.',
    roles: ['admin'],
    answers: {
      200: { description: 'Events until the caller has the copy', contentType: 'text/event-stream' },
    },
    refusals: [],
    handle: ({ actor, speaker }) => ({
      status: 200,
      stream: (response) =>
        streamBackup(response, {
          lend: deps.lendBackup,
          isGood: speaker.isGood,
          onDone: ({ folder }) =>
            deps.audit.note({ action: 'journal.backup', ...actor, target: folder, outcome: 'done' }),
        }),
    }),
  });
