/*
 * A disk that fails, or is slow, when it is asked to make sure (LD_PRELOAD). The file that FSYNC_FAULT names says how,
 * and is read at each call, so that a suite turns the fault on and off while the store runs:
 *   eio       fsync and fdatasync answer EIO without doing anything
 *   slow <n>  they take n milliseconds longer
 * Anything else, or no file: they do what they always do.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void read_fault(char *fault, size_t size) {
  const char *path = getenv("FSYNC_FAULT");
  fault[0] = '\0';
  if (path == NULL) return;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ssize_t length = read(file, fault, size - 1);
  close(file);
  fault[length > 0 ? length : 0] = '\0';
}

static int with_fault(const char *name, int file) {
  char fault[32];
  read_fault(fault, sizeof fault);
  if (strncmp(fault, "eio", 3) == 0) {
    errno = EIO;
    return -1;
  }
  if (strncmp(fault, "slow ", 5) == 0) {
    long ms = atol(fault + 5);
    struct timespec pause = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&pause, NULL);
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(file);
}

int fsync(int file) { return with_fault("fsync", file); }
int fdatasync(int file) { return with_fault("fdatasync", file); }
