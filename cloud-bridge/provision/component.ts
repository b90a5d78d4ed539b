/** What can be provisioned, in which version, and how a missing one is reported. */

export const KAFKA_VERSION = '4.1.1';
export const FLINK_VERSION = '2.2.0';
export const FLINK_KAFKA_CONNECTOR_VERSION = '5.0.0-2.2';
export const JAVA_MAJOR_MIN = 17;

export type MissingReason =
  | 'JavaMissing'
  | 'JavaTooOld'
  | 'MavenMissing'
  | 'PipMissing'
  | 'CommandMissing'
  | 'FetchFailed'
  | 'InstallFailed'
  | 'PortTaken'
  | 'StartFailed';

/** A component cannot be had or started here; `message` is one sentence for a person, `reason` is for programs. */
export class ComponentMissing extends Error {
  override readonly name = 'ComponentMissing';
  constructor(
    readonly component: string,
    readonly reason: MissingReason,
    detail: string,
  ) {
    super(`${component}: ${detail}`);
  }
}

/** One line of text about what is being done now, for a console. */
export type OnProgress = (line: string) => void;

export interface ProvisionOptions {
  readonly onProgress?: OnProgress;
  /** Install Debian packages where this process is root; off unless somebody asked for it. */
  readonly mayInstall?: boolean;
}
