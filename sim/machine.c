/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop: events, exceptions, sleep, and what to do when the core stops.
 */
#include "sim/machine_state.h"

#include <stdarg.h>
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

/* --- why the core stopped ---------------------------------------------------------------------------------------- */

static bool halfword(const struct sim_machine *machine, uint32_t at, uint16_t *ret)
{
	const uint8_t *host = sim_space_host(&machine->space, at, 2);
	if (!host)
		return false;
	*ret = (uint16_t)(host[0] | host[1] << 8);
	return true;
}

enum hint { HINT_NONE, HINT_YIELD = 0x10, HINT_WFE = 0x20, HINT_WFI = 0x30, HINT_SEV = 0x40 };

/* The hint instruction that ends at machine->pc, narrow or wide. */
static enum hint hint_before(const struct sim_machine *machine)
{
	uint16_t last = 0, before = 0;
	if (machine->pc != machine->previous_end || !halfword(machine, machine->pc - 2, &last))
		return HINT_NONE;
	if ((last & 0xFF0F) == 0xBF00)
		return last & 0xF0;
	if (halfword(machine, machine->pc - 4, &before) && before == 0xF3AF && (last & 0xFFF0) == 0x8000)
		return (last & 0xF) << 4;
	return HINT_NONE;
}

static void do_hint(struct sim_machine *machine, enum hint hint)
{
	if (hint == HINT_WFI)
		sim_machine_fall_asleep(machine, false);
	else if (hint == HINT_WFE && machine->event_register)
		machine->event_register = false;
	else if (hint == HINT_WFE)
		sim_machine_fall_asleep(machine, true);
	else if (hint == HINT_SEV)
		machine->event_register = true;
}

/* SDIV and UDIV, translated as traps while CCR.DIV_0_TRP asks for a fault on a divisor of 0. */
static void divide(struct sim_machine *machine, const struct sim_insn *insn)
{
	unsigned n = insn->encoding >> 16 & 15, d = insn->encoding >> 8 & 15, m = insn->encoding & 15;
	uint32_t dividend = sim_core_r(machine, n), divisor = sim_core_r(machine, m);
	if (divisor == 0) {
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_DIVBYZERO, 0, "%s of %u by 0", sim_insn_name(insn),
				dividend);
		return;
	}
	bool overflow = dividend == 0x80000000u && divisor == 0xFFFFFFFFu;
	uint32_t quotient = dividend / divisor;
	if (insn->op == SIM_OP_SDIV)
		quotient = overflow ? dividend : (uint32_t)((int32_t)dividend / (int32_t)divisor);
	sim_core_set_r(machine, d, quotient);
	machine->clock.cycle += sim_divide_cycles(&machine->timing, dividend, divisor, insn->op == SIM_OP_SDIV);
	sim_core_step_over(machine, 4);
}

/* Devices and system addresses hold no code by the architecture's own map; elsewhere it is just not there. */
static void no_code(struct sim_machine *machine, uint32_t at)
{
	bool never = (at >= 0x40000000u && at < 0x60000000u) || at >= 0xA0000000u;
	sim_fault_raise(machine, never ? SIM_EXC_MEMMANAGE : SIM_EXC_BUSFAULT, never ? CFSR_IACCVIOL : CFSR_IBUSERR, 0,
			"execution at 0x%08x: no code there", at);
}

/* The instruction at `at` stopped the core; the fault is told at machine->pc. */
static void undefined(struct sim_machine *machine, uint32_t at)
{
	struct sim_insn insn;
	const struct sim_region *region = sim_space_find(&machine->space, at);
	if (!region) {
		no_code(machine, at);
		return;
	}
	sim_decode(region->host + (at - region->at), region->bytes - (at - region->at), at, &insn);
	bool exists = sim_insn_legal(&insn, 0xFFu & ~(unsigned)SIM_ARCH_NEVER);
	bool here = sim_insn_legal(&insn, machine->arch);
	bool fp = insn.arch & (SIM_ARCH_FP_SP | SIM_ARCH_FP_DP | SIM_ARCH_FPV5);
	bool coprocessor = fp || (insn.arch & SIM_ARCH_COPROC);
	if (here && insn.cls == SIM_CLASS_DIVIDE && (machine->scs.ccr & CCR_DIV_0_TRP))
		divide(machine, &insn);
	else if (!exists)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0,
				"0x%0*x is no instruction of any Cortex-M", insn.size * 2, insn.encoding);
	else if (here && fp && machine->fpu_off)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_NOCP, 0,
				"%s while the FPU is off (CPACR denies it)", sim_insn_name(&insn));
	else if (here)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0, "%s (0x%0*x) cannot be executed here",
				sim_insn_name(&insn), insn.size * 2, insn.encoding);
	else
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, coprocessor ? CFSR_NOCP : CFSR_UNDEFINSTR, 0,
				"%s does not exist on %s%s", sim_insn_name(&insn), sim_core_name(machine->board.core),
				machine->board.fpu == SIM_FPU_NONE && fp ? " (it has no FPU)" : "");
}

/* Lets it spin to the next event without running it: a visit, and a turn for every one that fits. */
static void spin_until(struct sim_machine *machine, struct sim_block *block, uint64_t until)
{
	sim_visit_leave_block(machine); /* by its branch or by falling into this one */
	/* Its code is at hand after the first turn: what is followed waits no more, what is estimated goes on. */
	uint32_t wait = block->wait + block->wait_taken, entry = (uint32_t)block->taken_entry;
	uint64_t turn = 16 * (block->cycles + (uint64_t)block->taken_exit + entry) + wait;
	uint64_t left = until > machine->clock.cycle ? 16 * (until - machine->clock.cycle) : 0;
	uint64_t turns = turn && left > 16 * (uint64_t)block->cycles ? (left - 16 * (uint64_t)block->cycles + turn - 1) / turn : 0;
	uint64_t waited = block->wait + machine->wait + turns * wait;
	block->count += turns + 1;
	block->taken += turns;
	block->stall += turns * entry + (waited >> 4);
	machine->waited += waited >> 4;
	machine->instructions += (turns + 1) * block->instructions;
	machine->block_cycle = machine->clock.cycle;
	machine->clock.cycle += (turns + 1) * block->cycles + turns * ((uint64_t)block->taken_exit + entry) + (waited >> 4);
	machine->wait = waited & 15;
	machine->block_end = machine->clock.cycle;
	machine->previous = block;
	machine->previous_end = machine->pc + block->bytes;
	machine->stop_before_block = true; /* at its own start again: its branch is still unpaid */
	sim_clock_kick(&machine->clock);
}

/* Without takeover nothing of the block has run when its first illegal instruction is found: told at its start. */
static void undefined_within(struct sim_machine *machine, const struct sim_block *block)
{
	const uint8_t *code = sim_space_host(&machine->space, machine->pc, block->bytes);
	struct sim_insn insn;
	for (uint32_t at = 0; code && at < block->bytes; at += insn.size) {
		sim_decode(code + at, block->bytes - at, machine->pc + at, &insn);
		bool fp = insn.arch & (SIM_ARCH_FP_SP | SIM_ARCH_FP_DP | SIM_ARCH_FPV5);
		if (!sim_insn_legal(&insn, machine->arch) || (machine->fpu_off && fp)) {
			undefined(machine, machine->pc + at);
			return;
		}
	}
}

/* A branch to itself with nothing that could interrupt it is the end, however firmware means it. */
static void spin(struct sim_machine *machine)
{
	uint64_t next = sim_clock_next_cycle(&machine->clock);
	unsigned active = sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF;
	if (active >= SIM_EXC_NMI && active <= SIM_EXC_SECUREFAULT)
		sim_fault_lockup(machine, "the handler of exception %u spins for ever", active);
	else if (next == SIM_NEVER)
		sim_fault_lockup(machine, "spins for ever, and nothing is left that could interrupt it");
	else
		spin_until(machine, machine->checked, next);
}

static void stopped_before_block(struct sim_machine *machine)
{
	struct sim_block *block = machine->checked;
	if (machine->forbidden)
		sim_fault_raise(machine, SIM_EXC_MEMMANAGE, CFSR_IACCVIOL, 0,
				"execution at 0x%08x: the MPU forbids it", machine->pc);
	else if (!block && !sim_space_find(&machine->space, machine->pc))
		no_code(machine, machine->pc);
	else if (block && sim_breaks_replacing(&machine->breaks, machine->pc))
		sim_breaks_replace(machine);
	else if (block && (block->check & machine->check_mask & SIM_CHECK_SPIN))
		spin(machine);
	else if (block)
		undefined_within(machine, block);
}

static void access_fault(struct sim_machine *machine)
{
	uint32_t at = machine->access_at;
	const struct sim_region *region = sim_space_find(&machine->space, at);
	const char *how = machine->access_write ? "write to" : "read of";
	if (machine->access_why == ACCESS_FORBIDDEN)
		sim_fault_raise(machine, SIM_EXC_MEMMANAGE, CFSR_DACCVIOL | CFSR_MMARVALID, at,
				"%s 0x%08x: the MPU forbids it", how, at);
	else if (machine->access_why == ACCESS_UNALIGNED)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNALIGNED, at, "unaligned access to 0x%08x", at);
	else if (region)
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: %s", how, at,
				region->writable ? "it reaches beyond the end of RAM" : "flash cannot be written like RAM");
	else if (sim_bus_answers(machine, at))
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: for privileged code only", how, at);
	else
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: nothing is there on this board", how, at);
}

static void no_thumb(struct sim_machine *machine)
{
	sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVSTATE, 0, "branch to 0x%08x without the Thumb bit",
			machine->pc);
}

/* The core stands behind the SVC; a fault it becomes stands at it. */
static void supervisor_call(struct sim_machine *machine)
{
	sim_exception_sync_masks(machine);
	struct sim_nvic *nvic = &machine->nvic;
	if (sim_nvic_group(nvic, nvic->priority[SIM_EXC_SVCALL]) >= sim_nvic_execution_priority(nvic))
		machine->pc -= 2;
	sim_fault_raise(machine, SIM_EXC_SVCALL, 0, 0, "SVC where its priority does not let it be taken");
}

static uint32_t stack_limit(const struct sim_machine *machine)
{
	bool process = !(sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF) &&
		       (sim_core_get(machine, UC_ARM_REG_CONTROL) & 2);
	return machine->takeover.stack_limit[process];
}

static void interrupted(struct sim_machine *machine, int number)
{
	uint16_t code = 0;
	switch (number) {
	case 2:
		supervisor_call(machine);
		break;
	case 3:
	case 8: {
		/* The library clears bit 0, which is ES on Armv8-M: 0 on a core without the Security Extension. */
		uint32_t target = sim_core_get(machine, UC_ARM_REG_PC) | (machine->board.core != SIM_M33);
		if (sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF)
			sim_exception_return(machine, target);
		else if (machine->pc) /* at 0 the library was told to stop: it did */
			no_code(machine, machine->pc); /* EXC_RETURN means nothing in thread mode */
		break;
	}
	case 4:
		if (machine->access_fault)
			access_fault(machine);
		else
			sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNALIGNED, machine->takeover.access_at,
					"unaligned access to 0x%08x", machine->takeover.access_at);
		break;
	case 7:
		if (halfword(machine, machine->pc, &code) && code == 0xBEAB)
			sim_semihosting_call(machine);
		else
			sim_fault_hard(machine, HFSR_DEBUGEVT, "BKPT #%u and no debugger", code & 0xFF);
		break;
	case 17:
		undefined(machine, machine->pc);
		break;
	case 19:
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_STKOF, 0,
				"the stack would pass its limit of 0x%08x", stack_limit(machine));
		break;
	case 18:
		no_thumb(machine);
		break;
	default:
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0, "the core raised exception %d",
				number);
	}
}

static void handle_stop(struct sim_machine *machine)
{
	if (machine->stop_before_block) {
		stopped_before_block(machine);
		return;
	}
	if (machine->interrupt >= 0) {
		interrupted(machine, machine->interrupt);
		return;
	}
	if (machine->fetch_fault) {
		no_code(machine, machine->pc);
		return;
	}
	if (machine->access_fault) {
		access_fault(machine);
		return;
	}
	enum hint hint = hint_before(machine);
	if (hint)
		do_hint(machine, hint);
	else if (machine->invalid && !(sim_core_get(machine, UC_ARM_REG_XPSR) & XPSR_THUMB))
		no_thumb(machine); /* how the library puts it on Armv6-M */
	else if (machine->invalid)
		undefined(machine, machine->pc);
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
		handle_stop(machine);
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
