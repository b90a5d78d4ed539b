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

/** What the operating system said, in a sentence that names the cure; `undefined` for anything else. */
export function explainSystemError(error: unknown): PlainError | undefined {
  const { code, path, port, address } = error as {
    code?: string;
    path?: string;
    port?: number;
    address?: string;
  };
  switch (code) {
    case 'EADDRINUSE':
      return new PlainError(
        `Port ${port} on ${address} is taken. Stop the other program, or set another port under http: or mqtt: in store.yaml.`,
      );
    case 'EACCES':
    case 'EPERM':
      return port === undefined
        ? new PlainError(
            `No permission for ${path ?? 'the data folder'}. Give this user the right to write there, or name another folder with ENDCAP_DATA.`,
          )
        : new PlainError(
            `No permission to listen on port ${port}. Use a port above 1023, or give the program the right to bind low ports.`,
          );
    case 'ENOSPC':
      return new PlainError(
        `The disk is full at ${path ?? 'the data folder'}. Free some space; nothing that was acknowledged is lost.`,
      );
    case 'EROFS':
      return new PlainError(
        `${path ?? 'The data folder'} is read-only. Name a folder that can be written with ENDCAP_DATA.`,
      );
    default:
      return undefined;
  }
}
