import { isType, type JournalledEvent } from '../contracts/index.js';
import type { Draft, Gate } from '../ports.js';
import type { Journal } from '../store/types.js';

const PAGE = 1_000;

/** Which devices are there, as the journal has it: a state that is said again is not told again. */
export interface DeviceStates {
  /** True when the journal holds this state of the device as its last. */
  isKnown(draft: Draft): boolean;
  note(draft: Draft): void;
  forget(draft: Draft): void;
  /** Kind of a device whose last state is that it is gone. */
  kindOfAbsent(device: string): string | undefined;
  /** At start nobody is connected: whoever was there when the store stopped is gone until they speak. */
  settle(gate: Pick<Gate, 'admit'>): Promise<void>;
}

export function createDeviceStates(journal: Pick<Journal, 'read'>): DeviceStates {
  const states = new Map<string, { readonly type: Draft['type']; readonly kind: string }>();
  const learn = ({ event }: JournalledEvent): void => {
    if (!isType(event, 'device.online') && !isType(event, 'device.offline')) return;
    states.set(event.data.device, { type: event.type, kind: event.data.kind });
  };
  for (let after = 0; ; ) {
    const page = journal.read({ after, limit: PAGE, types: ['device.online', 'device.offline'] });
    page.forEach(learn);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.offset;
  }
  const told = (draft: Draft): { device: string; kind: string } | undefined =>
    draft.type === 'device.online' || draft.type === 'device.offline'
      ? (draft as Draft<'device.online'>).data
      : undefined;
  return {
    isKnown: (draft) => {
      const data = told(draft);
      return data !== undefined && states.get(data.device)?.type === draft.type;
    },
    note: (draft) => {
      const data = told(draft);
      if (data !== undefined) states.set(data.device, { type: draft.type, kind: data.kind });
    },
    forget: (draft) => {
      const data = told(draft);
      if (data !== undefined) states.delete(data.device);
    },
    kindOfAbsent: (device) => {
      const state = states.get(device);
      return state?.type === 'device.offline' ? state.kind : undefined;
    },
    async settle(gate) {
      const gone = [...states].filter(([, state]) => state.type === 'device.online');
      const drafts = gone.map(
        ([device, { kind }]): Draft => ({
          type: 'device.offline',
          device,
          data: { device, kind, reason: 'the store was started again' },
        }),
      );
      await gate.admit(drafts);
      for (const draft of drafts)
        states.set(draft.device, { type: draft.type, kind: told(draft)?.kind ?? '' });
    },
  };
}
