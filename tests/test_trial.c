/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Relations that hold on any chip, whatever its constants: more wait states cost no less, caches save, a datum in RAM
 * comes sooner than one in slow flash, by what the memory in between takes for its bytes.
 */
#include "tests/machine_fixture.h"

static const struct kind {
	enum sim_core core;
	const char *cache;
	uint32_t line_bytes, icache_bytes, icache_line_bytes, dcache_bytes, ways;
	double line_fill;
} KINDS[] = {
	{SIM_M0PLUS, "none", 8, 16, 8, 0, 0, 0},
	{SIM_M3, "none", 8, 0, 8, 0, 0, 0},
	{SIM_M4, "art", 8, 1024, 32, 64, 0, 0},
	{SIM_M33, "icache", 16, 4096, 16, 0, 2, 0},
	{SIM_M7, "l1", 32, 4096, 32, 4096, 0, 4.85},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS, MOST_WAITS = 5, WORDS = 2048, BYTES = 4 * WORDS };

static const char *const KERNELS[] = {"singly_flash", "singly_ram", "many_flash", "many_ram", "many_flash_by_ram",
				      "many_ram_by_ram", "single", "double", "long"};
enum { KERNEL_COUNT = sizeof KERNELS / sizeof *KERNELS };

static struct rig *run(const struct kind *kind, bool plain_store_path)
{
	struct rig *r = rig_new(kind->core);
	struct sim_flash *flash = &r->board.flash;
	snprintf(flash->cache, sizeof flash->cache, "%s", kind->cache);
	flash->wait_states = MOST_WAITS;
	flash->line_bytes = kind->line_bytes;
	flash->icache_bytes = kind->icache_bytes;
	flash->icache_line_bytes = kind->icache_line_bytes;
	flash->dcache_bytes = kind->dcache_bytes;
	flash->icache_ways = kind->ways;
	flash->line_fill = kind->line_fill;
	flash->prefetch = true;
	bool l1 = kind->core == SIM_M7;
	struct sim_placement *acr = &r->board.device[r->board.devices++];
	*acr = (struct sim_placement){.name = "flash", .type = "flash-interface", .at = 0x40022000,
				      .option = {{.key = "wait_states", .value = "0x00 3:0"}}, .options = 1};
	if (!l1) {
		acr->option[acr->options++] = (struct sim_option){.key = "prefetch", .value = "0x00 8"};
		acr->option[acr->options++] = (struct sim_option){.key = "icache", .value = "0x00 9"};
	}
	if (kind->dcache_bytes && !l1)
		acr->option[acr->options++] = (struct sim_option){.key = "dcache", .value = "0x00 10"};
	r->options.plain_store_path = plain_store_path;
	rig_load(r, "trial", l1);
	assert_int_equal(rig_run(r, 100000), SIM_STOP_EXIT);
	assert_int_equal(r->faults, 0);
	return r;
}

/* Cycles of a kernel behind the `turn`th heading. */
static uint32_t behind(const struct rig *r, const char *heading, unsigned turn, const char *kernel)
{
	char key[64];
	const char *at = r->uart;
	for (unsigned i = 0; i <= turn && at; i++)
		if ((at = strstr(at, heading)))
			at += strlen(heading);
	snprintf(key, sizeof key, "\n%s=", kernel);
	at = at ? strstr(at, key) : NULL;
	if (!at)
		fail_msg("no '%s' behind '%s' in: %s", kernel, heading, r->uart);
	return (uint32_t)strtoul(at + strlen(key), NULL, 10);
}

static uint32_t with_waits(const struct rig *r, unsigned waits, const char *kernel)
{
	return behind(r, "with everything", waits, kernel);
}

/* Give and take: what caches happen to hold when a kernel begins, and a share in 1/1000. */
static void assert_no_less(const struct kind *kind, const char *kernel, uint32_t slow, uint32_t fast, uint32_t share)
{
	if (slow + 16 + fast * share / 1000 < fast)
		fail_msg("core %d, %s: %u, expected no less than %u", kind->core, kernel, slow, fast);
}

static void assert_near(const struct kind *kind, const char *what, uint32_t is, uint32_t expected, uint32_t percent)
{
	if (is + expected * percent / 100 < expected || is > expected + expected * percent / 100)
		fail_msg("core %d, %s: %u is not near %u", kind->core, what, is, expected);
}

static void more_wait_states_never_cost_less(void **state)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false);
		for (unsigned k = 0; k < KERNEL_COUNT; k++)
			for (unsigned waits = 1; waits <= MOST_WAITS; waits++)
				assert_no_less(&KINDS[i], KERNELS[k], with_waits(r, waits, KERNELS[k]),
					       with_waits(r, waits - 1, KERNELS[k]), 2);
		rig_end(r);
	}
}

/* Before bare flash a branch's target may have to wait until a line is read that nobody needs. */
static void prefetch_and_caches_never_cost_more_than_doing_without(void **state)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false);
		uint32_t share = strcmp(KINDS[i].cache, "none") == 0 ? 40 : 5;
		for (unsigned k = 0; k < KERNEL_COUNT; k++) {
			uint32_t cached = behind(r, "without prefetch", 0, KERNELS[k]);
			assert_no_less(&KINDS[i], KERNELS[k], cached, with_waits(r, MOST_WAITS, KERNELS[k]), share);
			/* U5's cache looks before it reads: streamed data, which it never holds, come sooner without it. */
			bool streamed = KINDS[i].core == SIM_M33 && strstr(KERNELS[k], "_flash");
			assert_no_less(&KINDS[i], KERNELS[k], behind(r, "with nothing", 0, KERNELS[k]), cached,
				       streamed ? 250 : 5);
		}
		/* 1600 halfwords, and one read of the array for each line of them. */
		uint32_t bare = behind(r, "with nothing", 0, "long"), lines = 3200 / KINDS[i].line_bytes;
		if (KINDS[i].core != SIM_M7)
			assert_in_range(bare, 1600 + lines * MOST_WAITS, 1650 + (lines + 2) * (MOST_WAITS + 1));
		rig_end(r);
	}
}

/* Weights that no cache holds: what their way takes, by the line, for LDR as for LDM and wherever the code is. */
static void weights_in_flash_wait_for_each_of_its_reads(void **state)
{
	static const char *const PAIRS[][2] = {{"singly_flash", "singly_ram"}, {"many_flash", "many_ram"},
					       {"many_flash_by_ram", "many_ram_by_ram"}};
	const unsigned waits = 4;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const uint32_t by_read[] = {WORDS * waits, WORDS * waits, BYTES / 8 * waits, BYTES / 16 * (waits + 2),
					    (uint32_t)(BYTES / 32 * (waits + 1 + 4.85))};
		struct rig *r = run(&KINDS[i], false);
		for (unsigned p = 0; p < 3; p++) {
			uint32_t more = with_waits(r, waits, PAIRS[p][0]) - with_waits(r, waits, PAIRS[p][1]);
			bool shared = strcmp(KINDS[i].cache, "none") == 0 || KINDS[i].core == SIM_M33;
			if (shared && p < 2) /* code comes over the same bus, from the same array */
				assert_in_range(more, by_read[i], by_read[i] * 3 / 2);
			else
				assert_near(&KINDS[i], PAIRS[p][0], more, by_read[i], 8);
		}
		rig_end(r);
	}
}

/* 8 words a turn, and 3 instructions or 2 with a taken branch. */
static void loads_of_many_registers_are_as_quick_as_their_manuals_say(void **state)
{
	static const uint32_t singly[] = {8 * 2 + 2 + 2, 9 + 2 + 2, 9 + 2 + 2, 8 + 2 + 2, 0};
	static const uint32_t many[] = {2 * 5 + 1 + 2, 2 * 5 + 1 + 2, 2 * 5 + 1 + 2, 2 * 4 + 1 + 2, 2 * 2 + 1};
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false);
		if (singly[i])
			assert_near(&KINDS[i], "singly_ram", with_waits(r, 0, "singly_ram"), WORDS / 8 * singly[i], 2);
		assert_near(&KINDS[i], "many_ram", with_waits(r, 0, "many_ram"), WORDS / 8 * many[i], 2);
		rig_end(r);
	}
}

/* A double is two words and two halves of a multiplier on M7; elsewhere it is a library's business. */
static void double_precision_is_dear_and_dearer_without_an_fpu_for_it(void **state)
{
	static const uint32_t least[] = {100, 100, 1000, 1000, 110}, most[] = {250, 250, 4000, 4000, 300};
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false);
		assert_in_range(with_waits(r, 0, "double") * UINT64_C(100) / with_waits(r, 0, "single"), least[i], most[i]);
		rig_end(r);
	}
}

/* 50 turns: a cycle each would show. */
static void where_a_page_ends_is_nothing_to_the_core(void **state)
{
	static const char *const PLACES[] = {"place_896", "place_952", "place_1008"};
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false);
		uint32_t first = rig_number(r, "place_0");
		for (unsigned p = 0; p < 3; p++)
			assert_in_range(rig_number(r, PLACES[p]), first - 20, first + 20);
		rig_end(r);
	}
}

static void stores_may_go_either_way(void **state)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct rig *r = run(&KINDS[i], false), *plain = run(&KINDS[i], true);
		assert_string_equal(r->uart, plain->uart);
		assert_int_equal(sim_machine_now(r->machine).cycle, sim_machine_now(plain->machine).cycle);
		rig_end(plain);
		rig_end(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_wait_states_never_cost_less),
		cmocka_unit_test(prefetch_and_caches_never_cost_more_than_doing_without),
		cmocka_unit_test(weights_in_flash_wait_for_each_of_its_reads),
		cmocka_unit_test(loads_of_many_registers_are_as_quick_as_their_manuals_say),
		cmocka_unit_test(double_precision_is_dear_and_dearer_without_an_fpu_for_it),
		cmocka_unit_test(where_a_page_ends_is_nothing_to_the_core),
		cmocka_unit_test(stores_may_go_either_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
