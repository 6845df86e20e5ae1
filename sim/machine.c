/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as others see it, and its run loop: events, exceptions, sleep.
 */
#include "sim/machine_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- time and power ----------------------------------------------------------------------------------------- */

struct sim_when sim_machine_when(struct sim_machine *machine, uint64_t cycle)
{
	uint64_t since = machine->sleeping ? cycle - machine->sleep_began : 0;
	uint64_t base = machine->clock.base_cycle;
	return (struct sim_when){
		.ps = sim_clock_ps_of(&machine->clock, cycle > base ? cycle : base),
		.cycle = cycle,
		.active = cycle - machine->asleep_cycles - since,
		.waited = machine->waited,
	};
}

struct sim_when sim_machine_now(const struct sim_machine *machine)
{
	return sim_machine_when((struct sim_machine *)machine, machine->clock.cycle);
}

const uint64_t *sim_machine_waited(const struct sim_machine *machine)
{
	return &machine->waited;
}

void sim_machine_set_power(struct sim_machine *machine, enum sim_power_state state)
{
	machine->power = state;
	if (machine->observer.power)
		machine->observer.power(machine->observer.context, sim_machine_when(machine, machine->clock.cycle),
					state, machine->clock.hz);
}

static void on_limit(struct sim_event *event, uint64_t due_ps)
{
	struct sim_machine *machine = (struct sim_machine *)((char *)event - offsetof(struct sim_machine, limit));
	machine->timed_out = true;
	machine->attention = true;
}

static void on_clock_changed(void *context, uint64_t old_hz)
{
	struct sim_machine *machine = context;
	sim_scs_clock_changed(machine);
	for (unsigned i = 0; i < machine->bus.devices; i++)
		if (machine->bus.device[i].type->clock_changed)
			machine->bus.device[i].type->clock_changed(&machine->bus.device[i], old_hz);
}

/* --- sleep ---------------------------------------------------------------------------------------------------- */

static void wake(struct sim_machine *machine)
{
	machine->asleep_cycles += machine->clock.cycle - machine->sleep_began;
	machine->sleeping = false;
	sim_machine_set_power(machine, SIM_POWER_RUN);
	sim_scs_clock_changed(machine); /* SysTick stood still if the clock did */
}

void sim_machine_fall_asleep(struct sim_machine *machine, bool for_event)
{
	machine->sleeping = true;
	machine->sleeping_for_event = for_event;
	machine->sleep_began = machine->clock.cycle;
	bool deep = machine->scs.scr & SCR_SLEEPDEEP;
	sim_machine_set_power(machine, deep ? machine->deep_state : SIM_POWER_SLEEP);
	sim_scs_clock_changed(machine);
}

/* SCR.SEVONPEND: any exception that becomes pending is an event, enabled or not. */
static void note_pending(struct sim_machine *machine)
{
	for (unsigned w = 0; w < SIM_EXCEPTIONS / 64; w++) {
		uint64_t fresh = machine->nvic.pending[w] & ~machine->seen_pending[w];
		if (fresh && (machine->scs.scr & SCR_SEVONPEND))
			machine->event_register = true;
		machine->seen_pending[w] = machine->nvic.pending[w];
	}
}

/* WFI wakes for what would preempt if PRIMASK were 0, WFE for what does, and for events (B1.5.18, B1.5.19). */
static bool wakes(struct sim_machine *machine)
{
	sim_exception_sync_masks(machine);
	if (!machine->sleeping_for_event)
		return sim_nvic_wakes(&machine->nvic);
	bool event = machine->event_register;
	machine->event_register = false;
	return event || sim_nvic_next(&machine->nvic) != 0;
}

/* False: nothing is left that could wake the core. */
static bool sleep_on(struct sim_machine *machine)
{
	if (wakes(machine)) {
		wake(machine);
		return true;
	}
	uint64_t next = sim_clock_next_cycle(&machine->clock);
	if (next == SIM_NEVER)
		return false;
	if (machine->power == SIM_POWER_STOP)
		sim_clock_stand_still_until(&machine->clock, sim_clock_next_ps(&machine->clock));
	else
		machine->clock.cycle = next;
	sim_clock_fire_due(&machine->clock);
	note_pending(machine);
	return true;
}

/* --- running --------------------------------------------------------------------------------------------------- */

static bool do_reset(struct sim_machine *machine)
{
	struct err ignored;
	machine->reset_asked = false;
	return sim_machine_reset(machine, machine->vectors, &ignored);
}

/* Something of enum sim_stop, or -1: go on. */
static int attend(struct sim_machine *machine)
{
	machine->attention = false;
	if (machine->locked_up)
		return SIM_STOP_LOCKUP;
	if (machine->exited)
		return SIM_STOP_EXIT;
	if (machine->asked) {
		machine->asked = false;
		return SIM_STOP_ASKED;
	}
	if (machine->timed_out) {
		machine->timed_out = false;
		return SIM_STOP_TIME;
	}
	if (machine->reset_asked && !do_reset(machine)) {
		sim_fault_lockup(machine, "the vector table at 0x%08x cannot be read after reset", machine->vectors);
		return SIM_STOP_LOCKUP;
	}
	return -1;
}

enum sim_stop sim_machine_run(struct sim_machine *machine, uint64_t until_ps)
{
	machine->limit.fire = on_limit;
	machine->timed_out = false; /* of a limit that came together with another reason to stop */
	sim_clock_at_ps(&machine->clock, &machine->limit, until_ps);
	int why = -1;
	machine->attention = true;
	for (;;) {
		sim_clock_fire_due(&machine->clock);
		note_pending(machine);
		if (machine->attention && (why = attend(machine)) >= 0)
			break;
		if (machine->sleeping) {
			if (!sleep_on(machine)) {
				why = SIM_STOP_ASLEEP;
				break;
			}
			continue;
		}
		sim_exception_service(machine);
		if (machine->attention || machine->sleeping)
			continue;
		sim_core_run(machine);
		sim_stopped_handle(machine);
	}
	sim_clock_cancel(&machine->clock, &machine->limit);
	return (enum sim_stop)why;
}

bool sim_machine_idle(struct sim_machine *machine)
{
	return machine->sleeping && sim_clock_next_cycle(&machine->clock) == SIM_NEVER &&
	       !sim_nvic_wakes(&machine->nvic) && !(machine->sleeping_for_event && machine->event_register);
}

void sim_machine_ask_stop(struct sim_machine *machine)
{
	machine->asked = true;
	sim_machine_attend(machine);
}

static struct sim_flash_timing flash_timing(const struct sim_flash *flash)
{
	enum sim_flash_cache cache = SIM_FLASH_BARE;
	if (strcmp(flash->cache, "art") == 0)
		cache = SIM_FLASH_ART;
	else if (strcmp(flash->cache, "icache") == 0)
		cache = SIM_FLASH_ICACHE;
	else if (strcmp(flash->cache, "l1") == 0)
		cache = SIM_FLASH_L1;
	return (struct sim_flash_timing){
		.wait_states = (uint8_t)flash->wait_states, .line_bytes = (uint8_t)flash->line_bytes,
		.prefetch = flash->prefetch, .cache = (uint8_t)cache, .cache_bytes = flash->icache_bytes,
		.cache_line_bytes = (uint8_t)flash->icache_line_bytes, .data_bytes = flash->dcache_bytes,
		.ways = (uint8_t)flash->icache_ways, .data_ways = (uint8_t)flash->dcache_ways,
		/* The core's own caches are off until firmware writes CCR. */
		.cache_on = flash->icache_bytes && cache != SIM_FLASH_L1,
		.data_on = flash->dcache_bytes && cache != SIM_FLASH_L1,
		.art_bytes = flash->art_bytes,
	};
}

/* Waits are followed where data accesses can be seen; else they are estimated. */
static bool create_memory(struct sim_machine *machine, struct err *err)
{
	struct sim_flash_timing flash = flash_timing(&machine->board.flash);
	const struct sim_memory *code = NULL;
	for (unsigned i = 0; i < machine->board.memories && !code; i++)
		if (machine->board.memory[i].kind == SIM_FLASH)
			code = &machine->board.memory[i];
	if (!code || !sim_takeover_available()) {
		machine->memory.flash = machine->memory.given = flash;
		return true;
	}
	return sim_memory_create(&machine->memory, &flash, code->bytes) ? true : err_internal(err, "out of memory");
}

/* --- life ---------------------------------------------------------------------------------------------------------- */

bool sim_machine_create(const struct sim_board *board, const struct sim_machine_options *options,
			struct sim_machine **ret_machine, struct err *err)
{
	struct sim_machine *machine = calloc(1, sizeof *machine);
	if (!machine)
		return err_internal(err, "out of memory");
	machine->board = *board;
	machine->seed = options->seed;
	machine->supply_mv = options->supply_mv ? options->supply_mv : board->supply_mv;
	machine->timing = sim_timing_for_core(board->core, board->fpu);
	machine->timing.predictor = board->core == SIM_M7;
	machine->timing.ecc = board->flash.dcache_ecc;
	machine->arch = sim_arch_of(board->core, board->fpu);
	machine->takeover.fast_stores = !options->plain_store_path;
	machine->deep_state = SIM_POWER_STOP;
	machine->interrupt = -1;
	sim_clock_init(&machine->clock, options->clock_hz ? options->clock_hz : board->reset_clock_hz);
	machine->clock.changed = on_clock_changed;
	machine->clock.context = machine;
	if (options->semihosting_dir)
		machine->semihosting_dir = strdup(options->semihosting_dir);
	if (!create_memory(machine, err) || !sim_space_create(&machine->space, &machine->board, err) || !sim_bus_create(machine, err) ||
	    !sim_core_create(machine, err)) {
		sim_machine_destroy(machine);
		return false;
	}
	*ret_machine = machine;
	return true;
}

void sim_machine_destroy(struct sim_machine *machine)
{
	if (!machine)
		return;
	sim_core_destroy(machine);
	sim_bus_destroy(machine);
	sim_space_destroy(&machine->space);
	sim_memory_destroy(&machine->memory);
	sim_semihosting_free(machine);
	free(machine->semihosting_dir);
	free(machine);
}

bool sim_machine_load(struct sim_machine *machine, const struct sim_image *image, struct err *err)
{
	for (unsigned i = 0; i < image->segments; i++) {
		const struct sim_segment *segment = &image->segment[i];
		if (!sim_space_host(&machine->space, segment->at, segment->bytes))
			return err_input(err, "%s: %u bytes at 0x%08x lie outside every memory of board %s", image->path,
					 segment->bytes, segment->at, machine->board.name);
	}
	for (unsigned i = 0; i < image->segments; i++)
		memcpy(sim_space_host(&machine->space, image->segment[i].at, image->segment[i].bytes),
		       image->segment[i].data, image->segment[i].bytes);
	return true;
}

bool sim_machine_reset(struct sim_machine *machine, uint32_t vectors, struct err *err)
{
	uint32_t word[2];
	const uint8_t *host = sim_space_host(&machine->space, vectors, 8);
	if (!host)
		return err_input(err, "no vector table at 0x%08x on board %s", vectors, machine->board.name);
	memcpy(word, host, sizeof word);
	if (!sim_space_find(&machine->space, word[1]) || !(word[1] & 1))
		return err_input(err, "0x%08x is no vector table: its reset vector is 0x%08x", vectors, word[1]);
	if (machine->sleeping)
		wake(machine);
	machine->vectors = vectors;
	machine->scs.vtor = vectors;
	sim_nvic_reset(&machine->nvic, machine->board.irq_count, machine->board.priority_bits);
	memset(machine->seen_pending, 0, sizeof machine->seen_pending);
	machine->masked = false;
	sim_memory_reset(&machine->memory);
	sim_scs_reset(machine);
	sim_bus_reset(machine);
	sim_bus_check_flash(machine);
	sim_core_reset(machine, word[0] & ~3u);
	machine->pc = word[1] & ~1u;
	machine->stacks = (struct sim_stacks){word[0] & ~3u, word[0] & ~3u, UINT32_MAX, UINT32_MAX};
	machine->process_stack = false;
	machine->stop_before_block = false;
	machine->previous = &machine->nowhere;
	machine->previous_end = 0;
	machine->exit_cycles = 0;
	if (machine->path.now)
		sim_path_restart(&machine->path);
	sim_predictor_reset(&machine->predictor);
	machine->event_register = false;
	machine->function = SIM_NO_FUNCTION;
	machine->locked_up = false;
	machine->exited = false;
	sim_machine_set_power(machine, SIM_POWER_RUN);
	return true;
}

void sim_machine_observe(struct sim_machine *machine, const struct sim_observer *observer)
{
	machine->observer = *observer;
	machine->observed = observer->edge || observer->function_of;
	if (observer->power)
		sim_machine_set_power(machine, machine->power);
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

uint64_t sim_machine_instructions(const struct sim_machine *machine)
{
	return machine->instructions;
}

uint64_t sim_machine_clock_hz(const struct sim_machine *machine)
{
	return machine->clock.hz;
}

int sim_machine_exit_status(const struct sim_machine *machine)
{
	return machine->exit_status;
}

const struct sim_board *sim_machine_board(const struct sim_machine *machine)
{
	return &machine->board;
}

bool sim_machine_read(const struct sim_machine *machine, uint32_t at, void *ret_bytes, uint32_t count)
{
	const uint8_t *host = sim_space_host(&machine->space, at, count);
	if (host)
		memcpy(ret_bytes, host, count);
	return host;
}

bool sim_machine_write(struct sim_machine *machine, uint32_t at, const void *bytes, uint32_t count)
{
	uint8_t *host = sim_space_host(&machine->space, at, count);
	if (host) {
		memcpy(host, bytes, count);
		sim_core_changed(machine, at, count);
	}
	return host;
}

struct sim_device *sim_machine_device(struct sim_machine *machine, const char *name)
{
	for (unsigned i = 0; i < machine->bus.devices; i++)
		if (strcmp(machine->bus.device[i].place->name, name) == 0)
			return &machine->bus.device[i];
	return NULL;
}

bool sim_machine_uart_send(struct sim_machine *machine, const char *uart, const void *bytes, size_t count)
{
	struct sim_device *device = sim_machine_device(machine, uart);
	if (!device || !device->type->receive)
		return false;
	device->type->receive(device, bytes, count);
	return true;
}

int sim_machine_watch(struct sim_machine *machine, uint32_t at, uint32_t bytes)
{
	const struct sim_region *region = sim_space_find(&machine->space, at);
	if (!region || !region->writable || !sim_space_host(&machine->space, at, bytes))
		return -1;
	return sim_takeover_watch(&machine->takeover, at, bytes);
}

uint32_t sim_machine_watch_touched(const struct sim_machine *machine, int watch)
{
	return machine->takeover.watch[watch].touched;
}

uint32_t sim_machine_watch_top(const struct sim_machine *machine, int watch)
{
	return machine->takeover.watch[watch].top;
}

struct sim_stacks sim_machine_stacks(const struct sim_machine *machine)
{
	return machine->stacks;
}

void sim_machine_blocks(const struct sim_machine *machine,
			void (*each)(void *context, const struct sim_block_count *block), void *context)
{
	for (unsigned r = 0; r < machine->space.regions; r++) {
		const struct sim_region *region = &machine->space.region[r];
		for (uint32_t i = 0; i < region->bytes / 2; i++) {
			if (i % 2048 == 0 && !region->ran[i / 2048]) {
				i += 2047;
				continue;
			}
			const struct sim_block *block = &region->blocks[i];
			if (!block->count)
				continue;
			struct sim_block_count told = {
				.at = region->at + 2 * i, .bytes = block->bytes, .instructions = block->instructions,
				.count = block->count, .taken = block->taken,
				.cycles = block->count * block->cycles + block->taken * (uint64_t)(int64_t)block->taken_exit +
					  block->stall,
			};
			each(context, &told);
		}
	}
}

static int by_register_address(const void *a, const void *b)
{
	const struct sim_honest_register *left = a, *right = b;
	return left->at < right->at ? -1 : left->at > right->at;
}

void sim_machine_honesty(const struct sim_machine *machine, struct sim_honesty *ret_honesty)
{
	memset(ret_honesty, 0, sizeof *ret_honesty);
	const struct sim_bus *bus = &machine->bus;
	for (unsigned i = 0; i < bus->devices; i++)
		if (bus->touched[i])
			ret_honesty->modelled++;
	for (unsigned i = 0; i < SIM_STUB_WORDS; i++) {
		const struct sim_stub_word *word = &bus->stub[i];
		if (!word->reads && !word->writes)
			continue;
		*(word->guessed ? &ret_honesty->guessed : &ret_honesty->stubbed) += 1;
		if (ret_honesty->regs == sizeof ret_honesty->reg / sizeof *ret_honesty->reg)
			continue;
		unsigned n = ret_honesty->regs++;
		snprintf(ret_honesty->reg[n].device, sizeof ret_honesty->reg[n].device, "%s",
			 word->device ? word->device->place->name : "");
		ret_honesty->reg[n].at = word->at;
		ret_honesty->reg[n].reads = word->reads;
		ret_honesty->reg[n].writes = word->writes;
		ret_honesty->reg[n].guessed = word->guessed;
	}
	qsort(ret_honesty->reg, ret_honesty->regs, sizeof *ret_honesty->reg, by_register_address);
	ret_honesty->polled_cycles = bus->polled_cycles;
	ret_honesty->too_fast_hz = machine->too_fast_hz;
	ret_honesty->too_few_wait_states = machine->too_few_wait_states;
}
