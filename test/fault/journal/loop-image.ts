import { execFileSync } from 'node:child_process';
import { constants, copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A file system of its own in an image file, so that its power can be cut. Needs root and loop devices. */
export interface LoopImage {
  readonly mountPoint: string;
  /** Writes that the device has completed; unchanged means that nothing was on its way. */
  writes(): string;
  /** The image as the disk holds it now, mounted apart. What only the kernel's memory knows is not in it. */
  cut(name: string): { directory: string; release(): void };
  release(): void;
}

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** `undefined` with the reason when this machine cannot mount. */
export function whyNoLoop(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to mount';
  try {
    run('losetup', '-f');
    run('mkfs.ext4', '-V');
    return undefined;
  } catch (error) {
    return `no loop device or mkfs.ext4: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export function createLoopImage(folder: string, megabytes: number): LoopImage {
  const image = join(folder, 'disk.img');
  run('truncate', '-s', `${megabytes}M`, image);
  run('mkfs.ext4', '-q', '-F', image);
  const disk = mountImage(image, join(folder, 'disk'));
  return {
    mountPoint: disk.directory,
    writes: () => writesOf(disk.device),
    cut(name) {
      const copy = join(folder, `${name}.img`);
      copyFileSync(image, copy, constants.COPYFILE_FICLONE);
      const cut = mountImage(copy, join(folder, name));
      return {
        directory: cut.directory,
        release() {
          cut.release();
          rmSync(copy);
        },
      };
    },
    release: disk.release,
  };
}

function mountImage(image: string, directory: string) {
  mkdirSync(directory, { recursive: true });
  const device = run('losetup', '--find', '--show', image);
  try {
    run('mount', '-t', 'ext4', device, directory);
  } catch (error) {
    run('losetup', '-d', device);
    throw error;
  }
  return {
    device,
    directory,
    release() {
      // Lazily: a journal that a failing test left open must not hide the failure.
      run('umount', '-l', directory);
      run('losetup', '-d', device);
    },
  };
}

/** Fifth field of the device's statistics: write requests completed; and those in flight. */
function writesOf(device: string): string {
  const fields = readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
    .trim()
    .split(/\s+/);
  return `${fields[4]} ${fields[8]}`;
}
