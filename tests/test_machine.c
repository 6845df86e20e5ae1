/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware pairs: a firmware from tests/fw runs in the machine, the host asserts its text and its cycles. */
#include "tests/machine_fixture.h"

static const enum sim_core CORES[] = {SIM_M0, SIM_M0PLUS, SIM_M3, SIM_M4, SIM_M7, SIM_M33};
enum { CORE_COUNT = sizeof CORES / sizeof *CORES };

#define FOR_CORES(core, from)                                                                                  \
	for (unsigned core##_i = (from); core##_i < CORE_COUNT; core##_i++)                                   \
		for (enum sim_core core = CORES[core##_i], core##_once = SIM_CORES; core##_once; core##_once = 0)
#define ALL_CORES 0
#define V7M_CORES 2

static void firmware_starts_prints_and_ends_with_its_status(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = rig_start(core, "hello", 0);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		assert_string_equal(r->uart, "hello\nsum=42\n");
		assert_int_equal(sim_machine_exit_status(r->machine), 7);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT); /* it stays ended */
		rig_end(r);
	}
}

static void handlers_nest_chain_and_return_alike_on_every_core(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = rig_start(core, "exceptions", 0);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		assert_string_equal(r->uart, "nest 10 20 21 30 11 e5\nmask 01 40 02\nregisters=1\ncontrol=2\nfp=185\n"
					     "ticks=5\nsvc=2\ndone\n");
		assert_int_equal(r->faults, 0);
		rig_end(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmware_starts_prints_and_ends_with_its_status),
		cmocka_unit_test(handlers_nest_chain_and_return_alike_on_every_core),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
