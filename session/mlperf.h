/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board that runs MLPerf Tiny firmware, spoken to over its console as the official runner does:
 *
 *   we send            it answers, line by line                                     and ends with
 *   (reset)            anything                                                      m-ready
 *   name%              m-name-[…]                                                    m-ready
 *   db load 490%       expects so many bytes, which follow as db HEX…%               m-ready, after each
 *   infer N W%         W warm-ups, m-lap-us-T, N inferences, m-lap-us-T, m-results-[…]   m-ready
 *
 * The console is the UART on which the first m-ready came. Knows nothing of tables, logs or files.
 */
#ifndef SESSION_MLPERF_H
#define SESSION_MLPERF_H

#include "sim/board.h"
#include "sim/image.h"

#include <stddef.h>
#include <stdint.h>

struct session_mlperf;

struct session_mlperf_reply {
	uint64_t lap_us[2];  /* the first two time stamps */
	unsigned laps;       /* how many there were */
	char results[1024];  /* between the brackets of m-results-[…]; empty: there were none */
	char refusal[160];   /* first line that begins with e-; empty: none */
	char first[160];     /* first line */
};

/*
 * Puts the image into a machine of the board and runs it up to its first m-ready. Firmware that faults, hangs or
 * says nothing is ERR_INPUT with what it did. Board and image are not needed afterwards.
 */
bool session_mlperf_start(const struct sim_board *board, const struct sim_image *image,
			  struct session_mlperf **ret_dut, struct err *err);
void session_mlperf_destroy(struct session_mlperf *dut);

/* Sends `command` (without the %) and waits for m-ready, at most `within_ps` of virtual time. */
bool session_mlperf_ask(struct session_mlperf *dut, const char *command, uint64_t within_ps,
			struct session_mlperf_reply *ret_reply, struct err *err);

/* db load: the model's input. */
bool session_mlperf_load(struct session_mlperf *dut, const uint8_t *bytes, size_t count, struct err *err);

/* infer N W: the time between the laps in microseconds, and the results as printed. */
bool session_mlperf_infer(struct session_mlperf *dut, unsigned inferences, unsigned warm_ups, double *ret_us,
			  struct session_mlperf_reply *ret_reply, struct err *err);

/*
 * Time of one inference, from two runs of different length, so that what is printed between the laps does not count:
 *
 *   T(n) = overhead + n * inference
 *
 *   *ret_overhead_us   once per run, whatever its length
 */
bool session_mlperf_measure(struct session_mlperf *dut, double *ret_inference_us, double *ret_overhead_us,
			    struct err *err);

/* Share of their cycles that the inferences of the last measurement waited for memory; and its core clock now. */
double session_mlperf_waiting(const struct session_mlperf *dut);
uint64_t session_mlperf_clock_hz(const struct session_mlperf *dut);

/* Name of the UART on which it speaks; valid as long as dut. */
const char *session_mlperf_console(const struct session_mlperf *dut);

#endif
