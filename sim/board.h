/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board is data: sim/boards/NAME.yaml, read into this. It knows no device's inside: a device's options are
 * handed to its type as written. Adding a board adds one file and no code.
 */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H

#include "base/err.h"
#include "sim/arch.h"
#include "sim/observer.h"

#include <stdint.h>

enum sim_memory_kind { SIM_FLASH, SIM_RAM };
enum sim_regulator { SIM_LDO, SIM_SMPS };
enum sim_grade { SIM_ESTIMATED, SIM_CALIBRATED, SIM_MEASURED };

#define SIM_MAX_MEMORIES 16
#define SIM_MAX_ALIASES 4
#define SIM_MAX_DEVICES 96
#define SIM_MAX_IRQS 16
#define SIM_MAX_OPTIONS 32
#define SIM_MAX_POWER_RANGES 6
#define SIM_MAX_WAIT_STATES 16

struct sim_memory {
	char name[24];
	enum sim_memory_kind kind;
	uint32_t at, bytes;
	uint32_t alias[SIM_MAX_ALIASES]; /* further addresses of the same bytes */
	unsigned aliases;
	double line_fill; /* RAM, M7: cycles until a cache line's first word is there; 0: tightly coupled */
	double line_beat; /* …and for each 8 bytes behind it; 0: 1 */
};

/* key: value, as written in the board file, for the device type to judge. */
struct sim_option {
	char key[24], value[96];
	int line, column;
};

struct sim_placement {
	char name[32]; /* "lpuart1" */
	char type[32]; /* "stm32-usart" */
	uint32_t at;
	int irq[SIM_MAX_IRQS]; /* NVIC numbers from 0 */
	unsigned irqs;
	struct sim_option option[SIM_MAX_OPTIONS];
	unsigned options;
};

/*
 * Supply current of a power state: i_ua = base_ua + ua_per_mhz * f / 10^6, measured at `at_mv`. Chips that lower the
 * core's voltage at lower clocks have other lines there: up to range[r].up_to_hz that of the range.
 * LDO: the current holds at any supply voltage. SMPS: the power i * at_mv does, but for what its losses grow by.
 */
struct sim_power {
	double base_ua, ua_per_mhz;
	struct sim_power_range {
		uint64_t up_to_hz;
		double base_ua, ua_per_mhz;
	} range[SIM_MAX_POWER_RANGES]; /* by clock */
	unsigned ranges;
	double per_volt_pct; /* SMPS: more power for each volt of supply above at_mv */
	uint32_t at_mv;
	double low_pct, high_pct; /* true value expected within value * (1 + low/100) … (1 + high/100) */
	enum sim_grade grade;
	char source[256];
};

/*
 * A core that stands still for memory draws less than one that runs:
 *
 *   P(run) = P0 * (1 - discount * w), w: share of the cycles that wait for memory
 *
 * `share` is the w of the code that the figures of state run were measured with.
 */
struct sim_stall {
	double discount_pct, share_pct; /* 0 where nothing is known */
	enum sim_grade grade;
	char source[256];
};

/* How flash answers: what sim/timing/memory.c needs. */
struct sim_flash {
	uint32_t wait_states;      /* at the default clock */
	uint32_t line_bytes;       /* width of one read */
	char cache[24];            /* "none", "art", "icache", "l1" */
	uint64_t fastest_hz[SIM_MAX_WAIT_STATES]; /* the highest core clock for 0, 1, … wait states, at the best voltages */
	unsigned limits;           /* how many of these are known */
	bool prefetch;
	uint32_t icache_bytes, dcache_bytes;
	double line_fill;          /* M7: cycles beyond wait_states + 1 until a cache line's first word is there */
	uint32_t icache_line_bytes; /* 0: as line_bytes */
	uint32_t icache_ways, dcache_ways; /* 0: fully associative */
	bool dcache_ecc;           /* M7: so have the TCMs */
	uint32_t art_bytes;        /* M7: of the accelerator before this flash's alias on the ITCM bus */
	char source[256];
};

/*
 * The one constant of a timing model that is fitted to measurements, on boards that need one: flash.line_fill, with which the
 * line_fill of RAM goes, as both are reached over the same bus. All others come from documents.
 */
struct sim_fit {
	bool fitted;
	double prior, width; /* what is expected without measurements, give or take, in cycles */
	char source[256];    /* of both, and what it was fitted to */
};

struct sim_board {
	char name[48], chip[48], summary[160];
	enum sim_core core;
	enum sim_fpu fpu;
	uint64_t clock_hz;       /* with which bundled firmware runs, and which the energy figures describe */
	uint64_t reset_clock_hz; /* with which the chip starts */
	uint32_t supply_mv;
	uint32_t irq_count;      /* external interrupts of the NVIC */
	uint32_t priority_bits;
	uint32_t mpu_regions;
	uint32_t io_port;        /* M0+: the 64 KiB from here are its single-cycle I/O port; 0: it has none */
	struct sim_memory memory[SIM_MAX_MEMORIES];
	unsigned memories;
	char arena_memory[24];   /* where the bundled firmware puts its arena: name of a memory */
	struct sim_placement device[SIM_MAX_DEVICES];
	unsigned devices;
	char console[32];        /* name of the UART people look at */
	struct sim_flash flash;
	enum sim_regulator regulator;
	struct sim_power power[SIM_POWER_STATES];
	struct sim_stall stall;
	double battery_mah, battery_mv; /* for battery life; 0 if the board names none */
	char timing_source[256], timing_grade_text[64];
	enum sim_grade timing_grade;
	double timing_low_pct, timing_high_pct; /* error of modelled cycles, as published */
	struct sim_fit bus_fit;
	char source[8][256];     /* documents */
	unsigned sources;
	char path[512];          /* the file this came from */
};

/*
 * Reads a board by name ("nucleo-l4r5zi") or by path (anything with a '/' or ending in .yaml). Boards are looked
 * for in $THUMBWATT_BOARDS, then beside the program as installed or built. An unknown name lists the known ones.
 */
bool sim_board_read(const char *name_or_path, struct sim_board *ret_board, struct err *err);

/* Names of all known boards, sorted; the caller frees with sim_board_names_free. NULL-terminated. */
char **sim_board_names(struct err *err);
void sim_board_names_free(char **names);

/* Power in microwatts of a state at a clock and supply; of state run with the usual share of waits (board->stall). */
double sim_board_power_uw(const struct sim_board *board, enum sim_power_state state, uint64_t hz, uint32_t supply_mv);

/* The straight line over the clock that it lies on: base + per_mhz * MHz. */
void sim_board_power_line(const struct sim_board *board, enum sim_power_state state, uint64_t hz, uint32_t supply_mv,
			  double *ret_base_uw, double *ret_uw_per_mhz);

/* The same of state run, per microwatt of it, for code that waits for memory a share of its cycles (0 … 1). */
double sim_board_stall_factor(const struct sim_board *board, double share);

/* Energy in microjoules of so many cycles in state run, of which `waited` were spent waiting for memory. */
double sim_board_run_uj(const struct sim_board *board, uint64_t cycles, uint64_t waited, uint64_t hz,
			uint32_t supply_mv);

/* Makes the bus of bus_fit so many cycles slower. */
void sim_board_slow_bus(struct sim_board *board, double by);

const char *sim_core_name(enum sim_core core); /* "cortex-m4", … */

#endif
