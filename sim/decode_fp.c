/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coprocessor space: the FPU (coprocessors 10 and 11; DDI0403 A6, DDI0553 C2) and foreign coprocessors. */
#include "sim/decode_internal.h"

#define SINGLE SIM_ARCH_FP_SP
#define FPV5 (SIM_ARCH_FP_SP | SIM_ARCH_FPV5)

static bool bit(const struct sim_insn *insn, unsigned n)
{
	return insn->encoding >> n & 1;
}

/* A register field: four bits at `at` and one at `extra`. Singles are field:extra, doubles extra:field. */
static unsigned number(const struct sim_insn *insn, unsigned at, unsigned extra, bool is_double)
{
	unsigned field = insn->encoding >> at & 15, one = insn->encoding >> extra & 1;

	return is_double ? one << 4 | field : field << 1 | one;
}

/* No M-profile core has D16 to D31. */
static uint32_t mask_of(struct sim_insn *insn, unsigned n, bool is_double)
{
	if (!is_double)
		return 1u << n;
	if (n < 16)
		return 3u << 2 * n;
	insn->arch |= SIM_ARCH_NEVER;
	return 0;
}

static uint32_t mask_d(struct sim_insn *insn, bool is_double)
{
	return mask_of(insn, number(insn, 12, 22, is_double), is_double);
}

static uint32_t mask_n(struct sim_insn *insn, bool is_double)
{
	return mask_of(insn, number(insn, 16, 7, is_double), is_double);
}

static uint32_t mask_m(struct sim_insn *insn, bool is_double)
{
	return mask_of(insn, number(insn, 0, 5, is_double), is_double);
}

/* Arithmetic on doubles needs the DP option. */
static bool note_size(struct sim_insn *insn)
{
	insn->is_double = bit(insn, 8);
	if (insn->is_double)
		insn->arch |= SIM_ARCH_FP_DP;
	return insn->is_double;
}

static void fill_dnm(struct sim_insn *insn)
{
	bool d = note_size(insn);

	insn->fp_dst = mask_d(insn, d);
	if (insn->cls == SIM_CLASS_FP_MAC) {
		insn->fp_acc = insn->fp_dst;
		insn->fp_mul = mask_n(insn, d) | mask_m(insn, d);
	} else if (insn->cls == SIM_CLASS_FP_MUL) {
		insn->fp_mul = mask_n(insn, d) | mask_m(insn, d);
	} else {
		insn->fp_src = mask_n(insn, d) | mask_m(insn, d);
	}
	insn->reads_flags = insn->op == SIM_OP_VSEL;
}

static void fill_dm(struct sim_insn *insn)
{
	bool d = note_size(insn);

	insn->fp_dst = mask_d(insn, d);
	insn->fp_src = mask_m(insn, d);
}

static void fill_move_immediate(struct sim_insn *insn)
{
	insn->fp_dst = mask_d(insn, note_size(insn));
}

static void fill_compare(struct sim_insn *insn) /* sets the FPU's own flags; VMRS brings them over */
{
	bool d = note_size(insn);

	insn->fp_src = mask_d(insn, d);
	if (!bit(insn, 16))
		insn->fp_src |= mask_m(insn, d);
}

static void fill_half(struct sim_insn *insn) /* VCVTB, VCVTT: the half is in an S register either way */
{
	bool to_half = bit(insn, 16), d = note_size(insn);

	if (d)
		insn->arch |= SIM_ARCH_FPV5;
	insn->fp_dst = mask_d(insn, d && !to_half);
	insn->fp_src = mask_m(insn, d && to_half);
	if (to_half) /* the other half of the register stays */
		insn->fp_src |= insn->fp_dst;
}

static void fill_between_precisions(struct sim_insn *insn)
{
	bool from_double = note_size(insn);

	insn->arch |= SIM_ARCH_FP_DP;
	insn->fp_dst = mask_d(insn, !from_double);
	insn->fp_src = mask_m(insn, from_double);
}

static void fill_from_integer(struct sim_insn *insn)
{
	insn->fp_dst = mask_d(insn, note_size(insn));
	insn->fp_src = mask_m(insn, false);
}

static void fill_to_integer(struct sim_insn *insn)
{
	insn->fp_dst = mask_d(insn, false);
	insn->fp_src = mask_m(insn, note_size(insn));
}

static void fill_fixed(struct sim_insn *insn) /* in place */
{
	insn->fp_dst = insn->fp_src = mask_d(insn, note_size(insn));
}

static void core_register(struct sim_insn *insn, unsigned t, bool to_core)
{
	if (to_core)
		insn->dst |= SIM_REG(t);
	else
		insn->src |= SIM_REG(t);
}

static void fill_core_single(struct sim_insn *insn)
{
	uint32_t s = mask_n(insn, false);

	core_register(insn, insn->encoding >> 12 & 15, bit(insn, 20));
	if (bit(insn, 20))
		insn->fp_src = s;
	else
		insn->fp_dst = s;
}

static void fill_core_half_of_double(struct sim_insn *insn)
{
	uint32_t both = mask_n(insn, true), low = both & 0x55555555, s = bit(insn, 21) ? low << 1 : low;

	core_register(insn, insn->encoding >> 12 & 15, bit(insn, 20));
	if (bit(insn, 20))
		insn->fp_src = s;
	else
		insn->fp_dst = s;
}

static void fill_core_pair(struct sim_insn *insn)
{
	bool to_core = bit(insn, 20), d = bit(insn, 8);
	uint32_t s = mask_m(insn, d);

	core_register(insn, insn->encoding >> 12 & 15, to_core);
	core_register(insn, insn->encoding >> 16 & 15, to_core);
	insn->is_double = d;
	if (!d)
		s |= s << 1;
	if (to_core)
		insn->fp_src = s;
	else
		insn->fp_dst = s;
}

static void fill_vmrs(struct sim_insn *insn)
{
	unsigned t = insn->encoding >> 12 & 15;

	if (t == SIM_PC) /* VMRS APSR_nzcv, FPSCR */
		insn->sets_flags = true;
	else
		insn->dst = SIM_REG(t);
}

static void fill_vmsr(struct sim_insn *insn)
{
	insn->src = SIM_REG(insn->encoding >> 12 & 15);
}

static void fill_single_memory(struct sim_insn *insn)
{
	int32_t bytes = 4 * (int32_t)(insn->encoding & 0xff);
	unsigned n = insn->encoding >> 16 & 15;
	bool d = bit(insn, 8);
	uint32_t s = mask_d(insn, d);

	insn->is_double = d;
	insn->addr = SIM_REG(n);
	insn->access = 4;
	insn->transfers = d ? 2 : 1;
	insn->offset = bit(insn, 23) ? bytes : -bytes;
	if (insn->cls == SIM_CLASS_LOAD)
		insn->fp_dst = s;
	else
		insn->fp_data = s;
	if (n == SIM_PC && insn->cls == SIM_CLASS_LOAD) {
		insn->literal = true;
		insn->target = sim_literal_base(insn->address) + (uint32_t)insn->offset;
	}
}

static void fill_many(struct sim_insn *insn)
{
	unsigned n = insn->encoding >> 16 & 15, words = insn->encoding & 0xff;
	bool d = bit(insn, 8), down = bit(insn, 24);
	unsigned first = number(insn, 12, 22, d) << d;
	unsigned registers = d ? words & ~1u : words; /* FLDMX counts one word more than it moves */
	unsigned room = 32 - first;
	uint64_t run;

	insn->is_double = d;
	if (first >= 32) {
		insn->arch |= SIM_ARCH_NEVER;
		return;
	}
	if (registers > room)
		registers = room;
	run = (1ull << registers) - 1;
	sim_decode_many(insn, n, 0, bit(insn, 21), 1);
	insn->transfers = registers;
	insn->offset = down ? -4 * (int32_t)words : 0;
	if (insn->cls == SIM_CLASS_LOAD_MANY)
		insn->fp_dst = (uint32_t)(run << first);
	else
		insn->fp_data = (uint32_t)(run << first);
	if (bit(insn, 21) && n == SIM_SP)
		sim_moves_sp(insn, down ? -4 * (int32_t)words : 4 * (int32_t)words);
}

static void fill_lazy(struct sim_insn *insn)
{
	insn->addr = SIM_REG(insn->encoding >> 16 & 15);
	insn->access = 4;
	insn->transfers = 1;
}

static const struct sim_pattern fpu[] = {
	{0xfff0ffff, 0xec200a00, SIM_OP_VLSTM, SIM_ARCH_V7M | SIM_ARCH_V8M, fill_lazy},
	{0xfff0ffff, 0xec300a00, SIM_OP_VLLDM, SIM_ARCH_V7M | SIM_ARCH_V8M, fill_lazy},
	{0xffe00fd0, 0xec400a10, SIM_OP_VMOV, SINGLE, fill_core_pair},
	{0xffe00fd0, 0xec400b10, SIM_OP_VMOV, SINGLE, fill_core_pair},
	{0xffbf0e00, 0xecbd0a00, SIM_OP_VPOP, SINGLE, fill_many},
	{0xffbf0e00, 0xed2d0a00, SIM_OP_VPUSH, SINGLE, fill_many},
	{0xff900e00, 0xec800a00, SIM_OP_VSTM, SINGLE, fill_many},
	{0xff900e00, 0xec900a00, SIM_OP_VLDM, SINGLE, fill_many},
	{0xffb00e00, 0xed200a00, SIM_OP_VSTMDB, SINGLE, fill_many},
	{0xffb00e00, 0xed300a00, SIM_OP_VLDMDB, SINGLE, fill_many},
	{0xff300e00, 0xed000a00, SIM_OP_VSTR, SINGLE, fill_single_memory},
	{0xff300e00, 0xed100a00, SIM_OP_VLDR, SINGLE, fill_single_memory},

	{0xffb00e50, 0xee000a00, SIM_OP_VMLA, SINGLE, fill_dnm},
	{0xffb00e50, 0xee000a40, SIM_OP_VMLS, SINGLE, fill_dnm},
	{0xffb00e50, 0xee100a00, SIM_OP_VNMLS, SINGLE, fill_dnm},
	{0xffb00e50, 0xee100a40, SIM_OP_VNMLA, SINGLE, fill_dnm},
	{0xffb00e50, 0xee200a00, SIM_OP_VMUL, SINGLE, fill_dnm},
	{0xffb00e50, 0xee200a40, SIM_OP_VNMUL, SINGLE, fill_dnm},
	{0xffb00e50, 0xee300a00, SIM_OP_VADD, SINGLE, fill_dnm},
	{0xffb00e50, 0xee300a40, SIM_OP_VSUB, SINGLE, fill_dnm},
	{0xffb00e50, 0xee800a00, SIM_OP_VDIV, SINGLE, fill_dnm},
	{0xffb00e50, 0xee900a00, SIM_OP_VFNMS, SINGLE, fill_dnm},
	{0xffb00e50, 0xee900a40, SIM_OP_VFNMA, SINGLE, fill_dnm},
	{0xffb00e50, 0xeea00a00, SIM_OP_VFMA, SINGLE, fill_dnm},
	{0xffb00e50, 0xeea00a40, SIM_OP_VFMS, SINGLE, fill_dnm},
	{0xffb00ef0, 0xeeb00a00, SIM_OP_VMOV, SINGLE, fill_move_immediate},
	{0xffbf0ed0, 0xeeb00a40, SIM_OP_VMOV, SINGLE, fill_dm},
	{0xffbf0ed0, 0xeeb00ac0, SIM_OP_VABS, SINGLE, fill_dm},
	{0xffbf0ed0, 0xeeb10a40, SIM_OP_VNEG, SINGLE, fill_dm},
	{0xffbf0ed0, 0xeeb10ac0, SIM_OP_VSQRT, SINGLE, fill_dm},
	{0xffbe0ed0, 0xeeb20a40, SIM_OP_VCVTB, SINGLE, fill_half},
	{0xffbe0ed0, 0xeeb20ac0, SIM_OP_VCVTT, SINGLE, fill_half},
	{0xffbe0ed0, 0xeeb40a40, SIM_OP_VCMP, SINGLE, fill_compare},
	{0xffbe0ed0, 0xeeb40ac0, SIM_OP_VCMPE, SINGLE, fill_compare},
	{0xffbf0ed0, 0xeeb60a40, SIM_OP_VRINTR, FPV5, fill_dm},
	{0xffbf0ed0, 0xeeb60ac0, SIM_OP_VRINTZ, FPV5, fill_dm},
	{0xffbf0ed0, 0xeeb70a40, SIM_OP_VRINTX, FPV5, fill_dm},
	{0xffbf0ed0, 0xeeb70ac0, SIM_OP_VCVT, SINGLE, fill_between_precisions},
	{0xffbf0e50, 0xeeb80a40, SIM_OP_VCVT, SINGLE, fill_from_integer},
	{0xffbe0e50, 0xeeba0a40, SIM_OP_VCVT, SINGLE, fill_fixed},
	{0xffbe0ed0, 0xeebc0a40, SIM_OP_VCVTR, SINGLE, fill_to_integer},
	{0xffbe0ed0, 0xeebc0ac0, SIM_OP_VCVT, SINGLE, fill_to_integer},
	{0xffbe0e50, 0xeebe0a40, SIM_OP_VCVT, SINGLE, fill_fixed},
	{0xff800e50, 0xfe000a00, SIM_OP_VSEL, FPV5, fill_dnm},
	{0xffb00e50, 0xfe800a00, SIM_OP_VMAXNM, FPV5, fill_dnm},
	{0xffb00e50, 0xfe800a40, SIM_OP_VMINNM, FPV5, fill_dnm},
	{0xffbf0ed0, 0xfeb80a40, SIM_OP_VRINTA, FPV5, fill_dm},
	{0xffbf0ed0, 0xfeb90a40, SIM_OP_VRINTN, FPV5, fill_dm},
	{0xffbf0ed0, 0xfeba0a40, SIM_OP_VRINTP, FPV5, fill_dm},
	{0xffbf0ed0, 0xfebb0a40, SIM_OP_VRINTM, FPV5, fill_dm},
	{0xffbf0e50, 0xfebc0a40, SIM_OP_VCVTA, FPV5, fill_to_integer},
	{0xffbf0e50, 0xfebd0a40, SIM_OP_VCVTN, FPV5, fill_to_integer},
	{0xffbf0e50, 0xfebe0a40, SIM_OP_VCVTP, FPV5, fill_to_integer},
	{0xffbf0e50, 0xfebf0a40, SIM_OP_VCVTM, FPV5, fill_to_integer},

	{0xffe00f7f, 0xee000a10, SIM_OP_VMOV, SINGLE, fill_core_single},
	{0xfff00fff, 0xeee00a10, SIM_OP_VMSR, SINGLE, fill_vmsr},
	{0xfff00fff, 0xeef00a10, SIM_OP_VMRS, SINGLE, fill_vmrs},
	{0xffc00f7f, 0xee000b10, SIM_OP_VMOV, SINGLE, fill_core_half_of_double},
};

static void fill_mcr(struct sim_insn *insn)
{
	insn->src = SIM_REG(insn->encoding >> 12 & 15);
}

static void fill_mrc(struct sim_insn *insn)
{
	unsigned t = insn->encoding >> 12 & 15;

	if (t == SIM_PC)
		insn->sets_flags = true;
	else
		insn->dst = SIM_REG(t);
}

static void fill_mcrr(struct sim_insn *insn)
{
	insn->src = SIM_REG(insn->encoding >> 12 & 15) | SIM_REG(insn->encoding >> 16 & 15);
}

static void fill_mrrc(struct sim_insn *insn)
{
	insn->dst = SIM_REG(insn->encoding >> 12 & 15) | SIM_REG(insn->encoding >> 16 & 15);
}

static void fill_ldc(struct sim_insn *insn)
{
	insn->addr = SIM_REG(insn->encoding >> 16 & 15);
	insn->access = 4;
	insn->transfers = 1;
	if (bit(insn, 21)) {
		insn->wb = insn->addr;
		insn->dst = insn->wb;
	}
}

#define FOREIGN (SIM_ARCH_V7M | SIM_ARCH_COPROC)
static const struct sim_pattern foreign[] = {
	{0xfff00000, 0xec400000, SIM_OP_MCRR, FOREIGN, fill_mcrr},
	{0xfff00000, 0xec500000, SIM_OP_MRRC, FOREIGN, fill_mrrc},
	{0xffe00000, 0xec000000, SIM_OP_UNDEFINED, SIM_ARCH_NEVER, NULL},
	{0xfe100000, 0xec000000, SIM_OP_STC, FOREIGN, fill_ldc},
	{0xfe100000, 0xec100000, SIM_OP_LDC, FOREIGN, fill_ldc},
	{0xff100010, 0xee000010, SIM_OP_MCR, FOREIGN, fill_mcr},
	{0xff100010, 0xee100010, SIM_OP_MRC, FOREIGN, fill_mrc},
	{0xff000010, 0xee000000, SIM_OP_CDP, FOREIGN, NULL},
	{0xfff00000, 0xfc400000, SIM_OP_MCRR2, FOREIGN, fill_mcrr},
	{0xfff00000, 0xfc500000, SIM_OP_MRRC2, FOREIGN, fill_mrrc},
	{0xffe00000, 0xfc000000, SIM_OP_UNDEFINED, SIM_ARCH_NEVER, NULL},
	{0xfe100000, 0xfc000000, SIM_OP_STC2, FOREIGN, fill_ldc},
	{0xfe100000, 0xfc100000, SIM_OP_LDC2, FOREIGN, fill_ldc},
	{0xff100010, 0xfe000010, SIM_OP_MCR2, FOREIGN, fill_mcr},
	{0xff100010, 0xfe100010, SIM_OP_MRC2, FOREIGN, fill_mrc},
	{0xff000010, 0xfe000000, SIM_OP_CDP2, FOREIGN, NULL},
};

void sim_decode_coproc(struct sim_insn *insn)
{
	bool is_fpu = (insn->encoding >> 9 & 7) == 5;

	if (is_fpu)
		sim_decode_row(insn, fpu, sizeof fpu / sizeof *fpu);
	else
		sim_decode_row(insn, foreign, sizeof foreign / sizeof *foreign);
	if (insn->arch & SIM_ARCH_NEVER)
		sim_decode_undefined(insn);
	else
		insn->arch |= SIM_ARCH_V7M;
}
