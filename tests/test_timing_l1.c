/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Cortex-M7's caches, what goes past them, and flash on its ITCM bus: cycles counted by hand from the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/timing/memory.h"

enum { WS = 7, FLASH_FIRST = 5, RAM_FIRST = 8, RAM = SIM_BANK_RAM };
enum { STORE = SIM_TOUCH_WRITE | 4, LOAD = 4 };

struct fixture {
	struct sim_memory_timing timing;
	enum sim_caching caching;
	uint64_t now;
};

static enum sim_caching caching(const void *context, uint32_t address)
{
	return ((const struct fixture *)context)->caching;
}

static struct fixture *begin(bool code_on, bool data_on)
{
	static struct fixture f;
	const struct sim_flash_timing flash = {
		.wait_states = WS, .line_bytes = 32, .cache = SIM_FLASH_L1, .cache_bytes = 4096, .data_bytes = 4096,
		.art_bytes = 2048, .cache_on = code_on, .data_on = data_on};

	f = (struct fixture){.now = 1000};
	assert_true(sim_memory_create(&f.timing, &flash, 1 << 20));
	f.timing.bank[SIM_BANK_FLASH] = (struct sim_memory_bank){0x08000000, 16 * FLASH_FIRST, 16};
	f.timing.bank[RAM] = (struct sim_memory_bank){0x20000000, 16 * RAM_FIRST, 16};
	f.timing.bank[SIM_BANK_ITCM_FLASH].base = 0x00200000;
	f.timing.code = SIM_BANK_FLASH;
	sim_memory_reset(&f.timing);
	return &f;
}

static void mark_as(struct fixture *f, enum sim_caching kind)
{
	f->caching = kind;
	sim_memory_set_caching(&f->timing, caching, f, kind == SIM_CACHING_THROUGH, kind >= SIM_CACHING_NONE);
}

/* One access, by an instruction of its own, a while after the last. */
static unsigned touch(struct fixture *f, unsigned bank, uint32_t at, unsigned how)
{
	f->now += 100;
	return f->timing.model->touch(&f->timing, bank, at, how, (unsigned)(f->now & 0xFF), f->now);
}

static void end(struct fixture *f)
{
	sim_memory_destroy(&f->timing);
}

static void a_line_costs_its_first_word_and_what_the_array_takes_at_these_wait_states(void **state)
{
	struct fixture *f = begin(true, true);

	assert_int_equal(touch(f, SIM_BANK_FLASH, 0, LOAD), WS + 1 + FLASH_FIRST);
	assert_int_equal(touch(f, SIM_BANK_FLASH, 28, LOAD), 0);
	sim_memory_set(&f->timing, SIM_KNOB_WAIT_STATES, 2);
	assert_int_equal(touch(f, SIM_BANK_FLASH, 0, LOAD), 2 + 1 + FLASH_FIRST);
	assert_int_equal(touch(f, RAM, 0, LOAD), RAM_FIRST);
	assert_int_equal(touch(f, RAM, 30, LOAD), RAM_FIRST); /* and the next line */
	end(f);
}

static void with_the_data_cache_off_every_load_waits_and_a_store_does_not(void **state)
{
	struct fixture *f = begin(true, false);

	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(touch(f, RAM, 0, LOAD), RAM_FIRST);
		assert_int_equal(touch(f, RAM, 0, STORE), 0);
	}
	assert_int_equal(touch(f, SIM_BANK_FLASH, 0, LOAD), WS + 1 + FLASH_FIRST);
	assert_int_equal(touch(f, SIM_BANK_FLASH, 8, LOAD), FLASH_FIRST); /* flash holds what it read */
	assert_int_equal(touch(f, SIM_BANK_FLASH, 32, LOAD), WS + 1 + FLASH_FIRST);
	end(f);
}

static void words_of_one_instruction_come_in_a_burst(void **state)
{
	struct fixture *f = begin(true, false);
	unsigned wait = 0;

	for (unsigned word = 0; word < 8; word++)
		wait += f->timing.model->touch(&f->timing, RAM, 4 * word, LOAD, 7, f->now + wait);
	assert_int_equal(wait, RAM_FIRST + 3); /* 7 words, half a beat each */
	end(f);
}

static void stores_past_the_cache_wait_when_four_are_behind(void **state)
{
	struct fixture *f = begin(true, false);
	unsigned wait = 0;

	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(f->timing.model->touch(&f->timing, RAM, 64 * i, STORE, i, f->now), 0);
	for (unsigned i = 4; i < 20; i++)
		wait += f->timing.model->touch(&f->timing, RAM, 64 * i, STORE, i, f->now + wait);
	assert_int_equal(wait, 16 * 2);
	assert_int_equal(f->timing.model->touch(&f->timing, RAM, 64 * 19 + 4, STORE, 0, f->now + wait), 0); /* merges */
	end(f);
}

static void what_the_mpu_makes_uncached_is_never_held(void **state)
{
	static const enum sim_caching kinds[] = {SIM_CACHING_NONE, SIM_CACHING_DEVICE, SIM_CACHING_ORDERED};

	for (unsigned k = 0; k < 3; k++) {
		struct fixture *f = begin(true, true);

		touch(f, RAM, 0, LOAD);
		mark_as(f, kinds[k]);
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(touch(f, RAM, 0, LOAD), RAM_FIRST);
		assert_int_equal(touch(f, RAM, 0, STORE), kinds[k] == SIM_CACHING_ORDERED ? RAM_FIRST : 0);
		assert_false(sim_memory_front_hits(&f->timing.front, 0x20000000, false));
		end(f);
	}
}

static void write_through_holds_lines_for_loads_and_never_dirty_ones(void **state)
{
	struct fixture *f = begin(true, true);
	const struct sim_memory_front *data = &f->timing.front;

	mark_as(f, SIM_CACHING_THROUGH);
	assert_int_equal(touch(f, RAM, 0, STORE), 0);
	assert_false(sim_memory_front_hits(data, 0x20000000, false)); /* no line for a store */
	assert_int_equal(touch(f, RAM, 0, LOAD), RAM_FIRST);
	assert_true(sim_memory_front_hits(data, 0x20000000, false));
	assert_false(sim_memory_front_hits(data, 0x20000000, true)); /* goes to the bus */
	assert_int_equal(touch(f, RAM, 0, STORE), 0);
	assert_int_equal(data->tag[0] & SIM_CACHE_DIRTY, 0);
	end(f);
}

static void a_long_fill_of_memory_stops_fetching_the_lines(void **state)
{
	struct fixture *f = begin(true, true);
	const struct sim_memory_front *data = &f->timing.front;
	uint64_t began = f->now;

	for (uint32_t at = 0; at < 4096; at += 4, f->now++)
		if (!sim_memory_front_hits(data, 0x20000000 + at, true))
			f->now += f->timing.model->touch(&f->timing, RAM, at, STORE, 0, f->now);
	/* 1024 stores, or 512 beats of the bus if each takes two cycles: not 128 lines of 11 to fetch. */
	assert_in_range(f->now - began, 1024, 1024 + 64);
	assert_false(sim_memory_front_hits(data, 0x20000000 + 4064, false));
	assert_int_equal(touch(f, RAM, 4064, LOAD), RAM_FIRST);
	end(f);
}

static unsigned fetch(struct fixture *f, uint32_t at, uint32_t bytes, uint32_t cycles)
{
	unsigned wait = f->timing.model->fetch(&f->timing, at, bytes, cycles, f->now);

	f->now += wait + cycles;
	return wait;
}

static void code_that_goes_on_asks_for_the_next_line_while_it_works_off_the_last(void **state)
{
	struct fixture *f = begin(true, true);
	unsigned alone = WS + 1 + FLASH_FIRST;

	assert_int_equal(fetch(f, 0, 32, 8), alone);
	assert_int_equal(fetch(f, 0x100, 32, 8), alone);
	assert_int_equal(fetch(f, 0x120, 32, 8), alone - (8 - 3)); /* the last line's other beats came first */
	f->now += 100;
	assert_int_equal(fetch(f, 0x140, 32, 8), alone - 8); /* not more than 32 bytes ahead */
	assert_int_equal(fetch(f, 0x100, 96, 24), 0);
	end(f);
}

static void a_dirty_line_on_a_narrow_bus_goes_before_the_next_comes(void **state)
{
	struct fixture *f = begin(true, true);

	f->timing.bank[RAM].beat = 32;
	for (uint32_t way = 0; way < 5; way++) /* one more than the set holds */
		assert_int_equal(touch(f, RAM, 1024 * way, STORE), 0);
	assert_int_equal(f->timing.model->touch(&f->timing, RAM, 32, LOAD, 0, f->now), RAM_FIRST + 6 + RAM_FIRST + 8 + RAM_FIRST);
	end(f);
}

static void code_past_the_cache_comes_eight_bytes_at_a_time_while_the_core_works(void **state)
{
	struct fixture *f = begin(false, false);

	assert_int_equal(fetch(f, 0, 8, 2), WS + 1 + FLASH_FIRST);
	assert_int_equal(fetch(f, 0x100, 32, 8), WS + 1 + 4 * FLASH_FIRST - 8);
	assert_int_equal(fetch(f, 0x120, 8, 2), WS + 1 + FLASH_FIRST); /* goes on where the last ended */
	f->now += 1000;
	assert_int_equal(fetch(f, 0x128, 8, 2), 0); /* it had time to come */
	end(f);
}

static void code_on_the_itcm_bus_waits_by_the_line_of_256_bits_unless_held(void **state)
{
	struct fixture *f = begin(true, true);

	f->timing.code = SIM_BANK_ITCM_FLASH;
	for (unsigned round = 0; round < 2; round++) {
		assert_int_equal(fetch(f, 0, 32, 8), WS);
		assert_int_equal(fetch(f, 16, 16, 4), 0);
		assert_int_equal(fetch(f, 32, 64, 16), 2 * WS);
	}
	sim_memory_set(&f->timing, SIM_KNOB_ART, 1);
	assert_int_equal(fetch(f, 0, 96, 24), 3 * WS);
	assert_int_equal(fetch(f, 0, 96, 24), 0);
	assert_int_equal(touch(f, SIM_BANK_ITCM_FLASH, 64, LOAD), 0);
	assert_int_equal(touch(f, SIM_BANK_ITCM_FLASH, 1024, LOAD), WS);
	for (uint32_t line = 1; line <= 64; line++)
		fetch(f, 4096 + 32 * line, 32, 8);
	assert_int_equal(fetch(f, 0, 32, 8), WS); /* 64 others came since */
	end(f);
}

static void prefetch_on_the_itcm_bus_reads_on_while_a_line_executes(void **state)
{
	struct fixture *f = begin(true, true);

	f->timing.code = SIM_BANK_ITCM_FLASH;
	sim_memory_set(&f->timing, SIM_KNOB_PREFETCH, 1);
	assert_int_equal(fetch(f, 0, 32, 8), WS);
	assert_int_equal(fetch(f, 32, 32, 8), 0);
	assert_int_equal(fetch(f, 64, 32, 5), 0);
	assert_int_equal(fetch(f, 96, 32, 5), 3);
	assert_int_equal(fetch(f, 0, 32, 8), WS);
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_costs_its_first_word_and_what_the_array_takes_at_these_wait_states),
		cmocka_unit_test(with_the_data_cache_off_every_load_waits_and_a_store_does_not),
		cmocka_unit_test(words_of_one_instruction_come_in_a_burst),
		cmocka_unit_test(stores_past_the_cache_wait_when_four_are_behind),
		cmocka_unit_test(what_the_mpu_makes_uncached_is_never_held),
		cmocka_unit_test(write_through_holds_lines_for_loads_and_never_dirty_ones),
		cmocka_unit_test(a_long_fill_of_memory_stops_fetching_the_lines),
		cmocka_unit_test(code_that_goes_on_asks_for_the_next_line_while_it_works_off_the_last),
		cmocka_unit_test(a_dirty_line_on_a_narrow_bus_goes_before_the_next_comes),
		cmocka_unit_test(code_past_the_cache_comes_eight_bytes_at_a_time_while_the_core_works),
		cmocka_unit_test(code_on_the_itcm_bus_waits_by_the_line_of_256_bits_unless_held),
		cmocka_unit_test(prefetch_on_the_itcm_bus_reads_on_while_a_line_executes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
