/* SPDX-License-Identifier: Apache-2.0 */
/* log: one line per event on stderr, "subsystem: verb key=value ...", with a
 * priority prefix "<6>" for the journal when stderr is one. Internal ids only:
 * never a person, a birth date, a token. Any thread; a line is written whole. */
#ifndef PLANVAX_BASE_LOG_H
#define PLANVAX_BASE_LOG_H

#define LOG_VALUE_BYTES 512

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);

/* Writes a line; format gives "verb key=value ..." (printf). Values with blanks are the caller's to quote. */
void log_line(enum log_level level, const char *subsystem, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A text as a value, in double quotes, its own made single; cut where out ends. Returns out. */
const char *log_value(const char *text, char out[LOG_VALUE_BYTES]);

#endif
