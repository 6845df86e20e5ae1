/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firmware forbids itself (MPU, stack limits), and two things that real cores have: lazy stacking, trace text. */
#include "tests/machine_fixture.h"

static struct rig *run_case(enum sim_core core, uint32_t select)
{
	struct rig *r = rig_start(core, "protection", select);
	assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
	return r;
}

static uint32_t mail(const struct rig *r, unsigned n)
{
	uint32_t word = 0;
	assert_true(sim_machine_read(r->machine, RAM + 4 * n, &word, 4));
	return word;
}

static void the_mpu_guards_regions_to_the_byte(void **state)
{
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		struct rig *r = run_case(core, 1);
		assert_string_equal(r->uart, "off=0\noff=0\noff=0\noff=0\nfree=0\nread_only=1\nlast=1\nbefore=0\n"
					     "small=1\nbehind=0\naddress=2112\nstatus=130\noff=0\n");
		assert_int_equal(r->faults, 3);
		assert_non_null(strstr(r->fault[0].what, "the MPU forbids it"));
		assert_int_equal(r->fault[0].exception, 4);
		rig_end(r);
	}
}

static void the_mpu_keeps_code_from_running(void **state)
{
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		struct rig *r = run_case(core, 2);
		assert_string_equal(r->uart, "may=0\nmust_not=1\nstatus=1\nat=1\n");
		rig_end(r);
	}
}

static void an_unprivileged_thread_sees_only_its_regions(void **state)
{
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		struct rig *r = run_case(core, 3);
		assert_int_equal(mail(r, 8), core == SIM_M33 ? 0 : 1); /* the upper half is for the privileged */
		assert_int_equal(mail(r, 9), 0);
		assert_int_equal(mail(r, 10), 1); /* the console, and nothing while privileged */
		rig_end(r);
	}
}

static void a_board_without_mpu_has_none(void **state)
{
	struct rig *r = rig_new(SIM_M4);
	r->board.mpu_regions = 0;
	rig_load(r, "protection", 2);
	assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
	assert_non_null(strstr(r->uart, "may=0\nmust_not=0\n"));
	rig_end(r);
}

static void stack_limits_hold_on_armv8m(void **state)
{
	struct rig *r = run_case(SIM_M33, 9);
	assert_int_equal(sim_machine_exit_status(r->machine), 1 << 4); /* CFSR.STKOF */
	assert_non_null(strstr(r->fault[0].what, "the stack would pass its limit of 0x2000"));
	assert_int_equal(r->fault[0].exception, 6);
	rig_end(r);
	r = rig_start(SIM_M33, "protection", 10);
	rig_run(r, 1000);
	assert_non_null(strstr(r->fault[0].what, "exception 11 could not save registers"));
	assert_int_equal(r->fault[0].cfsr, 1 << 20);
	assert_int_equal(r->fault[0].r[13], mail(r, 3));
	rig_end(r);
}

static void lazy_stacking_shows_in_its_registers_and_its_time(void **state)
{
	for (enum sim_core core = SIM_M4; core < SIM_CORES; core++) {
		struct rig *r = run_case(core, 4);
		assert_non_null(strstr(r->uart, "lspact=1\nused=0\n"));
		assert_int_equal(rig_number(r, "fpcar"), 0x48); /* below SP: S0 … S15, FPSCR, a gap */
		assert_int_equal(rig_number(r, "after"), 0);
		rig_end(r);
	}
}

static void trace_port_0_is_text(void **state)
{
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		struct rig *r = run_case(core, 5);
		assert_string_equal(r->itm, "hii!!!\n");
		assert_string_equal(r->uart, "ready=1\n");
		rig_end(r);
	}
}

/* Sources: Armv6-M ARM B3.2, Armv7-M ARM B3.2, Cortex-M7 TRM 3 (CCR). MPS2 on another emulator says the same of M3, M4. */
static void registers_have_the_bits_of_their_core(void **state)
{
	static const char *const TEXT[SIM_CORES] = {
		[SIM_M0PLUS] = "e000ed10=00000016\ne000ed14=00000208\ne000ed18=00000000\ne000ed1c=c0000000\ne000ed20=c0c00000\n"
			       "e000ed88=00000000\ne000ef3c=00000000\ne000ef34=00000000\ne000ed60=00000000\n",
		[SIM_M3] = "e000ed10=00000016\ne000ed14=00000303\ne000ed18=00f0f0f0\ne000ed1c=f0000000\ne000ed20=f0f000f0\n"
			   "e000ed88=00000000\ne000ef3c=00000000\ne000ef34=00000000\ne000ed60=01101110\n",
		[SIM_M4] = "e000ed10=00000016\ne000ed14=00000303\ne000ed18=00f0f0f0\ne000ed1c=f0000000\ne000ed20=f0f000f0\n"
			   "e000ed88=00f00000\ne000ef3c=07c00000\ne000ef34=c0000000\ne000ed60=01141110\n",
		[SIM_M7] = "e000ed10=00000016\ne000ed14=00070303\ne000ed18=00f0f0f0\ne000ed1c=f0000000\ne000ed20=f0f000f0\n"
			   "e000ed88=00f00000\ne000ef3c=07c00000\ne000ef34=c0000000\ne000ed60=01101110\n",
		[SIM_M33] = "e000ed10=00000016\ne000ed14=00000303\ne000ed18=00f0f0f0\ne000ed1c=f0000000\ne000ed20=f0f000f0\n"
			    "e000ed88=00f00000\ne000ef3c=07c00000\ne000ef34=c0000000\ne000ed60=01101110\n",
	};
	for (enum sim_core core = SIM_M0PLUS; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "registers", 0);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		char expected[512];
		/* ISRPENDING beside PendSV; no low bits in a stack pointer; STIR for the unprivileged */
		snprintf(expected, sizeof expected, "%se000ed04=1040e800\n00000000=20001234\n%s", TEXT[core],
			 core > SIM_M0PLUS ? "irq2\n" : "");
		assert_string_equal(r->uart, expected);
		assert_string_equal(r->itm, core > SIM_M0PLUS ? "x" : "");
		assert_int_equal(r->faults, 0);
		rig_end(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mpu_guards_regions_to_the_byte),
		cmocka_unit_test(the_mpu_keeps_code_from_running),
		cmocka_unit_test(an_unprivileged_thread_sees_only_its_regions),
		cmocka_unit_test(a_board_without_mpu_has_none),
		cmocka_unit_test(stack_limits_hold_on_armv8m),
		cmocka_unit_test(lazy_stacking_shows_in_its_registers_and_its_time),
		cmocka_unit_test(trace_port_0_is_text),
		cmocka_unit_test(registers_have_the_bits_of_their_core),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
