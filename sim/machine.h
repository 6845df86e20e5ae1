/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine: a board with firmware in it, run in virtual time. Owns core, memories, devices and clock.
 *
 * The guest can do nothing that ends the process: what it does wrong becomes a `struct sim_fault` told to the
 * observer, and, if the core locks up, the reason why sim_machine_run returned.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "base/err.h"
#include "sim/board.h"
#include "sim/device.h"
#include "sim/image.h"
#include "sim/observer.h"

struct sim_machine;

enum sim_stop {
	SIM_STOP_TIME,    /* the time asked for has come */
	SIM_STOP_ASKED,   /* sim_machine_ask_stop */
	SIM_STOP_EXIT,    /* firmware ended the run by semihosting; see sim_machine_exit_status */
	SIM_STOP_LOCKUP,  /* a fault that no handler could take */
	SIM_STOP_ASLEEP,  /* asleep, and nothing is left that could wake it */
};

struct sim_machine_options {
	uint64_t clock_hz;          /* 0: the board's reset clock */
	uint32_t supply_mv;         /* 0: the board's */
	const char *semihosting_dir; /* files of the guest's semihosting live below it; NULL: no file access */
	bool plain_store_path;      /* do not take over the library's store path */
	uint64_t seed;              /* of what is random on the chip */
};

/* The board is copied. */
bool sim_machine_create(const struct sim_board *board, const struct sim_machine_options *options,
			struct sim_machine **ret_machine, struct err *err);
void sim_machine_destroy(struct sim_machine *machine);

/* Puts the image into memory. What lies outside every memory is ERR_INPUT and names address and board. */
bool sim_machine_load(struct sim_machine *machine, const struct sim_image *image, struct err *err);

/* Reads the vector table (at image->vectors) and resets the core. Call after load and after writes to flash. */
bool sim_machine_reset(struct sim_machine *machine, uint32_t vectors, struct err *err);

/* At most one, before the first run; the struct is copied. */
void sim_machine_observe(struct sim_machine *machine, const struct sim_observer *observer);

/* Runs until `until_ps`, or until something of enum sim_stop happens. May be called again after SIM_STOP_TIME. */
enum sim_stop sim_machine_run(struct sim_machine *machine, uint64_t until_ps);

/* Asleep, and nothing is queued that could wake it: only the host could, through a UART. */
bool sim_machine_idle(struct sim_machine *machine);

/* From an observer's callback: the run returns before the next block. */
void sim_machine_ask_stop(struct sim_machine *machine);

struct sim_when sim_machine_now(const struct sim_machine *machine);
/* The counter behind sim_when.waited, for those who look at every call: valid as long as the machine. */
const uint64_t *sim_machine_waited(const struct sim_machine *machine);
uint64_t sim_machine_instructions(const struct sim_machine *machine);
uint64_t sim_machine_clock_hz(const struct sim_machine *machine);
int sim_machine_exit_status(const struct sim_machine *machine);
const struct sim_board *sim_machine_board(const struct sim_machine *machine);

/* Memory as the guest's debugger would see it; false (nothing read or written) outside RAM and flash. */
bool sim_machine_read(const struct sim_machine *machine, uint32_t at, void *ret_bytes, uint32_t count);
bool sim_machine_write(struct sim_machine *machine, uint32_t at, const void *bytes, uint32_t count);

struct sim_device *sim_machine_device(struct sim_machine *machine, const char *name); /* NULL: none */
bool sim_machine_uart_send(struct sim_machine *machine, const char *uart, const void *bytes, size_t count);

/*
 * Watches the bytes written in [at, at + bytes), exactly, from now on. Watches overlap freely; at most 8.
 * Returns a handle, or -1 if the range is not RAM or there are too many.
 */
int sim_machine_watch(struct sim_machine *machine, uint32_t at, uint32_t bytes);
uint32_t sim_machine_watch_touched(const struct sim_machine *machine, int watch); /* bytes written at least once */
uint32_t sim_machine_watch_top(const struct sim_machine *machine, int watch);     /* highest written offset + 1 */

/*
 * Tells when the instruction at an address (bit 0 is ignored) is about to run: at the exact cycle, as its block begins,
 * so registers are those of its own moment only where it begins a block, as every function does that is called. An
 * address inside a block is told of also if an IT condition or a fault then spares it. Returns a handle for _move,
 * or -1: no memory there, or too many. The callback may read the machine and move breaks.
 */
int sim_machine_break(struct sim_machine *machine, uint32_t at, void (*reached)(void *context, struct sim_when when),
		      void *context);
bool sim_machine_break_move(struct sim_machine *machine, int handle, uint32_t at); /* false: no memory there */

/*
 * The function at `at` is done by the host instead, whenever it is called: `replaced` reads arguments and sets results
 * with the functions below and with sim_machine_write, and says how many cycles that takes; then the guest goes on behind
 * the call. Returns -1 as above, or if it is replaced already. (A function entered by falling into it is not replaced.)
 */
int sim_machine_replace(struct sim_machine *machine, uint32_t at,
			uint64_t (*replaced)(void *context, struct sim_when when), void *context);

/* R0 to R12, SP (13), LR (14), within such a callback. */
uint32_t sim_machine_register(const struct sim_machine *machine, unsigned r);
void sim_machine_set_register(struct sim_machine *machine, unsigned r, uint32_t value);

/* Lowest stack pointers seen at any time; UINT32_MAX where a stack was never used. */
struct sim_stacks {
	uint32_t main_top, main_low;       /* MSP: as the vector table set it, and its lowest */
	uint32_t process_top, process_low; /* PSP: highest and lowest over all tasks */
};
struct sim_stacks sim_machine_stacks(const struct sim_machine *machine);

/* Every block that ran, in the order of addresses. */
struct sim_block_count {
	uint32_t at, bytes, instructions;
	uint64_t count, taken, cycles; /* entries; left by a taken branch; cycles in all, stalls included */
};
void sim_machine_blocks(const struct sim_machine *machine,
			void (*each)(void *context, const struct sim_block_count *block), void *context);

/* What the run depended on: for the honesty report. */
struct sim_honesty {
	struct sim_honest_register {
		char device[32];
		uint32_t at, reads, writes; /* address of the register */
		bool guessed;
	} reg[256];                         /* by address */
	unsigned regs;
	unsigned modelled, stubbed, guessed; /* devices touched, by kind */
	uint64_t polled_cycles;
	uint64_t too_fast_hz;                /* clock at which flash had too few wait states first; 0: never */
	unsigned too_few_wait_states;        /* how many it had then */
};
void sim_machine_honesty(const struct sim_machine *machine, struct sim_honesty *ret_honesty);

#endif
