/**
 * What was decided for one person, to their own devices: `endcap/v1/personal/<sid>`. It speaks of the moment, so nothing
 * is told again after a stop; coupons stand on the person's page as well, and what came of them is told there.
 */
import { isType, type StoreEvent } from '../contracts/index.js';
import type { Engine } from '../ports.js';

export interface PersonalMqttDeps {
  readonly engine: Pick<Engine, 'onSettled'>;
  /** To who is connected and asked for it, with QoS 1. */
  readonly tell: (topic: string, payload: string) => void;
}

const TOPIC = 'endcap/v1/personal/';

/** The offer, where, and what it answers; never what the decision stood on. */
export function personalDecision(event: StoreEvent<'promo.decision'>): object {
  const { decisionId, outcome, zone, campaign, campaignVersion, offer, inputs } = event.data;
  const { sighting } = inputs;
  return {
    specversion: event.specversion,
    id: event.id,
    source: event.source,
    type: event.type,
    recordedtime: event.recordedtime,
    dataschema: event.dataschema,
    data: { decisionId, outcome, zone, campaign, campaignVersion, offer, sighting },
  };
}

export function startPersonalMqtt({ engine, tell }: PersonalMqttDeps): { close(): void } {
  const stop = engine.onSettled((settled) => {
    for (const { event } of settled) {
      if (!isType(event, 'promo.decision')) continue;
      const { surface, outcome, sid } = event.data;
      // Whoever is in the comparison group must not learn of it.
      if (surface !== 'phone' || outcome !== 'offered' || sid === undefined) continue;
      tell(TOPIC + sid, JSON.stringify(personalDecision(event)));
    }
  });
  return { close: stop };
}
