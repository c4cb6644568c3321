/*
 * Preloaded into a process, it notes every change that the process makes to one folder and those in it, in the order in
 * which it takes place, so that a test can say what a disk may hold after a cut of power.
 *
 *   DISKTRACE_FOLDER   the folder, as realpath(3) gives it; names below it are noted relative to it
 *   DISKTRACE_LOG      where it is noted, appended: may go on over several lives of a process
 *
 * Where a file of the log's name and ".end" appears, the process kills itself after its next record: a signal from outside may tear
 * one, which puts all of the next life out of step.
 *
 * A record, little-endian: u8 operation, u64 inode, u64 offset, u32 bytes of name, u32 bytes of data, name, data
 *   1 create   inode, name            4 sync     inode (all that was written to it before)
 *   2 write    inode, offset, data    5 sync of the folder
 *   3 truncate inode, offset = size   6 rename   name = from, data = to        7 unlink  name
 *   8 mkdir    name                   9 link     name = the new one, data = the old one       10 rmdir   name
 * A sync of a folder has the folder's name; that of the traced folder itself is empty.
 *
 * One lock is held over each operation and its record, so that the records are in order; a sync holds it as well, so
 * that nothing is written between its end and its record. Changes through mmap are not seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, SYNC_FOLDER, RENAME, UNLINK, MKDIR, LINK, RMDIR };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static char end[PATH_MAX];
static size_t folder_length;
static int log_fd = -1;
static ssize_t (*real_writev)(int, const struct iovec *, int);

#define REAL(name, type) \
  static __typeof__(type) *real; \
  if (real == NULL) real = (__typeof__(type) *) dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void start(void) {
  const char *of = getenv("DISKTRACE_FOLDER");
  const char *to = getenv("DISKTRACE_LOG");
  if (of == NULL || to == NULL || strlen(of) >= sizeof folder) return;
  strcpy(folder, of);
  folder_length = strlen(folder);
  if ((size_t) snprintf(end, sizeof end, "%s.end", to) >= sizeof end) return;
  real_writev = (ssize_t (*)(int, const struct iovec *, int)) dlsym(RTLD_NEXT, "writev");
  int (*real_open)(const char *, int, ...) = (int (*)(const char *, int, ...)) dlsym(RTLD_NEXT, "open");
  log_fd = real_open(to, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
}

static const char *name_of(const char *path) {
  if (log_fd < 0 || path == NULL || strncmp(path, folder, folder_length) != 0 || path[folder_length] != '/') return NULL;
  const char *name = path + folder_length + 1;
  return *name == 0 ? NULL : name;
}

/* 0 another file, 1 a file of the folder, 2 the folder itself or one in it, whose name goes to the last argument. */
static int kind_of(int fd, uint64_t *inode, char *of_folder) {
  char link[64], path[PATH_MAX];
  struct stat found;
  if (log_fd < 0 || fd == log_fd) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strcmp(path, folder) == 0) {
    if (of_folder != NULL) *of_folder = 0;
    return 2;
  }
  if (name_of(path) == NULL || fstat(fd, &found) != 0) return 0;
  if (S_ISDIR(found.st_mode)) {
    if (of_folder != NULL) strcpy(of_folder, name_of(path));
    return 2;
  }
  *inode = found.st_ino;
  return 1;
}

static void note(uint8_t operation, uint64_t inode, uint64_t offset, const char *name, const void *data, size_t bytes) {
  unsigned char head[25];
  uint32_t name_bytes = name == NULL ? 0 : strlen(name);
  uint32_t data_bytes = bytes;
  head[0] = operation;
  memcpy(head + 1, &inode, 8);
  memcpy(head + 9, &offset, 8);
  memcpy(head + 17, &name_bytes, 4);
  memcpy(head + 21, &data_bytes, 4);
  struct iovec parts[3] = {{head, sizeof head}, {(void *) name, name_bytes}, {(void *) data, data_bytes}};
  if (real_writev(log_fd, parts, 3) != (ssize_t) (sizeof head + name_bytes + data_bytes)) {
    fprintf(stderr, "disktrace: the trace cannot be written\n");
    _exit(98);
  }
  if (access(end, F_OK) == 0) kill(getpid(), SIGKILL);
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  const char *name = (flags & O_CREAT) ? name_of(path) : NULL;
  if (name == NULL) return real(path, flags, mode);
  struct stat found;
  pthread_mutex_lock(&lock);
  int there = stat(path, &found) == 0;
  int fd = real(path, flags, mode);
  int error = errno;
  if (fd >= 0 && !there && fstat(fd, &found) == 0) note(CREATE, found.st_ino, 0, name, NULL, 0);
  if (fd >= 0 && there && (flags & O_TRUNC)) note(TRUNCATE, found.st_ino, 0, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  REAL("open", int (const char *, int, ...));
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened(real, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  REAL("open64", int (const char *, int, ...));
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened(real, path, flags, mode);
}

/* After a write the place tells where it began, with and without O_APPEND. */
ssize_t write(int fd, const void *data, size_t bytes) {
  REAL("write", ssize_t (int, const void *, size_t));
  uint64_t inode = 0;
  if (kind_of(fd, &inode, NULL) != 1) return real(fd, data, bytes);
  pthread_mutex_lock(&lock);
  ssize_t written = real(fd, data, bytes);
  int error = errno;
  if (written > 0) note(WRITE, inode, lseek(fd, 0, SEEK_CUR) - written, NULL, data, written);
  pthread_mutex_unlock(&lock);
  errno = error;
  return written;
}

static ssize_t written_at(ssize_t (*real)(int, const void *, size_t, off64_t), int fd, const void *data, size_t bytes, off64_t offset) {
  uint64_t inode = 0;
  if (kind_of(fd, &inode, NULL) != 1) return real(fd, data, bytes, offset);
  pthread_mutex_lock(&lock);
  ssize_t written = real(fd, data, bytes, offset);
  int error = errno;
  if (written > 0) note(WRITE, inode, offset, NULL, data, written);
  pthread_mutex_unlock(&lock);
  errno = error;
  return written;
}

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset) {
  REAL("pwrite64", ssize_t (int, const void *, size_t, off64_t));
  return written_at(real, fd, data, bytes, offset);
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) {
  REAL("pwrite64", ssize_t (int, const void *, size_t, off64_t));
  return written_at(real, fd, data, bytes, offset);
}

/* Nobody writes a traced file so; a program that begins to would not be traced, and must not pass unseen. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL("writev", ssize_t (int, const struct iovec *, int));
  uint64_t inode = 0;
  if (kind_of(fd, &inode, NULL) == 1) {
    fprintf(stderr, "disktrace: writev to a traced file is not followed\n");
    _exit(98);
  }
  return real(fd, parts, count);
}

static int truncated(int (*real)(int, off64_t), int fd, off64_t size) {
  uint64_t inode = 0;
  if (kind_of(fd, &inode, NULL) != 1) return real(fd, size);
  pthread_mutex_lock(&lock);
  int answer = real(fd, size);
  int error = errno;
  if (answer == 0) note(TRUNCATE, inode, size, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}

int ftruncate64(int fd, off64_t size) {
  REAL("ftruncate64", int (int, off64_t));
  return truncated(real, fd, size);
}

int ftruncate(int fd, off_t size) {
  REAL("ftruncate64", int (int, off64_t));
  return truncated(real, fd, size);
}

static int synced(int (*real)(int), int fd) {
  uint64_t inode = 0;
  char of_folder[PATH_MAX];
  int kind = kind_of(fd, &inode, of_folder);
  if (kind == 0) return real(fd);
  pthread_mutex_lock(&lock);
  int answer = real(fd);
  int error = errno;
  if (answer == 0) note(kind == 2 ? SYNC_FOLDER : SYNC, inode, 0, kind == 2 ? of_folder : NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}

int fsync(int fd) {
  REAL("fsync", int (int));
  return synced(real, fd);
}

int fdatasync(int fd) {
  REAL("fdatasync", int (int));
  return synced(real, fd);
}

int rename(const char *from, const char *to) {
  REAL("rename", int (const char *, const char *));
  const char *of = name_of(from), *as = name_of(to);
  if (of == NULL && as == NULL) return real(from, to);
  if (of == NULL || as == NULL) {
    fprintf(stderr, "disktrace: a rename into or out of the folder is not followed\n");
    _exit(98);
  }
  pthread_mutex_lock(&lock);
  int answer = real(from, to);
  int error = errno;
  if (answer == 0) note(RENAME, 0, 0, of, as, strlen(as));
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}

static int noted(int answer, uint8_t operation, const char *name) {
  int error = errno;
  if (answer == 0) note(operation, 0, 0, name, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}

int unlink(const char *path) {
  REAL("unlink", int (const char *));
  const char *name = name_of(path);
  if (name == NULL) return real(path);
  pthread_mutex_lock(&lock);
  return noted(real(path), UNLINK, name);
}

int rmdir(const char *path) {
  REAL("rmdir", int (const char *));
  const char *name = name_of(path);
  if (name == NULL) return real(path);
  pthread_mutex_lock(&lock);
  return noted(real(path), RMDIR, name);
}

int mkdir(const char *path, mode_t mode) {
  REAL("mkdir", int (const char *, mode_t));
  const char *name = name_of(path);
  if (name == NULL) return real(path, mode);
  pthread_mutex_lock(&lock);
  return noted(real(path, mode), MKDIR, name);
}

int link(const char *from, const char *to) {
  REAL("link", int (const char *, const char *));
  const char *of = name_of(from), *as = name_of(to);
  if (of == NULL && as == NULL) return real(from, to);
  if (of == NULL || as == NULL) {
    fprintf(stderr, "disktrace: a link into or out of the folder is not followed\n");
    _exit(98);
  }
  pthread_mutex_lock(&lock);
  int answer = real(from, to);
  int error = errno;
  if (answer == 0) note(LINK, 0, 0, as, of, strlen(of));
  pthread_mutex_unlock(&lock);
  errno = error;
  return answer;
}
