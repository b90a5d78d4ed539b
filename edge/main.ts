#!/usr/bin/env node
import { endWithReader } from './cli/output.js';
import { explainSystemError, PlainError } from './cli/plain-error.js';
import { createProgram } from './cli/program.js';
import { ConfigError } from './config/problems.js';

/** Exit codes: 0 done, 1 failed, 2 wrong configuration or usage. */
async function main(): Promise<void> {
  endWithReader();
  try {
    await createProgram().parseAsync(process.argv);
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`The configuration cannot be used:\n${error.message}\n`);
      process.exitCode = 2;
      return;
    }
    const plain = error instanceof PlainError ? error : explainSystemError(error);
    if (plain === undefined) throw error;
    process.stderr.write(`${plain.message}\n`);
    process.exitCode = plain.exitCode;
  }
}

await main();
