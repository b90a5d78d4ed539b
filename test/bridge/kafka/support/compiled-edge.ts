import { resolve } from 'node:path';
import { lastLines, runCommand } from '../../../../cloud-bridge/provision/command.js';

const OUTPUT = resolve('test/output/edge-process');
const ENTRIES = ['test/bridge/kafka/support/edge-process.ts', 'edge/store/writer-thread.ts'];

/** The edge process and the sources that it uses as JavaScript: it is started many times, so it must start fast. */
export async function compileEdge(): Promise<string> {
  const options = [
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--skipLibCheck',
    '--strict',
    '--types',
    'node',
  ];
  const { code, output } = await runCommand(process.execPath, [
    ...[resolve('node_modules/typescript/bin/tsc'), '--ignoreConfig', '--rootDir', '.', '--outDir', OUTPUT],
    ...options,
    ...ENTRIES,
  ]);
  if (code !== 0) throw new Error(`the edge process does not compile: ${lastLines(output)}`);
  return resolve(OUTPUT, 'test/bridge/kafka/support/edge-process.js');
}
