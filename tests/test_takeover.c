/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What taking over the library's inside gains is really there, in this build with this library. */
#include "sim/takeover.h"
#include "tests/machine_fixture.h"

static void this_library_can_be_taken_over(void **state)
{
	assert_true(sim_takeover_available());
}

static uint32_t mail(const struct rig *r, unsigned n)
{
	uint32_t word = 0;
	assert_true(sim_machine_read(r->machine, RAM + 4 * n, &word, 4));
	return word;
}

static void a_fault_in_the_middle_of_a_block_has_its_place_and_registers(void **state)
{
	for (unsigned plain = 0; plain < 2; plain++) {
		for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
			struct rig *r = rig_new(core);
			r->options.plain_store_path = plain;
			rig_load(r, "faults", 2);
			assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
			assert_int_equal(r->fault[0].pc, mail(r, 0));
			assert_int_equal(r->fault[0].r[2], 7);          /* set by the instruction before */
			assert_int_equal(r->fault[0].r[1], 0x60000004); /* the address it used */
			rig_end(r);
		}
	}
}

static void two_accesses_of_a_block_have_times_of_their_own(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "clocks", 6); /* reads SysTick twice in a row */
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		assert_in_range(rig_number(r, "step"), 1, 8);
		rig_end(r);
	}
}

static void watches_see_the_frames_that_the_core_pushes(void **state)
{
	struct rig *r = rig_start(SIM_M4, "faults", 5);
	rig_run(r, 100);
	uint32_t sp = r->fault[0].r[13];
	rig_end(r);
	r = rig_start(SIM_M4, "faults", 5); /* nothing has been so deep before the fault, and the handler goes deeper */
	int frame = sim_machine_watch(r->machine, sp - 32, 32);
	rig_run(r, 100);
	assert_int_equal(sim_machine_watch_touched(r->machine, frame), 32);
	rig_end(r);
}

static void code_that_the_host_changes_is_translated_and_priced_anew(void **state)
{
	struct rig *r = rig_start(SIM_M4, "faults", 16); /* branches to itself, in flash */
	assert_int_equal(rig_run(r, 10), SIM_STOP_TIME);
	uint32_t at = mail(r, 0);
	const uint16_t other[] = {0xDE07};
	assert_true(sim_machine_write(r->machine, at, other, sizeof other));
	assert_int_equal(rig_run(r, 10), SIM_STOP_EXIT);
	assert_int_equal(r->fault[0].pc, at);
	assert_non_null(strstr(r->fault[0].what, "0xde07"));
	rig_end(r);
}

static void a_jump_to_another_page_finds_code_that_was_changed(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "code", 0);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		assert_int_equal(rig_number(r, "across"), 3 * (199 * 200 / 2));
		rig_end(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_library_can_be_taken_over),
		cmocka_unit_test(a_fault_in_the_middle_of_a_block_has_its_place_and_registers),
		cmocka_unit_test(two_accesses_of_a_block_have_times_of_their_own),
		cmocka_unit_test(watches_see_the_frames_that_the_core_pushes),
		cmocka_unit_test(code_that_the_host_changes_is_translated_and_priced_anew),
		cmocka_unit_test(a_jump_to_another_page_finds_code_that_was_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
