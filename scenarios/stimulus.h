/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine under test gets from outside: each sensor's frames in counts, and bytes on its UARTs.
 *
 * A stream is pulled: one frame per call, each with the time at which the sensor has it ready. Rounding to counts is
 * to the nearest, halves upwards, saturating at -32768 … 32767.
 *
 * The UART script is a conversation: its lines are worked off in order. A send waits for its time (or for its turn); an
 * expect waits until the text has come since the line before was done. The first expect that fails ends the script.
 * A load sends a file as `db load N%` and then 31 bytes at a time as `db HEX%`, each part when the one before has been
 * answered by a line with m-ready.
 *
 * Nothing here knows the machine: it calls these functions and passes on what comes out.
 */
#ifndef SCENARIOS_STIMULUS_H
#define SCENARIOS_STIMULUS_H

#include "scenarios/fault.h"
#include "scenarios/judge.h"

#include <stdbool.h>
#include <stdint.h>

struct scn_stream;

/*
 * Frames of `sensors[index]` from time 0 up to, not including, end_ps. Only those of `faults` that name this sensor
 * act. The sensors and faults outlive the stream. The seed is the run's; each sensor derives its own from its name.
 */
bool scn_stream_create(const struct scn_sensor *sensors, unsigned index, const struct scn_fault *faults,
		       unsigned fault_count, uint64_t end_ps, uint64_t seed, struct scn_stream **ret_stream,
		       struct err *err);
void scn_stream_destroy(struct scn_stream *stream);

/*
 * The next frame: when it is due, and its channels (counts of channels the sensor does not have are 0). Times rise.
 * False, outputs untouched, at the end.
 */
bool scn_stream_next(struct scn_stream *stream, uint64_t *ret_t_ps, int16_t counts[SCN_MAX_CHANNELS]);

#define SCN_MAX_LINES 64
#define SCN_MAX_TEXT 255

struct scn_line {
	bool expect; /* else send */
	bool ends;   /* expect: and with that the run has done its work */
	bool timed;  /* send: not before at_ps */
	uint64_t at_ps;
	uint64_t after_ps; /* send: so long after the line before was done */
	uint64_t
		within_ps; /* expect: so long after the line before was done; SCN_FOREVER: by the end of the run */
	char port[32];     /* empty: the board's console */
	uint8_t text[SCN_MAX_TEXT];
	uint32_t length; /* above 0 */
	uint8_t *data;   /* load: bytes to send by the MLPerf Tiny protocol; owned (scn_lines_free); else NULL */
	size_t bytes;
};

/* The scenario's list `uart`, into at most SCN_MAX_LINES lines. */
bool scn_lines_read(const struct yaml_node *node, struct scn_line *ret_lines, unsigned *ret_count,
		    struct err *err);
void scn_lines_free(struct scn_line *lines, unsigned count);

struct scn_script {
	const struct scn_line *lines;
	unsigned count, current;
	const char *console;            /* name of the port that lines without one mean */
	uint64_t since_ps;              /* the current line's turn came */
	uint64_t met_ps[SCN_MAX_LINES]; /* per line done: when */
	uint8_t heard[SCN_MAX_TEXT];    /* the last bytes from the port, at most as many as the text has */
	uint32_t heard_count;
	bool failed;
	bool ended; /* a line that ends the run was done */
	bool begun, asked; /* load: the first part is out; the last one waits for its answer… */
	bool answered;     /* …of which the line's end is still to come */
	size_t loaded;    /* load: bytes sent */
	char part[SCN_MAX_TEXT];
};

struct scn_send {
	const char *port; /* as the machine names it */
	const uint8_t *bytes;
	size_t count;
};

/* The lines and the name outlive the script. */
void scn_script_start(struct scn_script *script, const struct scn_line *lines, unsigned count,
		      const char *console);

/* When to call scn_script_step next; SCN_FOREVER: only something heard can move the script on. */
uint64_t scn_script_wake_ps(const struct scn_script *script);

/* At `now_ps`: true if bytes are to be sent now (call again), false if nothing is due. */
bool scn_script_step(struct scn_script *script, uint64_t now_ps, struct scn_send *ret_send);

/* The firmware has sent a byte. True if the script moved on: scn_script_wake_ps may have changed. */
bool scn_script_heard(struct scn_script *script, const char *port, uint64_t now_ps, uint8_t byte);

/* Verdicts on the expect lines, at the end of the run: at most `room`, returned is how many. */
unsigned scn_script_judge(const struct scn_script *script, struct scn_verdict *ret_verdicts, unsigned room);

#endif
