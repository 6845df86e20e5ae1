/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What loads, stores and divisions cost beyond their block's price: waits for memory that does not answer at once, more
 * transfers where they are not aligned, quotients that take long. Told by the takeover as they are carried out.
 */
#include "sim/machine_state.h"

static void learn(struct sim_machine *machine, struct sim_block *block, unsigned where)
{
	if (sim_visit_detail(machine, block))
		sim_bit_set(block->detail->cached, where);
}

static void on_touched(void *context, const struct sim_window *window, uint32_t at, unsigned bytes, bool write,
		       unsigned where)
{
	struct sim_machine *machine = context;
	struct sim_block *block = machine->previous;
	if (__builtin_expect(block->count <= SIM_LEARNING_VISITS, 0) && machine->path.now)
		learn(machine, block, where);
	uint64_t began = machine->block_cycle + (machine->clock.cycle - machine->block_end); /* waits put it off */
	uint64_t now = began + (where * block->pace >> 8);
	unsigned wait = machine->memory.timeline ? sim_timeline_touch(machine->memory.timeline, where, now)
			: machine->memory.model->touch(&machine->memory, window->bank, at - window->at,
						       bytes | (write ? SIM_TOUCH_WRITE : 0), where, now);
	if (wait == 0)
		return;
	if (block->detail && sim_bit_is_set(block->detail->hides, where))
		wait--; /* the block pays for the cycle */
	machine->clock.cycle += wait;
	machine->waited += wait;
	block->stall += wait;
}

/* On M0 and M0+ nobody asks where data are, but flash. */
static void on_touched_timeline(void *context, const struct sim_window *window, uint32_t at, unsigned bytes, bool write,
				unsigned where)
{
	struct sim_machine *machine = context;
	struct sim_timeline *timeline = machine->memory.timeline;
	if (machine->path.now || !timeline->pending) {
		on_touched(context, window, at, bytes, write, where);
		return;
	}
	sim_machine_wait(machine, sim_timeline_touch(timeline, where, 0));
}

/* Memory that does not answer at once: flash, and on M7 each RAM behind the caches. Accesses to it are told. */
static void number_banks(struct sim_machine *machine)
{
	bool l1 = machine->memory.model == &sim_memory_l1;
	machine->memory.bank[SIM_BANK_FLASH] =
		(struct sim_memory_bank){.base = 0x08000000, .first = (uint16_t)(16 * machine->board.flash.line_fill + 0.5), .beat = 16};
	for (unsigned i = 0; i < machine->space.regions; i++) {
		struct sim_region *region = &machine->space.region[i];
		unsigned number = (unsigned)(region->memory - machine->board.memory);
		double beat = region->memory->line_beat;
		if (l1 && !region->writable && region->at != region->memory->at) {
			region->bank = SIM_BANK_ITCM_FLASH;
			machine->memory.bank[region->bank].base = region->at;
		} else if (!region->writable) {
			region->bank = SIM_BANK_FLASH;
		} else if (l1 && region->memory->line_fill > 0) {
			region->bank = (uint8_t)(SIM_BANK_RAM + number);
			machine->memory.bank[region->bank] = (struct sim_memory_bank){
				.base = region->at, .first = (uint16_t)(16 * region->memory->line_fill + 0.5),
				.beat = (uint16_t)(16 * (beat > 0 ? beat : 1) + 0.5) };
		}
	}
}

/* Cycles that the block under way takes longer. */
static void hold_up(struct sim_machine *machine, unsigned cycles)
{
	machine->clock.cycle += cycles;
	machine->previous->stall += cycles;
}

/*
 * What an access that is not aligned costs. M3, M4: a transfer more per change of size on the way (DDI0439 3.3.2, jnk0le);
 * M33: one more if it crosses a word (assumed); M7: 3 for loads (jnk0le), stores drain behind. M0 faults.
 */
static void on_split(void *context, uint32_t at, unsigned bytes, bool write)
{
	struct sim_machine *machine = context;
	switch (machine->board.core) {
	case SIM_M7:
		hold_up(machine, write ? 0 : 3);
		break;
	case SIM_M33:
		hold_up(machine, (at & 3) + bytes > 4);
		break;
	default:
		hold_up(machine, bytes == 4 && (at & 1) ? 2 : 1);
	}
}

/* The price holds the average. */
static void on_divided(void *context, uint32_t dividend, uint32_t divisor, bool is_signed)
{
	struct sim_machine *machine = context;
	unsigned cycles = sim_divide_cycles(&machine->timing, dividend, divisor, is_signed);
	uint64_t more = (uint64_t)cycles - machine->timing.divide_cycles;
	machine->clock.cycle += more;
	machine->previous->stall += more;
}

/* Those first whose accesses must be told: without the others, some are only slower. */
static void add_windows(struct sim_machine *machine, bool told)
{
	struct sim_takeover *takeover = &machine->takeover;
	for (unsigned i = 0; i < machine->space.regions && takeover->windows < SIM_MAX_WINDOWS; i++) {
		const struct sim_region *region = &machine->space.region[i];
		if (told != (region->bank != SIM_BANK_NONE))
			continue;
		bool by_address = machine->memory.model == &sim_memory_l1; /* the others count from their memory's begin */
		takeover->window[takeover->windows++] = (struct sim_window){
			.at = region->at, .bytes = region->bytes, .host = region->host, .bank = region->bank,
			.told = told, .writable = region->writable,
			.front = told && machine->memory.front.tag ? &machine->memory.front : NULL,
			.skew = (by_address ? machine->memory.bank[region->bank].base : 0) - region->at};
	}
}

void sim_access_create(struct sim_machine *machine)
{
	machine->takeover.touched = machine->memory.timeline ? on_touched_timeline : on_touched;
	machine->takeover.split = on_split;
	machine->takeover.divided = on_divided;
	if (machine->memory.model)
		number_banks(machine);
	add_windows(machine, true);
	add_windows(machine, false);
}
