import '../desk/desk.css';
import './health.css';
import { useState } from 'preact/hooks';
import type { HealthNow, LinkNow } from '../../../edge/contracts/index.js';
import { clockTime, count, hourMinute } from '../../shared/format.js';
import { lengthInWords } from '../../shared/messages/index.js';
import { doubtWords, linkDetail, refusalWords, toldFor } from '../../shared/messages/told.js';
import { useNow } from '../../shared/ticking.js';
import { makeBackup, readCertificates, readHealth } from '../desk/api.js';
import { Read } from '../desk/dated.js';
import { Notice, useNotice } from '../desk/notice.js';
import { State, Trouble, Waiting } from '../desk/pieces.js';
import { usePolled } from '../desk/poll.js';
import { useMay } from '../desk/role.js';
import { bytesInWords, type DeskTelling, deskTelling } from '../desk/telling.js';
import { whyOf } from '../desk/why.js';
import type { TabProps } from '../tab-props.js';
import { linkWords } from '../top-bar.js';
import {
  Alarms,
  Backups,
  Certificates,
  Classes,
  Fact,
  Fill,
  Gaps,
  Refusals,
  Starts,
} from './health-parts.js';
import { clockTone, diskTone, engineTone, journalTone, linkTone, type Summed, sumOf } from './things.js';

const LOOK_MS = 5_000;
const CERTIFICATES_MS = 60_000;
const AGES_MS = 5_000;
/** Longer than the journal keeps anything: saying more would be a false promise of precision. */
const LONG_S = 30 * 86_400;

function roomWords({ journal }: HealthNow, { desk, messages }: DeskTelling): string {
  if (journal.bytesPerHour === undefined) return desk.health.roomUnknown;
  if (journal.roomS === undefined || journal.roomS > LONG_S) return desk.health.roomLong;
  return desk.health.room(lengthInWords(journal.roomS * 1_000, messages));
}

function JournalFact({ health, telling }: { health: HealthNow; telling: DeskTelling }) {
  const words = telling.desk.health;
  const { locale } = telling.place;
  const { bytes, quotaBytes, segments, trouble, bytesPerHour } = health.journal;
  const grows =
    bytesPerHour === undefined || bytesPerHour <= 0
      ? undefined
      : words.grows(bytesInWords(bytesPerHour, locale));
  return (
    <Fact
      name={words.journal}
      tone={journalTone(health)}
      figure={
        <>
          {bytesInWords(bytes, locale)}{' '}
          <span class="fact-unit">{words.of(bytesInWords(quotaBytes, locale))}</span>
          <Fill share={bytes / quotaBytes} />
        </>
      }
      lines={[
        trouble === undefined
          ? undefined
          : `${words.trouble}: ${refusalWords(toldFor(locale), { reason: trouble })}`,
        roomWords(health, telling),
        [words.segments(count(segments, locale)), grows].filter(Boolean).join(', '),
      ]}
    />
  );
}

function doubtLine({ clock }: HealthNow, { desk, place }: DeskTelling): string {
  const why = clock.why === undefined ? undefined : doubtWords(clock.why, place);
  return why === undefined ? desk.health.clockDoubt : `${desk.health.clockDoubt}: ${why}`;
}

function BoxFacts({ health, telling }: { health: HealthNow; telling: DeskTelling }) {
  const words = telling.desk.health;
  const { locale } = telling.place;
  const size = (bytes: number): string => bytesInWords(bytes, locale);
  const { disk, memory, clock, engine, connections } = health;
  return (
    <>
      <Fact
        name={words.disk}
        tone={diskTone(health)}
        figure={
          <>
            {size(disk.freeBytes)} <span class="fact-unit">{words.free(size(disk.totalBytes))}</span>
            <Fill share={1 - disk.freeBytes / disk.totalBytes} />
          </>
        }
        lines={[]}
      />
      <Fact
        name={words.memory}
        figure={
          <>
            {size(memory.residentBytes)} <span class="fact-unit">{words.uses}</span>
          </>
        }
        lines={[
          words.machine(size(memory.machineFreeBytes), size(memory.machineTotalBytes)),
          words.load(count(health.load, locale)),
        ]}
      />
      <Fact
        name={words.clock}
        tone={clockTone(health)}
        figure={hourMinute(health.at, telling.place)}
        lines={[clock.doubt === undefined ? words.clockSure : doubtLine(health, telling)]}
      />
      <Fact
        name={words.engine}
        tone={engineTone(health)}
        figure={
          <>
            {count(engine.waiting, locale)}{' '}
            <span class="fact-unit">{words.waiting(count(engine.waiting, locale))}</span>
          </>
        }
        lines={[
          engine.waiting === 0 ? words.noLag : words.lag(count(engine.waiting, locale)),
          words.connected(count(connections.mqtt, locale), count(connections.pages, locale)),
        ]}
      />
    </>
  );
}

function Facts({ health, link, telling }: { health: HealthNow; link: LinkNow; telling: DeskTelling }) {
  const words = telling.desk.health;
  const { locale } = telling.place;
  const toHq = linkWords(link, telling.storeMs, { messages: telling.messages, locale });
  const upMs = telling.storeMs - Date.parse(health.startedAt);
  return (
    <div class="card facts">
      <JournalFact health={health} telling={telling} />
      <BoxFacts health={health} telling={telling} />
      <Fact
        name={words.link}
        tone={linkTone(link)}
        figure={<span class="fact-words">{toHq.state}</span>}
        lines={[toHq.rest, linkDetail(link, telling.place)]}
      />
      <Fact
        name={words.version}
        figure={<span class="fact-words">{health.version}</span>}
        lines={[words.running(lengthInWords(upMs, telling.messages))]}
      />
    </div>
  );
}

/** `silent`: the store does not answer now, so that nobody knows whether it still is as it was. */
function Summary(props: { health: HealthNow; sum: Summed; silent: boolean; telling: DeskTelling }) {
  const { health, sum, silent, telling } = props;
  const words = telling.desk.health;
  const word = sum.amount === 0 ? words.good : words.look(sum.amount);
  const seen = words.asOf(clockTime(health.at, telling.place));
  return (
    <div class="desk-bar">
      <h2>{words.title}</h2>
      {silent ? (
        <State tone="calm" word={words.notKnown} rest={<time class="as-of">{`${seen}: ${word}`}</time>} />
      ) : (
        <State tone={sum.tone} word={word} rest={<time class="as-of">{seen}</time>} />
      )}
    </div>
  );
}

export function HealthPage({ now, state }: TabProps) {
  const telling = deskTelling(now, state, state.storeMs(useNow(AGES_MS)));
  const words = telling.desk.health;
  const may = useMay();
  const polled = usePolled(readHealth, LOOK_MS);
  const trust = usePolled(readCertificates, CERTIFICATES_MS);
  const notice = useNotice(words.failedBackup, telling);
  const [making, setMaking] = useState(false);
  const make = (): void => {
    setMaking(true);
    makeBackup()
      .then(
        ({ folder }) => {
          notice.say({ text: words.made(folder), tone: 'good' });
          return polled.refresh();
        },
        (error: unknown) => notice.say({ text: words.failedBackup(whyOf(error, telling)), tone: 'look' }),
      )
      .finally(() => setMaking(false));
  };
  const { value } = polled;
  const certificates = trust.value?.certificates ?? [];
  return (
    <Read polled={polled} telling={telling}>
      <Trouble polled={polled.failure === undefined ? trust : polled} telling={telling} />
      {value === undefined && polled.failure === undefined ? (
        <Waiting word={telling.desk.common.looking} />
      ) : null}
      {value === undefined ? null : (
        <>
          <Summary
            health={value}
            sum={sumOf({ health: value, link: now.link, alarms: now.alarms, certificates })}
            silent={polled.failure !== undefined || trust.failure !== undefined}
            telling={telling}
          />
          <Facts health={value} link={now.link} telling={telling} />
          <div class="health-parts">
            <Alarms alarms={now.alarms} telling={telling} />
            <Certificates certificates={certificates} telling={telling} />
            <Classes health={value} telling={telling} />
            <Refusals health={value} telling={telling} />
            <Gaps health={value} telling={telling} />
            <Starts health={value} telling={telling} />
            <Backups health={value} telling={telling} mayMake={may('backup')} making={making} onMake={make} />
          </div>
        </>
      )}
      <Notice notice={notice} telling={telling} />
    </Read>
  );
}
