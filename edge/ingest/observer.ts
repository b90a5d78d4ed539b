/** What the rim tells operations: counts with few labels, never an identity. */
export interface IngestObserver {
  /** One message or document was answered; `outcome` is kept, known, nothing, or a refusal reason. */
  handled(what: { readonly adapter: string; readonly outcome: string; readonly channel: string }): void;
  /** A message was not understood and is beyond the budget of its sender: counted, not stored. */
  counted(reason: string): void;
  /** A QoS 0 message came: it is outside the promise that an acknowledged message is never lost. */
  unacknowledged(): void;
  /** A client was disconnected; `reason` is a refusal reason or a limit. */
  cut(reason: string): void;
  clients(count: number): void;
  /** How many subscribers do not take what waits for them. */
  slow(count: number): void;
}
