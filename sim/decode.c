/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/decode_internal.h"

#include <string.h>

static const struct {
	const char *name;
	uint8_t cls;
} ops[] = {
#define X(id, name, cls) {name, SIM_CLASS_##cls},
	SIM_OPS(X)
#undef X
};

unsigned sim_arch_of(enum sim_core core, enum sim_fpu fpu)
{
	unsigned arch = 0;

	if (core == SIM_M0 || core == SIM_M0PLUS)
		return 0;
	arch = SIM_ARCH_V7M;
	if (core != SIM_M3)
		arch |= SIM_ARCH_DSP;
	if (core == SIM_M33)
		arch |= SIM_ARCH_V8M;
	if (core == SIM_M3 || fpu == SIM_FPU_NONE)
		return arch;
	arch |= SIM_ARCH_FP_SP;
	if (core != SIM_M4)
		arch |= SIM_ARCH_FPV5;
	if (core == SIM_M7 && fpu == SIM_FPU_DP)
		arch |= SIM_ARCH_FP_DP;
	return arch;
}

void sim_decode_set_op(struct sim_insn *insn, unsigned op)
{
	insn->op = op;
	insn->cls = ops[op].cls;
}

void sim_decode_undefined(struct sim_insn *insn)
{
	struct sim_insn blank = {
		.address = insn->address,
		.encoding = insn->encoding,
		.size = insn->size,
		.arch = SIM_ARCH_NEVER,
		.condition = SIM_CONDITION_ALWAYS,
	};

	*insn = blank;
}

void sim_decode_row(struct sim_insn *insn, const struct sim_pattern *table, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		if ((insn->encoding & table[i].mask) != table[i].value)
			continue;
		sim_decode_set_op(insn, table[i].op);
		insn->arch = table[i].arch;
		if (table[i].fill)
			table[i].fill(insn);
		return;
	}
	sim_decode_undefined(insn);
}

void sim_decode_many(struct sim_insn *insn, unsigned n, uint16_t list, bool writeback, int step)
{
	int32_t bytes = 4 * __builtin_popcount(list);
	bool load = insn->cls == SIM_CLASS_LOAD_MANY;

	insn->addr = SIM_REG(n);
	insn->transfers = __builtin_popcount(list);
	insn->access = 4;
	insn->offset = step < 0 ? -bytes : 0;
	if (load)
		insn->dst = list;
	else
		insn->data = list;
	if (load && list >> SIM_PC & 1)
		insn->branch = SIM_BRANCH_RETURN;
	if (!writeback)
		return;
	insn->wb = SIM_REG(n);
	insn->dst |= SIM_REG(n);
	if (n == SIM_SP)
		sim_moves_sp(insn, step * bytes);
}

/* What holds for every instruction once its operands are known. */
static void finish(struct sim_insn *insn)
{
	const uint16_t not_pc = (uint16_t)~SIM_REG(SIM_PC);

	if (insn->dst & SIM_REG(SIM_PC) && insn->branch == SIM_BRANCH_NONE)
		insn->branch = SIM_BRANCH_INDIRECT;
	if (!(insn->dst & SIM_REG(SIM_SP)))
		insn->sp_known = true;
	insn->addr &= not_pc;
	insn->src &= not_pc;
	insn->shifted &= not_pc;
	insn->mul &= not_pc;
	insn->acc &= not_pc;
	insn->data &= not_pc;
	insn->dst &= not_pc;
}

unsigned sim_decode(const uint8_t *code, size_t bytes, uint32_t address, struct sim_insn *ret)
{
	uint32_t first = code[0] | (uint32_t)code[1] << 8;

	memset(ret, 0, sizeof *ret);
	ret->address = address;
	ret->condition = SIM_CONDITION_ALWAYS;
	ret->size = first >> 11 >= 0x1d ? 4 : 2;
	ret->encoding = first;
	if (ret->size == 2) {
		sim_decode16(ret);
	} else if (bytes < 4) {
		ret->encoding = first << 16;
		sim_decode_undefined(ret);
	} else {
		ret->encoding = first << 16 | code[2] | (uint32_t)code[3] << 8;
		sim_decode32(ret);
	}
	finish(ret);
	return ret->size;
}

void sim_insn_predicate(struct sim_insn *insn, unsigned condition)
{
	bool compare = insn->op == SIM_OP_CMP || insn->op == SIM_OP_CMN || insn->op == SIM_OP_TST;

	if (insn->size == 2 && !compare)
		insn->sets_flags = false;
	insn->condition = condition;
	insn->predicated = true;
	insn->reads_flags = true;
	if (insn->branch == SIM_BRANCH_UNCONDITIONAL)
		insn->branch = SIM_BRANCH_CONDITIONAL;
}

unsigned sim_insn_it_condition(const struct sim_insn *it, unsigned index)
{
	unsigned first = it->encoding >> 4 & 15;

	/* The mask holds the lowest condition bit of the second, third and fourth instruction. */
	return index == 0 ? first : (first & ~1u) | (it->it_mask >> (4 - index) & 1);
}

bool sim_insn_legal(const struct sim_insn *insn, unsigned arch)
{
	return !(insn->arch & SIM_ARCH_NEVER) && !(insn->arch & ~arch);
}

const char *sim_insn_name(const struct sim_insn *insn)
{
	return ops[insn->op].name;
}
