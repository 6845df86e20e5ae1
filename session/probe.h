/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches a machine for the moments of scenarios/probe.h and tells the profiler where inferences begin and
 * end.
 *
 * A function's return is seen at the address it was called from, with the stack as it was at the call: so
 * neither recursion nor calls within, neither interrupts nor other tasks end an inference early. A function
 * that is an exception handler has returned when that exception has.
 */
#ifndef SESSION_PROBE_H
#define SESSION_PROBE_H

#include "profiler/profiler.h"
#include "scenarios/probe.h"

struct session_matcher {
	const struct scn_moment *moment; /* NULL: not a text */
	const char *port;
	uint8_t last[SCN_MAX_MOMENT];
	uint32_t count;
};

struct session_probe {
	struct scn_probe what;
	struct sim_machine *machine;
	struct prof_profiler *profiler;
	int back;           /* break at the return address; -1: none yet */
	uint32_t back_sp;
	bool inside, in_handler;
	unsigned exceptions, depth; /* active now; when the handler began */
	uint32_t begin_levels, end_levels;
	struct session_matcher begin_text, end_text;
};

/* Names that the firmware or the board do not have are ERR_INPUT. The probe must not move afterwards. */
bool session_probe_start(struct session_probe *probe, const struct scn_probe *what,
			 struct sim_machine *machine, struct prof_profiler *profiler, struct err *err);

/* What its observers pass on. */
void session_probe_uart(struct session_probe *probe, struct sim_when when, const char *port, uint8_t byte);
void session_probe_pins(struct session_probe *probe, struct sim_when when, const char *port, uint32_t levels);
void session_probe_exception(struct session_probe *probe, struct sim_when when, bool entry);

#endif
