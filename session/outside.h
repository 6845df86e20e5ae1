/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that stands around the machine of a run: the scenario's script, links to the world, RTT, feeds, and the
 * probe that sees where inferences begin and end. The session runs the machine in stretches; between two of
 * them, things move here.
 */
#ifndef SESSION_OUTSIDE_H
#define SESSION_OUTSIDE_H

#include "scenarios/scenario.h"
#include "session/feed.h"
#include "session/probe.h"
#include "session/rtt.h"
#include "session/talk.h"

struct session_outside_options {
	const struct scn_scenario *scenario; /* or NULL */
	uint64_t seed;
	struct sim_machine *machine;
	struct prof_profiler *profiler;
	const struct sim_observer *watching; /* the profiler's */
	const char *const *uart;
	unsigned uarts;
	double speed;
	bool eot;
	const char *probe;                   /* as on the command line; NULL: the scenario's */
	/* A byte that reached the outside on no UART (RTT). */
	void (*heard)(void *context, struct sim_when when, const char *port, uint8_t byte);
	void *context;
};

struct session_outside {
	struct session_outside_options with;
	const char *console;
	struct scn_script script;
	struct session_talk *talk; /* NULL: nobody to talk to */
	struct session_rtt rtt;
	struct session_feed feed[SCN_MAX_FEEDS];
	unsigned feeds;
	struct session_probe probe;
	bool probed;
	bool eot;   /* ASCII 4 on the console ends the run */
	bool ended; /* by what a UART said */
};

/* All zero before; not to be moved afterwards. What the options point to outlives it. session_outside_free in
 * any case. */
bool session_outside_start(struct session_outside *outside, const struct session_outside_options *options,
			   struct err *err);
void session_outside_hang_up(struct session_outside *outside); /* after the run: what is left goes out */
void session_outside_free(struct session_outside *outside);

/* A byte on a port. True: a link takes it. May ask the machine to stop. */
bool session_outside_heard(struct session_outside *outside, struct sim_when when, const char *port,
			   uint8_t byte);

/* Does what is due at now_ps. */
void session_outside_step(struct session_outside *outside, uint64_t now_ps);

/* When the next thing is due that is known; the machine must not run beyond it in one stretch. */
uint64_t session_outside_wake_ps(const struct session_outside *outside);

/* Somebody may still say something; then a stretch is TALK_STEP_PS at most. */
bool session_outside_live(const struct session_outside *outside);

/* Keeps pace with real time. */
void session_outside_wait(struct session_outside *outside, uint64_t now_ps);

/* To a UART of the board, or "rtt". False: there is none that receives. */
bool session_outside_send(struct session_outside *outside, const char *port, const void *bytes, size_t count);

#endif
