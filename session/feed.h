/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does what scenarios/feed.h says to a machine: stands in for a driver's function, or sends frames to a UART
 * when they are due. When a stream has ended, functions get its last frame again; a UART gets nothing more.
 */
#ifndef SESSION_FEED_H
#define SESSION_FEED_H

#include "profiler/profiler.h"
#include "scenarios/feed.h"
#include "scenarios/stimulus.h"

struct session_feed {
	const struct scn_feed *feed;
	const struct scn_sensor *sensor;
	struct scn_stream *stream;     /* owned */
	struct sim_machine *machine;
	struct prof_profiler *profiler;
	const struct sim_observer *watching; /* is told of each frame that is taken */
	int16_t now[SCN_MAX_CHANNELS], next[SCN_MAX_CHANNELS];
	uint64_t next_ps;              /* SCN_FOREVER: the stream has ended */
	bool refused;                  /* a pointer that was none has been told of */
};

/*
 * The stream becomes the feed's, also on failure; the rest outlives it. A symbol or a UART that is not there
 * is ERR_INPUT. The feed must not move afterwards.
 */
bool session_feed_start(struct session_feed *feed, const struct scn_feed *what,
			const struct scn_sensor *sensor, struct scn_stream *stream,
			struct sim_machine *machine, struct prof_profiler *profiler,
			const struct sim_observer *watching, struct err *err);
void session_feed_stop(struct session_feed *feed);

/* UARTs: when the next frame is due, and sending what is. */
uint64_t session_feed_wake_ps(const struct session_feed *feed);
void session_feed_step(struct session_feed *feed, uint64_t now_ps);

#endif
