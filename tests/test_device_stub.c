/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device_fixture.h"

static struct bench b;

static void registers_behave_like_memory_and_are_counted(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "bytes", "16");
	assert_true(bench_start(&b, "stub", 1000000));
	put(&b, 4, 0x11223344);
	b.device.type->write(&b.device, 6, 1, 0xAB);
	assert_int_equal(get(&b, 4), 0x11AB3344);
	assert_int_equal(b.device.type->read(&b.device, 6, 2), 0x11AB);
	assert_int_equal(b.unmodelled, 4);
	assert_int_equal(b.unmodelled_at, 4);
	assert_int_equal(get(&b, 16), 0); /* outside */
	assert_int_equal(b.unmodelled, 4);
	bench_end(&b);
}

static void a_read_of_what_nobody_wrote_is_a_guess(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "reset.0x08", "0x1F");
	assert_true(bench_start(&b, "stub", 1000000));
	assert_int_equal(get(&b, 8), 0x1F);
	assert_int_equal(b.guessed, 0);
	assert_int_equal(get(&b, 0), 0);
	assert_int_equal(b.guessed, 1);
	put(&b, 0, 5);
	assert_int_equal(get(&b, 0), 5);
	assert_int_equal(b.guessed, 1);
	put(&b, 8, 0);
	b.device.type->reset(&b.device);
	assert_int_equal(get(&b, 8), 0x1F);
	assert_int_equal(get(&b, 0), 0);
	assert_int_equal(b.guessed, 2);
	bench_end(&b);
}

static void a_manual_can_say_that_the_rest_is_zero(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "reset.rest", "0");
	bench_option(&b, "reset.0x08", "5");
	assert_true(bench_start(&b, "stub", 1000000));
	assert_int_equal(get(&b, 0x100), 0);
	assert_int_equal(get(&b, 8), 5);
	assert_int_equal(b.guessed, 0);
	assert_int_equal(b.unmodelled, 2);
	bench_end(&b);
}

static void ready_bits_follow_their_enable_bits(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "follow.0x00", "1<-0 25<-24");
	bench_option(&b, "follow.0x08", "3<-1 2<-0");
	bench_option(&b, "follow.0x14", "13<-0x10.5");
	bench_option(&b, "clear.0x10", "0x80000000");
	bench_option(&b, "set.0x18", "0x2000");
	assert_true(bench_start(&b, "stub", 1000000));
	put(&b, 0, 1u << 24 | 2);
	assert_int_equal(get(&b, 0), 3u << 24); /* a ready bit cannot be written */
	put(&b, 8, 2);
	assert_int_equal(get(&b, 8), 0xA);
	assert_int_equal(get(&b, 0x14), 0);
	put(&b, 0x10, 0x80000020);
	assert_int_equal(get(&b, 0x10), 0x20);
	assert_int_equal(get(&b, 0x14), 1u << 13);
	put(&b, 0x18, 5);
	assert_int_equal(get(&b, 0x18), 0x2005);
	assert_int_equal(b.guessed, 0);
	bench_end(&b);
}

static void a_wrong_option_is_told_with_its_place(void **state)
{
	static const struct {
		const char *key, *value, *text;
	} wrong[] = {
		{ "bytes", "3", "board.yaml:7:3: '3' is no bytes of device 'dut'; a whole number in 4 … 1048576 is expected" },
		{ "reset.0x400", "1", "board.yaml:7:3: 'reset.0x400' is no option of a stub of 1024 bytes; it has: bytes, "
		  "reset.OFFSET, follow.OFFSET, set.OFFSET, clear.OFFSET" },
		{ "reset.0x02", "1", "board.yaml:7:3: 'reset.0x02' is no option of a stub of 1024 bytes; it has: bytes, "
		  "reset.OFFSET, follow.OFFSET, set.OFFSET, clear.OFFSET" },
		{ "put.0x04", "1", "board.yaml:7:3: 'put.0x04' is no option of a stub of 1024 bytes; it has: bytes, "
		  "reset.OFFSET, follow.OFFSET, set.OFFSET, clear.OFFSET" },
		{ "reset.0x04", "x", "board.yaml:7:3: 'x' is not a register's value; a number of 32 bits is expected" },
		{ "follow.0x04", "32<-0", "board.yaml:7:3: '32<-0' is not of the form '1<-0 13<-0x10.5' (bit <- bit, or "
		  "register.bit)" },
		{ "follow.0x04", "1<-0,3<-2", "board.yaml:7:3: '1<-0,3<-2' is not of the form '1<-0 13<-0x10.5' (bit <- bit, "
		  "or register.bit)" },
		{ "follow.0x04", "1<-0x800.2", "board.yaml:7:3: '1<-0x800.2' is not of the form '1<-0 13<-0x10.5' (bit <- "
		  "bit, or register.bit)" },
	};
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		memset(&b, 0, sizeof b);
		bench_option(&b, wrong[i].key, wrong[i].value);
		assert_false(bench_start(&b, "stub", 1000000));
		assert_string_equal(b.err.text, wrong[i].text);
		bench_end(&b);
	}
}

static void its_size_is_the_placements(void **state)
{
	memset(&b, 0, sizeof b);
	assert_int_equal(sim_placement_bytes(&b.place), 0);
	bench_option(&b, "bytes", "0x2000");
	assert_true(bench_start(&b, "stub", 1000000));
	assert_int_equal(sim_placement_bytes(&b.place), 0x2000);
	snprintf(b.place.type, sizeof b.place.type, "sensor-port");
	assert_int_equal(sim_placement_bytes(&b.place), 0x1000);
	bench_end(&b);
}

static void every_type_has_a_name_of_its_own_and_says_what_it_is(void **state)
{
	unsigned types = 0;
	for (const struct sim_device_type *const *type = sim_device_types; *type; type++, types++) {
		assert_ptr_equal(sim_device_type_find((*type)->name), *type);
		assert_true(strlen((*type)->what) > 10);
		assert_true((*type)->reset && (*type)->read && (*type)->write && (*type)->state_bytes);
	}
	assert_true(types >= 5);
	assert_null(sim_device_type_find("flux-capacitor"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_behave_like_memory_and_are_counted),
		cmocka_unit_test(a_read_of_what_nobody_wrote_is_a_guess),
		cmocka_unit_test(a_manual_can_say_that_the_rest_is_zero),
		cmocka_unit_test(ready_bits_follow_their_enable_bits),
		cmocka_unit_test(a_wrong_option_is_told_with_its_place),
		cmocka_unit_test(its_size_is_the_placements),
		cmocka_unit_test(every_type_has_a_name_of_its_own_and_says_what_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
