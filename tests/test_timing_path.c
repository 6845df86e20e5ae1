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

/* First halfword above, 0 if there is none: integer, single precision (from SINGLE on), double precision (from DOUBLE on). */
static const uint32_t STRAIGHT[] = {
	0x1880, 0x6842, 0x6883, 0x7043, 0x7881, 0x2105, 0xBF00, 0xB2D2, 0x6034, 0x4358, 0xF2481138, 0xEB040102,
	0xFB001104, 0xFBC34202, 0xE896000E, 0xE9D62302, 0xEB030081, 0xFB02F402, 0xF1C00300, 0xFB92F1F3, 0xF8D63004,
	0xEEA42A84, 0xEEA61A06, 0xEE042A84, 0xEE360A80, 0xEE343A22, 0xEEBD0AC3, 0xEEC21A22, 0xEE032A90, 0xEEF12A10,
	0xED961A04, 0xED866A02, 0xEC964A04, 0xEE262A20, 0xEEB01A66, 0xEEB71A00,
	0xEE310B02, 0xEEA10B02, 0xEE210B02, 0xED960B02,
};
enum { SINGLE = 21, DOUBLE = 36, ALL = sizeof STRAIGHT / sizeof *STRAIGHT, MOST = 160, RUNS = 300 };

static unsigned put_insn(uint8_t *at, uint32_t insn)
{
	uint16_t half[2] = {(uint16_t)(insn >> 16), (uint16_t)insn};
	unsigned size = half[0] ? 4 : 2;

	memcpy(at, size == 4 ? &half[0] : &half[1], size);
	return size;
}

static void check_cuts(enum sim_core core, enum sim_fpu fpu, unsigned kinds)
{
	struct sim_timing timing = sim_timing_for_core(core, fpu);
	struct sim_timing_state carried;
	struct sim_block_cost whole, first, second;
	uint32_t seed = 7;

	timing.predictor = timing.ecc = core == SIM_M7;
	for (unsigned run = 0; run < RUNS; run++) {
		uint8_t code[MOST];
		unsigned bytes = 0, begins[MOST / 2], count = 0;
		uint32_t address = 0x08000100 + 2 * (run & 1);
		bool taken = run & 2;

		while (bytes < MOST - 4) {
			begins[count++] = bytes;
			bytes += put_insn(code + bytes, STRAIGHT[next_random(&seed) % kinds]);
		}
		sim_timing_price_after(&timing, NULL, taken, code, bytes, address, &whole, NULL);
		for (unsigned i = 1; i < count; i++) {
			sim_timing_price_after(&timing, NULL, taken, code, begins[i], address, &first, &carried);
			sim_timing_price_after(&timing, &carried, false, code + begins[i], bytes - begins[i],
			                       address + begins[i], &second, NULL);
			if (first.cycles + second.cycles != whole.cycles)
				fail_msg("core %d, run %u, cut before instruction %u (%02x%02x): %u + %u, not %u", core, run, i,
				         code[begins[i] + 1], code[begins[i]], first.cycles, second.cycles, whole.cycles);
		}
	}
}

/* Where the emulator ends a block is not where the core does. */
static void straight_code_costs_the_same_in_one_piece_and_in_two(void **unused)
{
	(void)unused;
	check_cuts(SIM_M0PLUS, SIM_FPU_NONE, 10);
	check_cuts(SIM_M3, SIM_FPU_NONE, SINGLE);
	check_cuts(SIM_M4, SIM_FPU_SP, DOUBLE);
	check_cuts(SIM_M33, SIM_FPU_SP, DOUBLE);
	check_cuts(SIM_M7, SIM_FPU_DP, ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_costs_what_pricing_it_in_one_go_does),
		cmocka_unit_test(a_loop_soon_goes_round_in_few_states),
		cmocka_unit_test(forgotten_prices_are_found_anew),
		cmocka_unit_test(straight_code_costs_the_same_in_one_piece_and_in_two),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
