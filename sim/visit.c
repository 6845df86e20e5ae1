/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block's visit: priced once, counted at each, with what only the run knows: waits for code, what the blocks before left
 * in the pipeline, predictions. What its loads, stores and divisions add: access.c.
 *
 * Every block passes through one hook, chosen for the core when it is made. The hooks are where the simulator's
 * time goes: nothing here may allocate, divide or call without need.
 */
#include "sim/machine_state.h"

#include <stdlib.h>
#include <string.h>

enum { SYSM_CONTROL = 20 }; /* number of a special register in MSR */

/* --- blocks ----------------------------------------------------------------------------------------------- */

static uint16_t checks_of(const uint8_t *code, uint32_t bytes, uint32_t at, const struct sim_block_cost *cost)
{
	uint16_t check = SIM_CHECK_EXECUTE;
	if (cost->flags & SIM_BLOCK_ILLEGAL)
		check |= SIM_CHECK_ILLEGAL;
	if (cost->flags & SIM_BLOCK_FP)
		check |= SIM_CHECK_FP;
	if (cost->sp_lowest < 0 || !cost->sp_known)
		check |= SIM_CHECK_STACK;
	if (cost->end == SIM_END_UNCOND && cost->branch_target == at)
		check |= SIM_CHECK_SPIN;
	struct sim_insn insn;
	for (uint32_t i = 0; i + 2 <= bytes; i += insn.size) {
		sim_decode(code + i, bytes - i, at + i, &insn);
		if (insn.op == SIM_OP_SEV)
			check |= SIM_CHECK_SEV;
		if (insn.op == SIM_OP_MSR || insn.op == SIM_OP_CPSIE)
			check |= SIM_CHECK_MASKS;
		if (insn.op == SIM_OP_MSR && (insn.encoding & 0xFF) == SYSM_CONTROL)
			check |= SIM_CHECK_CONTROL;
	}
	return check;
}

struct sim_block_detail *sim_visit_detail(struct sim_machine *machine, struct sim_block *block)
{
	if (block->detail)
		return block->detail;
	struct sim_block_detail *detail = calloc(1, sizeof *detail);
	if (!detail)
		return NULL;
	detail->next = machine->details;
	return block->detail = machine->details = detail;
}

static void note_hides(struct sim_machine *machine, struct sim_block *block, uint32_t at,
		       const struct sim_block_cost *cost)
{
	struct sim_block_detail *detail = sim_visit_detail(machine, block);
	if (!detail)
		return;
	memset(detail->hides, 0, sizeof detail->hides);
	for (unsigned i = 0; i < SIM_MAX_HIDES && cost->hides[i]; i++)
		sim_bit_set(detail->hides, (cost->hides[i] - at) / 2);
}

static uint64_t visits_cost(const struct sim_block *block)
{
	return block->count * block->cycles + block->taken * (uint64_t)(int64_t)block->taken_exit;
}

/*
 * M3, M4: a block that is first seen straight behind another goes on with what that one left in the pipeline: where the
 * emulator ends a block is not where the core does. M7 and M33 have their path.
 *
 * NULL: it is entered by a branch.
 */
static const struct sim_timing_state *goes_on_from(struct sim_machine *machine, const struct sim_region *region,
						   uint32_t at)
{
	uint32_t before = machine->block_at, bytes = machine->previous->bytes;
	struct sim_block_cost cost;
	if (machine->path.now || at != machine->previous_end)
		return NULL;
	if (machine->straight_end == at)
		return &machine->straight;
	if (bytes == 0 || at - before != bytes || before < region->at)
		return NULL;
	/* What that one found was not kept: as if nothing. */
	sim_timing_price_after(&machine->timing, NULL, false, region->host + (before - region->at), bytes, before, &cost,
			       &machine->straight);
	return &machine->straight;
}

static void leave_straight(struct sim_machine *machine, const struct sim_timing *timing, const uint8_t *code,
			   uint32_t bytes, uint32_t at)
{
	struct sim_block_cost cost;
	if (machine->path.now)
		return;
	sim_timing_price_after(timing, timing->straight_from, at != machine->previous_end, code, bytes, at, &cost,
			       &machine->straight);
	machine->straight_end = at + bytes;
}

static void price(struct sim_machine *machine, struct sim_region *region, struct sim_block *block, uint32_t at,
		  uint32_t bytes)
{
	const uint8_t *code = region->host + (at - region->at);
	struct sim_timing timing = machine->timing;
	struct sim_block_cost cost;
	timing.straight_from = goes_on_from(machine, region, at);
	sim_timing_price(&timing, code, bytes, at, &cost);
	if (block->count && machine->path.now)
		sim_path_forget(&machine->path); /* what stood there was another block */
	/* What earlier visits cost stays what it was. */
	block->stall += visits_cost(block);
	region->ran[(at - region->at) / 4096] = 1;
	block->bytes = bytes;
	block->cycles = cost.cycles;
	block->taken_exit = cost.taken_exit;
	block->taken_entry = cost.taken_entry;
	block->stall -= visits_cost(block);
	block->instructions = cost.instructions;
	uint32_t pace = bytes ? cost.cycles * 512 / bytes : 0;
	block->pace = (uint16_t)(pace < UINT16_MAX ? pace : UINT16_MAX);
	block->end = cost.end;
	block->sp_lowest = cost.sp_lowest;
	block->check = checks_of(code, bytes, at, &cost);
	if (sim_breaks_within(&machine->breaks, at, bytes))
		block->check |= SIM_CHECK_BREAK;
	struct sim_flash_cost flash = {0};
	if (!region->writable && !machine->memory.model)
		sim_flash_estimate(&machine->memory.flash, at, bytes, cost.cycles, cost.literals, &flash);
	if (machine->memory.timeline && !region->writable && sim_visit_detail(machine, block))
		sim_timeline_lay_out(machine->memory.timeline, &block->detail->layout, &timing, code, bytes, at,
				     at - region->at, machine->memory.flash.line_bytes);
	if (cost.hides[0] || block->detail)
		note_hides(machine, block, at, &cost);
	if (machine->timing.predictor && (block->detail || (cost.flags & SIM_BLOCK_PREDICTED)) &&
	    sim_visit_detail(machine, block))
		block->detail->site = sim_prediction_of(&cost);
	leave_straight(machine, &timing, code, bytes, at);
	block->wait = flash.sequential;
	block->wait_taken = flash.taken;
	block->function = machine->observed && machine->observer.function_of
				  ? machine->observer.function_of(machine->observer.context, at)
				  : SIM_NO_FUNCTION;
}

static void stop_before(struct sim_machine *machine, uint32_t at)
{
	machine->stop_before_block = true;
	machine->pc = at;
	uc_emu_stop(machine->uc);
}

static uint32_t stack_pointer(const struct sim_machine *machine)
{
	return machine->takeover.registers ? machine->takeover.registers[SIM_SP]
					   : sim_core_get(machine, UC_ARM_REG_SP);
}

static bool on_process_stack(const struct sim_machine *machine)
{
	return machine->process_stack && (sim_core_get(machine, UC_ARM_REG_CONTROL) & 2) &&
	       !(sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF);
}

static void note_stack(struct sim_machine *machine, const struct sim_block *block)
{
	uint32_t sp = stack_pointer(machine), low = sp + (uint32_t)block->sp_lowest;
	struct sim_stacks *stacks = &machine->stacks;
	/* Between the marks of both stacks it is news for neither, whichever it is. */
	bool news = low < stacks->main_low ||
		    (machine->process_stack && (low < stacks->process_low || sp > stacks->process_top));
	if (!news)
		return;
	if (on_process_stack(machine)) {
		if (low < stacks->process_low)
			stacks->process_low = low;
		if (sp > stacks->process_top || stacks->process_top == UINT32_MAX)
			stacks->process_top = sp;
	} else if (low < stacks->main_low) {
		stacks->main_low = low;
	}
}

/* Whether note_stack has anything to note, for the quick visit; true if that takes more than a look. */
static bool stack_is_news(const struct sim_machine *machine, const struct sim_block *block)
{
	const uint32_t *registers = machine->takeover.registers;
	return !registers || machine->process_stack ||
	       registers[SIM_SP] + (uint32_t)block->sp_lowest < machine->stacks.main_low;
}

/* True: stop before the block. */
static bool check_block(struct sim_machine *machine, struct sim_block *block, uint32_t at)
{
	uint16_t check = block->check & machine->check_mask;
	if (check & SIM_CHECK_STACK)
		note_stack(machine, block);
	if (check & SIM_CHECK_CONTROL)
		machine->process_stack = true;
	if (check & SIM_CHECK_SEV)
		machine->event_register = true;
	if (check & SIM_CHECK_MASKS) /* it may let in what waits: look when it is through */
		sim_clock_kick(&machine->clock);
	if (check & SIM_CHECK_EXECUTE) {
		bool handler = sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF;
		bool privileged = handler || !(sim_core_get(machine, UC_ARM_REG_CONTROL) & 1);
		machine->forbidden = !sim_mpu_allows(machine, at, SIM_EXECUTE, privileged);
	}
	bool replaced = (check & SIM_CHECK_BREAK) && sim_breaks_replacing(&machine->breaks, at);
	if (replaced || machine->forbidden || (check & (SIM_CHECK_ILLEGAL | SIM_CHECK_FP | SIM_CHECK_SPIN))) {
		machine->checked = block;
		stop_before(machine, at);
		return true;
	}
	return false;
}

void sim_visit_update_checks(struct sim_machine *machine)
{
	uint16_t mask = SIM_CHECK_BREAK | SIM_CHECK_SEV | SIM_CHECK_SPIN | SIM_CHECK_STACK | SIM_CHECK_CONTROL;
	if (machine->takeover.guarded)
		mask |= SIM_CHECK_EXECUTE;
	if (machine->masked)
		mask |= SIM_CHECK_MASKS;
	if (!sim_takeover_available()) /* else such instructions trap by themselves */
		mask |= SIM_CHECK_ILLEGAL | (machine->fpu_off ? SIM_CHECK_FP : 0);
	machine->check_mask = mask;
}

static __attribute__((noinline)) void tell_edge(struct sim_machine *machine, const struct sim_block *block,
						  uint32_t at, enum sim_edge edge, uint64_t cycle)
{
	uint32_t from = machine->function;
	machine->function = block->function;
	if (machine->observer.edge)
		machine->observer.edge(machine->observer.edge_context, cycle - machine->asleep_cycles, edge, from,
				       block->function, at, stack_pointer(machine));
}

static enum sim_edge edge_of(const struct sim_block *previous, bool taken)
{
	if (taken && previous->end == SIM_END_CALL)
		return SIM_EDGE_CALL;
	return taken && previous->end == SIM_END_RETURN ? SIM_EDGE_RETURN : SIM_EDGE_JUMP;
}

static inline __attribute__((always_inline)) struct sim_block *block_of(struct sim_machine *machine,
									 uint32_t at)
{
	struct sim_region *region = machine->code;
	if (!region || at - region->at >= region->bytes) {
		region = sim_space_find(&machine->space, at);
		if (!region)
			return NULL;
		machine->code = region;
		machine->memory.code = region->bank;
	}
	return &region->blocks[(at - region->at) >> 1];
}

/* Cycles that the core waits for the block's code. */
static unsigned wait_for_code(struct sim_machine *machine, const struct sim_block *block, uint32_t at)
{
	return machine->memory.model->fetch(&machine->memory, at - machine->code->at, block->bytes, block->cycles,
					    machine->clock.cycle);
}

/* Memory that follows a timeline: what the last block waited and nobody was told. */
static void wait_for_rest(struct sim_machine *machine)
{
	sim_machine_wait(machine, sim_timeline_settle(machine->memory.timeline));
}

static const struct sim_layout *layout_of(const struct sim_machine *machine, const struct sim_block *block)
{
	return machine->code->writable || !block->detail ? NULL : &block->detail->layout;
}

static unsigned estimated_wait(struct sim_machine *machine, const struct sim_block *block, bool taken)
{
	uint32_t wait = machine->wait + block->wait + (taken ? block->wait_taken : 0);
	if (wait == 0) /* always, where memory answers at once */
		return 0;
	machine->wait = wait & 15;
	machine->waited += wait >> 4;
	return wait >> 4;
}

static const void *priced_as(struct sim_block *block)
{
	static const uint8_t none[SIM_CACHED_BYTES];
	if (block->count == SIM_LEARNING_VISITS)
		block->learnt = block->detail && memcmp(block->detail->cached, none, sizeof none) != 0;
	return (const uint8_t *)block + block->learnt;
}

static struct sim_timing timing_of(const struct sim_machine *machine, const struct sim_block *block, uint32_t at)
{
	struct sim_timing timing = machine->timing;
	if (block->learnt)
		timing.cached = block->detail->cached;
	timing.cached_from = at;
	return timing;
}

/* What comes on top of a block's price with nothing in flight: found on the path, added to what only the run knows. */
static uint64_t price_on_path(struct sim_machine *machine, struct sim_block *block, uint32_t at, bool taken)
{
	const void *as = priced_as(block);
	const struct sim_path_step *step = sim_path_go(&machine->path, as, taken);
	if (__builtin_expect(!step, 0)) {
		struct sim_timing timing = timing_of(machine, block, at);
		step = sim_path_price(&machine->path, as, taken, &timing,
				      machine->code->host + (at - machine->code->at), block->bytes, at);
	}
	if (__builtin_expect(!step, 0))
		return 0;
	machine->exit_cycles = step->taken_exit;
	machine->mispredict = step->mispredict;
	return (uint64_t)step->cycles - block->cycles;
}

/* Leaves the last block to `at`: what a branch predictor that guessed wrong costs. */
static void leave_predicted(struct sim_machine *machine, uint32_t at)
{
	struct sim_block *previous = machine->previous;
	if (!previous->detail)
		return;
	struct sim_prediction *site = &previous->detail->site;
	site->mispredict = machine->mispredict;
	unsigned cycles = sim_predictor_leave(&machine->predictor, site, at);
	if (cycles == 0)
		return;
	machine->clock.cycle += cycles;
	previous->stall += cycles;
	sim_path_restart(&machine->path);
}

/* Cores differ in what is done at each block: one hook each, all made of the function below. */
enum visit {
	VISIT_MEMORY = 1,    /* waits are followed, else estimated */
	VISIT_PATH = 2,      /* what the blocks before left in the pipeline counts */
	VISIT_PREDICTOR = 4,
	VISIT_TIMELINE = 8,   /* waits are followed, and only known when the block is through */
};

static inline __attribute__((always_inline)) void visit_block(struct sim_machine *machine, uint32_t at,
							      uint32_t bytes, unsigned how)
{
	if (how & VISIT_TIMELINE)
		wait_for_rest(machine);
	if (__builtin_expect(machine->clock.cycle >= machine->clock.deadline, 0)) {
		stop_before(machine, at);
		return;
	}
	struct sim_block *block = block_of(machine, at);
	if (__builtin_expect(!block, 0)) {
		stop_before(machine, at);
		return;
	}
	if (__builtin_expect(block->bytes != bytes, 0))
		price(machine, machine->code, block, at, bytes);
	bool told = false;
	if (__builtin_expect(block->check & machine->check_mask, 0)) {
		if (check_block(machine, block, at))
			return;
		told = block->check & SIM_CHECK_BREAK;
	}
	struct sim_block *previous = machine->previous;
	bool taken = at != machine->previous_end;
	uint64_t stall = 0;
	if (taken) {
		int exit = how & VISIT_PATH ? machine->exit_cycles : previous->taken_exit;
		previous->taken++;
		machine->clock.cycle += (uint64_t)(int64_t)exit;
		if (how & VISIT_PATH)
			previous->stall += (uint64_t)(int64_t)(exit - previous->taken_exit);
		else
			stall = (uint64_t)(int64_t)block->taken_entry;
	}
	if (how & VISIT_PREDICTOR)
		leave_predicted(machine, at);
	/* Calls and returns show even within one function; the rest only where the function changes. */
	enum sim_edge edge = edge_of(previous, taken);
	if (machine->observed && (block->function != machine->function || edge != SIM_EDGE_JUMP))
		tell_edge(machine, block, at, edge, machine->clock.cycle);
	if (how & VISIT_PATH)
		stall = price_on_path(machine, block, at, taken);
	uint64_t wait = 0;
	if (how & VISIT_TIMELINE)
		sim_timeline_begin(machine->memory.timeline, layout_of(machine, block), machine->clock.cycle + stall);
	else if (!(how & VISIT_MEMORY))
		wait = estimated_wait(machine, block, taken);
	else if (machine->code->bank)
		machine->waited += wait = wait_for_code(machine, block, at);
	block->count++;
	if (how & VISIT_PATH)
		machine->takeover.tell_all = block->count <= SIM_LEARNING_VISITS;
	block->stall += stall + wait;
	machine->instructions += block->instructions;
	machine->block_cycle = machine->clock.cycle + wait;
	machine->block_at = at;
	machine->clock.cycle = machine->block_end = machine->block_cycle + stall + block->cycles;
	machine->previous = block;
	machine->previous_end = at + bytes;
	if (__builtin_expect(told, 0))
		sim_breaks_tell(machine, at, bytes);
}

/* The wait for a block's code is known when everything else of its visit is done. */
static __attribute__((noinline)) void wait_for_visited(struct sim_machine *machine, struct sim_block *block, uint32_t at,
						       uint64_t began)
{
	unsigned wait = machine->memory.model->fetch(&machine->memory, at - machine->code->at, block->bytes,
						     block->cycles, began);
	if (wait == 0)
		return;
	machine->waited += wait;
	block->stall += wait;
	machine->block_cycle += wait;
	machine->clock.cycle = machine->block_end += wait;
}

static __attribute__((noinline)) void tell_edge_and_wait(struct sim_machine *machine, struct sim_block *block,
							 uint32_t at, enum sim_edge edge, uint64_t began)
{
	tell_edge(machine, block, at, edge, began);
	if (machine->code->bank)
		wait_for_visited(machine, block, at, began);
}

/*
 * Nine visits of ten need none of what the function above looks after. This one calls nothing but one function, last, and
 * so saves no registers. False, and next to nothing done: it is not one of them.
 */
static inline __attribute__((always_inline)) bool visit_quickly(struct sim_machine *machine, uint32_t at,
								uint32_t bytes, unsigned how)
{
	struct sim_block *previous = machine->previous;
	const struct sim_region *region = machine->code;
	const struct sim_path_step *step = NULL;
	unsigned waited;
	if (!region || at - region->at >= region->bytes)
		return false;
	if (how & VISIT_TIMELINE) {
		if (!sim_timeline_settle_near(machine->memory.timeline, &waited))
			return false;
		sim_machine_wait(machine, waited);
	}
	struct sim_block *block = &region->blocks[(at - region->at) >> 1];
	bool taken = at != machine->previous_end;
	uint16_t check = block->check & machine->check_mask;
	if (machine->clock.cycle >= machine->clock.deadline || block->bytes != bytes ||
	    (check && (check != SIM_CHECK_STACK || stack_is_news(machine, block))))
		return false;
	if (how & VISIT_PATH) {
		if (block->count <= SIM_LEARNING_VISITS)
			return false;
		step = sim_path_look(&machine->path, (const uint8_t *)block + block->learnt, taken);
		if (!step)
			return false;
	}
	if ((how & VISIT_PREDICTOR) && previous->detail &&
	    !sim_predictor_foresaw(&machine->predictor, &previous->detail->site, at))
		return false;
	uint64_t began = machine->clock.cycle, stall = 0, wait = 0;
	if (taken) {
		int exit = how & VISIT_PATH ? machine->exit_cycles : previous->taken_exit;
		previous->taken++;
		began += (uint64_t)(int64_t)exit;
		if (how & VISIT_PATH)
			previous->stall += (uint64_t)(int64_t)(exit - previous->taken_exit);
		else
			stall = (uint64_t)(int64_t)block->taken_entry;
	}
	if (how & VISIT_PATH) {
		stall = (uint64_t)step->cycles - block->cycles;
		machine->exit_cycles = step->taken_exit;
		machine->mispredict = step->mispredict;
		machine->path.now = step->next;
		machine->takeover.tell_all = false;
	}
	if (how & VISIT_TIMELINE)
		sim_timeline_begin(machine->memory.timeline, layout_of(machine, block), began + stall);
	else if (!(how & VISIT_MEMORY))
		wait = estimated_wait(machine, block, taken);
	block->count++;
	block->stall += stall + wait;
	machine->instructions += block->instructions;
	machine->block_cycle = began + wait;
	machine->block_at = at;
	machine->clock.cycle = machine->block_end = began + wait + stall + block->cycles;
	machine->previous = block;
	machine->previous_end = at + bytes;
	enum sim_edge edge = edge_of(previous, taken);
	bool is_told = machine->observed && (block->function != machine->function || edge != SIM_EDGE_JUMP);
	if (is_told && (how & VISIT_MEMORY))
		tell_edge_and_wait(machine, block, at, edge, began);
	else if (is_told)
		tell_edge(machine, block, at, edge, began);
	else if ((how & VISIT_MEMORY) && region->bank)
		wait_for_visited(machine, block, at, began);
	return true;
}

#define HOOK(name, how)                                                                                         \
	static __attribute__((noinline)) void any_##name(struct sim_machine *machine, uint32_t at, uint32_t bytes) \
	{                                                                                                       \
		visit_block(machine, at, bytes, how);                                                           \
	}                                                                                                       \
	static void name(uc_engine *uc, uint64_t address, uint32_t bytes, void *context)                        \
	{                                                                                                       \
		if (!visit_quickly(context, (uint32_t)address, bytes, how))                                     \
			any_##name(context, (uint32_t)address, bytes);                                          \
	}

HOOK(on_block, 0)
HOOK(on_block_memory, VISIT_MEMORY)
HOOK(on_block_timeline, VISIT_TIMELINE)
HOOK(on_block_path, VISIT_PATH)
HOOK(on_block_path_memory, VISIT_PATH | VISIT_MEMORY)
HOOK(on_block_path_timeline, VISIT_PATH | VISIT_TIMELINE)
HOOK(on_block_m7, VISIT_PATH | VISIT_PREDICTOR)
HOOK(on_block_m7_memory, VISIT_PATH | VISIT_PREDICTOR | VISIT_MEMORY)
HOOK(on_block_m7_timeline, VISIT_PATH | VISIT_PREDICTOR | VISIT_TIMELINE)

void *sim_visit_hook(const struct sim_machine *machine)
{
	typedef void hook_fn(uc_engine *, uint64_t, uint32_t, void *);
	static hook_fn *const HOOKS[3][3] = {
		{on_block, on_block_memory, on_block_timeline},
		{on_block_path, on_block_path_memory, on_block_path_timeline},
		{on_block_m7, on_block_m7_memory, on_block_m7_timeline},
	};
	unsigned core = machine->board.core == SIM_M7 ? 2 : machine->path.now ? 1 : 0;
	return (void *)HOOKS[core][machine->memory.timeline ? 2 : machine->memory.model ? 1 : 0];
}

/* --- between blocks --------------------------------------------------------------------------------------- */

uint64_t sim_visit_exact_cycle(struct sim_machine *machine)
{
	if (!machine->in_access || !machine->code || !sim_takeover_sync_pc(&machine->takeover))
		return machine->clock.cycle;
	uint32_t pc = sim_core_get(machine, UC_ARM_REG_PC) & ~1u;
	/* Inside an IT block the library's IT state came back too; the block's end does not expect that. */
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR);
	if (xpsr & XPSR_IT)
		sim_core_set(machine, UC_ARM_REG_XPSR, xpsr & ~XPSR_IT);
	uint32_t into = pc - machine->block_at;
	if (machine->memory.timeline)
		sim_machine_wait(machine, sim_timeline_walk(machine->memory.timeline, into / 2));
	uint64_t held_up = machine->clock.cycle - machine->block_end;
	if (into == 0 || into >= machine->previous->bytes)
		return machine->block_cycle + held_up;
	struct sim_block_cost cost;
	sim_timing_price(&machine->timing, machine->code->host + (machine->block_at - machine->code->at), into,
			 machine->block_at, &cost);
	return machine->block_cycle + cost.cycles + held_up;
}

/*
 * Code and counters leave the block that ran last: for an exception, or for ever. If it was left by its branch,
 * that has been paid for by nobody yet.
 */
void sim_visit_leave_block(struct sim_machine *machine)
{
	if (machine->stop_before_block && machine->pc != machine->previous_end) {
		int exit = machine->path.now ? machine->exit_cycles : machine->previous->taken_exit;
		machine->previous->taken++;
		machine->previous->stall += (uint64_t)(int64_t)(exit - machine->previous->taken_exit);
		machine->clock.cycle += (uint64_t)(int64_t)exit;
	}
	machine->stop_before_block = false;
	machine->previous = &machine->nowhere;
	machine->previous_end = 0;
	machine->exit_cycles = 0;
	if (machine->path.now)
		sim_path_restart(&machine->path);
}

void sim_visit_settle(struct sim_machine *machine)
{
	if (machine->memory.timeline)
		wait_for_rest(machine);
}

/* --- life ------------------------------------------------------------------------------------------------------ */

void sim_visit_destroy(struct sim_machine *machine)
{
	while (machine->details) {
		struct sim_block_detail *next = machine->details->next;
		sim_timeline_free_layout(&machine->details->layout);
		free(machine->details);
		machine->details = next;
	}
}
