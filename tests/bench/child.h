/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another program run to its end, with what it printed and the processor time it took. */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include "base/err.h"

struct child {
	char text[4096]; /* of its standard output, the beginning */
	double cpu_s;    /* user and system time, all its threads */
	int status;      /* exit status; 128 + signal if one ended it */
};

/* `argv` ends in NULL; argv[0] is looked for in $PATH. False only if it could not be started. */
bool child_run(const char *const *argv, struct child *ret_child, struct err *err);

#endif
