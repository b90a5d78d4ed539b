import { isType, RefusalError, type StoreEvent } from '../contracts/index.js';
import type { Gate, Views } from '../ports.js';
import type { Journal } from '../store/types.js';
import { adapterNamed } from './adapters/registry.js';
import type { Intake, Receipt } from './intake.js';

export interface Mender {
  /** Read a record again, with the text that staff corrected; a misfit is told and the record stays open. */
  mend(quarantineId: string, mended: { body: string; by: string }): Promise<Receipt>;
  /** Settle a record without reading it again. */
  leave(quarantineId: string, by: string): Promise<void>;
}

export interface MenderDeps {
  readonly gate: Gate;
  readonly intake: Intake;
  readonly journal: Pick<Journal, 'readOffset'>;
  readonly views: Pick<Views, 'quarantined'>;
  readonly newId: () => string;
}

/** What was set aside gets its second chance through the same way in as everything else. */
export function createMender(deps: MenderDeps): Mender {
  const settle = async (record: StoreEvent<'quarantine.event'>, as: 'mended' | 'left', by: string) => {
    const quarantineId = deps.newId();
    const settles = { quarantineId: record.data.quarantineId, as, by };
    const data = { ...record.data, quarantineId, body: '', cut: false, bytes: 0, settles };
    await deps.gate.admit([{ type: 'quarantine.event', device: record.data.device, id: quarantineId, data }]);
  };
  return {
    async mend(quarantineId, mended) {
      const record = find(quarantineId, deps);
      const adapter = adapterNamed(record.data.adapter);
      const receipt = await deps.intake.receive({
        topic: record.data.channel === 'mqtt' ? record.data.topic : '',
        bytes: Buffer.from(mended.body),
        channel: record.data.channel,
        device: record.data.device,
        ...(adapter === undefined ? {} : { adapter }),
        setAside: false,
      });
      await settle(record, 'mended', mended.by);
      return receipt;
    },
    leave: async (quarantineId, by) => settle(find(quarantineId, deps), 'left', by),
  };
}

function find(quarantineId: string, deps: MenderDeps): StoreEvent<'quarantine.event'> {
  const open = deps.views.quarantined().find((record) => record.quarantineId === quarantineId);
  const event = open === undefined ? undefined : deps.journal.readOffset(open.offset)?.event;
  if (event === undefined || !isType(event, 'quarantine.event')) {
    throw new RefusalError({ reason: 'NotFound', detail: `no open record ${quarantineId}` });
  }
  return event;
}
