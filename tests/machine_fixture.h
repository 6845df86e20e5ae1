/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small board of any core with a test firmware in it, and everything it told kept for the test to ask about:
 * flash at 0x08000000, RAM at 0x20000000, a console at 0x40004000 (interrupt 1), a sensor port at 0x40010000
 * (interrupt 2). The firmware is built by tests/fw/meson.build.
 */
#ifndef TESTS_MACHINE_FIXTURE_H
#define TESTS_MACHINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine.h"

#define FLASH 0x08000000u
#define RAM 0x20000000u
#define SELECT (FLASH + 0xC0) /* the word by which one firmware holds many cases */
#define MS (SIM_PS_PER_S / 1000)

static const char *const CORE_NAME[SIM_CORES] = {"m0plus", "m0plus", "m3", "m4", "m7", "m33"};

struct rig {
	struct sim_board board;
	struct sim_machine_options options;
	struct sim_machine *machine;
	struct sim_image image;
	struct err err;
	char uart[8192], semihosting[1024], itm[1024];
	uint64_t uart_cycle[8192];
	size_t uarts, semihostings, itms;
	struct sim_fault fault[16];
	unsigned faults;
	struct {
		int number;
		bool entry;
		struct sim_when when;
	} exception[256];
	unsigned exceptions;
	struct {
		enum sim_power_state state;
		struct sim_when when;
	} power[256];
	unsigned powers;
	int16_t sample[256];
	bool lost[256];
	unsigned samples;
	struct sim_mark mark[64];
	struct sim_when mark_when[64];
	unsigned marks;
};

static inline void rig_keep(char *text, size_t most, size_t *count, uint8_t byte)
{
	if (*count + 1 < most)
		text[(*count)++] = (char)byte;
	text[*count] = 0;
}

static inline void rig_uart(void *context, struct sim_when when, const char *port, uint8_t byte)
{
	struct rig *r = context;
	if (strcmp(port, "semihosting") == 0) {
		rig_keep(r->semihosting, sizeof r->semihosting, &r->semihostings, byte);
	} else if (strcmp(port, "itm") == 0) {
		rig_keep(r->itm, sizeof r->itm, &r->itms, byte);
	} else {
		r->uart_cycle[r->uarts] = when.cycle;
		rig_keep(r->uart, sizeof r->uart, &r->uarts, byte);
	}
}

static inline void rig_fault(void *context, const struct sim_fault *fault)
{
	struct rig *r = context;
	if (r->faults < 16)
		r->fault[r->faults++] = *fault;
}

static inline void rig_exception(void *context, struct sim_when when, int number, bool entry)
{
	struct rig *r = context;
	if (r->exceptions < 256) {
		r->exception[r->exceptions].number = number;
		r->exception[r->exceptions].entry = entry;
		r->exception[r->exceptions++].when = when;
	}
}

static inline void rig_power(void *context, struct sim_when when, enum sim_power_state state, uint64_t hz)
{
	struct rig *r = context;
	if (r->powers < 256) {
		r->power[r->powers].state = state;
		r->power[r->powers++].when = when;
	}
}

static inline void rig_sample(void *context, struct sim_when when, const char *sensor, const int16_t *counts,
			      unsigned channels, bool lost)
{
	struct rig *r = context;
	if (r->samples < 256) {
		r->lost[r->samples] = lost;
		r->sample[r->samples++] = counts[0];
	}
}

static inline void rig_mark(void *context, struct sim_when when, const struct sim_mark *mark)
{
	struct rig *r = context;
	if (r->marks < 64) {
		r->mark_when[r->marks] = when;
		r->mark[r->marks++] = *mark;
	}
}

static inline struct sim_board rig_board(enum sim_core core)
{
	struct sim_board b = {.name = "rig", .core = core, .clock_hz = 1000000, .reset_clock_hz = 1000000,
			      .supply_mv = 3300, .irq_count = 32, .priority_bits = core <= SIM_M0PLUS ? 2 : 4,
			      .mpu_regions = 8, .memories = 2, .devices = 2,
			      .io_port = core == SIM_M0PLUS ? 0x50000000 : 0};
	b.fpu = core == SIM_M7 ? SIM_FPU_DP : core >= SIM_M4 ? SIM_FPU_SP : SIM_FPU_NONE;
	snprintf(b.flash.cache, sizeof b.flash.cache, "none");
	b.flash.line_bytes = 8;
	b.memory[0] = (struct sim_memory){.name = "flash", .kind = SIM_FLASH, .at = FLASH, .bytes = 256 << 10};
	b.memory[1] = (struct sim_memory){.name = "ram", .kind = SIM_RAM, .at = RAM, .bytes = 64 << 10};
	b.device[0] = (struct sim_placement){.name = "uart0", .type = "cmsdk-uart", .at = 0x40004000, .irq = {1}, .irqs = 1};
	b.device[1] = (struct sim_placement){.name = "sensor", .type = "sensor-port", .at = 0x40010000, .irq = {2}, .irqs = 1};
	return b;
}

/* Machine and firmware, before reset: the test may still change board-independent things (memory, select). */
static inline void rig_load_named(struct rig *r, const char *name, uint32_t select)
{
	char path[512];
	snprintf(path, sizeof path, "%s/tests/fw/%s.elf", getenv("BUILD_ROOT"), name);
	if (!sim_image_read(path, 0, &r->image, &r->err) ||
	    !sim_machine_create(&r->board, &r->options, &r->machine, &r->err) ||
	    !sim_machine_load(r->machine, &r->image, &r->err))
		fail_msg("%s: %s", path, r->err.text);
	if (select)
		sim_machine_write(r->machine, SELECT, &select, 4);
	struct sim_observer observer = {.context = r, .uart = rig_uart, .fault = rig_fault, .power = rig_power,
					.exception = rig_exception, .sample = rig_sample, .mark = rig_mark};
	sim_machine_observe(r->machine, &observer);
	if (!sim_machine_reset(r->machine, r->image.vectors, &r->err))
		fail_msg("%s: %s", path, r->err.text);
}

/* The fixture built for the board's core. */
static inline void rig_load(struct rig *r, const char *fixture, uint32_t select)
{
	char name[128];
	snprintf(name, sizeof name, "%s-%s", fixture, CORE_NAME[r->board.core]);
	rig_load_named(r, name, select);
}

static inline struct rig *rig_new(enum sim_core core)
{
	struct rig *r = calloc(1, sizeof *r);
	assert_non_null(r);
	r->board = rig_board(core);
	return r;
}

static inline struct rig *rig_start(enum sim_core core, const char *fixture, uint32_t select)
{
	struct rig *r = rig_new(core);
	rig_load(r, fixture, select);
	return r;
}

static inline enum sim_stop rig_run(struct rig *r, uint64_t for_ms)
{
	return sim_machine_run(r->machine, sim_machine_now(r->machine).ps + for_ms * MS);
}

static inline void rig_end(struct rig *r)
{
	sim_machine_destroy(r->machine);
	sim_image_free(&r->image);
	free(r);
}

/* The number behind "name=" in what the firmware printed. */
static inline uint32_t rig_number(const struct rig *r, const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "%s=", name);
	const char *at = strstr(r->uart, key);
	if (!at)
		fail_msg("'%s' is not in: %s", key, r->uart);
	return (uint32_t)strtoul(at + strlen(key), NULL, 10);
}

#endif
