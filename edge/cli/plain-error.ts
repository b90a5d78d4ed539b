import { RefusalError } from '../contracts/index.js';

/** An error whose message is written for the person at the terminal: what was wrong, where, and what to do. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

interface SystemError {
  readonly code?: string;
  readonly path?: string;
  readonly port?: number;
  readonly address?: string;
  readonly message?: string;
}

/** What the operating system or SQLite said, in a sentence that names the cure; `undefined` for anything else. */
export function explainSystemError(error: unknown): PlainError | undefined {
  if (error instanceof RefusalError) return new PlainError(wordsOfRefusal(error));
  const given = (error ?? {}) as SystemError;
  const code = given.code ?? codeInWords(given.message);
  const system = code === undefined ? given : { ...given, code, message: given.message ?? '' };
  const words = system.port === undefined ? wordsOfFile(system) : wordsOfPort(system);
  return words === undefined ? undefined : new PlainError(words);
}

/** The journal takes nothing: while a store starts there is nobody else to tell. */
function wordsOfRefusal({ refusal: { reason, detail } }: RefusalError): string {
  const full = reason === 'DiskFull' ? wordsOfFile({ code: 'ENOSPC' }) : undefined;
  return full ?? `The store cannot do that: ${detail}.`;
}

function wordsOfPort({ code, port, address }: SystemError): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${address} is taken. Stop the other program, or set another port under http: or mqtt: in store.yaml.`;
    case 'EACCES':
    case 'EPERM':
      return `No permission to listen on port ${port}. Use a port above 1023, or give the program the right to bind low ports.`;
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${address}. Set another host under http: or mqtt: in store.yaml.`;
    default:
      return undefined;
  }
}

function wordsOfFile({ code, path, message }: SystemError): string | undefined {
  const what = path ?? 'the data folder';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'SQLITE_READONLY':
      return `No permission for ${what}. Give this user the right to read and write there, or name another folder (--data, or ENDCAP_DATA, for that of the store).`;
    case 'ENOSPC':
    case 'EDQUOT':
    case 'SQLITE_FULL':
      return `The disk is full at ${what}. Free some space; nothing that was acknowledged is lost.`;
    case 'EROFS':
      return `${what} is read-only. Name a folder that can be written (--data, or ENDCAP_DATA, for that of the store).`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `${what} is a file, or leads through one, where a folder is needed. Name another place.`;
    case 'EISDIR':
      return `${what} is a folder, where a file is needed. Name a file.`;
    case 'ENOENT':
      return `${what} is not there. Look at how the path is written, and make its folder first.`;
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open on this machine. Raise the limit (ulimit -n), or stop another program.';
    case 'EIO':
      return `The disk failed at ${what}: ${message}. Test it, and keep a copy of the data folder first.`;
    default:
      return wordsOfSqlite(code, message);
  }
}

/** An error that came from another thread has lost its code, not its words. */
function codeInWords(message = ''): string | undefined {
  if (message === 'database or disk is full') return 'SQLITE_FULL';
  if (message === 'unable to open database file') return 'SQLITE_CANTOPEN';
  if (message === 'disk I/O error') return 'SQLITE_IOERR';
  if (message === 'attempt to write a readonly database') return 'SQLITE_READONLY';
  return /^(E[A-Z]{2,}): /.exec(message)?.[1];
}

/** SQLite names no path; whichever database it was lies in the data folder. */
function wordsOfSqlite(code = '', message = ''): string | undefined {
  if (code.startsWith('SQLITE_CANTOPEN'))
    return 'A database in the data folder cannot be opened or made. Look at its permissions, and whether the disk is full.';
  if (code.startsWith('SQLITE_IOERR'))
    return `The disk failed at the data folder: ${message}. Look whether it is full, test it, and keep a copy of the folder first.`;
  return undefined;
}
