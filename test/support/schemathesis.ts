import { execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { cached } from '../../cloud-bridge/provision/cache.js';

const VERSION = '4.32.5';

/** Folder of Python packages with schemathesis in it, fetched by pip once on this machine. */
export function provisionSchemathesis(onProgress?: (line: string) => void): Promise<string> {
  return cached({
    name: `schemathesis-${VERSION}`,
    recipe: `pip install schemathesis==${VERSION}`,
    onProgress,
    fill: async (directory) => {
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', directory];
      await promisify(execFile)('python3', [...pip, `schemathesis==${VERSION}`]);
    },
  });
}

export interface ContractRun {
  /** Folder from `provisionSchemathesis`. */
  readonly packages: string;
  /** Address or file of the OpenAPI document. */
  readonly document: string;
  readonly url: string;
  /** None: nobody is logged in. */
  readonly token: string | undefined;
  readonly phases: string;
  /** Generated requests an operation and phase. */
  readonly examples: number;
  readonly seed: number;
}

/** Runs schemathesis against a store; what it printed, the number of requests, and whether it found nothing. */
export function runContract(run: ContractRun): Promise<{ ok: boolean; cases: number; output: string }> {
  const checks = [
    ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
    ...['response_schema_conformance', 'response_headers_conformance'],
  ];
  const parameters = [
    ...['-m', 'schemathesis.cli', 'run', run.document, '--url', run.url, '--checks', checks.join(',')],
    ...['--phases', run.phases, '--max-examples', `${run.examples}`, '--seed', `${run.seed}`],
    // A stream never ends; it has a suite of its own.
    ...['--exclude-path-regex', 'stream$', '--request-timeout', '10', '--continue-on-failure', '--no-color'],
    ...(run.token === undefined ? [] : ['--header', `Authorization: Bearer ${run.token}`]),
  ];
  return new Promise((done, fail) => {
    const child = spawn('python3', parameters, {
      // It keeps notes where it runs, which is no place in the repository.
      cwd: tmpdir(),
      env: { ...process.env, PYTHONPATH: run.packages },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', fail);
    child.once('exit', (code) => {
      const cases = Number(/(\d+) generated/.exec(output)?.[1] ?? 0);
      done({ ok: code === 0, cases, output });
    });
  });
}
