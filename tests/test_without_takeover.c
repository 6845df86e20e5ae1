/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With a library whose inside cannot be taken over, the public interface must do: slower, and placed less exactly. */
#include "sim/takeover.h"
#include "tests/machine_fixture.h"

static void hidden_symbols_are_noticed(void **state)
{
	assert_false(sim_takeover_available());
}

static void firmware_runs_the_same(void **state)
{
	const struct { const char *fixture, *text; } cases[] = {
		{"hello", "hello\nsum=42\n"},
		{"exceptions", "nest 10 20 21 30 11 e5\nmask 01 40 02\nregisters=1\ncontrol=2\nfp=185\nticks=5\nsvc=2\ndone\n"},
		{"code", "copied=30\nrewritten=39800\nitself=9\nacross=59700\n"},
	};
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct rig *r = rig_start(core, cases[i].fixture, 0);
			assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
			assert_string_equal(r->uart, cases[i].text);
			rig_end(r);
		}
	}
}

static void faults_are_told_at_the_latest_at_their_block(void **state)
{
	const struct { uint32_t which; enum sim_core core; const char *what; } cases[] = {
		{1, SIM_M4, "read of 0x60000000"}, {2, SIM_M0PLUS, "write to 0x60000004"}, {3, SIM_M7, "execution at 0x60000000"},
		{5, SIM_M3, "0xde05"}, {6, SIM_M3, "SMLAD does not exist"}, {7, SIM_M4, "while the FPU is off"},
		{7, SIM_M3, "it has no FPU"}, {17, SIM_M4, ""}, {24, SIM_M33, "execution at 0x00000000"},
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig *r = rig_start(cases[i].core, "faults", cases[i].which);
		assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
		assert_int_equal(r->faults, 1);
		assert_non_null(strstr(r->fault[0].what, cases[i].what));
		rig_end(r);
	}
}

static void watches_are_refused(void **state)
{
	struct rig *r = rig_start(SIM_M4, "hello", 0);
	assert_int_equal(sim_machine_watch(r->machine, RAM, 16), -1);
	rig_end(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_symbols_are_noticed),
		cmocka_unit_test(firmware_runs_the_same),
		cmocka_unit_test(faults_are_told_at_the_latest_at_their_block),
		cmocka_unit_test(watches_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
