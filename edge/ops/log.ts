import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Field names that never reach a log line, whatever object carries them. */
const SECRET_PATHS = [
  'token',
  '*.token',
  'authorization',
  '*.authorization',
  'password',
  '*.password',
  'cookie',
  '*.cookie',
];

/** Structured log on standard error, one JSON object a line; standard output belongs to what the person asked for. */
export function createLog(options: { level: string; pretty: boolean }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      redact: { paths: SECRET_PATHS, censor: '[hidden]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: options.pretty }),
  );
}
