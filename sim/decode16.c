/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 16-bit encodings, in the order of DDI0403 A5.2. */
#include "sim/decode_internal.h"

static void fill_shift_immediate(struct sim_insn *insn)
{
	insn->dst = SIM_REG(insn->encoding & 7);
	insn->src = SIM_REG(insn->encoding >> 3 & 7);
	insn->sets_flags = true;
}

static void fill_three_low(struct sim_insn *insn)
{
	fill_shift_immediate(insn);
	insn->src |= SIM_REG(insn->encoding >> 6 & 7);
}

static void fill_mov_immediate(struct sim_insn *insn)
{
	insn->dst = SIM_REG(insn->encoding >> 8 & 7);
	insn->sets_flags = true;
}

static void fill_cmp_immediate(struct sim_insn *insn)
{
	insn->src = SIM_REG(insn->encoding >> 8 & 7);
	insn->sets_flags = true;
}

static void fill_add_immediate(struct sim_insn *insn)
{
	fill_cmp_immediate(insn);
	insn->dst = insn->src;
}

static void fill_low_pair(struct sim_insn *insn) /* Rdn, Rm */
{
	fill_shift_immediate(insn);
	insn->src |= insn->dst;
	insn->reads_flags = insn->op == SIM_OP_ADC || insn->op == SIM_OP_SBC;
}

static void fill_low_compare(struct sim_insn *insn)
{
	fill_low_pair(insn);
	insn->dst = 0;
}

static void fill_mul(struct sim_insn *insn)
{
	fill_low_pair(insn);
	insn->mul = insn->src;
	insn->src = 0;
}

static unsigned high_d(const struct sim_insn *insn)
{
	return (insn->encoding & 7) | (insn->encoding >> 4 & 8);
}

static unsigned high_m(const struct sim_insn *insn)
{
	return insn->encoding >> 3 & 15;
}

static void fill_high_mov(struct sim_insn *insn)
{
	insn->dst = SIM_REG(high_d(insn));
	insn->src = SIM_REG(high_m(insn));
	if (high_d(insn) == SIM_PC && high_m(insn) == SIM_LR)
		insn->branch = SIM_BRANCH_RETURN;
}

static void fill_high_add(struct sim_insn *insn)
{
	insn->dst = SIM_REG(high_d(insn));
	insn->src = insn->dst | SIM_REG(high_m(insn));
}

static void fill_high_cmp(struct sim_insn *insn)
{
	insn->src = SIM_REG(high_d(insn)) | SIM_REG(high_m(insn));
	insn->sets_flags = true;
}

static void fill_bx(struct sim_insn *insn)
{
	insn->addr = SIM_REG(high_m(insn));
	insn->branch = high_m(insn) == SIM_LR ? SIM_BRANCH_RETURN : SIM_BRANCH_INDIRECT;
}

static void fill_blx(struct sim_insn *insn)
{
	insn->addr = SIM_REG(high_m(insn));
	insn->dst = SIM_REG(SIM_LR);
	insn->branch = SIM_BRANCH_INDIRECT_CALL;
}

static void fill_load_literal(struct sim_insn *insn)
{
	insn->dst = SIM_REG(insn->encoding >> 8 & 7);
	insn->literal = true;
	insn->access = 4;
	insn->transfers = 1;
	insn->offset = 4 * (insn->encoding & 0xff);
	insn->target = sim_literal_base(insn->address) + insn->offset;
}

static unsigned access_of(unsigned op)
{
	switch (op) {
	case SIM_OP_LDRB: case SIM_OP_LDRSB: case SIM_OP_STRB:
		return 1;
	case SIM_OP_LDRH: case SIM_OP_LDRSH: case SIM_OP_STRH:
		return 2;
	default:
		return 4;
	}
}

static void fill_memory(struct sim_insn *insn, unsigned t, uint16_t addr)
{
	insn->addr = addr;
	insn->access = access_of(insn->op);
	insn->transfers = 1;
	if (insn->cls == SIM_CLASS_LOAD)
		insn->dst = SIM_REG(t);
	else
		insn->data = SIM_REG(t);
}

static void fill_memory_register(struct sim_insn *insn)
{
	uint32_t h = insn->encoding;

	fill_memory(insn, h & 7, SIM_REG(h >> 3 & 7) | SIM_REG(h >> 6 & 7));
	insn->register_offset = true;
}

static void fill_memory_immediate(struct sim_insn *insn)
{
	uint32_t h = insn->encoding;

	fill_memory(insn, h & 7, SIM_REG(h >> 3 & 7));
	insn->offset = (int32_t)((h >> 6 & 31) * insn->access);
}

static void fill_memory_sp(struct sim_insn *insn)
{
	fill_memory(insn, insn->encoding >> 8 & 7, SIM_REG(SIM_SP));
	insn->offset = 4 * (insn->encoding & 0xff);
}

static void fill_adr(struct sim_insn *insn)
{
	insn->dst = SIM_REG(insn->encoding >> 8 & 7);
	insn->target = sim_literal_base(insn->address) + 4 * (insn->encoding & 0xff);
}

static void fill_add_sp_to(struct sim_insn *insn)
{
	insn->dst = SIM_REG(insn->encoding >> 8 & 7);
	insn->src = SIM_REG(SIM_SP);
}

static void fill_adjust_sp(struct sim_insn *insn)
{
	int32_t bytes = 4 * (insn->encoding & 0x7f);

	insn->dst = insn->src = SIM_REG(SIM_SP);
	sim_moves_sp(insn, insn->op == SIM_OP_ADD ? bytes : -bytes);
}

static void fill_compare_branch(struct sim_insn *insn)
{
	uint32_t h = insn->encoding;

	insn->src = SIM_REG(h & 7);
	insn->branch = SIM_BRANCH_CONDITIONAL;
	insn->target = insn->address + 4 + ((h >> 3 & 0x1f) << 1 | (h >> 9 & 1) << 6);
}

static void fill_unary(struct sim_insn *insn)
{
	insn->dst = SIM_REG(insn->encoding & 7);
	insn->src = SIM_REG(insn->encoding >> 3 & 7);
}

static void fill_push(struct sim_insn *insn)
{
	uint32_t h = insn->encoding;

	sim_decode_many(insn, SIM_SP, (h & 0xff) | (h >> 8 & 1) << SIM_LR, true, -1);
}

static void fill_pop(struct sim_insn *insn)
{
	uint32_t h = insn->encoding;

	sim_decode_many(insn, SIM_SP, (h & 0xff) | (h >> 8 & 1) << SIM_PC, true, 1);
}

static void fill_many(struct sim_insn *insn)
{
	unsigned n = insn->encoding >> 8 & 7;
	uint16_t list = insn->encoding & 0xff;
	bool load = insn->cls == SIM_CLASS_LOAD_MANY;

	sim_decode_many(insn, n, list, !load || !(list >> n & 1), 1);
}

static void fill_it(struct sim_insn *insn)
{
	insn->it_mask = insn->encoding & 15;
	insn->it_length = 4 - __builtin_ctz(insn->it_mask);
}

static void fill_branch_conditional(struct sim_insn *insn)
{
	insn->condition = insn->encoding >> 8 & 15;
	insn->reads_flags = true;
	insn->branch = SIM_BRANCH_CONDITIONAL;
	insn->target = insn->address + 4 + (uint32_t)sim_signed((insn->encoding & 0xff) << 1, 9);
}

static void fill_branch(struct sim_insn *insn)
{
	insn->branch = SIM_BRANCH_UNCONDITIONAL;
	insn->target = insn->address + 4 + (uint32_t)sim_signed((insn->encoding & 0x7ff) << 1, 12);
}

static void fill_cps(struct sim_insn *insn)
{
	if (insn->encoding & 1) /* FAULTMASK came with Armv7-M */
		insn->arch |= SIM_ARCH_V7M;
}

#define V7 SIM_ARCH_V7M
#define V8 SIM_ARCH_V8M
static const struct sim_pattern table[] = {
	{0xffc0, 0x0000, SIM_OP_MOV, 0, fill_shift_immediate},
	{0xf800, 0x0000, SIM_OP_LSL, 0, fill_shift_immediate},
	{0xf800, 0x0800, SIM_OP_LSR, 0, fill_shift_immediate},
	{0xf800, 0x1000, SIM_OP_ASR, 0, fill_shift_immediate},
	{0xfe00, 0x1800, SIM_OP_ADD, 0, fill_three_low},
	{0xfe00, 0x1a00, SIM_OP_SUB, 0, fill_three_low},
	{0xfe00, 0x1c00, SIM_OP_ADD, 0, fill_shift_immediate},
	{0xfe00, 0x1e00, SIM_OP_SUB, 0, fill_shift_immediate},
	{0xf800, 0x2000, SIM_OP_MOV, 0, fill_mov_immediate},
	{0xf800, 0x2800, SIM_OP_CMP, 0, fill_cmp_immediate},
	{0xf800, 0x3000, SIM_OP_ADD, 0, fill_add_immediate},
	{0xf800, 0x3800, SIM_OP_SUB, 0, fill_add_immediate},
	{0xffc0, 0x4000, SIM_OP_AND, 0, fill_low_pair},
	{0xffc0, 0x4040, SIM_OP_EOR, 0, fill_low_pair},
	{0xffc0, 0x4080, SIM_OP_LSL, 0, fill_low_pair},
	{0xffc0, 0x40c0, SIM_OP_LSR, 0, fill_low_pair},
	{0xffc0, 0x4100, SIM_OP_ASR, 0, fill_low_pair},
	{0xffc0, 0x4140, SIM_OP_ADC, 0, fill_low_pair},
	{0xffc0, 0x4180, SIM_OP_SBC, 0, fill_low_pair},
	{0xffc0, 0x41c0, SIM_OP_ROR, 0, fill_low_pair},
	{0xffc0, 0x4200, SIM_OP_TST, 0, fill_low_compare},
	{0xffc0, 0x4240, SIM_OP_RSB, 0, fill_shift_immediate},
	{0xffc0, 0x4280, SIM_OP_CMP, 0, fill_low_compare},
	{0xffc0, 0x42c0, SIM_OP_CMN, 0, fill_low_compare},
	{0xffc0, 0x4300, SIM_OP_ORR, 0, fill_low_pair},
	{0xffc0, 0x4340, SIM_OP_MUL, 0, fill_mul},
	{0xffc0, 0x4380, SIM_OP_BIC, 0, fill_low_pair},
	{0xffc0, 0x43c0, SIM_OP_MVN, 0, fill_shift_immediate},
	{0xff00, 0x4400, SIM_OP_ADD, 0, fill_high_add},
	{0xff00, 0x4500, SIM_OP_CMP, 0, fill_high_cmp},
	{0xff00, 0x4600, SIM_OP_MOV, 0, fill_high_mov},
	{0xff87, 0x4704, SIM_OP_BXNS, V7 | V8, fill_bx},
	{0xff87, 0x4784, SIM_OP_BLXNS, V7 | V8, fill_blx},
	{0xff80, 0x4700, SIM_OP_BX, 0, fill_bx},
	{0xff87, 0x4780, SIM_OP_BLX, 0, fill_blx},
	{0xf800, 0x4800, SIM_OP_LDR, 0, fill_load_literal},
	{0xfe00, 0x5000, SIM_OP_STR, 0, fill_memory_register},
	{0xfe00, 0x5200, SIM_OP_STRH, 0, fill_memory_register},
	{0xfe00, 0x5400, SIM_OP_STRB, 0, fill_memory_register},
	{0xfe00, 0x5600, SIM_OP_LDRSB, 0, fill_memory_register},
	{0xfe00, 0x5800, SIM_OP_LDR, 0, fill_memory_register},
	{0xfe00, 0x5a00, SIM_OP_LDRH, 0, fill_memory_register},
	{0xfe00, 0x5c00, SIM_OP_LDRB, 0, fill_memory_register},
	{0xfe00, 0x5e00, SIM_OP_LDRSH, 0, fill_memory_register},
	{0xf800, 0x6000, SIM_OP_STR, 0, fill_memory_immediate},
	{0xf800, 0x6800, SIM_OP_LDR, 0, fill_memory_immediate},
	{0xf800, 0x7000, SIM_OP_STRB, 0, fill_memory_immediate},
	{0xf800, 0x7800, SIM_OP_LDRB, 0, fill_memory_immediate},
	{0xf800, 0x8000, SIM_OP_STRH, 0, fill_memory_immediate},
	{0xf800, 0x8800, SIM_OP_LDRH, 0, fill_memory_immediate},
	{0xf800, 0x9000, SIM_OP_STR, 0, fill_memory_sp},
	{0xf800, 0x9800, SIM_OP_LDR, 0, fill_memory_sp},
	{0xf800, 0xa000, SIM_OP_ADR, 0, fill_adr},
	{0xf800, 0xa800, SIM_OP_ADD, 0, fill_add_sp_to},
	{0xff80, 0xb000, SIM_OP_ADD, 0, fill_adjust_sp},
	{0xff80, 0xb080, SIM_OP_SUB, 0, fill_adjust_sp},
	{0xfd00, 0xb100, SIM_OP_CBZ, V7, fill_compare_branch},
	{0xfd00, 0xb900, SIM_OP_CBNZ, V7, fill_compare_branch},
	{0xffc0, 0xb200, SIM_OP_SXTH, 0, fill_unary},
	{0xffc0, 0xb240, SIM_OP_SXTB, 0, fill_unary},
	{0xffc0, 0xb280, SIM_OP_UXTH, 0, fill_unary},
	{0xffc0, 0xb2c0, SIM_OP_UXTB, 0, fill_unary},
	{0xfe00, 0xb400, SIM_OP_PUSH, 0, fill_push},
	{0xfff8, 0xb660, SIM_OP_CPSIE, 0, fill_cps},
	{0xfff8, 0xb670, SIM_OP_CPSID, 0, fill_cps},
	{0xffc0, 0xba00, SIM_OP_REV, 0, fill_unary},
	{0xffc0, 0xba40, SIM_OP_REV16, 0, fill_unary},
	{0xffc0, 0xbac0, SIM_OP_REVSH, 0, fill_unary},
	{0xfe00, 0xbc00, SIM_OP_POP, 0, fill_pop},
	{0xff00, 0xbe00, SIM_OP_BKPT, 0, NULL},
	{0xffff, 0xbf00, SIM_OP_NOP, 0, NULL},
	{0xffff, 0xbf10, SIM_OP_YIELD, 0, NULL},
	{0xffff, 0xbf20, SIM_OP_WFE, 0, NULL},
	{0xffff, 0xbf30, SIM_OP_WFI, 0, NULL},
	{0xffff, 0xbf40, SIM_OP_SEV, 0, NULL},
	{0xff0f, 0xbf00, SIM_OP_HINT, 0, NULL},
	{0xff00, 0xbf00, SIM_OP_IT, V7, fill_it},
	{0xf800, 0xc000, SIM_OP_STM, 0, fill_many},
	{0xf800, 0xc800, SIM_OP_LDM, 0, fill_many},
	{0xff00, 0xde00, SIM_OP_UDF, SIM_ARCH_NEVER, NULL},
	{0xff00, 0xdf00, SIM_OP_SVC, 0, NULL},
	{0xf000, 0xd000, SIM_OP_B, 0, fill_branch_conditional},
	{0xf800, 0xe000, SIM_OP_B, 0, fill_branch},
};

void sim_decode16(struct sim_insn *insn)
{
	sim_decode_row(insn, table, sizeof table / sizeof *table);
}
