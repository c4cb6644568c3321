/*
 * Preloaded into a process: the wall clock began at OTHERCLOCK_SECONDS when the library was loaded, as on a machine whose battery is
 * empty. The monotonic clocks are the kernel's, so waits end when they should; libfaketime shifts those, too, and a JVM under it
 * waits for ever. Waits until an instant of the wall clock are moved to the kernel's: take a time later than the machine has been up,
 * so that the two kinds of instants can be told apart.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift;
static long began;
static int (*wait_until)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

__attribute__((constructor)) static void load(void) {
  struct timespec now;
  const char *wanted = getenv("OTHERCLOCK_SECONDS");
  if (wanted != NULL && syscall(SYS_clock_gettime, CLOCK_REALTIME, &now) == 0) {
    began = strtol(wanted, NULL, 10);
    shift = began - now.tv_sec;
  }
  wait_until = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
  if (wait_until == NULL) {
    wait_until = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  }
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  struct timespec moved = *until;
  if (moved.tv_sec >= began && shift < 0) {
    moved.tv_sec -= shift;
  }
  return wait_until(condition, mutex, &moved);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  long failed = syscall(SYS_clock_gettime, clock, now);
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += shift;
  }
  return (int)failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec exact;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) {
    return -1;
  }
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now != NULL) {
    *now = exact.tv_sec;
  }
  return exact.tv_sec;
}
