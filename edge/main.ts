#!/usr/bin/env node
import { PlainError } from './cli/plain-error.js';
import { createProgram } from './cli/program.js';
import { ConfigError } from './config/problems.js';

/** Exit codes: 0 done, 1 failed, 2 wrong configuration or usage. */
async function main(): Promise<void> {
  try {
    await createProgram().parseAsync(process.argv);
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`The configuration cannot be used:\n${error.message}\n`);
      process.exitCode = 2;
    } else if (error instanceof PlainError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = error.exitCode;
    } else {
      throw error;
    }
  }
}

await main();
