/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that does not answer at once: what firmware feels of it, on small boards like the real ones. */
#include "tests/machine_fixture.h"

static const struct kind {
	enum sim_core core;
	const char *cache;
	uint32_t wait_states, line_bytes, icache_bytes, icache_line_bytes, dcache_bytes, ways;
	double line_fill;
	bool prefetch;
	uint64_t limit_hz; /* without wait states; one is enough for any clock */
} KINDS[] = {
	{SIM_M0PLUS, "none", 2, 8, 16, 8, 0, 0, 0, true},
	{SIM_M3, "none", 2, 8, 0, 8, 0, 0, 0, true},
	{SIM_M4, "art", 5, 8, 1024, 32, 64, 0, 0, true},
	{SIM_M33, "icache", 4, 16, 4096, 16, 0, 2, 0, true},
	{SIM_M7, "l1", 7, 32, 4096, 32, 4096, 0, 4.85, false},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

static struct rig *run_with(const struct kind *kind, bool plain_store_path, double ram_line_fill)
{
	struct rig *r = rig_new(kind->core);
	r->board.memory[1].line_fill = ram_line_fill;
	struct sim_flash *flash = &r->board.flash;
	snprintf(flash->cache, sizeof flash->cache, "%s", kind->cache);
	flash->wait_states = kind->wait_states;
	flash->line_bytes = kind->line_bytes;
	flash->icache_bytes = kind->icache_bytes;
	flash->icache_line_bytes = kind->icache_line_bytes;
	flash->dcache_bytes = kind->dcache_bytes;
	flash->icache_ways = kind->ways;
	flash->line_fill = kind->line_fill;
	flash->prefetch = kind->prefetch;
	if (kind->limit_hz) {
		flash->limits = 2;
		flash->fastest_hz[0] = kind->limit_hz;
		flash->fastest_hz[1] = UINT64_C(2000000000);
	}
	r->board.device[r->board.devices++] = (struct sim_placement){
		.name = "flash", .type = "flash-interface", .at = 0x40022000,
		.option = {{.key = "wait_states", .value = "0x00 3:0"}}, .options = 1};
	r->options.plain_store_path = plain_store_path;
	rig_load(r, "waits", kind->core == SIM_M7);
	assert_int_equal(rig_run(r, 100000), SIM_STOP_EXIT);
	assert_int_equal(r->faults, 0);
	return r;
}

static struct rig *run(const struct kind *kind, bool plain_store_path)
{
	return run_with(kind, plain_store_path, 0);
}

/* Cycles of 2048 loads from flash beyond those of 2048 from RAM. */
static uint32_t streaming(struct rig *r)
{
	return rig_number(r, "data_flash") - rig_number(r, "data_ram");
}

static void assert_near(uint32_t is, uint32_t expected)
{
	if (is < expected - expected / 50 || is > expected + expected / 50)
		fail_msg("%u is not near %u", is, expected);
}

static void data_in_flash_wait_by_the_line(void **state)
{
	const uint32_t bytes = 8192;
	struct rig *r = run(&KINDS[2], false);
	assert_near(streaming(r), bytes / 8 * 5);
	rig_end(r);
	r = run(&KINDS[3], false);
	assert_near(streaming(r), bytes / 16 * (4 + 2));
	rig_end(r);
	r = run(&KINDS[4], false);
	assert_near(streaming(r), (uint32_t)(bytes / 32 * (7 + 1 + 4.85)));
	rig_end(r);
}

/* As DMA buffers are in the vendor's examples. */
static void what_the_mpu_or_ccr_keeps_out_of_the_data_cache_waits_at_every_load(void **state)
{
	const uint32_t words = 2048, first = 8, lines = words / 8;
	struct rig *r = run_with(&KINDS[4], false, first);
	uint32_t cached = rig_number(r, "data_ram"), uncached = cached + (words - lines) * first;
	assert_near(rig_number(r, "data_uncached"), uncached);
	assert_near(rig_number(r, "data_shared"), uncached);
	assert_near(rig_number(r, "data_cache_off"), uncached);
	assert_near(rig_number(r, "data_through"), cached);
	assert_near(rig_number(r, "data_cache_on"), cached);
	struct rig *plain = run_with(&KINDS[4], true, first);
	assert_int_equal(sim_machine_now(r->machine).cycle, sim_machine_now(plain->machine).cycle);
	rig_end(plain);
	rig_end(r);
}

static void bare_flash_keeps_no_data_and_its_prefetch_is_in_the_way(void **state)
{
	for (unsigned i = 0; i < 2; i++) {
		struct rig *r = run(&KINDS[i], false);
		assert_in_range(streaming(r), 2048 * 2, 2048 * 5);
		rig_end(r);
	}
}

/* Code without waits takes as long as in RAM, which M3 and M4 fetch from over their slow system bus. */
static void assert_as_in_ram(const struct kind *kind, uint32_t cycles, uint32_t in_ram)
{
	if (kind->core == SIM_M3 || kind->core == SIM_M4)
		assert_in_range(cycles, in_ram / 2, in_ram - 1);
	else
		assert_near(cycles, in_ram);
}

static void a_loop_that_a_cache_holds_runs_as_in_ram(void **state)
{
	for (unsigned i = 2; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false);
		assert_as_in_ram(&KINDS[i], rig_number(r, "code_flash"), rig_number(r, "code_ram"));
		rig_end(r);
	}
}

static void straight_code_in_bare_flash_runs_as_fast_as_prefetch_reads(void **state)
{
	/* 42 instructions of 2 bytes a turn: 10.5 lines of 3 cycles each hidden behind 4 of execution. */
	struct rig *r = run(&KINDS[0], false);
	uint32_t ram = rig_number(r, "code_ram"), flash = rig_number(r, "code_flash");
	assert_in_range(flash, ram, ram + 100 * 4);
	rig_end(r);
}

static void wait_states_are_those_that_firmware_sets(void **state)
{
	for (unsigned i = 0; i < KIND_COUNT - 1; i++) {
		struct rig *r = run(&KINDS[i], false);
		/* U5: looked up in vain, and read behind the cache, line by line */
		uint32_t lines = strcmp(KINDS[i].cache, "icache") == 0 ? 8192 / KINDS[i].icache_line_bytes : 0;
		assert_in_range(rig_number(r, "no_waits") - rig_number(r, "data_ram"), 2 * lines, 2 * lines + 4 * !!lines);
		assert_as_in_ram(&KINDS[i], rig_number(r, "code_no_waits"), rig_number(r, "code_ram"));
		rig_end(r);
	}
}

/* The firmware ends with none, at a clock for which its flash needs one. */
static void too_few_wait_states_for_the_clock_are_told(void **state)
{
	static struct sim_honesty honesty;
	for (int allowed = 1; allowed >= 0; allowed--) {
		struct kind kind = KINDS[2];
		kind.limit_hz = allowed ? UINT64_C(1000000000) : 1000;
		struct rig *r = run(&kind, false);
		sim_machine_honesty(r->machine, &honesty);
		assert_int_equal(honesty.too_fast_hz, allowed ? 0 : sim_machine_clock_hz(r->machine));
		assert_int_equal(honesty.too_few_wait_states, 0);
		rig_end(r);
	}
}

static void both_store_paths_take_the_same_cycles(void **state)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *fast = run(&KINDS[i], false), *plain = run(&KINDS[i], true);
		assert_int_equal(sim_machine_now(fast->machine).cycle, sim_machine_now(plain->machine).cycle);
		assert_int_equal(sim_machine_instructions(fast->machine), sim_machine_instructions(plain->machine));
		assert_string_equal(fast->uart, plain->uart);
		rig_end(fast);
		rig_end(plain);
	}
}

static void no_visit_comes_without_its_waits(void **state)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct kind fast = KINDS[i];
		fast.wait_states = 0;
		fast.line_fill = 0;
		struct rig *r = run(&fast, false);
		struct sim_when without = sim_machine_now(r->machine);
		rig_end(r);
		r = run(&KINDS[i], false);
		struct sim_when with = sim_machine_now(r->machine);
		assert_int_equal(*sim_machine_waited(r->machine), with.waited);
		rig_end(r);
		/* What is waited for is what wait states add; little of it hides behind something else. */
		uint64_t more = with.active - without.active, waited = with.waited - without.waited;
		if (more < 1000 || waited < more * 9 / 10 || waited > more * 11 / 10)
			fail_msg("kind %u: %llu cycles more, %llu waited", i, (unsigned long long)more,
				 (unsigned long long)waited);
	}
}

static void add_cycles(void *context, const struct sim_block_count *block)
{
	*(uint64_t *)context += block->cycles;
}

static void blocks_add_up_to_all_cycles(void **state)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false);
		uint64_t sum = 0;
		sim_machine_blocks(r->machine, add_cycles, &sum);
		assert_int_equal(sum, sim_machine_now(r->machine).active);
		rig_end(r);
	}
}

/* 100 turns, and the few instructions around them that differ too. */
static void assert_per_turn(struct rig *r, const char *name, const char *than, int cycles)
{
	int more = (int)rig_number(r, name) - (int)rig_number(r, than);
	if (more < 100 * cycles - 10 || more > 100 * cycles + 10)
		fail_msg("%s on %s: %d cycles more than %s in 100 turns, not %d each", name,
			 sim_core_name(r->board.core), more, than, cycles);
}

static void check_operands(enum sim_core core, int half, int odd, int store_half, int divide_0, int divide_32, bool plain)
{
	struct rig *r = rig_new(core);
	r->board.flash.line_bytes = 0;
	r->options.plain_store_path = plain;
	rig_load(r, "operands", 0);
	assert_int_equal(rig_run(r, 100000), SIM_STOP_EXIT);
	assert_per_turn(r, "load_half", "load", half);
	assert_per_turn(r, "load_odd", "load", odd);
	assert_per_turn(r, "store_half", "store", store_half);
	assert_per_turn(r, "divide_32", "divide_0", divide_32 - divide_0);
	assert_per_turn(r, "divide_signed", "divide_32", divide_32 > 0);
	assert_int_equal(rig_number(r, "stored"), 1);
	rig_end(r);
}

static void operands_decide_what_they_decide_on_silicon(void **state)
{
	for (unsigned plain = 0; plain < 2; plain++) {
		check_operands(SIM_M3, 1, 2, 1, 2, 11, plain);
		check_operands(SIM_M4, 1, 2, 1, 2, 11, plain);
		check_operands(SIM_M33, 1, 1, 1, 2, 11, plain);
		check_operands(SIM_M7, 3, 3, 0, 0, 0, plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_in_flash_wait_by_the_line),
		cmocka_unit_test(what_the_mpu_or_ccr_keeps_out_of_the_data_cache_waits_at_every_load),
		cmocka_unit_test(bare_flash_keeps_no_data_and_its_prefetch_is_in_the_way),
		cmocka_unit_test(a_loop_that_a_cache_holds_runs_as_in_ram),
		cmocka_unit_test(straight_code_in_bare_flash_runs_as_fast_as_prefetch_reads),
		cmocka_unit_test(wait_states_are_those_that_firmware_sets),
		cmocka_unit_test(both_store_paths_take_the_same_cycles),
		cmocka_unit_test(too_few_wait_states_for_the_clock_are_told),
		cmocka_unit_test(blocks_add_up_to_all_cycles),
		cmocka_unit_test(no_visit_comes_without_its_waits),
		cmocka_unit_test(operands_decide_what_they_decide_on_silicon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
