/** Public decisions for any local listener: `endcap/v1/decision/<zone>`. Personal ones never come this way. */
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

/** What of a decision everybody may know: the offer and where, never inputs or candidates. */
export function publicDecision(event: StoreEvent<'promo.decision'>): object {
  const { decisionId, outcome, zone, screen, campaign, offer } = event.data;
  const { couponId: _couponId, why: _why, ...open } = offer ?? {};
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
  let publishing: Promise<void> = Promise.resolve();
  let newest = 0;

  const publish = async ({ offset, event }: JournalledEvent<'promo.decision'>): Promise<void> => {
    // Too late is not sent: the offer is no longer true.
    if (Date.parse(event.data.offer!.validUntil) <= deps.clock.nowMs()) deps.onEffect?.('expired');
    else {
      await deps.publish(TOPIC + event.data.zone, JSON.stringify(publicDecision(event)));
      deps.onEffect?.('sent');
    }
    progress.done(offset);
  };
  const take = (journalled: JournalledEvent): void => {
    if (journalled.offset <= newest || !isPublicOffer(journalled.event)) return;
    newest = journalled.offset;
    publishing = publishing
      .then(() => publish(journalled as JournalledEvent<'promo.decision'>))
      .catch((error: Error) => {
        deps.onEffect?.('failed');
        deps.onError(error);
      });
  };

  for (const journalled of progress.unfinished(['promo.decision'])) take(journalled);
  const stop = deps.engine.onSettled((settled) => {
    for (const journalled of settled) take(journalled);
  });
  return {
    async close() {
      stop();
      await publishing;
      await progress.close();
    },
  };
}
