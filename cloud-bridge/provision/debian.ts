import { oneAtATime } from './cache.js';
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
  const advice = `install the package ${wanted.debianPackage} (Debian, Ubuntu) and try again`;
  if (options.mayInstall !== true || process.getuid?.() !== 0 || findCommand('apt-get') === undefined) {
    throw new ComponentMissing(
      wanted.component,
      'CommandMissing',
      `${wanted.command} is not on PATH; ${advice}`,
    );
  }
  // Debian's package tools work for one process at a time, and refuse the others.
  return oneAtATime('debian-packages', () => install(wanted, options));
}

async function install(
  { component, command, debianPackage }: { component: string; command: string; debianPackage: string },
  options: ProvisionOptions,
): Promise<string> {
  const meanwhile = findCommand(command);
  if (meanwhile !== undefined) return meanwhile;
  options.onProgress?.(`${component}: installing the package ${debianPackage}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', debianPackage];
  let result = await runCommand('apt-get', args, { env, timeoutMs: INSTALL_TIMEOUT_MS });
  if (result.code !== 0) {
    // A fresh image has no package lists yet.
    await runCommand('apt-get', ['update'], { env, timeoutMs: INSTALL_TIMEOUT_MS });
    result = await runCommand('apt-get', args, { env, timeoutMs: INSTALL_TIMEOUT_MS });
  }
  const installed = findCommand(command);
  if (result.code !== 0 || installed === undefined) {
    throw new ComponentMissing(component, 'InstallFailed', `${debianPackage}: ${lastLines(result.output)}`);
  }
  return installed;
}
