/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 32-bit encodings but for coprocessors and FPU, in the order of DDI0403 A5.3. */
#include "sim/decode_internal.h"

/* Register fields at their usual places. */
static unsigned field_n(const struct sim_insn *insn) { return insn->encoding >> 16 & 15; }
static unsigned field_t(const struct sim_insn *insn) { return insn->encoding >> 12 & 15; }
static unsigned field_d(const struct sim_insn *insn) { return insn->encoding >> 8 & 15; }
static unsigned field_m(const struct sim_insn *insn) { return insn->encoding & 15; }
static bool bit(const struct sim_insn *insn, unsigned n) { return insn->encoding >> n & 1; }

static void fill_many(struct sim_insn *insn)
{
	bool down = insn->op == SIM_OP_LDMDB || insn->op == SIM_OP_STMDB || insn->op == SIM_OP_PUSH;

	sim_decode_many(insn, field_n(insn), insn->encoding & 0xffff, bit(insn, 21), down ? -1 : 1);
}

/* Indexing by an immediate, with P, U and W at bits `p`, `p` - 1 and `w`. */
static void index_by(struct sim_insn *insn, int32_t bytes, unsigned p, unsigned w)
{
	bool before = bit(insn, p);

	if (!bit(insn, p - 1))
		bytes = -bytes;
	insn->offset = before ? bytes : 0;
	insn->post_index = !before;
	if (!bit(insn, w))
		return;
	insn->wb = SIM_REG(field_n(insn));
	insn->dst |= insn->wb;
	if (field_n(insn) == SIM_SP)
		sim_moves_sp(insn, bytes);
}

static void mark_literal(struct sim_insn *insn)
{
	if (field_n(insn) != SIM_PC)
		return;
	insn->literal = true;
	insn->target = sim_literal_base(insn->address) + (uint32_t)insn->offset;
}

static void fill_dual(struct sim_insn *insn)
{
	uint16_t pair = SIM_REG(field_t(insn)) | SIM_REG(field_d(insn));

	insn->addr = SIM_REG(field_n(insn));
	insn->access = 4;
	insn->transfers = 2;
	if (insn->cls == SIM_CLASS_LOAD_DUAL)
		insn->dst = pair;
	else
		insn->data = pair;
	index_by(insn, 4 * (insn->encoding & 0xff), 24, 21);
	mark_literal(insn);
}

/* Exclusive and acquire/release: no index but for LDREX and STREX, whose offset is in words. */
static void fill_ordered(struct sim_insn *insn, unsigned access)
{
	insn->addr = SIM_REG(field_n(insn));
	insn->access = access;
	insn->transfers = 1;
	if (insn->cls == SIM_CLASS_LOAD)
		insn->dst = SIM_REG(field_t(insn));
	else
		insn->data = SIM_REG(field_t(insn));
}

static void fill_ordered_by_size(struct sim_insn *insn) /* bits 5:4: byte, halfword, word */
{
	fill_ordered(insn, 1u << (insn->encoding >> 4 & 3));
	insn->exclusive = bit(insn, 6);
	if (insn->cls == SIM_CLASS_STORE && insn->exclusive)
		insn->dst = SIM_REG(insn->encoding & 15);
}

static void fill_ldrex(struct sim_insn *insn)
{
	fill_ordered(insn, 4);
	insn->exclusive = true;
	insn->offset = 4 * (insn->encoding & 0xff);
}

static void fill_strex(struct sim_insn *insn)
{
	fill_ldrex(insn);
	insn->dst = SIM_REG(field_d(insn));
}

static void fill_table_branch(struct sim_insn *insn)
{
	insn->addr = SIM_REG(field_n(insn)) | SIM_REG(field_m(insn));
	insn->register_offset = true;
	insn->access = insn->op == SIM_OP_TBB ? 1 : 2;
	insn->transfers = 1;
	insn->branch = SIM_BRANCH_INDIRECT;
}

static void fill_test_target(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->src = SIM_REG(field_n(insn));
}

static bool writes_no_register(unsigned op)
{
	return op == SIM_OP_TST || op == SIM_OP_TEQ || op == SIM_OP_CMP || op == SIM_OP_CMN;
}

static void fill_operands_nd(struct sim_insn *insn)
{
	bool unary = insn->op == SIM_OP_MOV || insn->op == SIM_OP_MVN || insn->cls == SIM_CLASS_SHIFT;

	if (!unary)
		insn->src = SIM_REG(field_n(insn));
	if (!writes_no_register(insn->op))
		insn->dst = SIM_REG(field_d(insn));
	insn->sets_flags = bit(insn, 20);
	insn->reads_flags = insn->op == SIM_OP_ADC || insn->op == SIM_OP_SBC;
}

/* ADD/SUB SP, SP, #constant moves the stack by an amount the code shows. */
static void note_sp_adjust(struct sim_insn *insn, uint32_t constant)
{
	if (field_n(insn) != SIM_SP || field_d(insn) != SIM_SP)
		return;
	if (insn->op == SIM_OP_ADD || insn->op == SIM_OP_ADDW)
		sim_moves_sp(insn, (int32_t)constant);
	else if (insn->op == SIM_OP_SUB || insn->op == SIM_OP_SUBW)
		sim_moves_sp(insn, -(int32_t)constant);
}

static void fill_shifted_register(struct sim_insn *insn)
{
	unsigned amount = (insn->encoding >> 10 & 0x1c) | (insn->encoding >> 6 & 3);
	unsigned type = insn->encoding >> 4 & 3;
	bool shifted = amount || type;

	if (insn->op == SIM_OP_MOV && shifted) {
		static const uint16_t shift[] = {SIM_OP_LSL, SIM_OP_LSR, SIM_OP_ASR, SIM_OP_ROR};

		sim_decode_set_op(insn, type == 3 && !amount ? SIM_OP_RRX : shift[type]);
		shifted = false;
	}
	fill_operands_nd(insn);
	insn->shift_operand = shifted;
	if (shifted)
		insn->shifted = SIM_REG(field_m(insn));
	else
		insn->src |= SIM_REG(field_m(insn));
	if (type == 3 && !amount) /* RRX */
		insn->reads_flags = true;
}

static void fill_pack(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->src = SIM_REG(field_n(insn));
	insn->shifted = SIM_REG(field_m(insn));
}

/* DDI0403 A5.3.2: 8 bits, three repeated patterns of them, or 8 bits rotated right by 8 to 31. */
static uint32_t expand_immediate(uint32_t twelve)
{
	uint32_t byte = twelve & 0xff;
	uint32_t unrotated = 0x80 | (twelve & 0x7f);
	unsigned rotate = twelve >> 7;

	switch (twelve >> 8) {
	case 0: return byte;
	case 1: return byte | byte << 16;
	case 2: return byte << 8 | byte << 24;
	case 3: return byte * 0x01010101u;
	default: return unrotated >> rotate | unrotated << (32 - rotate);
	}
}

static uint32_t immediate12(const struct sim_insn *insn)
{
	return (insn->encoding >> 15 & 0x800) | (insn->encoding >> 4 & 0x700) | (insn->encoding & 0xff);
}

static void fill_modified_immediate(struct sim_insn *insn)
{
	uint32_t twelve = immediate12(insn);

	fill_operands_nd(insn);
	insn->built_constant = twelve >= 0x400;
	note_sp_adjust(insn, expand_immediate(twelve));
}

static void fill_plain_immediate(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->src = SIM_REG(field_n(insn));
	note_sp_adjust(insn, immediate12(insn));
}

static void fill_adr(struct sim_insn *insn)
{
	uint32_t base = sim_literal_base(insn->address);

	insn->dst = SIM_REG(field_d(insn));
	insn->target = bit(insn, 23) ? base - immediate12(insn) : base + immediate12(insn);
}

static void fill_movw(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	if (insn->op == SIM_OP_MOVT)
		insn->src = insn->dst;
}

static void fill_bitfield(struct sim_insn *insn)
{
	bool inserts = insn->op == SIM_OP_BFI || insn->op == SIM_OP_BFC;

	insn->dst = SIM_REG(field_d(insn));
	if (insn->op != SIM_OP_BFC)
		insn->shifted = SIM_REG(field_n(insn));
	if (inserts)
		insn->src = insn->dst;
}

static void fill_saturate(struct sim_insn *insn)
{
	bool shifts = (insn->encoding & 0x70c0) || bit(insn, 21);
	bool sixteen = insn->op == SIM_OP_SSAT16 || insn->op == SIM_OP_USAT16;

	insn->dst = SIM_REG(field_d(insn));
	if (shifts && !sixteen)
		insn->shifted = SIM_REG(field_n(insn));
	else
		insn->src = SIM_REG(field_n(insn));
}

static void fill_msr(struct sim_insn *insn)
{
	unsigned special = insn->encoding & 0xff;

	insn->src = SIM_REG(field_n(insn));
	insn->sets_flags = special < 4;
	if (special == 8 || special == 9 || special == 20) /* MSP, PSP, CONTROL: another SP from here on */
		insn->dst = SIM_REG(SIM_SP);
}

static void fill_mrs(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->reads_flags = (insn->encoding & 0xff) < 4;
}

static void fill_branch_conditional(struct sim_insn *insn)
{
	uint32_t e = insn->encoding;
	uint32_t distance = (e >> 26 & 1) << 20 | (e >> 11 & 1) << 19 | (e >> 13 & 1) << 18 |
	                    (e >> 16 & 0x3f) << 12 | (e & 0x7ff) << 1;

	insn->condition = e >> 22 & 15;
	if (insn->condition >= 14) {
		sim_decode_undefined(insn);
		return;
	}
	insn->reads_flags = true;
	insn->branch = SIM_BRANCH_CONDITIONAL;
	insn->target = insn->address + 4 + (uint32_t)sim_signed(distance, 21);
}

static void fill_branch(struct sim_insn *insn)
{
	uint32_t e = insn->encoding;
	uint32_t sign = e >> 26 & 1, i1 = !((e >> 13 & 1) ^ sign), i2 = !((e >> 11 & 1) ^ sign);
	uint32_t distance = sign << 24 | i1 << 23 | i2 << 22 | (e >> 16 & 0x3ff) << 12 | (e & 0x7ff) << 1;

	insn->target = insn->address + 4 + (uint32_t)sim_signed(distance, 25);
	if (insn->op == SIM_OP_BL) {
		insn->branch = SIM_BRANCH_CALL;
		insn->dst = SIM_REG(SIM_LR);
	} else {
		insn->branch = SIM_BRANCH_UNCONDITIONAL;
	}
}

/* Single loads and stores; the size is in bits 22:21. Rt = PC is a branch if a word, else a hint. */
static bool fill_single(struct sim_insn *insn)
{
	unsigned size = insn->encoding >> 21 & 3, t = field_t(insn);
	bool load = bit(insn, 20);

	if (load && t == SIM_PC && size < 2) {
		static const uint16_t hint[2][2] = {{SIM_OP_PLD, SIM_OP_PLDW}, {SIM_OP_PLI, SIM_OP_HINT}};

		sim_decode_set_op(insn, hint[bit(insn, 24)][size]);
		insn->addr = SIM_REG(field_n(insn));
		return false;
	}
	insn->addr = SIM_REG(field_n(insn));
	insn->access = 1u << size;
	insn->transfers = 1;
	if (!load) {
		if (field_n(insn) == SIM_PC) { /* a store has no literal form */
			sim_decode_undefined(insn);
			return false;
		}
		insn->data = SIM_REG(t);
		return true;
	}
	insn->dst = SIM_REG(t);
	if (t == SIM_PC)
		insn->branch = field_n(insn) == SIM_SP ? SIM_BRANCH_RETURN : SIM_BRANCH_INDIRECT;
	return true;
}

static void fill_single_imm12(struct sim_insn *insn)
{
	if (fill_single(insn))
		insn->offset = (int32_t)(insn->encoding & 0xfff);
}

static void fill_single_imm8(struct sim_insn *insn)
{
	if (fill_single(insn))
		index_by(insn, (int32_t)(insn->encoding & 0xff), 10, 8);
}

static void fill_single_unprivileged(struct sim_insn *insn)
{
	if (fill_single(insn))
		insn->offset = (int32_t)(insn->encoding & 0xff);
}

static void fill_single_register(struct sim_insn *insn)
{
	if (!fill_single(insn))
		return;
	insn->addr |= SIM_REG(field_m(insn));
	insn->register_offset = true;
}

static void fill_single_literal(struct sim_insn *insn)
{
	int32_t distance = (int32_t)(insn->encoding & 0xfff);

	if (!fill_single(insn))
		return;
	insn->offset = bit(insn, 23) ? distance : -distance;
	mark_literal(insn);
}

static void fill_ndm(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->src = SIM_REG(field_n(insn)) | SIM_REG(field_m(insn));
}

static void fill_shift_register(struct sim_insn *insn)
{
	fill_ndm(insn);
	insn->sets_flags = bit(insn, 20);
}

static void fill_unary(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->src = SIM_REG(field_m(insn));
}

static void fill_extend_add(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->src = SIM_REG(field_n(insn));
	insn->shifted = SIM_REG(field_m(insn));
}

static void fill_parallel(struct sim_insn *insn)
{
	/* Bits 22:20: ADD8 ADD16 ASX - SUB8 SUB16 SAX -; bits 6:4: S Q SH - U UQ UH -. */
	static const int8_t column[] = {0, 1, 2, -1, 3, 4, 5, -1}, row[] = {0, 1, 2, -1, 3, 4, 5, -1};
	int c = column[insn->encoding >> 20 & 7], r = row[insn->encoding >> 4 & 7];

	if (c < 0 || r < 0) {
		sim_decode_undefined(insn);
		return;
	}
	sim_decode_set_op(insn, SIM_OP_SADD8 + 6 * r + c);
	fill_ndm(insn);
}

static void fill_multiply(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_d(insn));
	insn->mul = SIM_REG(field_n(insn)) | SIM_REG(field_m(insn));
	if (insn->cls == SIM_CLASS_MAC)
		insn->acc = SIM_REG(field_t(insn));
}

/* BB, BT, TB, TT by bits 5:4, and B, T or plain, X or plain, R by bit 4: the op list keeps their order. */
static void fill_multiply_halves(struct sim_insn *insn)
{
	sim_decode_set_op(insn, insn->op + (insn->encoding >> 4 & 3));
	fill_multiply(insn);
}

static void fill_multiply_variant(struct sim_insn *insn)
{
	sim_decode_set_op(insn, insn->op + (insn->encoding >> 4 & 1));
	fill_multiply(insn);
}

static void fill_multiply_long(struct sim_insn *insn)
{
	insn->dst = SIM_REG(field_t(insn)) | SIM_REG(field_d(insn));
	insn->mul = SIM_REG(field_n(insn)) | SIM_REG(field_m(insn));
	if (insn->cls == SIM_CLASS_MAC_LONG)
		insn->acc = insn->dst;
}

static void fill_long_halves(struct sim_insn *insn)
{
	sim_decode_set_op(insn, insn->op + (insn->encoding >> 4 & 3));
	fill_multiply_long(insn);
}

static void fill_long_variant(struct sim_insn *insn)
{
	sim_decode_set_op(insn, insn->op + (insn->encoding >> 4 & 1));
	fill_multiply_long(insn);
}

#define V7 SIM_ARCH_V7M
#define DSP (SIM_ARCH_V7M | SIM_ARCH_DSP)
#define V8 (SIM_ARCH_V7M | SIM_ARCH_V8M)

/* 11101 00: several registers, dual, exclusive, table branch. 11101 01: shifted register. */
static const struct sim_pattern table_e8[] = {
	{0xffffffff, 0xe97fe97f, SIM_OP_SG, V8, NULL},
	{0xffff0000, 0xe8bd0000, SIM_OP_POP, V7, fill_many},
	{0xffff0000, 0xe92d0000, SIM_OP_PUSH, V7, fill_many},
	{0xffd00000, 0xe8800000, SIM_OP_STM, V7, fill_many},
	{0xffd00000, 0xe8900000, SIM_OP_LDM, V7, fill_many},
	{0xffd00000, 0xe9000000, SIM_OP_STMDB, V7, fill_many},
	{0xffd00000, 0xe9100000, SIM_OP_LDMDB, V7, fill_many},
	{0xfff0f0ff, 0xe840f000, SIM_OP_TT, V8, fill_test_target},
	{0xfff0f0ff, 0xe840f040, SIM_OP_TTT, V8, fill_test_target},
	{0xfff0f0ff, 0xe840f080, SIM_OP_TTA, V8, fill_test_target},
	{0xfff0f0ff, 0xe840f0c0, SIM_OP_TTAT, V8, fill_test_target},
	{0xfff00000, 0xe8400000, SIM_OP_STREX, V7, fill_strex},
	{0xfff00f00, 0xe8500f00, SIM_OP_LDREX, V7, fill_ldrex},
	{0xfff00ff0, 0xe8c00f40, SIM_OP_STREXB, V7, fill_ordered_by_size},
	{0xfff00ff0, 0xe8c00f50, SIM_OP_STREXH, V7, fill_ordered_by_size},
	{0xfff00fff, 0xe8c00f8f, SIM_OP_STLB, V8, fill_ordered_by_size},
	{0xfff00fff, 0xe8c00f9f, SIM_OP_STLH, V8, fill_ordered_by_size},
	{0xfff00fff, 0xe8c00faf, SIM_OP_STL, V8, fill_ordered_by_size},
	{0xfff00ff0, 0xe8c00fc0, SIM_OP_STLEXB, V8, fill_ordered_by_size},
	{0xfff00ff0, 0xe8c00fd0, SIM_OP_STLEXH, V8, fill_ordered_by_size},
	{0xfff00ff0, 0xe8c00fe0, SIM_OP_STLEX, V8, fill_ordered_by_size},
	{0xfff0fff0, 0xe8d0f000, SIM_OP_TBB, V7, fill_table_branch},
	{0xfff0fff0, 0xe8d0f010, SIM_OP_TBH, V7, fill_table_branch},
	{0xfff00fff, 0xe8d00f4f, SIM_OP_LDREXB, V7, fill_ordered_by_size},
	{0xfff00fff, 0xe8d00f5f, SIM_OP_LDREXH, V7, fill_ordered_by_size},
	{0xfff00fff, 0xe8d00f8f, SIM_OP_LDAB, V8, fill_ordered_by_size},
	{0xfff00fff, 0xe8d00f9f, SIM_OP_LDAH, V8, fill_ordered_by_size},
	{0xfff00fff, 0xe8d00faf, SIM_OP_LDA, V8, fill_ordered_by_size},
	{0xfff00fff, 0xe8d00fcf, SIM_OP_LDAEXB, V8, fill_ordered_by_size},
	{0xfff00fff, 0xe8d00fdf, SIM_OP_LDAEXH, V8, fill_ordered_by_size},
	{0xfff00fff, 0xe8d00fef, SIM_OP_LDAEX, V8, fill_ordered_by_size},
	{0xff700000, 0xe8600000, SIM_OP_STRD, V7, fill_dual},
	{0xff500000, 0xe9400000, SIM_OP_STRD, V7, fill_dual},
	{0xff700000, 0xe8700000, SIM_OP_LDRD, V7, fill_dual},
	{0xff500000, 0xe9500000, SIM_OP_LDRD, V7, fill_dual},

	{0xfff08f00, 0xea100f00, SIM_OP_TST, V7, fill_shifted_register},
	{0xffe08000, 0xea000000, SIM_OP_AND, V7, fill_shifted_register},
	{0xffe08000, 0xea200000, SIM_OP_BIC, V7, fill_shifted_register},
	{0xffef8000, 0xea4f0000, SIM_OP_MOV, V7, fill_shifted_register},
	{0xffe08000, 0xea400000, SIM_OP_ORR, V7, fill_shifted_register},
	{0xffef8000, 0xea6f0000, SIM_OP_MVN, V7, fill_shifted_register},
	{0xffe08000, 0xea600000, SIM_OP_ORN, V7, fill_shifted_register},
	{0xfff08f00, 0xea900f00, SIM_OP_TEQ, V7, fill_shifted_register},
	{0xffe08000, 0xea800000, SIM_OP_EOR, V7, fill_shifted_register},
	{0xfff08030, 0xeac00000, SIM_OP_PKHBT, DSP, fill_pack},
	{0xfff08030, 0xeac00020, SIM_OP_PKHTB, DSP, fill_pack},
	{0xfff08f00, 0xeb100f00, SIM_OP_CMN, V7, fill_shifted_register},
	{0xffe08000, 0xeb000000, SIM_OP_ADD, V7, fill_shifted_register},
	{0xffe08000, 0xeb400000, SIM_OP_ADC, V7, fill_shifted_register},
	{0xffe08000, 0xeb600000, SIM_OP_SBC, V7, fill_shifted_register},
	{0xfff08f00, 0xebb00f00, SIM_OP_CMP, V7, fill_shifted_register},
	{0xffe08000, 0xeba00000, SIM_OP_SUB, V7, fill_shifted_register},
	{0xffe08000, 0xebc00000, SIM_OP_RSB, V7, fill_shifted_register},
};

/* 11110: immediates, branches, system. */
static const struct sim_pattern table_f0[] = {
	{0xfbf08f00, 0xf0100f00, SIM_OP_TST, V7, fill_modified_immediate},
	{0xfbe08000, 0xf0000000, SIM_OP_AND, V7, fill_modified_immediate},
	{0xfbe08000, 0xf0200000, SIM_OP_BIC, V7, fill_modified_immediate},
	{0xfbef8000, 0xf04f0000, SIM_OP_MOV, V7, fill_modified_immediate},
	{0xfbe08000, 0xf0400000, SIM_OP_ORR, V7, fill_modified_immediate},
	{0xfbef8000, 0xf06f0000, SIM_OP_MVN, V7, fill_modified_immediate},
	{0xfbe08000, 0xf0600000, SIM_OP_ORN, V7, fill_modified_immediate},
	{0xfbf08f00, 0xf0900f00, SIM_OP_TEQ, V7, fill_modified_immediate},
	{0xfbe08000, 0xf0800000, SIM_OP_EOR, V7, fill_modified_immediate},
	{0xfbf08f00, 0xf1100f00, SIM_OP_CMN, V7, fill_modified_immediate},
	{0xfbe08000, 0xf1000000, SIM_OP_ADD, V7, fill_modified_immediate},
	{0xfbe08000, 0xf1400000, SIM_OP_ADC, V7, fill_modified_immediate},
	{0xfbe08000, 0xf1600000, SIM_OP_SBC, V7, fill_modified_immediate},
	{0xfbf08f00, 0xf1b00f00, SIM_OP_CMP, V7, fill_modified_immediate},
	{0xfbe08000, 0xf1a00000, SIM_OP_SUB, V7, fill_modified_immediate},
	{0xfbe08000, 0xf1c00000, SIM_OP_RSB, V7, fill_modified_immediate},
	{0xfbff8000, 0xf20f0000, SIM_OP_ADR, V7, fill_adr},
	{0xfbf08000, 0xf2000000, SIM_OP_ADDW, V7, fill_plain_immediate},
	{0xfbf08000, 0xf2400000, SIM_OP_MOVW, V7, fill_movw},
	{0xfbff8000, 0xf2af0000, SIM_OP_ADR, V7, fill_adr},
	{0xfbf08000, 0xf2a00000, SIM_OP_SUBW, V7, fill_plain_immediate},
	{0xfbf08000, 0xf2c00000, SIM_OP_MOVT, V7, fill_movw},
	{0xfff0f0e0, 0xf3200000, SIM_OP_SSAT16, DSP, fill_saturate},
	{0xffd08020, 0xf3000000, SIM_OP_SSAT, V7, fill_saturate},
	{0xfff08020, 0xf3400000, SIM_OP_SBFX, V7, fill_bitfield},
	{0xffff8020, 0xf36f0000, SIM_OP_BFC, V7, fill_bitfield},
	{0xfff08020, 0xf3600000, SIM_OP_BFI, V7, fill_bitfield},
	{0xfff0f0e0, 0xf3a00000, SIM_OP_USAT16, DSP, fill_saturate},
	{0xffd08020, 0xf3800000, SIM_OP_USAT, V7, fill_saturate},
	{0xfff08020, 0xf3c00000, SIM_OP_UBFX, V7, fill_bitfield},

	{0xfff0f300, 0xf3808000, SIM_OP_MSR, 0, fill_msr},
	{0xfff0d7ff, 0xf3a08000, SIM_OP_NOP, V7, NULL},
	{0xfff0d7ff, 0xf3a08001, SIM_OP_YIELD, V7, NULL},
	{0xfff0d7ff, 0xf3a08002, SIM_OP_WFE, V7, NULL},
	{0xfff0d7ff, 0xf3a08003, SIM_OP_WFI, V7, NULL},
	{0xfff0d7ff, 0xf3a08004, SIM_OP_SEV, V7, NULL},
	{0xfff0d7ff, 0xf3a08014, SIM_OP_CSDB, V7, NULL},
	{0xfff0d7f0, 0xf3a080f0, SIM_OP_DBG, V7, NULL},
	{0xfff0d700, 0xf3a08000, SIM_OP_HINT, V7, NULL},
	{0xfffffff0, 0xf3bf8f20, SIM_OP_CLREX, V7, NULL},
	{0xfffffff0, 0xf3bf8f40, SIM_OP_DSB, 0, NULL},
	{0xfffffff0, 0xf3bf8f50, SIM_OP_DMB, 0, NULL},
	{0xfffffff0, 0xf3bf8f60, SIM_OP_ISB, 0, NULL},
	{0xfffff000, 0xf3ef8000, SIM_OP_MRS, 0, fill_mrs},
	{0xfff0f000, 0xf7f0a000, SIM_OP_UDF, SIM_ARCH_NEVER, NULL},
	{0xf800d000, 0xf0008000, SIM_OP_B, V7, fill_branch_conditional},
	{0xf800d000, 0xf0009000, SIM_OP_B, V7, fill_branch},
	{0xf800d000, 0xf000d000, SIM_OP_BL, 0, fill_branch},
};

/* 11111 00: single loads and stores. */
#define SINGLE(hw1, op, op_t) \
	{0xfff00000, (hw1 + 0x80u) << 16, op, V7, fill_single_imm12}, \
	{0xfff00f00, hw1 << 16 | 0x0e00, op_t, V7, fill_single_unprivileged}, \
	{0xfff00c00, hw1 << 16 | 0x0c00, op, V7, fill_single_imm8}, \
	{0xfff00900, hw1 << 16 | 0x0900, op, V7, fill_single_imm8}, \
	{0xfff00fc0, hw1 << 16, op, V7, fill_single_register}
#define LITERAL(hw1, op) {0xff7f0000, hw1 << 16 | 0x000f0000, op, V7, fill_single_literal}
static const struct sim_pattern table_f8[] = {
	LITERAL(0xf810u, SIM_OP_LDRB), LITERAL(0xf830u, SIM_OP_LDRH), LITERAL(0xf850u, SIM_OP_LDR),
	LITERAL(0xf910u, SIM_OP_LDRSB), LITERAL(0xf930u, SIM_OP_LDRSH),
	SINGLE(0xf800u, SIM_OP_STRB, SIM_OP_STRBT),
	SINGLE(0xf820u, SIM_OP_STRH, SIM_OP_STRHT),
	SINGLE(0xf840u, SIM_OP_STR, SIM_OP_STRT),
	SINGLE(0xf810u, SIM_OP_LDRB, SIM_OP_LDRBT),
	SINGLE(0xf830u, SIM_OP_LDRH, SIM_OP_LDRHT),
	SINGLE(0xf850u, SIM_OP_LDR, SIM_OP_LDRT),
	SINGLE(0xf910u, SIM_OP_LDRSB, SIM_OP_LDRSBT),
	SINGLE(0xf930u, SIM_OP_LDRSH, SIM_OP_LDRSHT),
};

/* 11111 01: data processing on registers, multiply, divide. */
static const struct sim_pattern table_fa[] = {
	{0xffe0f0f0, 0xfa00f000, SIM_OP_LSL, V7, fill_shift_register},
	{0xffe0f0f0, 0xfa20f000, SIM_OP_LSR, V7, fill_shift_register},
	{0xffe0f0f0, 0xfa40f000, SIM_OP_ASR, V7, fill_shift_register},
	{0xffe0f0f0, 0xfa60f000, SIM_OP_ROR, V7, fill_shift_register},
	{0xfffff0c0, 0xfa0ff080, SIM_OP_SXTH, V7, fill_unary},
	{0xfff0f0c0, 0xfa00f080, SIM_OP_SXTAH, DSP, fill_extend_add},
	{0xfffff0c0, 0xfa1ff080, SIM_OP_UXTH, V7, fill_unary},
	{0xfff0f0c0, 0xfa10f080, SIM_OP_UXTAH, DSP, fill_extend_add},
	{0xfffff0c0, 0xfa2ff080, SIM_OP_SXTB16, DSP, fill_unary},
	{0xfff0f0c0, 0xfa20f080, SIM_OP_SXTAB16, DSP, fill_extend_add},
	{0xfffff0c0, 0xfa3ff080, SIM_OP_UXTB16, DSP, fill_unary},
	{0xfff0f0c0, 0xfa30f080, SIM_OP_UXTAB16, DSP, fill_extend_add},
	{0xfffff0c0, 0xfa4ff080, SIM_OP_SXTB, V7, fill_unary},
	{0xfff0f0c0, 0xfa40f080, SIM_OP_SXTAB, DSP, fill_extend_add},
	{0xfffff0c0, 0xfa5ff080, SIM_OP_UXTB, V7, fill_unary},
	{0xfff0f0c0, 0xfa50f080, SIM_OP_UXTAB, DSP, fill_extend_add},
	{0xff80f080, 0xfa80f000, SIM_OP_SADD8, DSP, fill_parallel},
	{0xfff0f0f0, 0xfa80f080, SIM_OP_QADD, DSP, fill_ndm},
	{0xfff0f0f0, 0xfa80f090, SIM_OP_QDADD, DSP, fill_ndm},
	{0xfff0f0f0, 0xfa80f0a0, SIM_OP_QSUB, DSP, fill_ndm},
	{0xfff0f0f0, 0xfa80f0b0, SIM_OP_QDSUB, DSP, fill_ndm},
	{0xfff0f0f0, 0xfa90f080, SIM_OP_REV, V7, fill_unary},
	{0xfff0f0f0, 0xfa90f090, SIM_OP_REV16, V7, fill_unary},
	{0xfff0f0f0, 0xfa90f0a0, SIM_OP_RBIT, V7, fill_unary},
	{0xfff0f0f0, 0xfa90f0b0, SIM_OP_REVSH, V7, fill_unary},
	{0xfff0f0f0, 0xfaa0f080, SIM_OP_SEL, DSP, fill_ndm},
	{0xfff0f0f0, 0xfab0f080, SIM_OP_CLZ, V7, fill_unary},

	{0xfff0f0f0, 0xfb00f000, SIM_OP_MUL, V7, fill_multiply},
	{0xfff000f0, 0xfb000000, SIM_OP_MLA, V7, fill_multiply},
	{0xfff000f0, 0xfb000010, SIM_OP_MLS, V7, fill_multiply},
	{0xfff0f0c0, 0xfb10f000, SIM_OP_SMULBB, DSP, fill_multiply_halves},
	{0xfff000c0, 0xfb100000, SIM_OP_SMLABB, DSP, fill_multiply_halves},
	{0xfff0f0e0, 0xfb20f000, SIM_OP_SMUAD, DSP, fill_multiply_variant},
	{0xfff000e0, 0xfb200000, SIM_OP_SMLAD, DSP, fill_multiply_variant},
	{0xfff0f0e0, 0xfb30f000, SIM_OP_SMULWB, DSP, fill_multiply_variant},
	{0xfff000e0, 0xfb300000, SIM_OP_SMLAWB, DSP, fill_multiply_variant},
	{0xfff0f0e0, 0xfb40f000, SIM_OP_SMUSD, DSP, fill_multiply_variant},
	{0xfff000e0, 0xfb400000, SIM_OP_SMLSD, DSP, fill_multiply_variant},
	{0xfff0f0e0, 0xfb50f000, SIM_OP_SMMUL, DSP, fill_multiply_variant},
	{0xfff000e0, 0xfb500000, SIM_OP_SMMLA, DSP, fill_multiply_variant},
	{0xfff000e0, 0xfb600000, SIM_OP_SMMLS, DSP, fill_multiply_variant},
	{0xfff0f0f0, 0xfb70f000, SIM_OP_USAD8, DSP, fill_multiply},
	{0xfff000f0, 0xfb700000, SIM_OP_USADA8, DSP, fill_multiply},
	{0xfff000f0, 0xfb800000, SIM_OP_SMULL, V7, fill_multiply_long},
	{0xfff0f0f0, 0xfb90f0f0, SIM_OP_SDIV, V7, fill_ndm},
	{0xfff000f0, 0xfba00000, SIM_OP_UMULL, V7, fill_multiply_long},
	{0xfff0f0f0, 0xfbb0f0f0, SIM_OP_UDIV, V7, fill_ndm},
	{0xfff000f0, 0xfbc00000, SIM_OP_SMLAL, V7, fill_multiply_long},
	{0xfff000c0, 0xfbc00080, SIM_OP_SMLALBB, DSP, fill_long_halves},
	{0xfff000e0, 0xfbc000c0, SIM_OP_SMLALD, DSP, fill_long_variant},
	{0xfff000e0, 0xfbd000c0, SIM_OP_SMLSLD, DSP, fill_long_variant},
	{0xfff000f0, 0xfbe00000, SIM_OP_UMLAL, V7, fill_multiply_long},
	{0xfff000f0, 0xfbe00060, SIM_OP_UMAAL, DSP, fill_multiply_long},
};

#define ROWS(table) table, sizeof table / sizeof *table
void sim_decode32(struct sim_insn *insn)
{
	switch (insn->encoding >> 25) {
	case 0xe8 >> 1: case 0xea >> 1:
		sim_decode_row(insn, ROWS(table_e8));
		break;
	case 0xec >> 1: case 0xee >> 1: case 0xfc >> 1: case 0xfe >> 1:
		sim_decode_coproc(insn);
		break;
	case 0xf8 >> 1:
		sim_decode_row(insn, ROWS(table_f8));
		break;
	case 0xfa >> 1:
		sim_decode_row(insn, ROWS(table_fa));
		break;
	default:
		sim_decode_row(insn, ROWS(table_f0));
		break;
	}
}
