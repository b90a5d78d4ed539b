import './screens-pairing.css';
import { useState } from 'preact/hooks';
import type { ScreenNow } from '../../../edge/contracts/index.js';
import { toldFor, wordOf } from '../../shared/messages/told.js';
import { AskDialog } from '../desk/ask-dialog.js';
import { Notice, useNotice } from '../desk/notice.js';
import { useMay } from '../desk/role.js';
import type { DeskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import { sendAway, showAllNames, showName } from './api.js';
import { PairDialog } from './pair-dialog.js';

/** What may be done with a row of the list of screens. */
export interface ScreenActs {
  readonly mayName: boolean;
  readonly maySendAway: boolean;
  name(row: ScreenNow): void;
  sendAway(row: ScreenNow): void;
}

interface DeskProps {
  readonly screens: readonly ScreenNow[];
  readonly telling: DeskTelling;
  refresh(): Promise<void>;
}

/** Everything that staff do with screens: the buttons above the list, the acts of its rows, dialogs and what was done. */
export function useScreensDesk({ screens, telling, refresh }: DeskProps) {
  const words = telling.desk.screens;
  const may = useMay();
  const [pairing, setPairing] = useState(false);
  const [sending, setSending] = useState<ScreenNow | undefined>();
  const notice = useNotice(words.failed, telling);
  const done = (text: string): void => {
    notice.say({ text, tone: 'good' });
    void refresh();
  };
  const failed = (failure: unknown): void =>
    notice.say({ text: words.failed(whyOf(failure, telling)), tone: 'look' });
  const acts: ScreenActs = {
    mayName: may('stop'),
    maySendAway: may('devices'),
    name: (row) => {
      const say = (told: number): void =>
        notice.say({
          text: told === 0 ? words.silentOne(row.name) : words.namedOne(row.name),
          tone: told === 0 ? 'look' : 'good',
        });
      showName(row.screen).then(({ told }) => say(told), failed);
    },
    sendAway: setSending,
  };
  const nameAll = (): void => {
    showAllNames().then(
      ({ told }) => notice.say({ text: words.named(told), tone: told === 0 ? 'look' : 'good' }),
      failed,
    );
  };
  const buttons = (
    <>
      {acts.mayName ? (
        <button type="button" class="button" onClick={nameAll}>
          {words.names}
        </button>
      ) : null}
      {may('count') ? (
        <button type="button" class="button button-primary" onClick={() => setPairing(true)}>
          {words.pair}
        </button>
      ) : null}
    </>
  );
  const dialogs = (
    <>
      {pairing ? (
        <PairDialog
          screens={screens}
          telling={telling}
          onClose={() => setPairing(false)}
          onPaired={(name) => {
            setPairing(false);
            done(words.paired(name));
          }}
        />
      ) : null}
      {sending === undefined ? null : (
        // A screen in the shop goes blank of offers by it.
        <AskDialog
          title={words.awayNamed(sending.name)}
          ask={words.awayAsk(sending.name)}
          sure={words.away}
          telling={telling}
          kind="screen"
          act={(reason) => sendAway(sending.screen, reason)}
          failed={words.failed}
          onClose={() => setSending(undefined)}
          onDone={() => {
            setSending(undefined);
            done(words.awayDone(sending.name));
          }}
        />
      )}
      <Notice notice={notice} telling={telling} />
    </>
  );
  return { acts, buttons, dialogs };
}

/** The two buttons of a row. A silent player can be sent away, too: it may be a stolen one. */
export function ScreenActButtons({
  row,
  acts,
  telling,
}: {
  row: ScreenNow;
  acts: ScreenActs;
  telling: DeskTelling;
}) {
  const words = telling.desk.screens;
  return (
    <span class="screen-acts">
      {acts.mayName ? (
        <button
          type="button"
          class="button button-plain"
          aria-label={`${words.namesOne}: ${row.name}`}
          onClick={() => acts.name(row)}
        >
          {words.namesOne}
        </button>
      ) : null}
      {acts.maySendAway && (row.up || row.reason !== undefined) ? (
        <button
          type="button"
          class="button button-plain"
          aria-label={`${words.away}: ${row.name}`}
          onClick={() => acts.sendAway(row)}
        >
          {words.away}
        </button>
      ) : null}
    </span>
  );
}

/** Why a screen is silent, as far as anybody knows. */
export function silenceInWords(row: ScreenNow, telling: DeskTelling): string | undefined {
  const words = telling.desk.screens;
  if (row.up) return undefined;
  if (row.reason === undefined) return words.never;
  return wordOf<string>(toldFor(telling.place.locale).silences, row.reason) ?? row.reason;
}
