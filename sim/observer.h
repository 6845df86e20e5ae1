/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the machine tells those who watch it. The profiler is built on this header alone.
 *
 * Every callback may be NULL. Callbacks run between two blocks, on the machine's thread; they may read the
 * machine, not change it. Strings and structs are valid during the call only.
 */
#ifndef SIM_OBSERVER_H
#define SIM_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_MAX_CHANNELS 8
#define SIM_NO_FUNCTION UINT32_MAX

struct sim_when {
	uint64_t ps;     /* virtual time since power-on */
	uint64_t cycle;  /* core clock cycles since power-on, sleep included */
	uint64_t active; /* cycles in which the core ran (not asleep) */
	uint64_t waited; /* of these, cycles in which it stood still for memory: waits for code and data */
};

enum sim_power_state { SIM_POWER_RUN, SIM_POWER_SLEEP, SIM_POWER_STOP, SIM_POWER_STATES };

/* The firmware's mark (runtime/protocol.h, struct rt_mark), words as they were in memory. */
struct sim_mark {
	uint32_t kind, index, op, tensor, at, bytes, value;
};

enum sim_edge { SIM_EDGE_JUMP, SIM_EDGE_CALL, SIM_EDGE_RETURN, SIM_EDGE_EXCEPTION, SIM_EDGE_EXCEPTION_RETURN };

struct sim_fault {
	struct sim_when when;
	char what[160];  /* one sentence: "SMLAD does not exist on Cortex-M0+", "read of 0x60000000: nothing there" */
	uint32_t pc;     /* of the instruction */
	uint32_t address; /* that was accessed; equal to pc where none was */
	int exception;   /* taken for it: 3 HardFault … 7 SecureFault, 0: none could be, the core locked up */
	uint32_t r[16], xpsr, msp, psp, control, cfsr, hfsr, mmfar, bfar;
	bool lockup;
	uint32_t backtrace[32]; /* return addresses, innermost first; [0] is pc */
	unsigned depth;
};

struct sim_observer {
	void *context;
	void *edge_context; /* of `edge`, which is told millions of times a second: straight to whom it is for */

	/* Names the function that holds `pc`: any number of the observer's own but SIM_NO_FUNCTION. Asked once per block. */
	uint32_t (*function_of)(void *context, uint32_t pc);
	/* Control went from one function to another, or (call, return) to the same one. sp: after the edge. */
	void (*edge)(void *edge_context, uint64_t active, enum sim_edge edge, uint32_t from, uint32_t to, uint32_t pc,
		     uint32_t sp);
	void (*exception)(void *context, struct sim_when when, int number, bool entry);

	void (*power)(void *context, struct sim_when when, enum sim_power_state state, uint64_t hz);
	void (*mark)(void *context, struct sim_when when, const struct sim_mark *mark);
	void (*uart)(void *context, struct sim_when when, const char *port, uint8_t byte);
	void (*sample)(void *context, struct sim_when when, const char *sensor, const int16_t *counts,
		       unsigned channels, bool lost);
	/* What a port's outputs drive: a bit for each pin, 0 where it is no output. Told when it changes. */
	void (*pins)(void *context, struct sim_when when, const char *port, uint32_t levels);
	void (*fault)(void *context, const struct sim_fault *fault);
};

#endif
