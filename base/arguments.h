/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of our programs. argp parses it and prints the help; what it would refuse is refused here instead,
 * in one line on stderr that says what would be accepted:
 *
 *     thumbwatt: unknown option '--baord'; did you mean '--board'? accepted: board, json, quiet, help
 *
 * Both functions end the process with exit code 2: they are for main() and its commands alone.
 */
#ifndef BASE_ARGUMENTS_H
#define BASE_ARGUMENTS_H

#include <argp.h>
#include <stdarg.h>

/* argp_parse; `program` begins the message. Returns if all is well. */
void arguments_parse(const char *program, const struct argp *argp, int argc, char **argv, void *input);

/* "PROGRAM: message" */
void arguments_refuse(const char *program, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));
void arguments_refuse_va(const char *program, const char *format, va_list args)
	__attribute__((format(printf, 2, 0), noreturn));

#endif
