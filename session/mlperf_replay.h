/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One point replayed: the published image on the emulated board, asked as the runner asked the hardware.
 *
 *   simulated_us = T(n) / n = inference + overhead / n
 *
 * with n of the published performance log, since the published number holds what is printed between the laps too;
 * without a log, the n that fills the 10 s which the rules ask for.
 *
 * Outputs are compared only where the very input is at hand: the first inputs of the accuracy log, each as
 * `infer 1 0`; and, if asked for, the first window of the performance log with its own N and W (there, all inferences
 * but the first run on what the one before left in the buffer).
 */
#ifndef SESSION_MLPERF_REPLAY_H
#define SESSION_MLPERF_REPLAY_H

#include "session/mlperf_points.h"
#include "sim/board.h"

#include <stdbool.h>

enum session_replay_state {
	SESSION_REPLAY_RAN,
	SESSION_REPLAY_MISSING, /* no such file below the folder */
	SESSION_REPLAY_DIFFERS, /* another sha256 */
	SESSION_REPLAY_FAILED,  /* there, but it could not be measured */
};

struct session_replay_options {
	const char *results; /* clone of the results repository */
	const char *inputs;  /* folder that holds kws01/….bin, or datasets/kws01/….bin; NULL: none */
	unsigned compare;    /* at most so many inputs of the accuracy log */
	bool window;         /* the first performance window too, and its time as the simulated one */
	double slower_bus;   /* on a board whose fitted constant is so much higher */
};

/* Plain data: a process may write it into a pipe. */
struct session_replay {
	enum session_replay_state state;
	char why[400];             /* not RAN: what is wrong */
	char core[24];
	double simulated_us, error_pct;
	double low_pct, high_pct;  /* the board's error bar: where the truth is said to lie from simulated_us */
	double inference_us, overhead_us;
	unsigned inferences;       /* n above */
	double waiting;            /* share of the cycles of an inference that wait for memory */
	double power_mw, energy_uj; /* while it infers, and of an inference: at the point's supply, else at the board's */
	double power_low_pct, power_high_pct; /* the board's error bar of power */
	unsigned compared, matched;
	char outputs_why[400];     /* compared == 0: why; matched < compared: the first that differs */
};

/* Always fills *ret_replay; what goes wrong is its state. */
void session_replay_point(const struct session_mlperf_point *point, const struct session_replay_options *options,
			  struct session_replay *ret_replay);

#endif
