/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware built for QEMU's MPS2 machines runs on our boards of the same name, and prints the same. The text below is
 * what QEMU 7.2 printed for these very files:
 *
 *   qemu-system-arm -M mps2-an385 -nographic -monitor none -serial stdio -semihosting -kernel mps2-m3.elf
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine.h"

#define ID(part) "00000004000000000000000000000000000000" part \
	"000000b80000001b000000000000000d000000f000000005000000b1\n"

static const char text[] =
	"timer " ID("22") "dualtimer " ID("23") "uart " ID("21") "watchdog " ID("24") "scc %s\n"
	"timers keep step\nstands=77\none shot=0\nmasked=0\ncleared=0\ncounters count\nsay something\nolleh\n"
	"woken twice by the watchdog\nsecond life\n";

static char heard[2048];
static size_t heards;

static void on_uart(void *context, struct sim_when when, const char *port, uint8_t byte)
{
	assert_string_equal(port, "uart0");
	if (heards + 1 < sizeof heard)
		heard[heards++] = (char)byte;
	if (strcmp(heard + (heards > 14 ? heards - 14 : 0), "say something\n") == 0)
		sim_machine_ask_stop(context);
}

static void run(const char *name, const char *core, const char *scc)
{
	static struct sim_board board;
	struct sim_machine_options options = {0};
	struct sim_machine *machine;
	struct sim_image image;
	struct err err;
	char path[600], expected[2048];
	heards = 0;
	memset(heard, 0, sizeof heard);
	snprintf(path, sizeof path, "%s/tests/fw/mps2-%s.elf", getenv("BUILD_ROOT"), core);
	if (!sim_board_read(name, &board, &err) || !sim_image_read(path, 0, &image, &err) ||
	    !sim_machine_create(&board, &options, &machine, &err) || !sim_machine_load(machine, &image, &err) ||
	    !sim_machine_reset(machine, image.vectors, &err))
		fail_msg("%s", err.text);
	sim_machine_observe(machine, &(struct sim_observer){.context = machine, .uart = on_uart});
	assert_int_equal(sim_machine_run(machine, SIM_PS_PER_S), SIM_STOP_ASKED);
	assert_true(sim_machine_uart_send(machine, "uart0", "hello\n", 6));
	if (sim_machine_run(machine, SIM_PS_PER_S) != SIM_STOP_EXIT)
		fail_msg("no exit: %s", heard);
	assert_int_equal(sim_machine_exit_status(machine), 0);
	snprintf(expected, sizeof expected, text, scc);
	assert_string_equal(heard, expected);
	sim_machine_destroy(machine);
	sim_image_free(&image);
}

static void an385_prints_what_qemu_prints(void **state)
{
	run("mps2-an385", "m3", "41043850");
}

static void an386_prints_what_qemu_prints(void **state)
{
	run("mps2-an386", "m4", "41043860");
}

static void an500_prints_what_qemu_prints(void **state)
{
	run("mps2-an500", "m7", "41045000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an385_prints_what_qemu_prints),
		cmocka_unit_test(an386_prints_what_qemu_prints),
		cmocka_unit_test(an500_prints_what_qemu_prints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
