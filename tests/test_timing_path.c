/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remembered prices against pricing the whole path in one go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sim/timing/path.h"

enum { BLOCKS = 12, BYTES = 24, STEPS = 20000 };

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Blocks of 16-bit loads, stores, arithmetic and multiplies on low registers, each ending in a conditional branch. */
static void make_blocks(uint8_t blocks[BLOCKS][BYTES], uint32_t *seed)
{
	static const uint16_t kinds[] = {0x1800, 0x4340, 0x6800, 0x6000, 0x0080, 0x7800, 0x4280};

	for (unsigned b = 0; b < BLOCKS; b++)
		for (unsigned i = 0; i < BYTES; i += 2) {
			uint16_t code = (uint16_t)(kinds[next_random(seed) % 7] | (next_random(seed) & 0x3F));

			if (i == BYTES - 2)
				code = 0xD1F0;
			memcpy(&blocks[b][i], &code, sizeof code);
		}
}

static void check_core(enum sim_core core)
{
	static uint8_t blocks[BLOCKS][BYTES];
	struct sim_timing timing = sim_timing_for_core(core, SIM_FPU_SP);
	struct sim_timing_state state = {0};
	struct sim_path path;
	uint32_t seed = 1;

	timing.predictor = core == SIM_M7;
	make_blocks(blocks, &seed);
	assert_true(sim_path_create(&path));
	for (unsigned n = 0; n < STEPS; n++) {
		unsigned b = next_random(&seed) % BLOCKS;
		bool taken = next_random(&seed) & 1;
		uint32_t address = 0x08000000 + 64 * b;
		struct sim_block_cost cost;
		const struct sim_path_step *step = sim_path_go(&path, blocks[b], taken);

		if (!step)
			step = sim_path_price(&path, blocks[b], taken, &timing, blocks[b], BYTES, address);
		assert_non_null(step);
		sim_timing_price_after(&timing, &state, taken, blocks[b], BYTES, address, &cost, &state);
		assert_int_equal(step->cycles, cost.cycles);
		assert_int_equal(step->taken_exit, cost.taken_exit);
		assert_int_equal(step->mispredict, cost.mispredict);
	}
	assert_in_range(path.states, 2, 1000);
	sim_path_destroy(&path);
}

static void a_path_costs_what_pricing_it_in_one_go_does(void **unused)
{
	(void)unused;
	check_core(SIM_M33);
	check_core(SIM_M7);
}

static void a_loop_soon_goes_round_in_few_states(void **unused)
{
	static uint8_t blocks[BLOCKS][BYTES];
	struct sim_timing timing = sim_timing_for_core(SIM_M7, SIM_FPU_SP);
	struct sim_path path;
	uint32_t seed = 7;

	(void)unused;
	make_blocks(blocks, &seed);
	assert_true(sim_path_create(&path));
	for (unsigned n = 0; n < 1000; n++)
		if (!sim_path_go(&path, blocks[0], n > 0))
			assert_non_null(sim_path_price(&path, blocks[0], n > 0, &timing, blocks[0], BYTES, 0x08000000));
	assert_in_range(path.states, 2, 4);
	sim_path_destroy(&path);
}

static void forgotten_prices_are_found_anew(void **unused)
{
	static uint8_t block[4] = {0x00, 0xbf, 0xfe, 0xe7}, longer[4] = {0x08, 0xb5, 0x08, 0xbd};
	struct sim_timing timing = sim_timing_for_core(SIM_M33, SIM_FPU_SP);
	struct sim_path path;

	(void)unused;
	assert_true(sim_path_create(&path));
	uint16_t before = sim_path_price(&path, block, false, &timing, block, 4, 0x100)->cycles;
	memcpy(block, longer, sizeof block);
	sim_path_restart(&path);
	assert_int_equal(sim_path_go(&path, block, false)->cycles, before);
	sim_path_forget(&path);
	sim_path_restart(&path);
	assert_null(sim_path_go(&path, block, false));
	assert_true(sim_path_price(&path, block, false, &timing, block, 4, 0x100)->cycles > before);
	sim_path_destroy(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_costs_what_pricing_it_in_one_go_does),
		cmocka_unit_test(a_loop_soon_goes_round_in_few_states),
		cmocka_unit_test(forgotten_prices_are_found_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
