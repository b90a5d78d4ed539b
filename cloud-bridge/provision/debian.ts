import { findCommand, lastLines, runCommand } from './command.js';
import { ComponentMissing, type ProvisionOptions } from './component.js';

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Path of a command, installed from its Debian package where that is allowed and possible.
 * Throws ComponentMissing.
 */
export async function provisionCommand(
  wanted: { component: string; command: string; debianPackage: string },
  options: ProvisionOptions = {},
): Promise<string> {
  const found = findCommand(wanted.command);
  if (found !== undefined) return found;
  const install = `install the package ${wanted.debianPackage} (Debian, Ubuntu) and try again`;
  if (options.mayInstall !== true || process.getuid?.() !== 0 || findCommand('apt-get') === undefined) {
    throw new ComponentMissing(
      wanted.component,
      'CommandMissing',
      `${wanted.command} is not on PATH; ${install}`,
    );
  }
  options.onProgress?.(`${wanted.component}: installing the package ${wanted.debianPackage}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', wanted.debianPackage];
  let result = await runCommand('apt-get', args, { env, timeoutMs: INSTALL_TIMEOUT_MS });
  if (result.code !== 0) {
    // A fresh image has no package lists yet.
    await runCommand('apt-get', ['update'], { env, timeoutMs: INSTALL_TIMEOUT_MS });
    result = await runCommand('apt-get', args, { env, timeoutMs: INSTALL_TIMEOUT_MS });
  }
  const installed = findCommand(wanted.command);
  if (result.code !== 0 || installed === undefined) {
    throw new ComponentMissing(
      wanted.component,
      'InstallFailed',
      `${wanted.debianPackage}: ${lastLines(result.output)}`,
    );
  }
  return installed;
}
