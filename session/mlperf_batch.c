/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/mlperf_batch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct job {
	pid_t pid;
	int result; /* reading end of its pipe */
	struct session_batch_item *item;
};

static bool start(struct session_batch_item *item, struct job *ret_job, struct err *err)
{
	int ends[2];
	if (pipe(ends) != 0)
		return err_internal(err, "pipe: %s", strerror(errno));
	fflush(NULL);
	pid_t pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return err_internal(err, "fork: %s", strerror(errno));
	}
	if (pid == 0) {
		struct session_replay replay;
		close(ends[0]);
		session_replay_point(item->point, &item->options, &replay);
		_exit(write(ends[1], &replay, sizeof replay) == (ssize_t)sizeof replay ? 0 : 1);
	}
	close(ends[1]);
	*ret_job = (struct job){pid, ends[0], item};
	return true;
}

/* Takes the result of a process that has ended. One that left none died: our own error, told in its row. */
static void end(const struct job *job, int status)
{
	struct session_replay *replay = &job->item->replay;
	if (read(job->result, replay, sizeof *replay) != (ssize_t)sizeof *replay) {
		*replay = (struct session_replay){.state = SESSION_REPLAY_FAILED};
		snprintf(replay->why, sizeof replay->why, "our own process died of signal %d",
			 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	}
	close(job->result);
}

/* The item that is ready next; NULL: what ended was no job. */
static const struct session_batch_item *await(struct job *job, unsigned *jobs)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);
	for (unsigned i = 0; i < *jobs; i++) {
		if (job[i].pid != pid)
			continue;
		const struct session_batch_item *item = job[i].item;
		end(&job[i], status);
		job[i] = job[--*jobs];
		return item;
	}
	return NULL;
}

bool session_batch_run(struct session_batch_item *item, size_t count, unsigned jobs,
		       void (*done)(void *context, const struct session_batch_item *item, size_t done, size_t count),
		       void *context, struct err *err)
{
	struct job job[SESSION_MOST_JOBS];
	unsigned running = 0;
	size_t next = 0, ready = 0;
	bool ok = true;
	while (running > 0 || (ok && next < count)) {
		while (ok && running < jobs && next < count) {
			ok = start(&item[next], &job[running], err);
			running += ok;
			next += ok;
		}
		const struct session_batch_item *ended = running > 0 ? await(job, &running) : NULL;
		if (ended && done)
			done(context, ended, ++ready, count);
	}
	return ok;
}
