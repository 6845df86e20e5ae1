/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt gui: starts thumbwatt-gui, which lies beside this program and links SDL. */
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cli_gui(int argc, char **argv)
{
	char path[600] = "";
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 8);
	if (length < 0)
		length = 0;
	path[length] = 0;
	strcat(path, "-gui");
	argv[0] = "thumbwatt-gui";
	execv(path, argv);
	fprintf(stderr, "thumbwatt: %s: %s\n", path, strerror(errno));
	return errno == ENOENT ? CLI_USAGE : CLI_INTERNAL;
}
