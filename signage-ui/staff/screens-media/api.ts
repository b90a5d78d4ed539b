import type { Daypart, PlaylistItem, Screen } from '../../../edge/contracts/index.js';
import { ApiFailure, call, failureOf, type Problem } from '../../shared/api.js';

import { because, saying } from '../desk/reason.js';

export interface MediaFile {
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string;
  readonly width?: number;
  readonly height?: number;
}
export interface MediaAnswer {
  readonly files: readonly MediaFile[];
  /** Names of files that are not on the disk as they were uploaded. */
  readonly damaged: readonly string[];
}
type Programme = Pick<Screen, 'name' | 'orientation' | 'playlist' | 'awake' | 'group'>;

const part = encodeURIComponent;
export const addressOf = (name: string): string => `/v1/media/${part(name)}`;
export const readMedia = (): Promise<MediaAnswer> => call('GET', '/v1/media');
export const removeFile = (name: string, reason: string): Promise<unknown> =>
  call('DELETE', addressOf(name) + because(reason));

/** Read anew before it is written, so that nobody's change of a moment ago is undone by an old picture of it. */
async function changeProgramme(
  screen: string,
  change: (now: Programme) => Programme,
  reason: string | undefined,
): Promise<void> {
  const path = `/v1/screens/${part(screen)}/programme`;
  const changed = change(await call<Programme>('GET', path));
  await call('PUT', path, { ...changed, ...saying(reason) });
}

export const changePlaylist = (
  screen: string,
  change: (items: readonly PlaylistItem[] | undefined) => readonly PlaylistItem[],
  reason?: string,
): Promise<void> =>
  changeProgramme(
    screen,
    ({ playlist, ...rest }) => {
      const items = change(playlist);
      return { ...rest, ...(items.length === 0 ? {} : { playlist: [...items] }) };
    },
    reason,
  );

/** In which hours it is lit; none are always. */
export const changeAwake = (screen: string, parts: readonly Daypart[], reason?: string): Promise<void> =>
  changeProgramme(
    screen,
    ({ awake: _awake, ...rest }) => ({ ...rest, ...(parts.length === 0 ? {} : { awake: [...parts] }) }),
    reason,
  );

export interface Sending {
  /** Rejects with ApiFailure. `known`: the store had these very bytes already. */
  readonly done: Promise<{ readonly file: MediaFile; readonly known: boolean }>;
  cancel(): void;
}

/** `fetch` does not tell how far an upload is; this does. */
export function sendFile(file: File, onShare: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<{ file: MediaFile; known: boolean }>((resolve, reject) => {
    request.open('POST', '/v1/media');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('endcap-as', 'staff');
    request.upload.onprogress = ({ loaded, total }) => onShare(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const { status } = request;
      const answer = safeJson(request.responseText);
      if (status === 200 || status === 201) resolve({ file: answer as MediaFile, known: status === 200 });
      else reject(failureOf(status, (answer ?? {}) as Problem));
    };
    request.onerror = () => reject(new ApiFailure(0, 'NoAnswer', 'The store did not answer.'));
    request.onabort = () => reject(new ApiFailure(0, 'Cancelled', 'Cancelled.'));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
