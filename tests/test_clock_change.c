/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware that changes its clock at run time (tests/fw/clock.c) on nucleo-l4r5zi: time stays exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine.h"

enum { CHANGES = 200 };

static struct {
	uint64_t ps, cycle, hz;
} change[CHANGES + 8];
static unsigned changes;

static void on_power(void *context, struct sim_when when, enum sim_power_state state, uint64_t hz)
{
	assert_int_equal(state, SIM_POWER_RUN);
	assert_true(changes < CHANGES + 8);
	if (changes > 0 && change[changes - 1].hz == hz)
		return;
	change[changes].ps = when.ps;
	change[changes].cycle = when.cycle;
	change[changes++].hz = hz;
}

static void every_cycle_takes_what_the_clock_of_its_time_says(void **state)
{
	static struct sim_board board;
	struct sim_machine_options options = {0};
	struct sim_machine *machine;
	struct sim_image image;
	struct err err;
	uint32_t mailbox[4];
	char path[600];
	snprintf(path, sizeof path, "%s/tests/fw/clock-m4.elf", getenv("BUILD_ROOT"));
	if (!sim_board_read("nucleo-l4r5zi", &board, &err) || !sim_image_read(path, 0, &image, &err) ||
	    !sim_machine_create(&board, &options, &machine, &err) || !sim_machine_load(machine, &image, &err) ||
	    !sim_machine_reset(machine, image.vectors, &err))
		fail_msg("%s", err.text);
	sim_machine_observe(machine, &(struct sim_observer){.power = on_power});
	assert_int_equal(sim_machine_run(machine, 2 * SIM_PS_PER_S), SIM_STOP_EXIT);
	assert_true(sim_machine_read(machine, 0x20000000, mailbox, sizeof mailbox));
	assert_int_equal(mailbox[0], CHANGES);
	assert_int_equal(changes, CHANGES + 1);

	/* Both clocks divide 120 MHz: a cycle is 1 or 30 units of 1/120 us, and the sum is a whole number of them. */
	struct sim_when end = sim_machine_now(machine);
	uint64_t units = 0;
	for (unsigned i = 0; i < changes; i++) {
		uint64_t until = i + 1 < changes ? change[i + 1].cycle : end.cycle;
		assert_int_equal(change[i].hz, i % 2 ? 120000000 : 4000000);
		assert_true(i == 0 || change[i].ps > change[i - 1].ps);
		units += (until - change[i].cycle) * (i % 2 ? 1 : 30);
	}
	uint64_t exact_ps = (uint64_t)((unsigned __int128)units * 1000000 / 120);
	assert_true(end.ps >= exact_ps && end.ps <= exact_ps + 1); /* 200 changes, and no picosecond lost */

	/* TIM2 counted every cycle from its start; start-up and end take less than 1000. */
	assert_true(end.cycle - mailbox[1] < 1000);
	/* The crystal's counter agrees with virtual time from its start on (4 MHz: 8 ticks are 1000 cycles). */
	uint64_t ticks = mailbox[2] + 65536 * (uint64_t)mailbox[3], expected = end.ps / 1000 * 32768 / 1000000000;
	assert_true(ticks <= expected && ticks + 8 >= expected);
	assert_true(end.ps > SIM_PS_PER_S / 4);
	sim_machine_destroy(machine);
	sim_image_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cycle_takes_what_the_clock_of_its_time_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
