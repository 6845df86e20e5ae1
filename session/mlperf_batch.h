/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many replays, one process each: an image takes seconds and shares nothing with the next. Results lie in the order of
 * the list, whichever is ready first.
 */
#ifndef SESSION_MLPERF_BATCH_H
#define SESSION_MLPERF_BATCH_H

#include "base/err.h"
#include "session/mlperf_replay.h"

#include <stddef.h>

enum { SESSION_MOST_JOBS = 256 };

struct session_batch_item {
	const struct session_mlperf_point *point;
	struct session_replay_options options;
	struct session_replay replay; /* filled; a process that died is SESSION_REPLAY_FAILED */
};

/*
 *   jobs  at a time, 1 … SESSION_MOST_JOBS
 *   done  called in this process after each, with how many are; may be NULL
 */
bool session_batch_run(struct session_batch_item *item, size_t count, unsigned jobs,
		       void (*done)(void *context, const struct session_batch_item *item, size_t done, size_t count),
		       void *context, struct err *err);

#endif
