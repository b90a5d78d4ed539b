import { Command } from 'commander';
import { addAudit } from './audit.js';
import { addBackup, addRestore } from './backup.js';
import { addCert } from './cert.js';
import { addClaim } from './claim.js';
import { addDoctor } from './doctor.js';
import { addErase } from './erase.js';
import { addExport } from './export.js';
import { addSimulate } from './simulate.js';
import { addReplay, addStart } from './start.js';
import { addStatus } from './status.js';
import { addTail } from './tail.js';
import { addToken, addTokens } from './token.js';
import { addUser } from './user.js';
import { programVersion } from './version.js';

/** `endcap`: one command a file. */
export function createProgram(): Command {
  const program = new Command('endcap')
    .description("The store's own retail-media computer.")
    .version(programVersion())
    .showHelpAfterError('(endcap --help lists the commands)')
    .exitOverride((end) => {
      // commander has said what was wrong; usage is the caller's mistake, so 2.
      process.exit(end.exitCode === 0 ? 0 : 2);
    });
  addStart(program);
  addReplay(program);
  addSimulate(program);
  addStatus(program);
  addTail(program);
  addExport(program);
  addClaim(program);
  addUser(program);
  addToken(program);
  addTokens(program);
  addCert(program);
  addErase(program);
  addAudit(program);
  addBackup(program);
  addRestore(program);
  addDoctor(program);
  return program;
}
