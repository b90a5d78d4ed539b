/** Pictures and films of screens. A file's name is the hash of its bytes, so that whoever holds one holds the right one. */
import { pipeline, type Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import type { Response } from 'express';
import { MediaName, type Refusal, type Screen } from '../../contracts/index.js';
import type { Audit, Role } from '../../ports.js';
import { noted } from '../audit/noted.js';
import { type ByteRange, rangeOf } from '../media/byte-range.js';
import { MEDIA_BYTES_MAX, type MediaFile, type MediaFiles } from '../media/media-files.js';
import { DATA_ROLES, isRefusal, ok, type Route, route, STAFF_ROLES } from './route.js';

export interface MediaDeps {
  readonly media: MediaFiles;
  readonly audit: Pick<Audit, 'note'>;
  /** Runs while no screen is being told what to play; `screens` are as they were told last. */
  readonly alone: <T>(work: (screens: readonly Screen[]) => Promise<T>) => Promise<T>;
}

const VIEWERS: readonly Role[] = [...STAFF_ROLES, 'screen'];
const YEAR_S = 365 * 24 * 3_600;
const File = Type.Object({
  name: Type.String({ description: 'for a playlist' }),
  bytes: Type.Integer(),
  contentType: Type.String(),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
});
const Named = Type.Object({ name: MediaName });
const NONE = `${'0'.repeat(64)}.png`;

export function mediaRoutes(deps: MediaDeps): readonly Route[] {
  return [listRoute(deps), takeRoute(deps), readRoute(deps), removeRoute(deps)];
}

const listRoute = ({ media }: MediaDeps): Route =>
  route({
    method: 'get',
    path: '/v1/media',
    tag: 'Screens',
    summary: 'Files that a playlist may name',
    roles: STAFF_ROLES,
    answers: {
      200: {
        description: 'All of them',
        schema: Type.Object({
          files: Type.Array(File),
          damaged: Type.Array(Type.String(), {
            description: 'no longer themselves on the disk: set aside and shown nowhere; upload them again',
          }),
        }),
      },
    },
    refusals: [],
    handle: () => ok({ files: media.list(), damaged: media.damaged() }),
  });

const takeRoute = ({ media, audit }: MediaDeps): Route =>
  route({
    method: 'post',
    path: '/v1/media',
    tag: 'Screens',
    audit: { notes: ['media.upload'] },
    summary: 'Upload a picture or a film',
    description: `PNG, JPEG, WebP, MP4 or WebM, told by its bytes; ${MEDIA_BYTES_MAX / 1024 / 1024} MiB at most. SVG is refused, because it can carry scripts.`,
    roles: DATA_ROLES,
    body: Type.Unknown({ description: 'the bytes of the file' }),
    bodyAs: 'raw',
    bodyType: 'application/octet-stream',
    bodyBytesMax: MEDIA_BYTES_MAX,
    answers: {
      201: { description: 'Taken', schema: File },
      200: { description: 'Known already', schema: File },
    },
    refusals: ['UnsupportedFormat', 'TooLarge', 'Busy', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    handle: async ({ raw, actor }) => {
      const taken = await media.take(raw);
      if (isRefusal(taken)) return taken;
      const { file, known } = taken;
      if (!known) {
        const entry = { action: 'media.upload', ...actor, target: file.name, outcome: 'done' } as const;
        await audit.note(entry).catch(async (error: unknown) => {
          // Its name is known once it is there; nobody answers for it, so it does not stay.
          await media.remove(file.name);
          throw error;
        });
      }
      return { status: known ? 200 : 201, body: file };
    },
  });

const readRoute = ({ media }: MediaDeps): Route =>
  route({
    method: 'get',
    path: '/v1/media/{name}',
    tag: 'Screens',
    summary: 'One file, which never changes',
    roles: VIEWERS,
    params: Named,
    answers: {
      200: { description: 'Its bytes', schema: Type.String(), contentType: 'application/octet-stream' },
      206: {
        description: 'The bytes of `Range`',
        schema: Type.String(),
        contentType: 'application/octet-stream',
      },
      304: { description: 'The file of `If-None-Match`' },
      416: { description: 'No byte of `Range` is in the file' },
    },
    refusals: ['NotFound'],
    example: { params: { name: NONE } },
    handle: async ({ params: { name }, header }) => {
      const file = await media.find(name);
      if (file === undefined) return { reason: 'NotFound', detail: 'there is no such file', field: '/name' };
      const etag = `"${name.split('.')[0]}"`;
      const headers = headersOf(file, etag);
      if (isNamed(header('if-none-match'), etag)) return { status: 304, headers };
      // What changed since the first part was read would be no part of it; a file never changes under its name.
      const asked = (header('if-range') ?? etag) === etag ? header('range') : undefined;
      const range = rangeOf(asked, file.bytes);
      if (range === 'none') {
        return { status: 416, headers: { ...headers, 'content-range': `bytes */${file.bytes}` } };
      }
      const { status, more } = partOf(file, range);
      return {
        status,
        headers: { ...headers, ...more },
        stream: (response) => {
          response.status(status);
          void send(response, () => media.bytes(name, range));
        },
      };
    },
  });

function headersOf({ contentType }: MediaFile, etag: string): Record<string, string> {
  return {
    'content-type': contentType,
    'cache-control': `private, max-age=${YEAR_S}, immutable`,
    // Opened as a page of its own it may do nothing at all.
    'content-security-policy': "default-src 'none'; sandbox",
    'accept-ranges': 'bytes',
    etag,
  };
}

function partOf({ bytes }: MediaFile, range: ByteRange | undefined) {
  if (range === undefined) return { status: 200, more: { 'content-length': String(bytes) } };
  const { start, end } = range;
  const more = {
    'content-length': String(end - start + 1),
    'content-range': `bytes ${start}-${end}/${bytes}`,
  };
  return { status: 206, more };
}

const isNamed = (header: string | undefined, etag: string): boolean =>
  (header ?? '')
    .split(',')
    .some((one) => one.trim() === etag || one.trim() === `W/${etag}` || one.trim() === '*');

/** A part at a time, as fast as the other side takes it. What is cut off there or here ends the connection. */
async function send(response: Response, open: () => Promise<Readable | undefined>): Promise<void> {
  const bytes = await open().catch(() => undefined);
  if (bytes === undefined) response.destroy();
  else pipeline(bytes, response, () => undefined);
}

const removeRoute = ({ media, audit, alone }: MediaDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/media/{name}',
    tag: 'Screens',
    audit: { notes: ['media.remove'], why: 'person' },
    summary: 'Remove a file that no playlist names',
    roles: DATA_ROLES,
    params: Named,
    answers: { 204: { description: 'Removed; what was played stays proven' } },
    refusals: ['NotFound', 'MediaInUse', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { name: NONE } },
    handle: async ({ params: { name }, actor }) => {
      const removed = await alone(async (screens) => {
        const refusal = whyKept(media, name, screens);
        if (refusal !== undefined) return refusal;
        return noted(audit, { action: 'media.remove', ...actor, target: name }, () => media.remove(name));
      });
      return typeof removed === 'object' ? removed : removed ? { status: 204 } : GONE;
    },
  });

const GONE: Refusal = { reason: 'NotFound', detail: 'there is no such file', field: '/name' };

function whyKept(media: MediaDeps['media'], name: string, screens: readonly Screen[]): Refusal | undefined {
  const using = screens.filter(({ playlist }) => playlist?.some(({ media: file }) => file === name));
  if (using.length > 0) {
    return { reason: 'MediaInUse', detail: `it plays on ${using.map(({ id }) => id).join(', ')}` };
  }
  const held = [...media.list().map((file) => file.name), ...media.damaged()];
  return held.includes(name) ? undefined : GONE;
}
