/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches one run and turns what the machine tells into a record, a call tree, and the numbers of the report.
 * It never changes the machine, but for asking it to watch writes to the arena.
 *
 * It sees the machine through struct sim_observer and struct prof_access alone, so that a test can play the
 * machine.
 *
 * How the memory figures come about:
 *   arena  the range of RT_MARK_ARENA, or of a symbol known to be one (tensor_arena, …): the highest byte
 *          written since then
 *   stack  from the stack pointer in the vector table down to the lowest seen at any block, exception frames
 *          included
 *   heap   only if the firmware has `_sbrk` (or FreeRTOS's `ucHeap`): RAM from `end` to the lowest stack
 *          pointer is compared with what it was at reset; the highest byte that differs is the peak. Bytes
 *          written with the value they had are missed.
 */
#ifndef PROFILER_PROFILER_H
#define PROFILER_PROFILER_H

#include "profiler/calltree.h"
#include "profiler/energy.h"
#include "profiler/lines.h"
#include "profiler/record.h"
#include "profiler/symbols.h"
#include "sim/machine.h"

struct prof_profiler;

/* What the profiler asks of the machine; prof_access_of_machine fills it for a real one. */
struct prof_access {
	void *machine;
	bool (*read)(void *machine, uint32_t at, void *ret_bytes, uint32_t count);
	int (*watch)(void *machine, uint32_t at, uint32_t bytes);
	uint32_t (*watch_top)(void *machine, int watch);
	struct sim_stacks (*stacks)(void *machine);
	uint64_t (*instructions)(void *machine);
	struct sim_when (*now)(void *machine);
	void (*honesty)(void *machine, struct sim_honesty *ret_honesty);
	void (*blocks)(void *machine, void (*each)(void *context, const struct sim_block_count *block),
		       void *context);
	const uint64_t *waited; /* the counter behind sim_when.waited; NULL: the call tree knows no waits */
};

void prof_access_of_machine(struct sim_machine *machine, struct prof_access *ret_access);

struct prof_options {
	const struct sim_board *board; /* copied */
	const struct sim_image *image; /* used during create only; NULL: no symbols */
	struct prof_record *record;    /* the caller's; must live as long as the profiler */
	struct prof_access access;
	uint32_t supply_mv;            /* 0: the board's */
	bool functions;                /* build the call tree; costs time */
	const char *probe;             /* a function whose calls are the inferences; NULL: marks alone */
};

/*
 * Call after load and reset, before the first run: the heap is compared with memory as it is now. A probe
 * that the image does not have is ERR_INPUT.
 */
bool prof_profiler_create(const struct prof_options *options, struct prof_profiler **ret_profiler,
			  struct err *err);
void prof_profiler_destroy(struct prof_profiler *profiler);

/* For sim_machine_observe; valid as long as the profiler. A caller that wants to listen, too, wraps the
 * callbacks. */
struct sim_observer prof_profiler_observer(struct prof_profiler *profiler);

/* Boundaries of an inference seen by others (UART text, a pin). */
void prof_profiler_begin(struct prof_profiler *profiler, struct sim_when when);
void prof_profiler_end(struct prof_profiler *profiler, struct sim_when when);

/* Sensors that are not announced here before their first sample appear as plain counts. The name is the
 * device's. */
void prof_profiler_add_sensor(struct prof_profiler *profiler, const struct prof_sensor *sensor);

/*
 * Something worth a note at note->begin_ps, which may lie ahead: it is in the record once the run has come
 * there. In any order; the note is copied.
 */
void prof_profiler_note(struct prof_profiler *profiler, const struct prof_note *note);

/* Brings "now" into the record. Call between stretches of a run. */
void prof_profiler_update(struct prof_profiler *profiler);

/* After the last stretch: why it ended; reads the machine for the last time. */
void prof_profiler_finish(struct prof_profiler *profiler, enum sim_stop stop);

/* --- what it knows, for reports; complete after finish ---------------------------------------------- */

struct prof_layer_sum {
	uint32_t index, op;
	uint64_t calls, cycles, macs, ps;
};

#define PROF_MAX_FAULTS 32

struct prof_totals {
	struct sim_when end;
	uint64_t instructions;
	enum sim_stop stop;
	uint64_t inferences;
	const struct prof_layer_sum *layer; /* by index */
	size_t layers;
	const struct sim_fault *fault;      /* the first PROF_MAX_FAULTS */
	size_t faults;
	uint64_t faults_in_all, samples_lost, samples;
	uint64_t late, late_frames;         /* RT_MARK_LATE: how often, and frames passed over */
	bool arena_known, stack_known, heap_known;
	bool arena_is_extra;                /* marked, not found by its name among the firmware's variables */
	uint32_t arena_at, arena_peak, arena_capacity;
	uint32_t arena_planned;             /* as the firmware says, 0 if it does not */
	uint32_t stack_at, stack_peak, process_stack_peak, heap_at, heap_peak; /* stack_at: its lowest */
	bool firmware_failed;     /* RT_MARK_ERROR */
	uint32_t error_status, error_index, error_op;
	bool done;                /* RT_MARK_DONE */
	uint32_t done_status;
	uint64_t unmatched_marks; /* ends without a beginning */
	struct sim_honesty honesty;
};

const struct prof_totals *prof_profiler_totals(const struct prof_profiler *profiler);
const struct prof_record *prof_profiler_record(const struct prof_profiler *profiler);
const struct prof_prices *prof_profiler_prices(const struct prof_profiler *profiler);
const struct sim_board *prof_profiler_board(const struct prof_profiler *profiler);
struct prof_symbols *prof_profiler_symbols(const struct prof_profiler *profiler);    /* NULL: no image */
const struct prof_calltree *
prof_profiler_calltree(const struct prof_profiler *profiler); /* NULL: not asked for */

const struct prof_lines *
prof_profiler_lines(const struct prof_profiler *profiler); /* empty without call tree */

/* For prof_calltree_collapsed: context is the profiler. */
const char *prof_profiler_function_name(void *profiler, uint32_t function);

#endif
