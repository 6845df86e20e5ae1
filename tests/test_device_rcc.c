/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device_fixture.h"

static struct bench b;
static unsigned changes;

static void set_clock(void *machine, uint64_t hz)
{
	changes++;
	sim_clock_set_hz(&((struct bench *)machine)->clock, hz);
}

/* With the options that the shipped board file gives its clock control. */
static void start_of(const char *board, uint64_t hz)
{
	static struct sim_board shipped;
	memset(&b, 0, sizeof b);
	if (!sim_board_read(board, &shipped, &b.err))
		fail_msg("%s", b.err.text);
	for (unsigned i = 0; i < shipped.devices; i++) {
		if (strcmp(shipped.device[i].name, "rcc") == 0) {
			memcpy(b.place.option, shipped.device[i].option, sizeof b.place.option);
			b.place.options = shipped.device[i].options;
		}
	}
	if (!bench_start(&b, "stm32-rcc", hz ? hz : shipped.reset_clock_hz))
		fail_msg("%s", b.err.text);
	b.wires.set_clock = set_clock;
	changes = 0;
}

static void assert_hz(uint64_t hz)
{
	assert_int_equal(b.clock.hz, hz);
}

static void l4_runs_from_msi_through_its_pll(void **state)
{
	start_of("nucleo-l4r5zi", 0);
	assert_hz(4000000);
	assert_int_equal(get(&b, 0x00) & 2, 2); /* MSIRDY */
	put(&b, 0x0C, 1 | 60u << 8 | 1u << 24); /* MSI * 60 / 2 */
	put(&b, 0x00, get(&b, 0x00) | 1u << 24);
	assert_int_equal(get(&b, 0x00) >> 25 & 1, 1);
	assert_int_equal(changes, 0);
	put(&b, 0x08, 3);
	assert_int_equal(get(&b, 0x08), 3 | 3 << 2); /* SWS */
	assert_hz(120000000);
	unsigned before = changes;
	put(&b, 0x08, 3 | 4 << 8);
	assert_hz(120000000);
	assert_int_equal(changes, before + 1); /* of a bus's clock alone */
	put(&b, 0x08, 3 | 4 << 8);
	assert_int_equal(changes, before + 1);
	put(&b, 0x08, 3 | 8 << 4);
	assert_hz(60000000);
	put(&b, 0x08, 0);
	put(&b, 0x00, (get(&b, 0x00) & ~0xF0u) | 11 << 4 | 8);
	assert_hz(48000000);
	put(&b, 0x08, 1);
	assert_hz(16000000);
	assert_int_equal(b.unmodelled, 0);
	bench_end(&b);
}

static void g0_runs_from_hsi_through_its_pll(void **state)
{
	start_of("nucleo-g0b1re", 0);
	assert_hz(16000000);
	put(&b, 0x0C, 2 | 8u << 8 | 1u << 28 | 1u << 29);
	put(&b, 0x00, get(&b, 0x00) | 1u << 24);
	put(&b, 0x08, 2);
	assert_int_equal(get(&b, 0x08), 2 | 2 << 3);
	assert_hz(64000000);
	put(&b, 0x08, 0);
	put(&b, 0x00, get(&b, 0x00) | 3u << 11);
	assert_hz(2000000);
	bench_end(&b);
}

static void u5_runs_from_msi_through_its_pll(void **state)
{
	start_of("nucleo-u575zi", 0);
	assert_hz(4000000);
	put(&b, 0x08, 1u << 23); /* MSIS at 48 MHz, by ICSCR1 */
	assert_hz(48000000);
	put(&b, 0x28, 1 | 2u << 8 | 1u << 18);  /* / 3 */
	put(&b, 0x34, 19 | 1u << 24);           /* * 20 / 2 */
	put(&b, 0x00, get(&b, 0x00) | 1u << 24);
	put(&b, 0x1C, 3);
	assert_int_equal(get(&b, 0x1C), 3 | 3 << 2);
	assert_hz(160000000);
	put(&b, 0x38, 4096u << 3);
	assert_hz(160000000);
	put(&b, 0x28, 1 | 2u << 8 | 1u << 18 | 1u << 4); /* half of 8 MHz more */
	assert_hz(164000000);
	put(&b, 0x20, 8);
	assert_hz(82000000);
	bench_end(&b);
}

static void h7a3_runs_from_hsi_through_its_pll(void **state)
{
	start_of("nucleo-h7a3zi", 0);
	assert_hz(64000000);
	put(&b, 0x28, 4u << 4);
	put(&b, 0x30, 34 | 1u << 9); /* 64 / 4 * 35 / 2 */
	put(&b, 0x00, get(&b, 0x00) | 1u << 24);
	put(&b, 0x10, 3);
	assert_int_equal(get(&b, 0x10), 3 | 3 << 3);
	assert_hz(280000000);
	put(&b, 0x18, 8); /* HPRE: the buses */
	assert_hz(280000000);
	put(&b, 0x18, 8 << 8);
	assert_hz(140000000);
	bench_end(&b);
}

static void f7_runs_from_either_oscillator_through_its_pll(void **state)
{
	start_of("disco-f746ng", 0);
	assert_hz(16000000);
	put(&b, 0x04, 8 | 216u << 6);
	put(&b, 0x00, get(&b, 0x00) | 1u << 24 | 1u << 16);
	put(&b, 0x08, 2);
	assert_int_equal(get(&b, 0x08), 2 | 2 << 2);
	assert_hz(216000000);
	put(&b, 0x04, 25 | 400u << 6 | 1u << 22);
	assert_hz(200000000); /* the kit's crystal has 25 MHz */
	bench_end(&b);
}

static void f1_runs_from_its_crystal_times_nine(void **state)
{
	start_of("nucleo-f103rb", 0);
	assert_hz(8000000);
	put(&b, 0x00, get(&b, 0x00) | 1u << 16);
	assert_int_equal(get(&b, 0x00) >> 17 & 1, 1);
	put(&b, 0x04, 1u << 16 | 7u << 18);
	put(&b, 0x00, get(&b, 0x00) | 1u << 24);
	put(&b, 0x04, 1u << 16 | 7u << 18 | 2);
	assert_int_equal(get(&b, 0x04) & 15, 2 | 2 << 2);
	assert_hz(72000000);
	put(&b, 0x04, 14u << 18 | 2); /* HSI / 2 * 16 */
	assert_hz(64000000);
	bench_end(&b);
}

static void bus_prescalers_are_told_to_who_asks(void **state)
{
	start_of("disco-f746ng", 0);
	assert_int_equal(b.buses.peripheral_div[0], 1);
	put(&b, 0x08, 5u << 10 | 4u << 13); /* APB1 / 4, APB2 / 2 */
	assert_int_equal(b.buses.peripheral_div[0], 4);
	assert_int_equal(b.buses.timer_div[0], 2);
	assert_int_equal(b.buses.peripheral_div[1], 2);
	assert_int_equal(b.buses.timer_div[1], 1);
	bench_end(&b);
	start_of("nucleo-h7a3zi", 0);
	put(&b, 0x18, 8);              /* AHB / 2, which the core does not see */
	put(&b, 0x1C, 4u << 4 | 7u << 8);
	assert_hz(64000000);
	assert_int_equal(b.buses.peripheral_div[0], 4);
	assert_int_equal(b.buses.timer_div[0], 2);
	assert_int_equal(b.buses.peripheral_div[1], 32);
	assert_int_equal(b.buses.timer_div[1], 16);
	assert_int_equal(b.buses.peripheral_div[2], 2);
	bench_end(&b);
}

static void a_choice_without_a_clock_changes_nothing_and_is_reported(void **state)
{
	start_of("nucleo-l4r5zi", 0);
	put(&b, 0x08, 3); /* the PLL is off */
	assert_hz(4000000);
	assert_int_equal(b.guessed, 1);
	bench_end(&b);
}

static void a_reset_goes_back_to_the_clock_of_the_start(void **state)
{
	start_of("nucleo-l4r5zi", 80000000); /* the machine was told another clock */
	put(&b, 0x08, 1);
	assert_hz(16000000);
	b.device.type->reset(&b.device);
	assert_hz(80000000);
	put(&b, 0x00, 0x63); /* what it is already */
	assert_hz(80000000);
	bench_end(&b);
}

static void enables_are_memory_and_reported(void **state)
{
	start_of("nucleo-l4r5zi", 0);
	put(&b, 0x60, 1u << 18);
	assert_int_equal(get(&b, 0x60), 1u << 18);
	assert_int_equal(b.unmodelled, 2);
	assert_int_equal(b.guessed, 0);
	bench_end(&b);
}

static void a_family_must_be_known(void **state)
{
	memset(&b, 0, sizeof b);
	assert_false(bench_start(&b, "stm32-rcc", 1000000));
	assert_string_equal(b.err.text, "board.yaml: device 'dut' needs the option family, one of: f1, f7, g0, h7a3, l4, u5");
	bench_end(&b);
	bench_option(&b, "family", "f4");
	assert_false(bench_start(&b, "stm32-rcc", 1000000));
	assert_string_equal(b.err.text, "board.yaml:7:3: 'f4' is not one of: f1, f7, g0, h7a3, l4, u5");
	bench_end(&b);
}

/* --- reset flags --------------------------------------------------------------------------------------------------- */

static void reset_flags_say_who_reset_until_rmvf(void **state)
{
	static const struct {
		const char *board;
		uint32_t at, power, remove, pin, software, watchdog, window;
	} of[] = {
		{ "nucleo-f103rb", 0x24, 0x0C000000, 1 << 24, 26, 28, 29, 30 },
		{ "disco-f746ng", 0x74, 0x0E000000, 1 << 24, 26, 28, 29, 30 },
		{ "nucleo-g0b1re", 0x60, 0x0C000000, 1 << 23, 26, 28, 29, 30 },
		{ "nucleo-l4r5zi", 0x94, 0x0C000000, 1 << 23, 26, 28, 29, 30 },
		{ "nucleo-u575zi", 0xF4, 0x0C000000, 1 << 23, 26, 28, 29, 30 },
		{ "nucleo-h7a3zi", 0xD0, 0x00E80000, 1 << 16, 22, 24, 26, 28 },
	};
	for (unsigned i = 0; i < sizeof of / sizeof *of; i++) {
		enum sim_reset_cause cause = SIM_RESET_POWER;
		uint32_t mask = of[i].board[7] == 'h' ? 0xFFFE0000 : 0xFF000000u & ~of[i].remove;
		start_of(of[i].board, 0);
		b.wires.reset_cause = &cause;
		assert_int_equal(get(&b, of[i].at) & mask, of[i].power);
		put(&b, of[i].at, of[i].remove);
		assert_int_equal(get(&b, of[i].at) & mask, 0);
		cause = SIM_RESET_SOFTWARE;
		b.device.type->reset(&b.device);
		assert_int_equal(cause, SIM_RESET_POWER); /* taken */
		assert_int_equal(get(&b, of[i].at) & mask, 1u << of[i].pin | 1u << of[i].software);
		cause = SIM_RESET_WATCHDOG;
		b.device.type->reset(&b.device);
		assert_int_equal(get(&b, of[i].at) & mask,
				 1u << of[i].pin | 1u << of[i].software | 1u << of[i].watchdog);
		put(&b, of[i].at, of[i].remove);
		cause = SIM_RESET_WINDOW_WATCHDOG;
		b.device.type->reset(&b.device);
		assert_int_equal(get(&b, of[i].at) & mask, 1u << of[i].pin | 1u << of[i].window);
		assert_int_equal(b.unmodelled, 0);
		b.device.type->reset(&b.device);
		assert_int_equal(get(&b, of[i].at) & mask, of[i].power);
		bench_end(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(l4_runs_from_msi_through_its_pll),
		cmocka_unit_test(g0_runs_from_hsi_through_its_pll),
		cmocka_unit_test(u5_runs_from_msi_through_its_pll),
		cmocka_unit_test(h7a3_runs_from_hsi_through_its_pll),
		cmocka_unit_test(f7_runs_from_either_oscillator_through_its_pll),
		cmocka_unit_test(f1_runs_from_its_crystal_times_nine),
		cmocka_unit_test(bus_prescalers_are_told_to_who_asks),
		cmocka_unit_test(a_choice_without_a_clock_changes_nothing_and_is_reported),
		cmocka_unit_test(a_reset_goes_back_to_the_clock_of_the_start),
		cmocka_unit_test(enables_are_memory_and_reported),
		cmocka_unit_test(a_family_must_be_known),
		cmocka_unit_test(reset_flags_say_who_reset_until_rmvf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
