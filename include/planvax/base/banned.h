/* SPDX-License-Identifier: Apache-2.0 */
/* banned: calls that have no place here, refused at compile time.
 *
 * The build passes this file with -include, ahead of every source. It declares
 * each banned function once as unavailable; the C library's own declaration,
 * which follows, keeps that mark, so that a call is a compile error and the
 * system headers stay as they are. It declares no function for use. */
#ifndef PLANVAX_BASE_BANNED_H
#define PLANVAX_BASE_BANNED_H

#if defined(__has_attribute)
#if __has_attribute(unavailable)
#define BANNED(instead) __attribute__((unavailable("banned here: " instead)))
#elif __has_attribute(deprecated)
#define BANNED(instead) __attribute__((deprecated("banned here: " instead)))
#endif
#endif
#ifndef BANNED
#define BANNED(instead)
#endif

struct tm;
struct _IO_FILE;

/* Text without a bound, or with hidden state. */
extern char *strcpy(char *restrict, const char *restrict) BANNED("use base/buf");
extern char *stpcpy(char *restrict, const char *restrict) BANNED("use base/buf");
extern char *strcat(char *restrict, const char *restrict) BANNED("use base/buf");
extern char *strncpy(char *restrict, const char *restrict, __SIZE_TYPE__) BANNED("use base/buf or memcpy");
extern char *strncat(char *restrict, const char *restrict, __SIZE_TYPE__) BANNED("use base/buf");
extern int sprintf(char *restrict, const char *restrict, ...) BANNED("use snprintf or base/buf");
extern int vsprintf(char *restrict, const char *restrict, __builtin_va_list) BANNED("use vsnprintf or base/buf");
extern char *strtok(char *restrict, const char *restrict) BANNED("use strcspn or base/text");
extern char *gets(char *) BANNED("use getline");

/* Numbers without an error. */
extern int atoi(const char *) BANNED("use base/text");
extern long atol(const char *) BANNED("use base/text");
extern long long atoll(const char *) BANNED("use base/text");
extern double atof(const char *) BANNED("use base/text");

/* Time with hidden state or the machine's zone. */
extern struct tm *localtime(const long *) BANNED("use base/civil and base/zone");
extern struct tm *localtime_r(const long *restrict, struct tm *restrict) BANNED("use base/civil and base/zone");
extern struct tm *gmtime(const long *) BANNED("use base/civil");
extern struct tm *gmtime_r(const long *restrict, struct tm *restrict) BANNED("use base/civil");
extern long mktime(struct tm *) BANNED("use base/civil and base/zone");
extern char *ctime(const long *) BANNED("use base/civil");
extern char *ctime_r(const long *restrict, char *restrict) BANNED("use base/civil");
extern char *asctime(const struct tm *) BANNED("use base/civil");
extern char *asctime_r(const struct tm *restrict, char *restrict) BANNED("use base/civil");

/* Chance that cannot be replayed. */
extern int rand(void) BANNED("use base/rng");
extern int rand_r(unsigned int *) BANNED("use base/rng");
extern void srand(unsigned int) BANNED("use base/rng");
extern long random(void) BANNED("use base/rng");
extern void srandom(unsigned int) BANNED("use base/rng");
extern double drand48(void) BANNED("use base/rng");
extern long lrand48(void) BANNED("use base/rng");

/* Races, shells. */
extern char *tmpnam(char *) BANNED("use mkstemp");
extern char *tempnam(const char *, const char *) BANNED("use mkstemp");
extern char *mktemp(char *) BANNED("use mkstemp");
extern int system(const char *) BANNED("use posix_spawn");
extern struct _IO_FILE *popen(const char *, const char *) BANNED("use posix_spawn");

/* The stack has no limit that can be tested. */
extern void *alloca(__SIZE_TYPE__) BANNED("use base/arena");

#undef BANNED
#endif
