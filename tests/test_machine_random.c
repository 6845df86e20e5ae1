/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random code, and what must not change its results: interrupts at any place, and how the host does stores. The
 * instructions are drawn from encodings with their free bits, so that every one is defined on its core.
 */
#include "tests/machine_fixture.h"

#define CODE (FLASH + 0x20000)
enum { SNIPPETS = 64, SLOT = 256, STEPS = 30 };

enum need { ANY = 1, V7M = 2, DSP = 4, FP = 8 };

/* Register fields by their place; all take r0 … r10. PAIR: 12 and 8 differ. SAME: 16 as 0. LIST: registers of LDM. */
enum { N = 1, A = 2, D = 4, M = 8, PAIR = 16, SAME = 32, LIST = 64 };

static const struct pattern {
	uint32_t bits, random;
	uint8_t fields;
	uint8_t need;
	uint32_t before, after; /* 16-bit instructions around it; 0: none */
} PATTERNS[] = {
	/* 16-bit */
	{0x1800, 0x01FF, 0, ANY}, {0x1A00, 0x01FF, 0, ANY}, {0x1C00, 0x01FF, 0, ANY}, {0x1E00, 0x01FF, 0, ANY},
	{0x2000, 0x07FF, 0, ANY}, {0x2800, 0x07FF, 0, ANY}, {0x3000, 0x07FF, 0, ANY}, {0x3800, 0x07FF, 0, ANY},
	{0x0000, 0x07FF, 0, ANY}, {0x0800, 0x07FF, 0, ANY}, {0x1000, 0x07FF, 0, ANY}, {0x4000, 0x03FF, 0, ANY},
	{0x4000, 0x03FF, 0, ANY}, {0xB200, 0x00FF, 0, ANY}, {0xBA00, 0x007F, 0, ANY}, {0xBAC0, 0x003F, 0, ANY},
	/* loads and stores through r7, which r11 is copied to: word, halfword, byte */
	{0x6838, 0x07C7, 0, ANY, 0x465F}, {0x6038, 0x07C7, 0, ANY, 0x465F}, {0x8838, 0x07C7, 0, ANY, 0x465F},
	{0x8038, 0x07C7, 0, ANY, 0x465F}, {0x7838, 0x07C7, 0, ANY, 0x465F}, {0x7038, 0x07C7, 0, ANY, 0x465F},
	{0xCF01, 0x007E, 0, ANY, 0x465F}, {0xC701, 0x007E, 0, ANY, 0x465F}, {0xB401, 0x00FE, 0, ANY, 0, 0xBC00},
	/* shifted register: AND BIC ORR ORN EOR ADD ADC SBC SUB RSB */
	{0xEA000000, 0x1070F0, N | D | M, V7M}, {0xEA200000, 0x1070F0, N | D | M, V7M},
	{0xEA400000, 0x1070F0, N | D | M, V7M}, {0xEA600000, 0x1070F0, N | D | M, V7M},
	{0xEA800000, 0x1070F0, N | D | M, V7M}, {0xEB000000, 0x1070F0, N | D | M, V7M},
	{0xEB400000, 0x1070F0, N | D | M, V7M}, {0xEB600000, 0x1070F0, N | D | M, V7M},
	{0xEBA00000, 0x1070F0, N | D | M, V7M}, {0xEBC00000, 0x1070F0, N | D | M, V7M},
	/* modified immediate: AND EOR ADD ADC SBC SUB; MOVW MOVT */
	{0xF0000001, 0x041070FE, N | D, V7M}, {0xF0800001, 0x041070FE, N | D, V7M}, {0xF1000001, 0x041070FE, N | D, V7M},
	{0xF1400001, 0x041070FE, N | D, V7M}, {0xF1600001, 0x041070FE, N | D, V7M}, {0xF1A00001, 0x041070FE, N | D, V7M},
	{0xF2400000, 0x040F70FF, D, V7M}, {0xF2C00000, 0x040F70FF, D, V7M},
	/* LSL… by register; SSAT USAT SBFX UBFX BFI; CLZ RBIT REV */
	{0xFA00F000, 0x700000, N | D | M, V7M}, {0xF3000000, 0x70DF, N | D, V7M}, {0xF3800000, 0x70DF, N | D, V7M},
	{0xF3400000, 0x30CF, N | D, V7M}, {0xF3C00000, 0x30CF, N | D, V7M}, {0xF3600010, 0x30CF, N | D, V7M},
	{0xFAB0F080, 0, D | M | SAME, V7M}, {0xFA90F0A0, 0, D | M | SAME, V7M}, {0xFA90F080, 0, D | M | SAME, V7M},
	/* MUL MLA MLS SMULL UMULL SMLAL UMLAL SDIV UDIV */
	{0xFB00F000, 0, N | D | M, V7M}, {0xFB000000, 0, N | A | D | M, V7M}, {0xFB000010, 0, N | A | D | M, V7M},
	{0xFB800000, 0, N | PAIR | M, V7M}, {0xFBA00000, 0, N | PAIR | M, V7M}, {0xFBC00000, 0, N | PAIR | M, V7M},
	{0xFBE00000, 0, N | PAIR | M, V7M}, {0xFB90F0F0, 0, N | D | M, V7M}, {0xFBB0F0F0, 0, N | D | M, V7M},
	/* through r11, aligned or not: LDR LDRH LDRB LDRSH LDRSB STR STRH STRB */
	{0xF8DB0000, 0xFF, A, V7M}, {0xF8BB0000, 0xFF, A, V7M}, {0xF89B0000, 0xFF, A, V7M}, {0xF9BB0000, 0xFF, A, V7M},
	{0xF99B0000, 0xFF, A, V7M}, {0xF8CB0000, 0xFF, A, V7M}, {0xF8AB0000, 0xFF, A, V7M}, {0xF88B0000, 0xFF, A, V7M},
	/* LDRD STRD LDM STM */
	{0xE9DB0000, 0x3F, PAIR, V7M}, {0xE9CB0000, 0x3F, PAIR, V7M}, {0xE89B0003, 0x07FC, LIST, V7M},
	{0xE88B0003, 0x07FC, LIST, V7M},
	/* IT and a conditional ADD; a branch over one */
	{0xEB000000, 0x1070F0, N | D | M, V7M, 0xBF08}, {0xEB000000, 0x1070F0, N | D | M, V7M, 0xD001},
	/* (S, SH, U, UH)ADD8 ADD16 ASX SAX SUB8 SUB16 and saturating; SEL USAD8 */
	{0xFA80F000, 0x40, N | D | M, DSP}, {0xFA90F000, 0x60, N | D | M, DSP}, {0xFAA0F010, 0x40, N | D | M, DSP},
	{0xFAE0F000, 0x40, N | D | M, DSP}, {0xFAC0F020, 0x40, N | D | M, DSP}, {0xFAD0F000, 0x40, N | D | M, DSP},
	{0xFAA0F080, 0, N | D | M, DSP}, {0xFB70F000, 0, N | D | M, DSP}, {0xFA80F080, 0x30, N | D | M, DSP},
	/* SMLAxy SMLAD SMUAD SMLSD SMLAWy SMMLA SMLALD UMAAL SXTAB16 PKHBT */
	{0xFB100000, 0x30, N | A | D | M, DSP}, {0xFB200000, 0x10, N | A | D | M, DSP}, {0xFB20F000, 0x10, N | D | M, DSP},
	{0xFB400000, 0x10, N | A | D | M, DSP}, {0xFB300000, 0x10, N | A | D | M, DSP}, {0xFB500000, 0x10, N | A | D | M, DSP},
	{0xFBC000C0, 0x10, N | PAIR | M, DSP}, {0xFBE00060, 0, N | PAIR | M, DSP}, {0xFA20F080, 0x30, N | D | M, DSP},
	{0xEAC00000, 0x70C0, N | D | M, DSP},
	/* VADD VSUB VMUL VNMUL VDIV VMLA VMLS VFMA VFMS VSQRT VNEG VABS */
	{0xEE300A00, 0x4FF0AF, 0, FP}, {0xEE300A40, 0x4FF0AF, 0, FP}, {0xEE200A00, 0x4FF0AF, 0, FP},
	{0xEE200A40, 0x4FF0AF, 0, FP}, {0xEE800A00, 0x4FF0AF, 0, FP}, {0xEE000A00, 0x4FF0AF, 0, FP},
	{0xEE000A40, 0x4FF0AF, 0, FP}, {0xEEA00A00, 0x4FF0AF, 0, FP}, {0xEEA00A40, 0x4FF0AF, 0, FP},
	{0xEEB10AC0, 0x40F02F, 0, FP}, {0xEEB10A40, 0x40F02F, 0, FP}, {0xEEB00AC0, 0x40F02F, 0, FP},
	/* VCVT both ways, fixed point too; VCMP; VMRS to the flags and to a register; VMOV; VLDR VSTR */
	{0xEEB80A40, 0x40F0AF, 0, FP}, {0xEEBC0A40, 0x41F0AF, 0, FP}, {0xEEBA0AC0, 0x41F02F, 0, FP},
	{0xEEBE0AC0, 0x41F02F, 0, FP}, {0xEEB40A40, 0x40F0AF, 0, FP}, {0xEEF1FA10, 0, 0, FP}, {0xEEF10A10, 0, A, FP},
	{0xEE000A10, 0x0F0080, A, FP}, {0xEE100A10, 0x0F0080, A, FP}, {0xED9B0A00, 0x40F03F, 0, FP},
	{0xED8B0A00, 0x40F03F, 0, FP},
};

static uint32_t seed;

static uint32_t draw(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 16 | seed << 16;
}

static uint32_t encode(const struct pattern *p)
{
	uint32_t insn = p->bits | (draw() & p->random), m = draw() % 11, low = draw() % 10;
	if (p->fields & N)
		insn |= draw() % 11 << 16;
	if (p->fields & A)
		insn |= draw() % 11 << 12;
	if (p->fields & D)
		insn |= draw() % 11 << 8;
	if (p->fields & M)
		insn |= m;
	if (p->fields & SAME)
		insn |= m << 16;
	if (p->fields & PAIR)
		insn |= low << 12 | (low + 1) << 8;
	return insn;
}

static uint8_t *put16(uint8_t *to, uint32_t half)
{
	to[0] = (uint8_t)half;
	to[1] = (uint8_t)(half >> 8);
	return to + 2;
}

static uint8_t *put_step(uint8_t *to, const struct pattern *p)
{
	uint32_t insn = encode(p), before = p->before;
	if (before == 0xBF08 || before == 0xD001) /* any condition but "always" */
		before |= before == 0xBF08 ? (draw() % 14) << 4 : (draw() % 14) << 8;
	if (before)
		to = put16(to, before);
	if (insn >> 16)
		to = put16(to, insn >> 16);
	to = put16(to, insn);
	return p->after ? put16(to, p->after | (insn & 0xFF)) : to;
}

static unsigned abilities(enum sim_core core)
{
	return ANY | (core >= SIM_M3 ? V7M : 0) | (core >= SIM_M4 ? DSP | FP : 0);
}

/* STEPS of at most 8 bytes each, and BX LR, fill no slot. */
static void write_code(struct rig *r, uint32_t from)
{
	seed = from;
	for (uint32_t i = 0; i < SNIPPETS; i++) {
		uint8_t code[SLOT] = {0}, *end = code;
		for (unsigned n = 0; n < STEPS; n++) {
			const struct pattern *p;
			do
				p = &PATTERNS[draw() % (sizeof PATTERNS / sizeof *PATTERNS)];
			while (!(p->need & abilities(r->board.core)));
			end = put_step(end, p);
		}
		put16(end, 0x4770);
		assert_true(sim_machine_write(r->machine, CODE + i * SLOT, code, SLOT));
	}
}

static struct rig *play(enum sim_core core, uint32_t from, uint32_t period, bool plain)
{
	struct rig *r = rig_new(core);
	r->options.plain_store_path = plain;
	r->options.clock_hz = 25000000;
	rig_load(r, "snippets", period);
	write_code(r, from);
	enum sim_stop why = rig_run(r, 2000);
	if (why != SIM_STOP_EXIT || r->faults)
		fail_msg("%s, seed %u, period %u: stop %d, %s, text: %s", sim_core_name(core), from, period, why,
			 r->faults ? r->fault[0].what : "no fault", r->uart);
	assert_int_equal(r->uarts, SNIPPETS * 9);
	return r;
}

static uint32_t mail(const struct rig *r, unsigned n)
{
	uint32_t word = 0;
	assert_true(sim_machine_read(r->machine, RAM + 4 * n, &word, 4));
	return word;
}

static void interrupts_anywhere_change_no_result(void **state)
{
	static const uint32_t PERIODS[] = {211, 307, 1009};
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		for (uint32_t from = 1; from <= 3; from++) {
			struct rig *quiet = play(core, from, 0, false);
			struct rig *storm = play(core, from, PERIODS[from - 1], false);
			assert_string_equal(quiet->uart, storm->uart);
			assert_in_range(mail(storm, 1), 100, UINT32_MAX);
			assert_int_equal(mail(quiet, 1), 0);
			rig_end(quiet);
			rig_end(storm);
		}
	}
}

static void both_store_paths_give_the_same_results(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *fast = play(core, 7, 0, false), *plain = play(core, 7, 0, true);
		assert_string_equal(fast->uart, plain->uart);
		assert_int_equal(sim_machine_now(fast->machine).cycle, sim_machine_now(plain->machine).cycle);
		rig_end(fast);
		rig_end(plain);
	}
}

static void a_thread_begun_by_a_return_has_its_own_stack(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *r = play(core, 5, 0, false);
		struct sim_stacks stacks = sim_machine_stacks(r->machine);
		assert_in_range(stacks.process_low, mail(r, 0), mail(r, 0) + 1024);
		assert_in_range(stacks.main_low, stacks.main_top - 256, stacks.main_top);
		rig_end(r);
	}
}

static void fixed_point_becomes_single_by_rounding_to_nearest(void **state)
{
	static const char LINE[] = "47800000 3f800000 c7800002 4e800000 ce800000 0";
	for (enum sim_core core = SIM_M4; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "snippets", 1);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		char expected[256] = "";
		for (unsigned mode = 0; mode < 4; mode++) /* FPSCR: the mode, and "inexact" */
			snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s0%x00010\n", LINE, mode * 4);
		assert_string_equal(r->uart, expected);
		rig_end(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupts_anywhere_change_no_result),
		cmocka_unit_test(both_store_paths_give_the_same_results),
		cmocka_unit_test(fixed_point_becomes_single_by_rounding_to_nearest),
		cmocka_unit_test(a_thread_begun_by_a_return_has_its_own_stack),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
