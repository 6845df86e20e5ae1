/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/nvic.h"

static struct sim_nvic nvic;

static int fresh(void **state)
{
	sim_nvic_reset(&nvic, 96, 4);
	return 0;
}

static void pend(unsigned n, uint8_t priority)
{
	sim_nvic_set_priority(&nvic, n, priority);
	sim_nvic_put(nvic.enabled, n, true);
	sim_nvic_put(nvic.pending, n, true);
}

static void the_lower_priority_number_wins_and_a_tie_goes_to_the_lower_exception(void **state)
{
	pend(20, 0x40);
	pend(30, 0x20);
	pend(25, 0x20);
	assert_int_equal(sim_nvic_next(&nvic), 25);
}

static void a_disabled_interrupt_stays_pending(void **state)
{
	sim_nvic_put(nvic.pending, 40, true);
	assert_int_equal(sim_nvic_next(&nvic), 0);
	sim_nvic_put(nvic.enabled, 40, true);
	assert_int_equal(sim_nvic_next(&nvic), 40);
}

static void only_a_more_urgent_group_preempts(void **state)
{
	nvic.prigroup = 5; /* bits 7:6 group, 5:4 sub */
	pend(20, 0x50);
	sim_nvic_entered(&nvic, 20);
	pend(21, 0x40); /* same group, more urgent sub-priority */
	assert_int_equal(sim_nvic_next(&nvic), 0);
	pend(22, 0x30);
	assert_int_equal(sim_nvic_next(&nvic), 22);
}

static void basepri_masks_its_own_level_and_below(void **state)
{
	pend(20, 0x40);
	nvic.basepri = 0x40;
	assert_int_equal(sim_nvic_next(&nvic), 0);
	nvic.basepri = 0x50;
	assert_int_equal(sim_nvic_next(&nvic), 20);
	nvic.basepri = 0;
	assert_int_equal(sim_nvic_next(&nvic), 20);
}

static void primask_lets_nmi_and_hardfault_through_and_still_wakes(void **state)
{
	nvic.primask = true;
	pend(20, 0);
	assert_int_equal(sim_nvic_next(&nvic), 0);
	assert_true(sim_nvic_wakes(&nvic));
	sim_nvic_put(nvic.pending, SIM_EXC_HARDFAULT, true);
	assert_int_equal(sim_nvic_next(&nvic), SIM_EXC_HARDFAULT);
	nvic.faultmask = true;
	assert_int_equal(sim_nvic_next(&nvic), 0);
	sim_nvic_put(nvic.pending, SIM_EXC_NMI, true);
	assert_int_equal(sim_nvic_next(&nvic), SIM_EXC_NMI);
}

static void a_line_that_stays_up_pends_again_after_return(void **state)
{
	sim_nvic_put(nvic.enabled, 33, true);
	sim_nvic_line(&nvic, 33, true);
	sim_nvic_entered(&nvic, 33);
	assert_int_equal(sim_nvic_most_urgent(&nvic), 0);
	sim_nvic_returned(&nvic, 33);
	assert_int_equal(sim_nvic_next(&nvic), 33);
	sim_nvic_entered(&nvic, 33);
	sim_nvic_line(&nvic, 33, false);
	sim_nvic_returned(&nvic, 33);
	assert_int_equal(sim_nvic_next(&nvic), 0);
}

static void priority_bits_that_do_not_exist_read_as_zero(void **state)
{
	sim_nvic_reset(&nvic, 32, 2);
	sim_nvic_set_priority(&nvic, 16, 0xFF);
	assert_int_equal(nvic.priority[16], 0xC0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_lower_priority_number_wins_and_a_tie_goes_to_the_lower_exception, fresh),
		cmocka_unit_test_setup(a_disabled_interrupt_stays_pending, fresh),
		cmocka_unit_test_setup(only_a_more_urgent_group_preempts, fresh),
		cmocka_unit_test_setup(basepri_masks_its_own_level_and_below, fresh),
		cmocka_unit_test_setup(primask_lets_nmi_and_hardfault_through_and_still_wakes, fresh),
		cmocka_unit_test_setup(a_line_that_stays_up_pends_again_after_return, fresh),
		cmocka_unit_test_setup(priority_bits_that_do_not_exist_read_as_zero, fresh),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
