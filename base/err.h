/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One error: a sentence for the user, and whose fault it is.
 *
 * A function that can fail returns bool and takes `struct err *err` last. On false, `err` is set
 * and every output is untouched. The struct lives on the caller's stack and owns nothing.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

enum err_kind {
	ERR_NONE,
	ERR_INPUT,    /* bad usage, file or firmware image: exit code 2 */
	ERR_INTERNAL, /* ours, or the machine's (out of memory, disk full): exit code 4 */
};

struct err {
	enum err_kind kind;
	char text[1024];
};

/* Sets the message; returns false, so that `return err_input(err, …);` reads well. */
bool err_input(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool err_internal(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As err_input, with the place in front: `file:line:column: message` (line and column from 1). */
bool err_input_at(struct err *err, const char *file, int line, int column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
