/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command of thumbwatt: parses its own arguments with argp, does its work, returns an exit code.
 * Adding a command adds a file and a line in the table of cli/main.c.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/arguments.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,   /* an expectation or a budget did not hold */
	CLI_USAGE = 2,    /* bad usage or input */
	CLI_FAULT = 3,    /* the firmware faulted, locked up, or did not finish */
	CLI_INTERNAL = 4, /* our own error */
};

struct cli_command {
	const char *name;
	const char *what; /* one line for --help */
	int (*run)(int argc, char **argv); /* argv[0] is "thumbwatt NAME" */
};

int cli_run(int argc, char **argv);
int cli_infer(int argc, char **argv);
int cli_size(int argc, char **argv);
int cli_boards(int argc, char **argv);
int cli_accuracy(int argc, char **argv);
int cli_gui(int argc, char **argv);

/* Prints `thumbwatt: message` to stderr and returns the exit code that fits. */
int cli_fail(const struct err *err);

/* As arguments_parse. */
void cli_parse(const struct argp *argp, int argc, char **argv, void *input);

/* Usage error: prints the message and exits with CLI_USAGE. */
void cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
