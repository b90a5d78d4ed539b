/*
 * Preloaded into the program by the suite of upgrades. Counts the steps by which files below ENDCAP_STEP_FOLDER change
 * (writes, syncs, truncations, renames, deletions, new folders) and kills the process before step ENDCAP_STEP_KILL.
 * ENDCAP_STEP_COUNT names a file that gets the number of steps so far. ENDCAP_STEP_CLOCK_MS moves the wall clock.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long steps;
static const char *folder;
static long kill_at;
static long long clock_ms;
static int count_file = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  folder = getenv("ENDCAP_STEP_FOLDER");
  const char *at = getenv("ENDCAP_STEP_KILL");
  kill_at = at ? atol(at) : 0;
  const char *moved = getenv("ENDCAP_STEP_CLOCK_MS");
  clock_ms = moved ? atoll(moved) : 0;
  const char *count = getenv("ENDCAP_STEP_COUNT");
  if (count) count_file = open(count, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static void step(void) {
  long now = atomic_fetch_add(&steps, 1) + 1;
  if (kill_at && now >= kill_at) kill(getpid(), SIGKILL);
  if (count_file >= 0) {
    char text[24];
    int length = snprintf(text, sizeof text, "%-20ld", now);
    REAL(pwrite)(count_file, text, (size_t)length, 0);
  }
}

static void at_path(const char *path) {
  if (folder && path && strncmp(path, folder, strlen(folder)) == 0) step();
}

static void at_file(int fd) {
  char link[64], path[4096];
  if (!folder) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  at_path(path);
}

ssize_t write(int fd, const void *data, size_t n) { at_file(fd); return REAL(write)(fd, data, n); }
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { at_file(fd); return REAL(pwrite)(fd, data, n, at); }
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) { at_file(fd); return REAL(pwrite64)(fd, data, n, at); }
ssize_t writev(int fd, const struct iovec *parts, int n) { at_file(fd); return REAL(writev)(fd, parts, n); }
int fsync(int fd) { at_file(fd); return REAL(fsync)(fd); }
int fdatasync(int fd) { at_file(fd); return REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t n) { at_file(fd); return REAL(ftruncate)(fd, n); }
int ftruncate64(int fd, off64_t n) { at_file(fd); return REAL(ftruncate64)(fd, n); }
int rename(const char *from, const char *to) { at_path(to); return REAL(rename)(from, to); }
int unlink(const char *path) { at_path(path); return REAL(unlink)(path); }
int mkdir(const char *path, mode_t mode) { at_path(path); return REAL(mkdir)(path, mode); }

int clock_gettime(clockid_t id, struct timespec *t) {
  int answer = REAL(clock_gettime)(id, t);
  if (answer == 0 && id == CLOCK_REALTIME) {
    long long ns = t->tv_nsec + (clock_ms % 1000) * 1000000LL;
    t->tv_sec += clock_ms / 1000 + (ns >= 1000000000LL) - (ns < 0);
    t->tv_nsec = (ns + 1000000000LL) % 1000000000LL;
  }
  return answer;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
  int answer = REAL(gettimeofday)(t, zone);
  if (answer == 0) t->tv_sec += clock_ms / 1000;
  return answer;
}
