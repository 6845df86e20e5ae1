/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/timing/timing.h"
#include "sim/timing/pipeline.h"

#include <string.h>

static const struct sim_pipeline *pipeline_of(enum sim_core core)
{
	switch (core) {
	case SIM_M3: case SIM_M4:
		return &sim_pipeline_m4;
	case SIM_M7:
		return &sim_pipeline_m7;
	case SIM_M33:
		return &sim_pipeline_m33;
	default:
		return &sim_pipeline_m0;
	}
}

struct sim_timing sim_timing_for_core(enum sim_core core, enum sim_fpu fpu)
{
	struct sim_timing timing = {
		.core = core,
		.arch = sim_arch_of(core, fpu),
		.multiply_cycles = 1,
		/*
		 * Early termination makes 2 to 12 cycles of M3, M4 and M33; 6 is the middle for the quotients of
		 * 8 to 16 bits that firmware computes (estimated). M7: 7 typically (LLVM's model).
		 */
		.divide_cycles = core == SIM_M7 ? 7 : 6,
	};

	return timing;
}

static unsigned bits_of(uint32_t value)
{
	return value ? 32 - (unsigned)__builtin_clz(value) : 0;
}

/* Bits per cycle from memory, to be measured: the manuals tell the range and that leading zeros shorten it. */
unsigned sim_divide_cycles(const struct sim_timing *timing, uint32_t dividend, uint32_t divisor, bool is_signed)
{
	if (timing->core == SIM_M7)
		return timing->divide_cycles;
	if (is_signed) {
		dividend = dividend >> 31 ? 0 - dividend : dividend;
		divisor = divisor >> 31 ? 0 - divisor : divisor;
	}
	if (divisor == 0 || dividend < divisor)
		return 2;
	return 3 + (bits_of(dividend) - bits_of(divisor) + 1 + 3) / 4 + is_signed;
}

/* The instructions of a block, one by one, with the IT state followed. */
struct walk {
	const uint8_t *code;
	size_t bytes;
	uint32_t address;
	struct sim_insn insn, it;
	unsigned it_left;
};

static bool next(struct walk *walk)
{
	unsigned size;

	if (walk->bytes < 2)
		return false;
	size = sim_decode(walk->code, walk->bytes, walk->address, &walk->insn);
	if (size > walk->bytes)
		size = walk->bytes;
	walk->code += size;
	walk->bytes -= size;
	walk->address += size;
	if (walk->it_left > 0) {
		unsigned index = walk->it.it_length - walk->it_left--;

		sim_insn_predicate(&walk->insn, sim_insn_it_condition(&walk->it, index));
	} else if (walk->insn.op == SIM_OP_IT) {
		walk->it = walk->insn;
		walk->it_left = walk->insn.it_length;
	}
	return true;
}

static unsigned flags_of(const struct sim_insn *insn, unsigned arch)
{
	unsigned flags = 0;

	if (!sim_insn_legal(insn, arch))
		flags |= SIM_BLOCK_ILLEGAL;
	if (insn->literal)
		flags |= SIM_BLOCK_LITERAL;
	if (insn->arch & SIM_ARCH_FP_SP)
		flags |= SIM_BLOCK_FP;
	switch (insn->cls) {
	case SIM_CLASS_DIVIDE:
		return flags | SIM_BLOCK_DIVIDE;
	case SIM_CLASS_SYSTEM: case SIM_CLASS_BARRIER: case SIM_CLASS_EXCEPTION: case SIM_CLASS_WAIT:
		return flags | SIM_BLOCK_SYSTEM;
	default:
		return flags;
	}
}

static void count(struct sim_block_cost *cost, const struct sim_insn *insn, unsigned arch)
{
	cost->instructions++;
	cost->flags |= flags_of(insn, arch);
	cost->literals += insn->literal;
	switch (insn->cls) {
	case SIM_CLASS_DIVIDE:
		cost->divides++;
		break;
	case SIM_CLASS_LOAD: case SIM_CLASS_LOAD_DUAL: case SIM_CLASS_LOAD_MANY: case SIM_CLASS_TABLE:
		cost->loads++;
		cost->load_words += insn->transfers;
		break;
	case SIM_CLASS_STORE: case SIM_CLASS_STORE_DUAL: case SIM_CLASS_STORE_MANY:
		cost->stores++;
		cost->store_words += insn->transfers;
		break;
	}
}

/* Where the stack pointer goes, as long as the code shows it. A skipped adjustment is taken as executed. */
static void follow_sp(struct sim_block_cost *cost, const struct sim_insn *insn)
{
	if (!cost->sp_known)
		return;
	if (!insn->sp_known) {
		cost->sp_known = false;
		return;
	}
	cost->sp_delta += insn->sp_delta;
	if (cost->sp_delta < cost->sp_lowest)
		cost->sp_lowest = cost->sp_delta;
}

static void note_end(struct sim_block_cost *cost, const struct sim_insn *insn)
{
	static const uint8_t ends[] = {
		[SIM_BRANCH_NONE] = SIM_END_FALL, [SIM_BRANCH_CONDITIONAL] = SIM_END_COND,
		[SIM_BRANCH_UNCONDITIONAL] = SIM_END_UNCOND, [SIM_BRANCH_CALL] = SIM_END_CALL,
		[SIM_BRANCH_RETURN] = SIM_END_RETURN, [SIM_BRANCH_INDIRECT] = SIM_END_INDIRECT,
		[SIM_BRANCH_INDIRECT_CALL] = SIM_END_CALL,
	};

	cost->end = ends[insn->branch];
	cost->end_address = insn->address + insn->size;
	cost->calls_return = insn->branch == SIM_BRANCH_CALL || insn->branch == SIM_BRANCH_INDIRECT_CALL;
	cost->branch_address = insn->branch != SIM_BRANCH_NONE ? insn->address : 0;
	cost->branch_target = insn->branch >= SIM_BRANCH_CONDITIONAL && insn->branch <= SIM_BRANCH_CALL ?
	                      insn->target : 0;
	if (insn->branch == SIM_BRANCH_INDIRECT_CALL)
		cost->flags |= SIM_BLOCK_INDIRECT_CALL;
}

void sim_timing_price_after(const struct sim_timing *timing, const struct sim_timing_state *before, bool taken,
                            const uint8_t *code, size_t bytes, uint32_t address, struct sim_block_cost *ret,
                            struct sim_timing_state *ret_after)
{
	const struct sim_pipeline *pipeline = pipeline_of(timing->core);
	struct walk walk = {.code = code, .bytes = bytes, .address = address};
	struct sim_timing_state state;

	if (before)
		state = *before;
	else
		memset(&state, 0, sizeof state);
	memset(ret, 0, sizeof *ret);
	ret->sp_known = true;
	ret->end_address = address;
	pipeline->enter(&state, timing, taken);
	while (next(&walk)) {
		count(ret, &walk.insn, timing->arch);
		follow_sp(ret, &walk.insn);
		note_end(ret, &walk.insn);
		pipeline->issue(&state, timing, &walk.insn);
	}
	pipeline->leave(&state, timing, ret);
	if (ret_after)
		*ret_after = state;
}

void sim_timing_price(const struct sim_timing *timing, const uint8_t *code, size_t bytes, uint32_t address,
                      struct sim_block_cost *ret)
{
	struct sim_block_cost branched;

	sim_timing_price_after(timing, NULL, true, code, bytes, address, &branched, NULL);
	sim_timing_price_after(timing, timing->straight_from, false, code, bytes, address, ret, NULL);
	ret->taken_entry = (int16_t)((int)branched.cycles - (int)ret->cycles);
}
