/** Pictures and films of screens. A file's name is the hash of its bytes, so that whoever holds one holds the right one. */
import { Type } from '@sinclair/typebox';
import type { Response } from 'express';
import { MediaName, type Screen } from '../../contracts/index.js';
import type { Audit, Role } from '../../ports.js';
import { MEDIA_BYTES_MAX, type MediaFile, type MediaFiles } from '../media/media-files.js';
import { DATA_ROLES, isRefusal, ok, type Route, route, STAFF_ROLES } from './route.js';

export interface MediaDeps {
  readonly media: MediaFiles;
  readonly audit: Pick<Audit, 'note'>;
  readonly screensOf: () => readonly Screen[];
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
    answers: { 200: { description: 'All of them', schema: Type.Object({ files: Type.Array(File) }) } },
    refusals: [],
    handle: () => ok({ files: media.list() }),
  });

const takeRoute = ({ media, audit }: MediaDeps): Route =>
  route({
    method: 'post',
    path: '/v1/media',
    tag: 'Screens',
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
    handle: async ({ raw, principal }) => {
      const taken = await media.take(raw);
      if (isRefusal(taken)) return taken;
      const { file, known } = taken;
      if (!known) {
        await audit.note({ action: 'media.upload', by: principal, target: file.name, outcome: 'done' });
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
    },
    refusals: ['NotFound'],
    example: { params: { name: NONE } },
    handle: async ({ params }) => {
      const found = await media.read(params.name);
      if (found === undefined) return { reason: 'NotFound', detail: 'there is no such file', field: '/name' };
      return { status: 200, stream: (response) => send(response, found) };
    },
  });

function send(response: Response, { file, body }: { file: MediaFile; body: Buffer }): void {
  response.setHeader('content-type', file.contentType);
  response.setHeader('cache-control', `private, max-age=${YEAR_S}, immutable`);
  // Opened as a page of its own it may do nothing at all.
  response.setHeader('content-security-policy', "default-src 'none'; sandbox");
  response.setHeader('content-length', String(body.length));
  response.end(body);
}

const removeRoute = ({ media, audit, screensOf }: MediaDeps): Route =>
  route({
    method: 'delete',
    path: '/v1/media/{name}',
    tag: 'Screens',
    summary: 'Remove a file that no playlist names',
    roles: DATA_ROLES,
    params: Named,
    answers: { 204: { description: 'Removed; what was played stays proven' } },
    refusals: ['NotFound', 'MediaInUse', 'QuotaReached', 'DiskFull', 'DiskFailed'],
    example: { params: { name: NONE } },
    handle: async ({ params: { name }, principal }) => {
      const using = screensOf().filter((screen) => screen.playlist?.some(({ media: file }) => file === name));
      if (using.length > 0) {
        return { reason: 'MediaInUse', detail: `it plays on ${using.map(({ id }) => id).join(', ')}` };
      }
      if (!(await media.remove(name))) {
        return { reason: 'NotFound', detail: 'there is no such file', field: '/name' };
      }
      await audit.note({ action: 'media.remove', by: principal, target: name, outcome: 'done' });
      return { status: 204 };
    },
  });
