/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power control and the window watchdog of STM32 chips. */
#include "device_fixture.h"

#include "sim/machine_state.h"

static struct bench b;
static enum sim_power_state deep;

static void set_deep_state(void *machine, enum sim_power_state state)
{
	deep = state;
}

/* With the options that the shipped board file gives its power control. */
static void start_of(const char *board)
{
	static struct sim_board shipped;
	const struct sim_placement *place = NULL;
	memset(&b, 0, sizeof b);
	deep = SIM_POWER_RUN;
	if (!sim_board_read(board, &shipped, &b.err))
		fail_msg("%s", b.err.text);
	for (unsigned i = 0; i < shipped.devices; i++)
		if (strcmp(shipped.device[i].name, "pwr") == 0)
			place = &shipped.device[i];
	assert_non_null(place);
	assert_string_equal(place->type, "stm32-pwr");
	memcpy(b.place.option, place->option, sizeof b.place.option);
	b.place.options = place->options;
	b.set_deep_state = set_deep_state;
	if (!bench_start(&b, "stm32-pwr", 1000000))
		fail_msg("%s", b.err.text);
	assert_int_equal(deep, SIM_POWER_STOP);
}

static void standby_is_entered_as_stop_and_its_choice_is_reported(void **state)
{
	static const struct {
		const char *board;
		uint32_t at, stop, standby;
	} of[] = {
		{"nucleo-f103rb", 0, 1, 3},         {"disco-f746ng", 0, 0xC001, 0xC002}, {"nucleo-l4r5zi", 0, 0x202, 0x203},
		{"nucleo-g0b1re", 0, 0x201, 0x204}, {"nucleo-u575zi", 0, 3, 4},          {"nucleo-h7a3zi", 0x10, 0, 4},
	};
	for (unsigned i = 0; i < sizeof of / sizeof *of; i++) {
		start_of(of[i].board);
		put(&b, of[i].at, of[i].stop);
		assert_int_equal(deep, SIM_POWER_STOP);
		assert_int_equal(b.unmodelled, 0);
		put(&b, of[i].at, of[i].standby);
		assert_int_equal(deep, SIM_POWER_STOP);
		assert_int_equal(b.unmodelled, 1);
		assert_int_equal(b.unmodelled_at, of[i].at);
		assert_int_equal(get(&b, of[i].at), of[i].standby);
		bench_end(&b);
	}
}

static void with_the_smart_run_domain_on_the_h7_only_sleeps(void **state)
{
	start_of("nucleo-h7a3zi");
	put(&b, 0x10, 1 << 11);
	assert_int_equal(deep, SIM_POWER_SLEEP);
	put(&b, 0x10, 0);
	assert_int_equal(deep, SIM_POWER_STOP);
	put(&b, 0x10, 1 << 11);
	b.device.type->reset(&b.device);
	assert_int_equal(deep, SIM_POWER_STOP);
	bench_end(&b);
}

static void voltages_and_boosters_are_ready_when_asked_for(void **state)
{
	start_of("nucleo-u575zi");
	put(&b, 0x0C, 3 << 16 | 1 << 18);
	assert_int_equal(get(&b, 0x0C), 3 << 16 | 1 << 18 | 1 << 15 | 1 << 14);
	assert_int_equal(get(&b, 0x3C) & (7 << 15), 7 << 15); /* ACTVOS, ACTVOSRDY */
	bench_end(&b);
	start_of("disco-f746ng");
	put(&b, 0x00, 0xC000 | 1 << 16);
	assert_int_equal(get(&b, 0x04) & (3 << 16 | 1 << 14), 1 << 16 | 1 << 14);
	bench_end(&b);
	start_of("nucleo-h7a3zi");
	put(&b, 0x18, 3 << 14);
	assert_int_equal(get(&b, 0x18), 3 << 14 | 1 << 13);
	assert_int_equal(get(&b, 0x04), 3 << 14 | 1 << 13);
	assert_int_equal(b.unmodelled, 0);
	bench_end(&b);
}

static void commands_that_clear_flags_do_not_stay(void **state)
{
	start_of("nucleo-f103rb");
	put(&b, 0, 0x10C);
	assert_int_equal(get(&b, 0), 0x100);
	bench_end(&b);
	start_of("nucleo-l4r5zi");
	put(&b, 0x18, 0x11F);
	assert_int_equal(get(&b, 0x18), 0);
	assert_int_equal(b.unmodelled, 0);
	put(&b, 0x20, 1); /* PUCRA */
	assert_int_equal(b.unmodelled, 1);
	bench_end(&b);
}

static void a_power_control_needs_its_family(void **state)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "family", "f9");
	assert_false(bench_start(&b, "stm32-pwr", 1000000));
	assert_string_equal(b.err.text, "board.yaml: 'f9' is no family of device 'dut'; one of f1, f7, g0, h7a3, l4, u5 is "
				       "expected");
	bench_end(&b);
}

/* --- WWDG: CR 0, CFR 4, SR 8; at 4.096 MHz a tick is 1 ms ------------------------------------------------------------- */

static void start_wwdg(const char *layout)
{
	memset(&b, 0, sizeof b);
	bench_option(&b, "layout", layout);
	if (!bench_start(&b, "stm32-wwdg", 4096000))
		fail_msg("%s", b.err.text);
}

static void a_window_watchdog_resets_when_it_falls_below_0x40(void **state)
{
	start_wwdg("v1");
	assert_int_equal(get(&b, 0), 0x7F);
	pass_us(&b, 100000);
	assert_int_equal(b.resets, 0); /* off after reset */
	put(&b, 0, 0x80 | 0x49);
	pass_us(&b, 3000);
	assert_int_equal(get(&b, 0), 0x80 | 0x46);
	pass_us(&b, 6999);
	assert_int_equal(get(&b, 0), 0x80 | 0x40);
	assert_int_equal(b.resets, 0);
	pass_us(&b, 2);
	assert_int_equal(b.resets, 1);
	b.device.type->reset(&b.device);
	pass_us(&b, 1000000);
	assert_int_equal(b.resets, 1);
	bench_end(&b);
}

static void a_refresh_counts_only_inside_the_window(void **state)
{
	start_wwdg("v1");
	put(&b, 4, 0x44);
	put(&b, 0, 0x80 | 0x48);
	for (int i = 0; i < 5; i++) {
		pass_us(&b, 6000); /* 0x42 */
		put(&b, 0, 0x48);  /* without WDGA: it stays on */
	}
	assert_int_equal(b.resets, 0);
	pass_us(&b, 3500); /* 0x45 */
	put(&b, 0, 0x48);
	assert_int_equal(b.resets, 1);
	bench_end(&b);
}

static void a_value_below_0x40_resets_at_once(void **state)
{
	enum sim_reset_cause cause = SIM_RESET_POWER;
	start_wwdg("v1");
	b.wires.reset_cause = &cause;
	put(&b, 0, 0x3F);
	assert_int_equal(b.resets, 0);
	put(&b, 0, 0x80 | 0x3F);
	assert_int_equal(b.resets, 1);
	assert_int_equal(cause, SIM_RESET_WINDOW_WATCHDOG);
	bench_end(&b);
}

static void the_early_warning_comes_one_tick_before_the_end(void **state)
{
	start_wwdg("v1");
	put(&b, 4, 0x7F | 1 << 9 | 1 << 7); /* ticks of 2 ms */
	put(&b, 0, 0x80 | 0x42);
	pass_us(&b, 3999);
	assert_false(b.irq[10]);
	pass_us(&b, 2);
	assert_true(b.irq[10]);
	assert_int_equal(get(&b, 8), 1);
	put(&b, 0, 0x42); /* the handler saves it */
	put(&b, 8, 0);
	assert_false(b.irq[10]);
	pass_us(&b, 4000);
	assert_int_equal(b.raised[10], 2);
	put(&b, 4, 0x7F); /* the interrupt cannot be taken back */
	assert_int_equal(get(&b, 4), 0x7F | 1 << 9);
	pass_us(&b, 1000);
	assert_int_equal(b.resets, 1); /* and the tick is 1 ms again */
	bench_end(&b);
}

static void the_prescaler_lies_where_the_layout_says_and_follows_the_bus(void **state)
{
	start_wwdg("v2");
	put(&b, 4, 0x7F | 7 << 11);
	assert_int_equal(get(&b, 4), 0x7F | 7 << 11);
	put(&b, 0, 0x80 | 0x41);
	pass_us(&b, 255999);
	assert_int_equal(b.resets, 0);
	pass_us(&b, 2);
	assert_int_equal(b.resets, 1);
	bench_end(&b);
	memset(&b, 0, sizeof b);
	bench_option(&b, "bus", "1");
	b.buses.peripheral_div[0] = 4;
	assert_true(bench_start(&b, "stm32-wwdg", 4096000));
	put(&b, 0, 0x80 | 0x40);
	sim_clock_set_hz(&b.clock, 8192000);
	b.device.type->clock_changed(&b.device, 4096000);
	pass_us(&b, 1999);
	assert_int_equal(b.resets, 0);
	pass_us(&b, 2);
	assert_int_equal(b.resets, 1);
	bench_end(&b);
}

static void on_a_board_the_watchdogs_reset_shows_in_the_clock_control(void **state)
{
	static struct sim_board board;
	struct sim_machine_options options = {0};
	struct sim_machine *machine;
	struct err err;
	uint32_t flags;
	assert_true(sim_board_read("nucleo-l4r5zi", &board, &err));
	assert_true(sim_machine_create(&board, &options, &machine, &err));
	sim_nvic_reset(&machine->nvic, board.irq_count, board.priority_bits);
	sim_bus_reset(machine);
	const struct sim_wires *wires = &machine->wires;
	assert_true(wires->bus_read(machine, 0x40021094, 4, &flags));
	assert_int_equal(flags >> 24, 0x0C);
	assert_false(machine->reset_asked);
	assert_true(wires->bus_write(machine, 0x40002C00, 4, 0x80));
	assert_true(machine->reset_asked);
	sim_bus_reset(machine);
	assert_true(wires->bus_read(machine, 0x40021094, 4, &flags));
	assert_int_equal(flags >> 24, 0x4C);
	sim_machine_destroy(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standby_is_entered_as_stop_and_its_choice_is_reported),
		cmocka_unit_test(with_the_smart_run_domain_on_the_h7_only_sleeps),
		cmocka_unit_test(voltages_and_boosters_are_ready_when_asked_for),
		cmocka_unit_test(commands_that_clear_flags_do_not_stay),
		cmocka_unit_test(a_power_control_needs_its_family),
		cmocka_unit_test(a_window_watchdog_resets_when_it_falls_below_0x40),
		cmocka_unit_test(a_refresh_counts_only_inside_the_window),
		cmocka_unit_test(a_value_below_0x40_resets_at_once),
		cmocka_unit_test(the_early_warning_comes_one_tick_before_the_end),
		cmocka_unit_test(the_prescaler_lies_where_the_layout_says_and_follows_the_bus),
		cmocka_unit_test(on_a_board_the_watchdogs_reset_shows_in_the_clock_control),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
