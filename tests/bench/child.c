/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127 };

static void become(const char *const *argv, int out)
{
	int nothing = open("/dev/null", O_RDONLY);
	dup2(nothing, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(NOT_STARTED);
}

static void read_all(int from, char *text, size_t size)
{
	size_t used = 0;
	char byte;
	while (read(from, &byte, 1) == 1)
		if (used + 1 < size)
			text[used++] = byte;
	text[used] = 0;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

bool child_run(const char *const *argv, struct child *ret_child, struct err *err)
{
	int ends[2], status = 0;
	struct rusage usage = {0};
	if (pipe2(ends, O_CLOEXEC))
		return err_internal(err, "no pipe: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0)
		become(argv, ends[1]);
	close(ends[1]);
	if (pid > 0)
		read_all(ends[0], ret_child->text, sizeof ret_child->text);
	close(ends[0]);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return err_internal(err, "%s cannot be run: %s", argv[0], strerror(errno));
	ret_child->cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
	ret_child->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (ret_child->status == NOT_STARTED)
		return err_input(err, "%s cannot be started", argv[0]);
	return true;
}
