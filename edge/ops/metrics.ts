import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Everything the store counts, in one place, with low-cardinality labels only: no shopper, tag, sku or coupon
 * is ever a label.
 */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name, help, labelNames: [...labelNames], registers: [registry] });
  const seconds = (name: string, help: string) =>
    new Histogram({
      name,
      help,
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    });
  return {
    registry,
    events: counter('endcap_events_total', 'Events made durable', ['type']),
    decisions: counter('endcap_decisions_total', 'Decisions by outcome', ['outcome']),
    refusals: counter('endcap_refusals_total', 'Messages and requests refused', ['reason', 'channel']),
    countedOnly: counter(
      'endcap_set_aside_counted_total',
      'Messages not understood, beyond the budget of their sender: counted and declared, not stored',
      ['reason'],
    ),
    unacknowledged: counter('endcap_qos0_total', 'Messages received at QoS 0, outside the delivery promise'),
    ignored: gauge(
      'endcap_presence_ignored_total',
      'Sightings that were kept and moved nobody, since the journal began',
      ['why'],
    ),
    late: counter('endcap_late_events_total', 'Events that came late, early or out of order', ['type']),
    duplicates: counter('endcap_duplicates_total', 'Messages known already', ['type']),
    effects: counter('endcap_effects_total', 'Effects by outcome', ['surface', 'outcome']),
    pushes: counter('endcap_push_total', 'Messages to phones by what came of each try', ['result']),
    pushSeconds: seconds('endcap_push_seconds', 'Message out to answer of the push service'),
    pushWaiting: gauge('endcap_push_waiting', 'Offers whose message has not gone out yet'),
    pushPhones: gauge('endcap_push_phones', 'Phones that take messages'),
    commitSeconds: seconds('endcap_commit_seconds', 'Receipt to durable, as the sender waits'),
    settleSeconds: seconds('endcap_settle_seconds', 'Durable to decided'),
    journalBytes: gauge('endcap_journal_bytes', 'Size of the journal on disk'),
    queue: gauge('endcap_engine_queue_events', 'Events waiting for the decision engine'),
    linkWaiting: gauge('endcap_link_waiting_events', 'Events waiting for HQ'),
    linkOldest: gauge('endcap_link_oldest_seconds', 'Age of the oldest event waiting for HQ'),
    sockets: gauge('endcap_sockets', 'Connected sockets', ['namespace']),
    slowListeners: gauge('endcap_slow_listeners', 'Listeners that do not take what waits for them', [
      'channel',
    ]),
    mqttClients: gauge('endcap_mqtt_clients', 'Connected MQTT clients'),
    certificateDays: gauge('endcap_certificate_days_left', 'Days until the next certificate of a kind ends', [
      'kind',
    ]),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;
