/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flash that follows a timeline: what manuals say of it, and that remembering an answer does not change it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sim/timing/memory.h"

enum { MOST = 64, FLASH = 1 << 16 };

/* As STM32G0: 64 bits at a time, two wait states, prefetch, two lines of cache. */
static const struct sim_flash_timing G0 = {
	.wait_states = 2, .line_bytes = 8, .prefetch = true, .cache = SIM_FLASH_BARE, .cache_bytes = 16, .cache_on = true,
};

struct rig {
	struct sim_memory_timing memory;
	struct sim_timing core;
	struct block {
		struct sim_layout layout;
		uint16_t code[MOST];
		unsigned halfwords;
		uint32_t at;
	} block[MOST];
	unsigned blocks;
	uint64_t cycle;
};

static void set_up(struct rig *r, const struct sim_flash_timing *flash, enum sim_core core)
{
	memset(r, 0, sizeof *r);
	r->core = sim_timing_for_core(core, SIM_FPU_NONE);
	assert_true(sim_memory_create(&r->memory, flash, FLASH));
	assert_non_null(r->memory.timeline);
	r->cycle = 1000;
}

static void tear_down(struct rig *r)
{
	for (unsigned i = 0; i < r->blocks; i++)
		sim_timeline_free_layout(&r->block[i].layout);
	sim_memory_destroy(&r->memory);
}

/* Straight code of one instruction, but for the last. */
static struct block *add_block(struct rig *r, uint32_t at, uint16_t each, unsigned halfwords, uint16_t last)
{
	struct block *block = &r->block[r->blocks++];

	block->at = at;
	block->halfwords = halfwords;
	for (unsigned i = 0; i < halfwords; i++)
		block->code[i] = i + 1 < halfwords ? each : last;
	assert_true(sim_timeline_lay_out(r->memory.timeline, &block->layout, &r->core, (const uint8_t *)block->code,
	                                 2 * halfwords, 0x08000000 + at, at, r->memory.flash.line_bytes));
	return block;
}

enum { NOP = 0xBF00, LOAD = 0x6820 /* ldr r0, [r4] */, LOAD_FOUR = 0xCC0F /* ldmia r4!, {r0-r3} */, BACK = 0xE7FE };

/* Runs it; the load in it, if `load` says where it is, reads so many words of flash. Returns what was waited. */
static unsigned run(struct rig *r, const struct block *block, unsigned load, unsigned words)
{
	unsigned wait = sim_timeline_settle(r->memory.timeline), waited = 0;

	r->cycle += wait;
	sim_timeline_begin(r->memory.timeline, &block->layout, r->cycle);
	for (unsigned i = 0; i < words; i++)
		waited += sim_timeline_touch(r->memory.timeline, load, 0);
	waited += sim_timeline_settle(r->memory.timeline);
	r->cycle += block->layout.cycles + waited;
	return waited;
}

static void a_line_that_nobody_asked_for_costs_the_wait_states(void **state)
{
	for (unsigned wait_states = 0; wait_states < 4; wait_states++) {
		struct sim_flash_timing flash = G0;
		struct rig r;

		flash.wait_states = (uint8_t)wait_states;
		set_up(&r, &flash, SIM_M0PLUS);
		struct block *block = add_block(&r, 0x100, NOP, 3, NOP);
		assert_int_equal(run(&r, block, 0, 0), wait_states);
		assert_int_equal(run(&r, block, 0, 0), 0); /* it is kept */
		tear_down(&r);
	}
}

static void straight_code_waits_once_with_prefetch_and_at_each_line_without(void **state)
{
	struct sim_flash_timing flash = G0;
	struct rig r;

	set_up(&r, &flash, SIM_M0PLUS);
	assert_int_equal(run(&r, add_block(&r, 0x100, NOP, 39, NOP), 0, 0), 2);
	tear_down(&r);
	flash.prefetch = false;
	set_up(&r, &flash, SIM_M0PLUS);
	assert_int_equal(run(&r, add_block(&r, 0x100, NOP, 39, NOP), 0, 0), 2 * 10);
	tear_down(&r);
}

/* RM0091: with one wait state, prefetch doubles the speed of code that starts at a word. */
static void prefetch_hides_the_one_wait_state_of_32_bits(void **state)
{
	struct sim_flash_timing flash = {.wait_states = 1, .line_bytes = 4, .prefetch = true, .cache = SIM_FLASH_BARE};
	struct rig r;

	set_up(&r, &flash, SIM_M0);
	assert_in_range(run(&r, add_block(&r, 0x100, NOP, 39, NOP), 0, 0), 1, 2);
	tear_down(&r);
	flash.prefetch = false;
	set_up(&r, &flash, SIM_M0);
	assert_int_equal(run(&r, add_block(&r, 0x100, NOP, 39, NOP), 0, 0), 21); /* it has asked for one word more */
	tear_down(&r);
}

static void a_loop_in_the_lines_kept_waits_for_nothing(void **state)
{
	struct rig r;

	set_up(&r, &G0, SIM_M0PLUS);
	struct block *loop = add_block(&r, 0x100, NOP, 11, BACK);
	run(&r, loop, 0, 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(run(&r, loop, 0, 0), 0);
	tear_down(&r);
}

static void a_datum_waits_at_least_the_wait_states_each_word_of_many_too(void **state)
{
	struct rig r;

	set_up(&r, &G0, SIM_M0PLUS);
	struct block *one = add_block(&r, 0x100, NOP, 3, NOP), *many = add_block(&r, 0x200, NOP, 3, NOP);
	one->code[1] = LOAD, many->code[1] = LOAD_FOUR;
	assert_true(sim_timeline_lay_out(r.memory.timeline, &one->layout, &r.core, (const uint8_t *)one->code, 6, 0x08000100,
	                                 0x100, 8));
	assert_true(sim_timeline_lay_out(r.memory.timeline, &many->layout, &r.core, (const uint8_t *)many->code, 6, 0x08000200,
	                                 0x200, 8));
	run(&r, one, 1, 1);
	run(&r, one, 1, 1);
	assert_int_equal(run(&r, one, 1, 1), 2); /* the array has nothing else to do */
	run(&r, many, 1, 4);
	run(&r, many, 1, 4);
	assert_int_equal(run(&r, many, 1, 4), 4 * 2);
	tear_down(&r);
}

/* The word behind a branch has been asked for when it branches: two stages hold no more than that (M0+). */
static void a_branch_at_a_lines_end_waits_for_the_line_behind_it(void **state)
{
	struct sim_flash_timing flash = G0;
	struct rig r;

	flash.prefetch = false;
	set_up(&r, &flash, SIM_M0PLUS);
	struct block *inside = add_block(&r, 0x100, NOP, 3, BACK), *end = add_block(&r, 0x200, NOP, 4, BACK);
	assert_int_equal(run(&r, inside, 0, 0), 2);
	assert_int_equal(run(&r, end, 0, 0), 4);
	tear_down(&r);
}

/* jnk0le, cortex_m0.md, on STM32F0 with one wait state: a literal load is a cycle faster as the first of an aligned pair. */
static void on_m0_a_literal_is_a_cycle_faster_in_a_words_first_half(void **state)
{
	struct sim_flash_timing flash = {.wait_states = 1, .line_bytes = 4, .prefetch = true, .cache = SIM_FLASH_BARE};
	enum { LITERAL = 0x4810 /* ldr r0, [pc, #64] */, PAIRS = 16 };
	unsigned waited[2];

	for (unsigned second = 0; second < 2; second++) {
		struct rig r;

		set_up(&r, &flash, SIM_M0);
		struct block *block = add_block(&r, 0x100, NOP, 2 * PAIRS, NOP);
		for (unsigned i = 0; i < PAIRS; i++)
			block->code[2 * i + second] = LITERAL;
		assert_true(sim_timeline_lay_out(r.memory.timeline, &block->layout, &r.core, (const uint8_t *)block->code,
		                                 4 * PAIRS, 0x08000100, 0x100, 4));
		sim_timeline_begin(r.memory.timeline, &block->layout, r.cycle);
		waited[second] = 0;
		for (unsigned i = 0; i < PAIRS; i++)
			waited[second] += sim_timeline_touch(r.memory.timeline, 2 * i + second, 0);
		waited[second] += sim_timeline_settle(r.memory.timeline);
		tear_down(&r);
	}
	assert_in_range(waited[1] - waited[0], PAIRS - 1, PAIRS + 1);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void compare(enum sim_core core, const struct sim_flash_timing *flash)
{
	static struct rig remembers, works_out;
	uint32_t seed = 1;

	set_up(&remembers, flash, core);
	set_up(&works_out, flash, core);
	for (unsigned i = 0; i < 20; i++) {
		uint32_t at = next_random(&seed) % 256 * 2;
		unsigned halfwords = 1 + next_random(&seed) % 24;

		add_block(&remembers, at, i & 1 ? LOAD : NOP, halfwords, BACK);
		add_block(&works_out, at, i & 1 ? LOAD : NOP, halfwords, BACK);
	}
	for (unsigned i = 0; i < 30000; i++) {
		unsigned number = next_random(&seed) % 20, gap = next_random(&seed) % 100 ? next_random(&seed) % 4 : 50;
		const struct block *block = &remembers.block[number];
		unsigned load = block->halfwords > 2 ? next_random(&seed) % (block->halfwords - 1) : 0;
		unsigned words = number & 1 && block->halfwords > 2 ? next_random(&seed) % 2 : 0;

		remembers.cycle += gap, works_out.cycle += gap;
		sim_timeline_forget(works_out.memory.timeline);
		assert_int_equal(run(&remembers, block, load, words), run(&works_out, &works_out.block[number], load, words));
		assert_int_equal(remembers.cycle, works_out.cycle);
	}
	assert_in_range(remembers.memory.timeline->states, 20, 20000);
	tear_down(&remembers);
	tear_down(&works_out);
}

static void what_is_remembered_is_what_working_it_out_gives(void **state)
{
	static const struct sim_flash_timing f0 = {.wait_states = 1, .line_bytes = 4, .prefetch = true},
					     f1 = {.wait_states = 2, .line_bytes = 8, .prefetch = true};

	compare(SIM_M0PLUS, &G0);
	compare(SIM_M0, &f0);
	compare(SIM_M3, &f1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_nobody_asked_for_costs_the_wait_states),
		cmocka_unit_test(straight_code_waits_once_with_prefetch_and_at_each_line_without),
		cmocka_unit_test(prefetch_hides_the_one_wait_state_of_32_bits),
		cmocka_unit_test(a_loop_in_the_lines_kept_waits_for_nothing),
		cmocka_unit_test(a_datum_waits_at_least_the_wait_states_each_word_of_many_too),
		cmocka_unit_test(a_branch_at_a_lines_end_waits_for_the_line_behind_it),
		cmocka_unit_test(on_m0_a_literal_is_a_cycle_faster_in_a_words_first_half),
		cmocka_unit_test(what_is_remembered_is_what_working_it_out_gives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
