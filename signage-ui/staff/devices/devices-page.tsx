import '../desk/desk.css';
import { useState } from 'preact/hooks';
import { count } from '../../shared/format.js';
import { useNow } from '../../shared/ticking.js';
import { type DeviceRow, readEquipment, revokeDevice } from '../desk/api.js';
import { AskDialog } from '../desk/ask-dialog.js';
import { AsOf, Read } from '../desk/dated.js';
import { Notice, useNotice } from '../desk/notice.js';
import { FilterChips, Trouble, Waiting } from '../desk/pieces.js';
import { usePolled, useSteadyOrder } from '../desk/poll.js';
import { useMay } from '../desk/role.js';
import { type DeskTelling, deskTelling } from '../desk/telling.js';
import { address, hrefOf } from '../route.js';
import { MediaPage, PLAYLISTS } from '../screens-media/media-page.js';
import { useScreensDesk } from '../screens-pairing/screens-desk.js';
import type { TabProps } from '../tab-props.js';
import { AddDialog } from './device-dialogs.js';
import { DeviceTable } from './device-table.js';
import { ScreenTable } from './screen-table.js';
import { silentSince } from './silence.js';

const LOOK_MS = 4_000;
const AGES_MS = 5_000;
const FILTERS = ['all', 'silent', 'gateway', 'shelf', 'till', 'counter'] as const;
type Filter = (typeof FILTERS)[number];

const fits =
  (filter: Filter, storeMs: number) =>
  (row: DeviceRow): boolean =>
    filter === 'all' || (filter === 'silent' ? silentSince(row, storeMs) !== undefined : row.kind === filter);

function Devices(props: { devices: readonly DeviceRow[]; telling: DeskTelling; refresh(): Promise<void> }) {
  const { devices, telling, refresh } = props;
  const words = telling.desk.devices;
  const may = useMay();
  const [filter, setFilter] = useState<Filter>('all');
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<DeviceRow | undefined>();
  const notice = useNotice(words.failedRevoke, telling);
  const rows = useSteadyOrder(devices, ({ id }) => id, 'devices').filter(fits(filter, telling.storeMs));
  const chips = FILTERS.map((id) => ({
    id,
    word: words.filters[id],
    amount: words.amount(count(devices.filter(fits(id, telling.storeMs)).length, telling.place.locale)),
  }));
  return (
    <section class="desk-section" aria-label={words.others}>
      <div class="desk-bar">
        <h2>{words.others}</h2>
        <AsOf telling={telling} />
        {may('devices') ? (
          <button type="button" class="button" onClick={() => setAdding(true)}>
            {words.add}
          </button>
        ) : null}
      </div>
      <FilterChips
        label={words.others}
        chosen={filter}
        chips={chips}
        onChoose={(id: Filter) => setFilter(id)}
      />
      <div class="card desk-card">
        {rows.length === 0 ? (
          <p class="empty">{devices.length === 0 ? words.none : words.noneOf}</p>
        ) : (
          <DeviceTable rows={rows} mayChange={may('devices')} telling={telling} onRevoke={setRevoking} />
        )}
      </div>
      {adding ? (
        <AddDialog
          telling={telling}
          onClose={() => {
            setAdding(false);
            void refresh();
          }}
        />
      ) : null}
      {revoking === undefined ? null : (
        <AskDialog
          title={words.revokeNamed(revoking.name)}
          ask={words.revokeAsk(revoking.name)}
          sure={words.revokeSure}
          telling={telling}
          kind="device"
          act={(reason) => revokeDevice(revoking.id, reason)}
          failed={words.failedRevoke}
          onClose={() => setRevoking(undefined)}
          onDone={() => {
            notice.say({ text: words.revoked(revoking.name), tone: 'good' });
            setRevoking(undefined);
            void refresh();
          }}
        />
      )}
      <Notice notice={notice} telling={telling} />
    </section>
  );
}

/** The list of what there is, or what the screens play. */
export function DevicesPage(props: TabProps) {
  return address.value.id === PLAYLISTS ? <MediaPage {...props} /> : <Equipment {...props} />;
}

function Equipment({ now, state }: TabProps) {
  const telling = deskTelling(now, state, state.storeMs(useNow(AGES_MS)));
  const words = telling.desk.devices;
  // Which screens are up comes with the live picture; a change asks for the rest at once.
  const up = now.screens.map((screen) => `${screen.screen} ${screen.up} ${screen.showing ?? ''}`).join();
  const polled = usePolled(readEquipment, LOOK_MS, up);
  const { value } = polled;
  const desk = useScreensDesk({ screens: value?.screens ?? [], telling, refresh: polled.refresh });
  return (
    <Read polled={polled} telling={telling}>
      <Trouble polled={polled} telling={telling} />
      {value === undefined && polled.failure === undefined ? (
        <Waiting word={telling.desk.common.looking} />
      ) : null}
      {value === undefined ? null : (
        <>
          <section class="desk-section" aria-label={words.screens}>
            <div class="desk-bar">
              <h2>{words.screens}</h2>
              <AsOf telling={telling} />
              <div class="screens-buttons">
                <a class="button" href={hrefOf('devices', PLAYLISTS)}>
                  {telling.desk.media.title}
                </a>
                {desk.buttons}
              </div>
            </div>
            <div class="card desk-card">
              {value.screens.length === 0 ? (
                <p class="empty">{words.noScreens}</p>
              ) : (
                <ScreenTable
                  screens={value.screens}
                  openId={address.value.id}
                  acts={desk.acts}
                  telling={telling}
                />
              )}
            </div>
          </section>
          {desk.dialogs}
          <Devices devices={value.devices} telling={telling} refresh={polled.refresh} />
        </>
      )}
    </Read>
  );
}
