import type { Offer } from '../../contracts/index.js';

/** The newest hint of one campaign that a person was given. */
export interface Hint {
  readonly campaign: string;
  readonly decisionId: string;
  readonly offer: Offer;
  readonly untilMs: number;
}

export interface HintState {
  /** sid → one hint a campaign. */
  bySid: Map<string, Hint[]>;
}

export function createHintState(): HintState {
  return { bySid: new Map() };
}

/** The one of the same campaign makes room. */
export function noteHint(state: HintState, sid: string, hint: Hint): void {
  const hints = state.bySid.get(sid);
  if (hints === undefined) {
    state.bySid.set(sid, [hint]);
    return;
  }
  const at = hints.findIndex(({ campaign }) => campaign === hint.campaign);
  if (at < 0) hints.push(hint);
  else hints[at] = hint;
}

/** Those that hold still. */
export function hintsOf(state: HintState, sid: string, atMs: number): readonly Hint[] {
  return state.bySid.get(sid)?.filter(({ untilMs }) => untilMs > atMs) ?? [];
}

/** Once a day: what is over, of everybody. */
export function pruneHints(state: HintState, nowMs: number): void {
  for (const sid of state.bySid.keys()) {
    const left = hintsOf(state, sid, nowMs);
    if (left.length === 0) state.bySid.delete(sid);
    else state.bySid.set(sid, [...left]);
  }
}
