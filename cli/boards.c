/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thumbwatt boards: the catalogue, and of one board everything that is known, with its source. */
#include "cli/command.h"
#include "sim/board.h"
#include "sim/device.h"

#include <stdio.h>
#include <string.h>

static const char *const STATE[SIM_POWER_STATES] = {"run", "sleep", "stop"};
static const char *const GRADE[] = {"estimated", "calibrated", "measured"};
static const char *const FPU[] = {"no FPU", "single-precision FPU", "double-precision FPU"};

struct arguments {
	const char *board;
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (a->board)
		cli_usage("one board at a time; '%s' is a second one", text);
	a->board = text;
	return 0;
}

static const struct argp ARGP = {
	NULL, parse, "[BOARD]",
	"Lists the boards, or prints all that is known of one and where each number comes from.\v"
	"Examples:\n  thumbwatt boards\n  thumbwatt boards nucleo-l4r5zi", NULL, NULL, NULL,
};

static uint32_t bytes_of(const struct sim_board *board, enum sim_memory_kind kind)
{
	uint32_t total = 0;
	for (unsigned i = 0; i < board->memories; i++)
		if (board->memory[i].kind == kind)
			total += board->memory[i].bytes;
	return total;
}

static bool list(struct err *err)
{
	char **names = sim_board_names(err);
	if (!names)
		return false;
	bool ok = true;
	printf("%-16s %-14s %-16s %8s %8s %8s %8s\n", "board", "core", "chip", "clock", "flash", "RAM", "run");
	for (char **name = names; ok && *name; name++) {
		struct sim_board board;
		ok = sim_board_read(*name, &board, err);
		if (!ok)
			break;
		printf("%-16s %-14s %-16s %4.0f MHz %4u KiB %4u KiB %5.1f mW\n", board.name, sim_core_name(board.core),
		       board.chip, (double)board.clock_hz / 1e6, bytes_of(&board, SIM_FLASH) / 1024,
		       bytes_of(&board, SIM_RAM) / 1024,
		       sim_board_power_uw(&board, SIM_POWER_RUN, board.clock_hz, board.supply_mv) / 1e3);
	}
	sim_board_names_free(names);
	return ok;
}

static void show_devices(const struct sim_board *board)
{
	printf("\ndevices\n");
	for (unsigned i = 0; i < board->devices; i++) {
		const struct sim_placement *place = &board->device[i];
		const struct sim_device_type *type = sim_device_type_find(place->type);
		printf("  0x%08x %-16s %-16s", place->at, place->name, place->type);
		for (unsigned q = 0; q < place->irqs; q++)
			printf("%s%d", q ? "," : " irq ", place->irq[q]);
		printf("  %s\n", type ? type->what : "");
	}
}

/* What state run's power is at other clocks, and for code that waits. */
static void show_lines(const struct sim_board *board)
{
	const struct sim_power *run = &board->power[SIM_POWER_RUN];
	for (unsigned r = 0; r < run->ranges; r++)
		printf("  run up to %3.0f MHz: %8.3f mW there\n", (double)run->range[r].up_to_hz / 1e6,
		       sim_board_power_uw(board, SIM_POWER_RUN, run->range[r].up_to_hz, board->supply_mv) / 1e3);
	if (board->stall.discount_pct > 0)
		printf("  waiting for memory: %.0f %% less, %s; run holds for code that waits %.1f %% of its cycles\n         %s\n",
		       board->stall.discount_pct, GRADE[board->stall.grade], board->stall.share_pct, board->stall.source);
}

static bool show(const char *name, struct err *err)
{
	struct sim_board board;
	if (!sim_board_read(name, &board, err))
		return false;
	printf("%s: %s\n  %s, %s, %s at %.0f MHz (resets at %.0f MHz), %.2f V, %u interrupts\n", board.name,
	       board.summary, board.chip, sim_core_name(board.core), FPU[board.fpu], (double)board.clock_hz / 1e6,
	       (double)board.reset_clock_hz / 1e6, board.supply_mv / 1e3, board.irq_count);
	printf("\nmemories\n");
	for (unsigned i = 0; i < board.memories; i++) {
		const struct sim_memory *memory = &board.memory[i];
		printf("  0x%08x %8u bytes  %-5s %s", memory->at, memory->bytes,
		       memory->kind == SIM_FLASH ? "flash" : "RAM", memory->name);
		for (unsigned a = 0; a < memory->aliases; a++)
			printf("%s0x%08x", a ? ", " : ", also at ", memory->alias[a]);
		printf("\n");
	}
	printf("\npower at %.0f MHz and %.2f V (%s)\n", (double)board.clock_hz / 1e6, board.supply_mv / 1e3,
	       board.regulator == SIM_LDO ? "LDO" : "SMPS");
	for (unsigned s = 0; s < SIM_POWER_STATES; s++)
		printf("  %-6s %10.3f mW  %s, %+.0f %% to %+.0f %%\n         %s\n", STATE[s],
		       sim_board_power_uw(&board, s, board.clock_hz, board.supply_mv) / 1e3, GRADE[board.power[s].grade],
		       board.power[s].low_pct, board.power[s].high_pct, board.power[s].source);
	show_lines(&board);
	printf("\ncycles: %s, %+.0f %% to %+.0f %%\n  %s\n", GRADE[board.timing_grade], board.timing_low_pct,
	       board.timing_high_pct, board.timing_source);
	if (board.bus_fit.fitted)
		printf("  fitted: the bus, %.4g cycles; prior: %g +- %g\n    %s\n", board.flash.line_fill, board.bus_fit.prior,
		       board.bus_fit.width, board.bus_fit.source);
	printf("flash: %u wait states, %u bytes a read, %s%s\n  %s\n", board.flash.wait_states, board.flash.line_bytes,
	       board.flash.cache, board.flash.prefetch ? ", prefetch" : "", board.flash.source);
	show_devices(&board);
	printf("\nsources\n");
	for (unsigned i = 0; i < board.sources; i++)
		printf("  %s\n", board.source[i]);
	printf("  file: %s\n", board.path);
	return true;
}

int cli_boards(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct err err;
	cli_parse(&ARGP, argc, argv, &arguments);
	bool ok = arguments.board ? show(arguments.board, &err) : list(&err);
	return ok ? CLI_OK : cli_fail(&err);
}
