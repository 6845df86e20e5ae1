/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each pipeline rule on the smallest code that shows it, with cycles counted by hand from the rule. The code is
 * assembled here, by the cross assembler, so that a test reads as what it prices.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/timing/memory.h"
#include "sim/timing/predictor.h"
#include "sim/timing/timing.h"

enum { MAX_CODE = 1024 };

struct code {
	uint8_t bytes[MAX_CODE];
	size_t size;
};

static struct code assemble(const char *text)
{
	const char *build = getenv("BUILD_ROOT");
	char command[2048], path[512];
	struct code code;
	FILE *file;

	snprintf(path, sizeof path, "%s/tests/timing_code", build ? build : "build");
	snprintf(command, sizeof command,
	         "arm-none-eabi-as -W -march=armv8-m.main+fp.dp+dsp -mthumb -o '%s.o' && "
	         "arm-none-eabi-objcopy -O binary -j .text '%s.o' '%s.bin'", path, path, path);
	file = popen(command, "w");
	assert_non_null(file);
	fprintf(file, ".syntax unified\n%s\n", text);
	assert_int_equal(pclose(file), 0);
	snprintf(command, sizeof command, "%s.bin", path);
	file = fopen(command, "rb");
	assert_non_null(file);
	code.size = fread(code.bytes, 1, MAX_CODE, file);
	fclose(file);
	return code;
}

static struct sim_block_cost price_at(enum sim_core core, enum sim_fpu fpu, uint32_t address, const char *text)
{
	struct sim_timing timing = sim_timing_for_core(core, fpu);
	struct code code = assemble(text);
	struct sim_block_cost cost;

	sim_timing_price(&timing, code.bytes, code.size, address, &cost);
	return cost;
}

static struct sim_block_cost price(enum sim_core core, const char *text)
{
	return price_at(core, SIM_FPU_NONE, 0x1000, text);
}

static unsigned cycles(enum sim_core core, const char *text)
{
	return price(core, text).cycles;
}

static unsigned fp_cycles(enum sim_core core, const char *text)
{
	return price_at(core, core == SIM_M7 ? SIM_FPU_DP : SIM_FPU_SP, 0x1000, text).cycles;
}

/* Cycles of a taken branch in all. */
static unsigned taken(enum sim_core core, const char *text)
{
	struct sim_block_cost cost = price(core, text);

	return cost.cycles + (unsigned)cost.taken_exit;
}

static void m0_costs_follow_the_manuals_table(void **state)
{
	assert_int_equal(cycles(SIM_M0PLUS, "adds r0,r1,r2; ldr r3,[r4]; strb r3,[r5]; cmp r0,#1; bne .-8"), 7);
	assert_int_equal(cycles(SIM_M0PLUS, "push {r4-r7,lr}"), 6);
	assert_int_equal(cycles(SIM_M0PLUS, "ldmia r0!,{r1-r3}"), 4);
	assert_int_equal(taken(SIM_M0PLUS, "b .+8"), 2);
	assert_int_equal(taken(SIM_M0, "b .+8"), 3);
	assert_int_equal(taken(SIM_M0PLUS, "bl .+8"), 3);
	assert_int_equal(taken(SIM_M0, "bl .+8"), 4);
	assert_int_equal(taken(SIM_M0PLUS, "bx lr"), 2);
	assert_int_equal(taken(SIM_M0PLUS, "pop {r4,pc}"), 5);
	assert_int_equal(taken(SIM_M0, "pop {r4,pc}"), 6);
	assert_int_equal(cycles(SIM_M0PLUS, "dsb"), 3);
	assert_int_equal(cycles(SIM_M0, "mrs r0,primask"), 4);
}

static void m4_loads_whose_waits_hide_a_late_fetch_are_listed(void **state)
{
	static const char run[] = "ldr.w r0,[r4]; sxtb16 r1,r0; sxtb16 r2,r0; smlad r3,r1,r2,r3; smlad r3,r2,r1,r3;";
	char thrice[512];
	snprintf(thrice, sizeof thrice, "%s%s%s", run, run, run);
	struct sim_block_cost straddling = price_at(SIM_M4, SIM_FPU_SP, 0x1002, thrice);
	struct sim_block_cost aligned = price_at(SIM_M4, SIM_FPU_SP, 0x1000, thrice);
	assert_int_equal(straddling.cycles, aligned.cycles + 2); /* the first finds the buffer full */
	assert_int_equal(straddling.hides[0], 0x1002 + 20);
	assert_int_equal(straddling.hides[1], 0x1002 + 40);
	assert_int_equal(straddling.hides[2], 0);
	assert_int_equal(aligned.hides[0], 0);
}

static void m0_multiplier_is_the_vendors_choice(void **state)
{
	struct sim_timing timing = sim_timing_for_core(SIM_M0PLUS, SIM_FPU_NONE);
	struct code code = assemble("muls r0,r1,r0; muls r2,r1,r2");
	struct sim_block_cost cost;

	sim_timing_price(&timing, code.bytes, code.size, 0, &cost);
	assert_int_equal(cost.cycles, 2);
	timing.multiply_cycles = 32;
	sim_timing_price(&timing, code.bytes, code.size, 0, &cost);
	assert_int_equal(cost.cycles, 64);
}

static void m4_loads_chain_unless_they_depend(void **state)
{
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4]"), 2);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4]; ldr r1,[r4,#4]; ldr r2,[r5]"), 4);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4]; ldr r1,[r0]"), 4);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4]; adds r1,r0,r2; ldr r2,[r5]"), 5);
	assert_int_equal(cycles(SIM_M4, "str r0,[r4]; ldr r1,[r4,#4]"), 4);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4]; str r0,[r5]"), 2);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4],#4; ldr r1,[r4],#4"), 4);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4],#4; ldr r1,[r5],#4"), 3);
	assert_int_equal(cycles(SIM_M3, "ldr r0,[r4],#4; ldr r1,[r5],#4"), 4);
	assert_int_equal(cycles(SIM_M4, "ldrd r0,r1,[r4]; ldr r2,[r4,#8]"), 5);
}

static void m4_address_written_by_the_instruction_before_costs_a_cycle(void **state)
{
	assert_int_equal(cycles(SIM_M4, "adds r4,#4; ldr r0,[r4]"), 4);
	assert_int_equal(cycles(SIM_M4, "adds r4,#4; movs r1,#0; ldr r0,[r4]"), 4);
	assert_int_equal(cycles(SIM_M4, "adds r4,#4; ldr r0,[r5,r4]"), 4);
	assert_int_equal(cycles(SIM_M4, "adds r0,#4; str r0,[r5]"), 2);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4],#4; str r1,[r4]"), 3);
}

static void m4_stores_take_two_cycles_with_a_register_offset(void **state)
{
	assert_int_equal(cycles(SIM_M4, "str r0,[r1]; str r0,[r1,#4]"), 2);
	assert_int_equal(cycles(SIM_M4, "str r0,[r1,r2]"), 2);
	assert_int_equal(cycles(SIM_M4, "ldr r3,[r4]; str r0,[r1,r2]"), 3);
	assert_int_equal(cycles(SIM_M4, "stmia r0!,{r1-r4}"), 5);
}

static void m3_multiplies_slower_than_m4(void **state)
{
	assert_int_equal(cycles(SIM_M4, "mla r0,r1,r2,r3; smull r4,r5,r1,r2; smlal r4,r5,r1,r2"), 3);
	assert_int_equal(cycles(SIM_M3, "mla r0,r1,r2,r3; smull r4,r5,r1,r2; smlal r4,r5,r1,r2"), 11);
	assert_int_equal(cycles(SIM_M3, "muls r0,r1,r0"), 1);
}

static void m4_branches_refill_and_pay_for_an_unaligned_32_bit_target(void **state)
{
	assert_int_equal(cycles(SIM_M4, "cmp r0,#0; bne .-4"), 2);
	assert_int_equal(taken(SIM_M4, "cmp r0,#0; bne .-4"), 3);
	assert_int_equal(taken(SIM_M4, "bx lr"), 3);
	assert_int_equal(taken(SIM_M4, "pop {r4,pc}"), 5);
	assert_int_equal(taken(SIM_M4, "ldr pc,[r0,r1,lsl #2]"), 5);
	assert_int_equal(taken(SIM_M4, "tbb [r0,r1]"), 6);
	assert_int_equal(price_at(SIM_M4, 0, 0x1002, "add.w r0,r1,r2").taken_entry, 1);
	assert_int_equal(price_at(SIM_M4, 0, 0x1000, "add.w r0,r1,r2").taken_entry, 0);
	assert_int_equal(price_at(SIM_M4, 0, 0x1002, "adds r0,r1,r2").taken_entry, 0);
}

static void m4_third_unaligned_32_bit_instruction_in_a_row_waits_for_its_second_half(void **state)
{
	const char *three = "ldr r0,[r4]; add.w r8,r8,r9; add.w r10,r10,r9; add.w r11,r11,r9; add.w r12,r12,r9";

	assert_int_equal(price_at(SIM_M4, 0, 0x1000, three).cycles, 7);
	assert_int_equal(price_at(SIM_M4, 0, 0x1002, three).cycles, 6);
	assert_int_equal(cycles(SIM_M4, "nop; add.w r8,r8,r9; add.w r10,r10,r9; add.w r11,r11,r9"), 5);
	assert_int_equal(cycles(SIM_M4, "add.w r8,r8,r9; add.w r10,r10,r9; add.w r11,r11,r9"), 3);
	assert_int_equal(cycles(SIM_M4, "ldr r0,[r4]; add.w r8,r8,r9; add.w r10,r10,r9; nop"), 5);
}

static void m4_code_on_the_system_bus_comes_a_word_every_other_cycle(void **state)
{
	struct sim_block_cost narrow = price_at(SIM_M4, 0, 0x20000000, ".rept 32; adds r0,#1; .endr");
	struct sim_block_cost wide = price_at(SIM_M4, 0, 0x20000000, ".rept 32; add.w r0,r0,#1; .endr");
	struct sim_block_cost loads = price_at(SIM_M4, 0, 0x20000000, ".rept 16; ldr r0,[r4]; ldr r1,[r4]; .endr");

	assert_int_equal(narrow.cycles, 32);
	assert_int_equal(narrow.taken_entry, 1); /* the bus answers a cycle later; then each pair of instructions has its word */
	assert_in_range(wide.cycles, 2 * 29, 2 * 32);
	assert_true(loads.cycles > price_at(SIM_M4, 0, 0x1000, ".rept 16; ldr r0,[r4]; ldr r1,[r4]; .endr").cycles);
	assert_int_equal(price_at(SIM_M4, 0, 0x1FFF0000, ".rept 32; add.w r0,r0,#1; .endr").cycles, 32);
}

static void m4_it_folds_behind_a_16_bit_instruction(void **state)
{
	assert_int_equal(cycles(SIM_M4, "cmp r0,#0; it eq; moveq r1,#1"), 2);
	assert_int_equal(cycles(SIM_M4, "cmp.w r0,#0; it eq; moveq r1,#1"), 3);
}

static void m4_fpu_latencies(void **state)
{
	assert_int_equal(fp_cycles(SIM_M4, "vadd.f32 s0,s1,s2; vadd.f32 s3,s4,s5"), 2);
	assert_int_equal(fp_cycles(SIM_M4, "vadd.f32 s0,s1,s2; vadd.f32 s3,s0,s5"), 3);
	assert_int_equal(fp_cycles(SIM_M4, "vadd.f32 s0,s1,s2; vfma.f32 s0,s4,s5"), 2); /* as an addend it is in time */
	/* the FPU is held, integer instructions go on */
	assert_int_equal(fp_cycles(SIM_M4, "vfma.f32 s0,s1,s2; vfma.f32 s3,s4,s5"), 4);
	assert_int_equal(fp_cycles(SIM_M4, "vfma.f32 s0,s1,s2; vfma.f32 s0,s4,s5"), 4);
	assert_int_equal(fp_cycles(SIM_M4, "vfma.f32 s0,s1,s2; vmul.f32 s3,s0,s5"), 5);
	assert_int_equal(fp_cycles(SIM_M4, "vfma.f32 s0,s1,s2; adds r0,#1; adds r1,#1; vfma.f32 s3,s4,s5"), 4);
	assert_int_equal(fp_cycles(SIM_M4, "vdiv.f32 s0,s1,s2; adds r0,#1"), 2);
	assert_int_equal(fp_cycles(SIM_M4, "vdiv.f32 s0,s1,s2; vadd.f32 s3,s4,s5"), 15);
	assert_int_equal(fp_cycles(SIM_M4, "vdiv.f32 s0,s1,s2; vadd.f32 s3,s0,s5"), 16);
	assert_int_equal(fp_cycles(SIM_M4, "vldr s0,[r0]; vldr s1,[r1]"), 3);
	assert_int_equal(fp_cycles(SIM_M4, "vldr s0,[r0]; vstr s1,[r1]"), 2);
	assert_int_equal(fp_cycles(SIM_M4, "vldr s0,[r0]"), 2);
	assert_int_equal(fp_cycles(SIM_M4, "vldr d0,[r0]"), 3);
	assert_int_equal(fp_cycles(SIM_M4, "vpush {s16-s23}"), 9);
}

static void m33_load_is_usable_after_two_cycles_but_feeds_accumulators_at_once(void **state)
{
	assert_int_equal(cycles(SIM_M33, "ldr r0,[r4]; adds r1,r0,r2"), 3);
	assert_int_equal(cycles(SIM_M33, "ldr r0,[r4]; movs r3,#1; adds r1,r0,r2"), 3);
	assert_int_equal(cycles(SIM_M33, "ldr r0,[r4]; mla r1,r2,r3,r0"), 2);
	assert_int_equal(cycles(SIM_M33, "ldr r0,[r4]; str r0,[r5]"), 2);
	assert_int_equal(cycles(SIM_M33, "ldr r0,[r4]; ldr r1,[r0]"), 3);
	assert_int_equal(cycles(SIM_M33, "ldr r0,[r4]; ldr r1,[r5]; ldr r2,[r6]"), 3);
}

static void m33_multiplies_chain_on_the_accumulator_only(void **state)
{
	assert_int_equal(cycles(SIM_M33, "smlad r0,r1,r2,r0; smlad r0,r3,r4,r0"), 2);
	assert_int_equal(cycles(SIM_M33, "smlad r0,r1,r2,r0; smlad r5,r0,r4,r5"), 3);
	assert_int_equal(cycles(SIM_M33, "muls r0,r1,r0"), 2);
	assert_int_equal(cycles(SIM_M33, "sxtb16 r0,r1; smlad r5,r0,r4,r5"), 3);
	assert_int_equal(cycles(SIM_M33, "add.w r0,r1,r2,lsl #3; add.w r3,r0,r0"), 3);
}

static void m33_second_slot_takes_16_bit_branch_it_and_nop(void **state)
{
	assert_int_equal(cycles(SIM_M33, "adds r0,#1; nop; adds r1,#1"), 2);
	assert_int_equal(cycles(SIM_M33, "adds r0,#1; adds r1,#1"), 2);
	assert_int_equal(cycles(SIM_M33, "add.w r0,r0,#1; nop"), 2);
	assert_int_equal(cycles(SIM_M33, "movs r2,#1; bne .-2"), 1);
	assert_int_equal(taken(SIM_M33, "mov r2,r3; bne .-2"), 2);
	assert_int_equal(taken(SIM_M33, "cmp r0,#0; bne .-2"), 3);
	assert_int_equal(taken(SIM_M33, "cmp.w r0,#0; bne .-4"), 3);
	assert_int_equal(taken(SIM_M33, "push {r4}; b .-2"), 2);
}

static void m33_block_transfers_move_a_word_a_cycle(void **state)
{
	assert_int_equal(cycles(SIM_M33, "push {r4-r7,lr}"), 5);
	assert_int_equal(cycles(SIM_M33, "ldrd r0,r1,[r4]"), 2);
	assert_int_equal(taken(SIM_M33, "pop {r4,pc}"), 5);
	assert_int_equal(taken(SIM_M33, "bx lr"), 2);
}

static void m33_unaligned_32_bit_target_waits_for_its_second_word(void **state)
{
	assert_int_equal(price_at(SIM_M33, 0, 0x1002, "add.w r0,r1,r2; nop").taken_entry, 2);
	assert_int_equal(price_at(SIM_M33, 0, 0x1000, "add.w r0,r1,r2; nop").taken_entry, 0);
}

static void m33_data_take_the_fetchs_turn_on_the_bus_they_share(void **state)
{
	const char *loads = "ldr.w r0,[r4]; ldr.w r1,[r4]; ldr.w r2,[r4]; ldr.w r3,[r4]; ldr.w r5,[r4]; ldr.w r6,[r4]";
	const char *narrow = "ldr r0,[r4]; adds r1,#1; adds r2,#1; adds r3,#1; adds r1,#1; adds r2,#1; adds r3,#1";

	assert_int_equal(price_at(SIM_M33, 0, 0x1000, loads).cycles, 6);
	assert_in_range(price_at(SIM_M33, 0, 0x20000000, loads).cycles, 9, 12); /* a word of code and one of data each */
	assert_int_equal(price_at(SIM_M33, 0, 0x20000000, narrow).cycles, 7);
}

static void m7_issues_two_and_forwards_to_the_late_alu(void **state)
{
	assert_int_equal(cycles(SIM_M7, "adds r0,r1,r2; adds r3,r4,r5"), 1);
	assert_int_equal(cycles(SIM_M7, "adds r0,r1,r2; adds r3,r0,r5"), 1);
	assert_int_equal(cycles(SIM_M7, "adds r0,r1,r2; adds r3,r0,r5; adds r6,r3,r7"), 2);
	assert_int_equal(cycles(SIM_M7, "adds r0,r1,r2; ldr r3,[r0]"), 2);
	assert_int_equal(cycles(SIM_M7, "ldr r3,[r0]; adds r4,r3,r5"), 2);
	assert_int_equal(cycles(SIM_M7, "ldr r3,[r0]; ldr r4,[r3]"), 3);
}

static void m7_never_pairs_what_shares_a_unit(void **state)
{
	assert_int_equal(cycles(SIM_M7, "smlad r0,r1,r2,r0; smlad r3,r4,r5,r3"), 2);
	assert_int_equal(cycles(SIM_M7, "sxtb16 r0,r1; sxtb16 r2,r3"), 2);
	assert_int_equal(cycles(SIM_M7, "sxtb16 r0,r1; smlad r2,r3,r4,r2"), 1);
	assert_int_equal(cycles(SIM_M7, "smlad r2,r3,r4,r2; sxtb16 r0,r1"), 2);
	assert_int_equal(cycles(SIM_M7, "str r0,[r1]; str r2,[r3]"), 2);
	assert_int_equal(cycles(SIM_M7, "add.w r0,r1,r2,lsl #2; add.w r3,r4,r5,lsl #2"), 2);
	assert_int_equal(cycles(SIM_M7, "push {r4-r7}; adds r0,#1"), 3);
}

static void m7_two_loads_pair_from_words_that_differ_in_address_bit_2(void **state)
{
	assert_int_equal(cycles(SIM_M7, "ldr r0,[r4]; ldr r1,[r4,#4]"), 1);
	assert_int_equal(cycles(SIM_M7, "ldr r0,[r4]; ldr r1,[r4,#8]"), 2);
	assert_int_equal(cycles(SIM_M7, "ldr r0,[r4]; ldr r1,[r5,#4]"), 2);
}

static void m7_multiplicands_wait_longer_than_accumulators(void **state)
{
	assert_int_equal(cycles(SIM_M7, "ldr r0,[r4]; smuad r1,r0,r2"), 3);
	assert_int_equal(cycles(SIM_M7, "ldr r0,[r4]; smlad r1,r2,r3,r0"), 1);
	assert_int_equal(cycles(SIM_M7, "smlad r0,r1,r2,r0; smlad r0,r3,r4,r0"), 2);
	assert_int_equal(cycles(SIM_M7, "smlad r0,r1,r2,r0; smlad r5,r0,r4,r5"), 3);
	assert_int_equal(cycles(SIM_M7, "ldrb r0,[r4]; adds r1,r0,r2"), 3);
}

static void m7_branches_cost_an_average_or_are_left_to_a_predictor(void **state)
{
	struct sim_timing timing = sim_timing_for_core(SIM_M7, SIM_FPU_DP);
	struct code code = assemble("x: subs r0,#1; bne x");
	struct sim_block_cost cost;

	sim_timing_price(&timing, code.bytes, code.size, 0x1000, &cost);
	assert_int_equal(cost.cycles, 1 + 1);
	assert_int_equal(cost.taken_exit, 0);
	timing.predictor = true;
	sim_timing_price(&timing, code.bytes, code.size, 0x1000, &cost);
	assert_int_equal(cost.cycles, 1);
	assert_int_equal(cost.taken_exit, 0);
	assert_int_equal(cost.mispredict, 8);
	assert_true(cost.flags & SIM_BLOCK_PREDICTED);
	code = assemble("x: subs r0,#1; str r1,[r2]; str r1,[r2]; str r1,[r2]; str r1,[r2]; str r1,[r2]; bne x");
	sim_timing_price(&timing, code.bytes, code.size, 0x1000, &cost);
	assert_int_equal(cost.mispredict, 6);
}

static void m7_predictor_learns_a_loop_and_pays_for_its_end(void **state)
{
	struct sim_prediction loop = {.branch = 0x1002, .behind = 0x1004, .end = SIM_END_COND, .mispredict = 8};
	struct sim_predictor predictor;

	sim_predictor_reset(&predictor);
	assert_int_equal(sim_predictor_leave(&predictor, &loop, 0x1000), 8); /* never seen */
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 5; i++)
			assert_int_equal(sim_predictor_leave(&predictor, &loop, 0x1000), 0);
		assert_int_equal(sim_predictor_leave(&predictor, &loop, 0x1004), 8);
	}
	assert_int_equal(sim_predictor_leave(&predictor, &loop, 0x1000), 0); /* one exit does not turn it */
}

static void m7_predictor_matches_returns_to_their_calls(void **state)
{
	struct sim_prediction call = {.branch = 0x1000, .behind = 0x1004, .end = SIM_END_CALL, .pushes = true};
	struct sim_prediction back = {.branch = 0x2000, .behind = 0x2002, .end = SIM_END_RETURN, .mispredict = 8};
	struct sim_predictor predictor;

	sim_predictor_reset(&predictor);
	assert_int_equal(sim_predictor_leave(&predictor, &call, 0x2000), 3);
	assert_int_equal(sim_predictor_leave(&predictor, &back, 0x1004), 0);
	assert_int_equal(sim_predictor_leave(&predictor, &call, 0x2000), 0);
	assert_int_equal(sim_predictor_leave(&predictor, &back, 0x1234), 8);
	assert_int_equal(sim_predictor_leave(&predictor, &back, 0x1004), 8); /* the stack is empty */
}

static void m7_predictor_forgets_the_least_recently_used_of_a_set(void **state)
{
	struct sim_predictor predictor;
	struct sim_prediction site = {.end = SIM_END_UNCOND};

	sim_predictor_reset(&predictor);
	for (unsigned i = 0; i < 5; i++) { /* five branches of one set, four ways */
		site.branch = 0x1000 + 64 * i;
		site.behind = site.branch + 2;
		assert_int_equal(sim_predictor_leave(&predictor, &site, 0x8000), 3);
	}
	assert_int_equal(sim_predictor_leave(&predictor, &site, 0x8000), 0);
	site.branch = 0x1000;
	assert_int_equal(sim_predictor_leave(&predictor, &site, 0x8000), 3);
}

static void m7_fpu_latencies(void **state)
{
	assert_int_equal(fp_cycles(SIM_M7, "vadd.f32 s0,s1,s2; vadd.f32 s3,s0,s4"), 4);
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; vfma.f32 s0,s3,s4"), 4);
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; vfma.f32 s5,s3,s4; vfma.f32 s6,s7,s8;"
	                                   "vfma.f32 s0,s3,s4"), 4);
	/* multiplicands take what VLDR brings at once, an accumulator two cycles later */
	assert_int_equal(fp_cycles(SIM_M7, "vldr s0,[r0]; vfma.f32 s2,s0,s1"), 2);
	assert_int_equal(fp_cycles(SIM_M7, "vldr s2,[r0]; vfma.f32 s2,s0,s1"), 4);
	assert_int_equal(fp_cycles(SIM_M7, "vldr s2,[r0]; vmla.f32 s2,s0,s1"), 3);
	assert_int_equal(fp_cycles(SIM_M7, "vmla.f32 s0,s1,s2; vmla.f32 s0,s3,s4"), 4);
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; vmul.f32 s3,s0,s4"), 6);
	assert_int_equal(fp_cycles(SIM_M7, "vmla.f32 s0,s1,s2; vmul.f32 s3,s0,s4"), 7);
	/* the shadow of a multiply-accumulate */
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; vadd.f32 s3,s4,s5"), 5);
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; vmul.f32 s3,s4,s5"), 2);
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; vldr s3,[r0]"), 1); /* the first of a burst */
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; vfma.f32 s4,s1,s2; vldr s3,[r0]"), 3);
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f32 s0,s1,s2; adds r0,#1"), 1);
	assert_int_equal(fp_cycles(SIM_M7, "vldr s3,[r0]; adds r1,#1"), 1);
	/* double precision holds the unit; one integer instruction finds its place beside it */
	assert_int_equal(fp_cycles(SIM_M7, "vmul.f64 d0,d1,d2; vmul.f64 d3,d4,d5"), 10);
	assert_int_equal(fp_cycles(SIM_M7, "vmul.f64 d0,d1,d2; adds r0,#1"), 5);
	assert_int_equal(fp_cycles(SIM_M7, "vadd.f64 d0,d1,d2; vadd.f64 d3,d4,d5"), 4);
	assert_int_equal(fp_cycles(SIM_M7, "vfma.f64 d0,d1,d2; vfma.f64 d3,d4,d5"), 14);
	assert_int_equal(fp_cycles(SIM_M7, "vdiv.f32 s0,s1,s2"), 16);
	assert_int_equal(fp_cycles(SIM_M7, "vdiv.f64 d0,d1,d2"), 30);
}

static void m7_bytes_stored_to_memory_with_ecc_fill_the_store_buffer(void **state)
{
	struct sim_timing timing = sim_timing_for_core(SIM_M7, SIM_FPU_NONE);
	struct code bytes = assemble(".rept 40; strb r0,[r1],#1; .endr"), words = assemble(".rept 40; str r0,[r1],#4; .endr");
	struct code few = assemble("strb r0,[r1]; strb r0,[r1,#1]; strb r0,[r1,#2]; strb r0,[r1,#3]; .rept 8; nop; .endr");
	struct sim_block_cost cost;

	sim_timing_price(&timing, bytes.bytes, bytes.size, 0x1000, &cost);
	assert_int_equal(cost.cycles, 40);
	timing.ecc = true;
	sim_timing_price(&timing, words.bytes, words.size, 0x1000, &cost);
	assert_int_equal(cost.cycles, 40);
	sim_timing_price(&timing, bytes.bytes, bytes.size, 0x1000, &cost);
	assert_in_range(cost.cycles, 36 * 24 / 10, 40 * 25 / 10); /* 2.4 each, measured, but five may wait at the end */
	sim_timing_price(&timing, few.bytes, few.size, 0x1000, &cost);
	assert_int_equal(cost.cycles, 8);
}

static void pricing_after_a_predecessor_carries_what_is_in_flight(void **state)
{
	static const enum sim_core cores[] = {SIM_M4, SIM_M33, SIM_M7};
	struct code first = assemble("ldr r0,[r4]"), second = assemble("add.w r1,r0,r2");
	static const unsigned alone[] = {1, 1, 1}, after[] = {1, 2, 1};

	for (unsigned i = 0; i < 3; i++) {
		struct sim_timing timing = sim_timing_for_core(cores[i], SIM_FPU_NONE);
		struct sim_timing_state carried;
		struct sim_block_cost cost;

		sim_timing_price(&timing, second.bytes, second.size, 0x1004, &cost);
		assert_int_equal(cost.cycles, alone[i]);
		sim_timing_price_after(&timing, NULL, false, first.bytes, first.size, 0x1002, &cost, &carried);
		sim_timing_price_after(&timing, &carried, false, second.bytes, second.size, 0x1004, &cost, NULL);
		assert_int_equal(cost.cycles, after[i]);
	}
}

static void m7_block_can_pair_with_the_end_of_its_predecessor(void **state)
{
	struct sim_timing timing = sim_timing_for_core(SIM_M7, SIM_FPU_NONE);
	struct code first = assemble("nop; nop; adds r0,#1"), second = assemble("adds r1,#1"), both = assemble("push {r4}");
	struct code wide = assemble("nop.w; nop.w; add.w r0,r0,#1");
	struct sim_timing_state carried;
	struct sim_block_cost cost;

	sim_timing_price_after(&timing, NULL, false, wide.bytes, wide.size, 0x1000, &cost, &carried);
	sim_timing_price_after(&timing, &carried, false, second.bytes, second.size, 0x2000, &cost, NULL);
	assert_int_equal(cost.cycles, 0);
	sim_timing_price_after(&timing, &carried, true, second.bytes, second.size, 0x2000, &cost, NULL);
	assert_int_equal(cost.cycles, 1); /* too few short instructions before the branch */
	sim_timing_price_after(&timing, NULL, false, first.bytes, first.size, 0x1000, &cost, &carried);
	assert_int_equal(cost.cycles, 2);
	sim_timing_price_after(&timing, &carried, true, second.bytes, second.size, 0x2000, &cost, NULL);
	assert_int_equal(cost.cycles, 0);
	sim_timing_price_after(&timing, &carried, true, both.bytes, both.size, 0x2000, &cost, NULL);
	assert_int_equal(cost.cycles, 1);
}

/* Cutting straight code anywhere must not change its price, if the state is carried across the cut. */
static void a_cut_with_carried_state_costs_nothing(void **state)
{
	static const enum sim_core cores[] = {SIM_M0PLUS, SIM_M3, SIM_M4, SIM_M33, SIM_M7};
	struct code code = assemble("ldr r0,[r4]; ldr r1,[r4,#4]; sxtb16 r2,r0; sxtb16 r3,r1; smlad r5,r2,r3,r5\n"
		"add.w r6,r0,r1,lsl #2; ldr r7,[r6]; muls r0,r7,r0; str r0,[r4]; ldrb r1,[r5]; adds r1,r1,r0\n"
		"subs r2,#1; ldrd r8,r9,[r1]; mla r8,r9,r0,r8; vfma.f32 s0,s1,s2; vadd.f32 s3,s0,s0; push {r0-r3}");

	for (unsigned c = 0; c < sizeof cores / sizeof *cores; c++) {
		struct sim_timing timing = sim_timing_for_core(cores[c], SIM_FPU_SP);
		struct sim_block_cost whole, part;
		struct sim_insn insn;

		sim_timing_price(&timing, code.bytes, code.size, 0x1000, &whole);
		assert_int_equal(whole.instructions, 17);
		for (size_t cut = 0; cut < code.size; cut += insn.size) {
			struct sim_timing_state carried;
			unsigned sum;

			sim_decode(code.bytes + cut, code.size - cut, 0, &insn);
			sim_timing_price_after(&timing, NULL, false, code.bytes, cut, 0x1000, &part, &carried);
			sum = part.cycles;
			sim_timing_price_after(&timing, &carried, false, code.bytes + cut, code.size - cut,
			                       (uint32_t)(0x1000 + cut), &part, NULL);
			assert_int_equal(sum + part.cycles, whole.cycles);
		}
	}
}

static void a_block_tells_its_end(void **state)
{
	static const struct {
		const char *text;
		enum sim_block_end end;
		uint32_t target;
	} cases[] = {
		{"nop; beq .-2", SIM_END_COND, 0x1000}, {"nop; b .+8", SIM_END_UNCOND, 0x100a},
		{"bl .+16", SIM_END_CALL, 0x1010}, {"blx r3", SIM_END_CALL, 0}, {"bx lr", SIM_END_RETURN, 0},
		{"pop {pc}", SIM_END_RETURN, 0}, {"bx r3", SIM_END_INDIRECT, 0}, {"tbb [pc,r0]", SIM_END_INDIRECT, 0},
		{"nop", SIM_END_FALL, 0}, {"cbz r0,.+8", SIM_END_COND, 0x1008},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_block_cost cost = price(SIM_M4, cases[i].text);

		assert_int_equal(cost.end, cases[i].end);
		assert_int_equal(cost.branch_target, cases[i].target);
		assert_int_equal(cost.calls_return, cases[i].end == SIM_END_CALL);
	}
	assert_int_equal(price(SIM_M4, "nop; add.w r0,r0,r1; b .").end_address, 0x1008);
	assert_int_equal(price(SIM_M4, "nop; add.w r0,r0,r1; b .").branch_address, 0x1006);
}

static void a_block_tells_where_the_stack_goes(void **state)
{
	struct sim_block_cost cost = price(SIM_M4, "push {r4-r7,lr}; sub sp,#24; add sp,#24; pop {r4-r7,pc}");

	assert_int_equal(cost.sp_lowest, -44);
	assert_int_equal(cost.sp_delta, 0);
	assert_true(cost.sp_known);
	cost = price(SIM_M4, "push {r4,lr}; mov sp,r7; push {r4}");
	assert_int_equal(cost.sp_lowest, -8);
	assert_false(cost.sp_known);
	cost = price_at(SIM_M4, SIM_FPU_SP, 0, "vpush {s16-s31}; str r0,[sp,#-8]!");
	assert_int_equal(cost.sp_lowest, -72);
}

static void a_block_counts_its_accesses_and_flags_the_unusual(void **state)
{
	struct sim_block_cost cost = price(SIM_M3, "ldr r0,[pc,#8]; ldmia r1!,{r2-r5}; strd r2,r3,[r6]\n"
	                                           "udiv r0,r1,r2; smlad r0,r1,r2,r0; dsb");

	assert_int_equal(cost.loads, 2);
	assert_int_equal(cost.load_words, 5);
	assert_int_equal(cost.literals, 1);
	assert_int_equal(cost.stores, 1);
	assert_int_equal(cost.store_words, 2);
	assert_int_equal(cost.divides, 1);
	assert_true(cost.flags & SIM_BLOCK_ILLEGAL);
	assert_true(cost.flags & SIM_BLOCK_DIVIDE);
	assert_true(cost.flags & SIM_BLOCK_SYSTEM);
	assert_false(price(SIM_M4, "smlad r0,r1,r2,r0").flags & SIM_BLOCK_ILLEGAL);
}

static void any_bytes_have_a_price_on_every_core(void **state)
{
	uint8_t bytes[512];
	uint32_t seed = 1;

	for (unsigned round = 0; round < 2000; round++) {
		for (size_t i = 0; i < sizeof bytes; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = seed >> 24;
		}
		for (enum sim_core core = 0; core < SIM_CORES; core++) {
			struct sim_timing timing = sim_timing_for_core(core, SIM_FPU_DP);
			struct sim_block_cost cost;

			sim_timing_price(&timing, bytes, round % sizeof bytes, 2 * round, &cost);
			assert_true(cost.cycles < 20000);
			assert_true(cost.instructions * 2u <= sizeof bytes);
		}
	}
}

static void flash_with_a_cache_costs_less_than_bare_flash(void **state)
{
	struct sim_flash_timing bare = {.wait_states = 2, .line_bytes = 8, .prefetch = true, .cache = SIM_FLASH_BARE};
	struct sim_flash_timing art = {.wait_states = 5, .line_bytes = 16, .prefetch = true, .cache = SIM_FLASH_ART};
	struct sim_flash_cost slow, fast, none;

	sim_flash_estimate(&bare, 0x08000000, 16, 8, 0, &slow);
	sim_flash_estimate(&art, 0x08000000, 16, 8, 0, &fast);
	assert_true(slow.sequential + slow.taken > fast.sequential + fast.taken);
	bare.prefetch = false;
	sim_flash_estimate(&bare, 0x08000000, 16, 8, 1, &fast);
	assert_int_equal(fast.sequential, 16 * (2 + 2)); /* one crossing, one literal */
	assert_int_equal(fast.taken, 16 * 2);
	bare.wait_states = 0;
	sim_flash_estimate(&bare, 0x08000000, 16, 8, 1, &none);
	assert_int_equal(none.sequential + none.taken, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(m0_costs_follow_the_manuals_table),
		cmocka_unit_test(m0_multiplier_is_the_vendors_choice),
		cmocka_unit_test(m4_loads_chain_unless_they_depend),
		cmocka_unit_test(m4_address_written_by_the_instruction_before_costs_a_cycle),
		cmocka_unit_test(m4_stores_take_two_cycles_with_a_register_offset),
		cmocka_unit_test(m3_multiplies_slower_than_m4),
		cmocka_unit_test(m4_branches_refill_and_pay_for_an_unaligned_32_bit_target),
		cmocka_unit_test(m4_loads_whose_waits_hide_a_late_fetch_are_listed),
		cmocka_unit_test(m4_third_unaligned_32_bit_instruction_in_a_row_waits_for_its_second_half),
		cmocka_unit_test(m4_code_on_the_system_bus_comes_a_word_every_other_cycle),
		cmocka_unit_test(m4_it_folds_behind_a_16_bit_instruction),
		cmocka_unit_test(m4_fpu_latencies),
		cmocka_unit_test(m33_load_is_usable_after_two_cycles_but_feeds_accumulators_at_once),
		cmocka_unit_test(m33_multiplies_chain_on_the_accumulator_only),
		cmocka_unit_test(m33_second_slot_takes_16_bit_branch_it_and_nop),
		cmocka_unit_test(m33_block_transfers_move_a_word_a_cycle),
		cmocka_unit_test(m33_unaligned_32_bit_target_waits_for_its_second_word),
		cmocka_unit_test(m33_data_take_the_fetchs_turn_on_the_bus_they_share),
		cmocka_unit_test(m7_issues_two_and_forwards_to_the_late_alu),
		cmocka_unit_test(m7_never_pairs_what_shares_a_unit),
		cmocka_unit_test(m7_two_loads_pair_from_words_that_differ_in_address_bit_2),
		cmocka_unit_test(m7_multiplicands_wait_longer_than_accumulators),
		cmocka_unit_test(m7_branches_cost_an_average_or_are_left_to_a_predictor),
		cmocka_unit_test(m7_predictor_learns_a_loop_and_pays_for_its_end),
		cmocka_unit_test(m7_predictor_matches_returns_to_their_calls),
		cmocka_unit_test(m7_predictor_forgets_the_least_recently_used_of_a_set),
		cmocka_unit_test(m7_fpu_latencies),
		cmocka_unit_test(m7_bytes_stored_to_memory_with_ecc_fill_the_store_buffer),
		cmocka_unit_test(pricing_after_a_predecessor_carries_what_is_in_flight),
		cmocka_unit_test(m7_block_can_pair_with_the_end_of_its_predecessor),
		cmocka_unit_test(a_cut_with_carried_state_costs_nothing),
		cmocka_unit_test(a_block_tells_its_end),
		cmocka_unit_test(a_block_tells_where_the_stack_goes),
		cmocka_unit_test(a_block_counts_its_accesses_and_flags_the_unusual),
		cmocka_unit_test(any_bytes_have_a_price_on_every_core),
		cmocka_unit_test(flash_with_a_cache_costs_less_than_bare_flash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
