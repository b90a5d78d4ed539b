/** Public decisions for any local listener: `endcap/v1/decision/<zone>`. Personal ones never come this way. */
import { setTimeout as pause } from 'node:timers/promises';
import { isType, type JournalledEvent, type StoreEvent } from '../contracts/index.js';
import type { Clock, Engine } from '../ports.js';
import { createProgress, type ProgressJournal } from './progress.js';

export interface LocalMqttDeps {
  readonly engine: Pick<Engine, 'onSettled'>;
  readonly journal: ProgressJournal;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** QoS 1, not retained; resolves when the broker has it. */
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly onEffect?: (outcome: 'sent' | 'expired' | 'failed') => void;
  readonly onError: (error: Error) => void;
}

const TOPIC = 'endcap/v1/decision/';
const WRITE_MS = 1_000;
const RETRY_MS = 500;

/** What of a decision everybody may know: the offer and where, never inputs or candidates. */
export function publicDecision(event: StoreEvent<'promo.decision'>): object {
  const { decisionId, outcome, zone, screen, campaign, offer } = event.data;
  const { couponId: _couponId, why: _why, because: _because, ...open } = offer ?? {};
  return {
    specversion: event.specversion,
    id: event.id,
    source: event.source,
    type: event.type,
    recordedtime: event.recordedtime,
    dataschema: event.dataschema,
    data: { decisionId, outcome, zone, screen, campaign, offer: open },
  };
}

/** True for an offer on a screen, which is open to everybody there. */
function isPublicOffer(event: StoreEvent): event is StoreEvent<'promo.decision'> {
  if (!isType(event, 'promo.decision')) return false;
  const { surface, outcome, sid, zone, offer } = event.data;
  return (
    surface === 'screen' &&
    outcome === 'offered' &&
    sid === undefined &&
    zone !== undefined &&
    offer !== undefined
  );
}

export function startLocalMqtt(deps: LocalMqttDeps): { close(): Promise<void> } {
  const progress = createProgress({ ...deps, name: 'local-mqtt', writeMs: WRITE_MS });
  const stopped = new AbortController();
  let publishing: Promise<void> = Promise.resolve();
  let newest = 0;

  /** Tries until it is sent or no longer true; a hand that was stopped meanwhile has not done it. */
  const publish = async ({ offset, event }: JournalledEvent<'promo.decision'>): Promise<void> => {
    const payload = JSON.stringify(publicDecision(event));
    while (!stopped.signal.aborted) {
      const late = Date.parse(event.data.offer!.validUntil) <= deps.clock.nowMs();
      const sent = !late && (await attempt(TOPIC + event.data.zone, payload));
      if (sent || late) {
        deps.onEffect?.(sent ? 'sent' : 'expired');
        progress.done(offset);
        return;
      }
      await pause(RETRY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const attempt = async (topic: string, payload: string): Promise<boolean> => {
    try {
      await deps.publish(topic, payload);
      return true;
    } catch (error) {
      deps.onError(error as Error);
      return false;
    }
  };
  const take = (journalled: JournalledEvent): void => {
    if (journalled.offset <= newest || !isPublicOffer(journalled.event)) return;
    newest = journalled.offset;
    publishing = publishing.then(() => publish(journalled as JournalledEvent<'promo.decision'>));
  };

  for (const journalled of progress.unfinished(['promo.decision'])) take(journalled);
  const stop = deps.engine.onSettled((settled) => {
    for (const journalled of settled) take(journalled);
  });
  return {
    async close() {
      stop();
      stopped.abort();
      await publishing;
      await progress.close();
    },
  };
}
