/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device_fixture.h"

#include "sim/board_read.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* A whole board, as short as it can be; tests break one line of it at a time. */
static const char good[] =
	"name: small\n"
	"chip: X1\n"
	"summary: a board for tests\n"
	"core: cortex-m4\n"
	"fpu: single\n"
	"clock: 80MHz\n"
	"reset_clock: 4MHz\n"
	"supply: 3.3V\n"
	"interrupts: 40\n"
	"priority_bits: 4\n"
	"mpu_regions: 8\n"
	"memories:\n"
	"  flash: {kind: flash, at: 0x08000000, bytes: 512KiB, alias: [0]}\n"
	"  ram: {kind: ram, at: 0x20000000, bytes: 0x10000, alias: 0x10000000}\n"
	"arena: ram\n"
	"console: uart\n"
	"devices:\n"
	"  uart: {type: stm32-usart, at: 0x40008000, irq: [7], low_power: true, kernel_div: 2}\n"
	"  rcc: {type: stub, at: 0x40009000, bytes: 0x800}\n"
	"flash: {wait_states: 4, line_bytes: 8, cache: art, prefetch: true, icache_bytes: 1KiB, source: page 1}\n"
	"power:\n"
	"  regulator: ldo\n"
	"  run: {base: 500uA, per_clock: 100uA/MHz, at: 3V, low: -20%, high: 25%, grade: calibrated, source: page 2}\n"
	"  sleep: {base: 0.5mA, per_clock: 0uA/MHz, at: 3V, low: 0%, high: 0%, grade: measured, source: page 3}\n"
	"  stop: {base: 2uA, per_clock: 0uA/MHz, at: 3V, low: -50%, high: 100%, grade: estimated, source: page 4}\n"
	"battery: {capacity: 220mAh, voltage: 3V}\n"
	"timing: {grade: estimated, low: -5%, high: 10%, what: int8, source: page 5,\n"
	"         fitted: {bus_line_fill: {prior: 4, width: 2, source: page 6}}}\n"
	"sources: {core: a, clocks: b, memories: c, interrupts: d, devices: e, battery: f}\n";

static struct sim_board board;
static struct err err;

static bool read_text(const char *text)
{
	return sim_board_read_text("b.yaml", text, strlen(text), &board, &err);
}

/* All types there are, as the message lists them. */
static const char *unknown_type_message(const char *type)
{
	static char text[1024];
	size_t used = (size_t)snprintf(text, sizeof text, "b.yaml:19:15: '%s' is not one of: ", type);
	for (unsigned i = 0; sim_device_types[i]; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "", sim_device_types[i]->name);
	return text;
}

/* `good` with `old` replaced by `new`: refused with `message`. */
static void assert_refused(const char *old, const char *new, const char *message)
{
	char text[sizeof good + 2048];
	const char *at = strstr(good, old);
	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, new, at + strlen(old));
	memset(&board, 0x5A, sizeof board);
	assert_false(read_text(text));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, message);
	for (size_t i = 0; i < sizeof board; i++)
		assert_int_equal(((uint8_t *)&board)[i], 0x5A);
}

static void a_board_is_read_as_written(void **state)
{
	assert_true(read_text(good));
	assert_string_equal(board.name, "small");
	assert_string_equal(board.path, "b.yaml");
	assert_int_equal(board.core, SIM_M4);
	assert_int_equal(board.fpu, SIM_FPU_SP);
	assert_int_equal(board.clock_hz, 80000000);
	assert_int_equal(board.reset_clock_hz, 4000000);
	assert_int_equal(board.supply_mv, 3300);
	assert_int_equal(board.irq_count, 40);
	assert_int_equal(board.memories, 2);
	assert_int_equal(board.memory[0].bytes, 512 * 1024);
	assert_int_equal(board.memory[0].aliases, 1);
	assert_int_equal(board.memory[0].alias[0], 0);
	assert_int_equal(board.memory[1].alias[0], 0x10000000);
	assert_int_equal(board.devices, 2);
	assert_string_equal(board.device[0].type, "stm32-usart");
	assert_int_equal(board.device[0].irqs, 1);
	assert_int_equal(board.device[0].irq[0], 7);
	assert_int_equal(board.device[0].options, 2);
	assert_string_equal(board.device[0].option[1].key, "kernel_div");
	assert_string_equal(board.device[0].option[1].value, "2");
	assert_int_equal(board.device[0].option[1].line, 18);
	assert_int_equal(board.device[0].option[1].column, 84);
	assert_string_equal(board.arena_memory, "ram");
	assert_string_equal(board.console, "uart");
	assert_int_equal(board.flash.wait_states, 4);
	assert_string_equal(board.flash.cache, "art");
	assert_int_equal(board.flash.icache_bytes, 1024);
	assert_int_equal(board.power[SIM_POWER_RUN].grade, SIM_CALIBRATED);
	assert_true(fabs(board.power[SIM_POWER_SLEEP].base_ua - 500) < 1e-9);
	assert_true(fabs(board.power[SIM_POWER_RUN].low_pct + 20) < 1e-9);
	assert_true(fabs(board.battery_mah - 220) < 1e-9);
	assert_true(fabs(board.battery_mv - 3000) < 1e-9);
	assert_true(fabs(board.timing_high_pct - 10) < 1e-9);
	assert_int_equal(board.sources, 6);
	assert_string_equal(board.source[2], "memories: c");
}

static void mistakes_are_told_with_line_and_column(void **state)
{
	assert_refused("core: cortex-m4", "core: cortex-m5", "b.yaml:4:7: 'cortex-m5' is not one of: cortex-m0, "
		       "cortex-m0plus, cortex-m3, cortex-m4, cortex-m7, cortex-m33");
	assert_refused("fpu: single", "fpu: double", "b.yaml:5:6: a cortex-m4 has no double-precision FPU");
	assert_refused("chip: X1\n", "chop: X1\n", "b.yaml:2:1: unknown key 'chop'; did you mean 'chip'? accepted: name, "
		       "chip, summary, core, fpu, clock, reset_clock, supply, interrupts, priority_bits, mpu_regions, "
		       "io_port, memories, arena, devices, console, flash, power, battery, timing, sources");
	assert_refused("chip: X1\n", "", "b.yaml:1:1: key 'chip' is missing");
	assert_refused("chip: X1\n", "chip: X1\nio_port: 0x50000000\n", "b.yaml:3:10: a cortex-m4 has no single-cycle I/O port");
	assert_refused("clock: 80MHz", "clock: 80", "b.yaml:6:8: '80' has no unit; a frequency such as 16kHz, 104Hz is "
		       "expected");
	assert_refused("clock: 80MHz", "clock: 80Hz", "b.yaml:6:8: '80Hz' is no core clock; 1kHz … 2GHz is expected");
	assert_refused("arena: ram", "arena: flash", "b.yaml:15:8: 'flash' is not one of: ram");
	assert_refused("console: uart", "console: rcc", "b.yaml:16:10: 'rcc' is not one of: uart");
	assert_refused("type: stub", "type: stab", unknown_type_message("stab"));
	assert_refused("high: 25%", "high: -25%", "b.yaml:23:69: '-25%' is no upper bound; 0% … 1000% is expected");
	assert_refused("line_bytes: 8", "line_bytes: 12", "b.yaml:20:37: '12' is no width of a flash; 4, 8, 16, 32 or 64 "
		       "is expected");
	assert_refused(", battery: f", "", "b.yaml:29:1: key 'battery' is missing in 'sources'");
	assert_refused("bytes: 512KiB", "bytes: 511KiB", "b.yaml:13:47: a memory has 4KiB … 1GiB and starts and ends at a "
		       "multiple of 4KiB");
	assert_refused("alias: [0]", "alias: [1]", "b.yaml:13:63: an alias starts at a multiple of 4KiB");
	assert_refused("bus_line_fill", "bus_fill", "b.yaml:28:19: unknown key 'bus_fill'; accepted: "
		       "bus_line_fill");
	assert_refused("width: 2", "width: 0", "b.yaml:28:52: 0 is out of range; a number from 0.01 to 200 is expected");
	assert_refused("irq: [7]", "irq: [40]", "b.yaml:18:51: 40 is out of range; a whole number from 0 to 39 is expected");
}

static void two_things_cannot_claim_the_same_address_or_interrupt(void **state)
{
	assert_refused("at: 0x20000000", "at: 0x08010000", "b.yaml:14:24: 'ram' at 0x08010000 … 0x0801ffff overlaps 'flash' "
		       "at 0x08000000 … 0x0807ffff");
	assert_refused("alias: 0x10000000", "alias: 0x00070000", "b.yaml:14:59: 'ram' at 0x00070000 … 0x0007ffff overlaps "
		       "'flash' at 0x00000000 … 0x0007ffff");
	assert_refused("at: 0x40009000", "at: 0x40007C00", "b.yaml:19:25: 'rcc' at 0x40007c00 … 0x400083ff overlaps 'uart' at "
		       "0x40008000 … 0x400083ff");
	assert_refused("at: 0x40009000", "at: 0x20008000", "b.yaml:19:25: 'rcc' at 0x20008000 … 0x200087ff overlaps 'ram' at "
		       "0x20000000 … 0x2000ffff");
	assert_refused("at: 0x40009000", "at: 0xE000E000", "b.yaml:19:25: 0xe000e000 … 0xe000e7ff is not free: 0xe0000000 … "
		       "0xe00fffff belongs to the core");
	assert_refused("at: 0x20000000", "at: 0x40024000", "b.yaml:14:24: 0x40024000 is no place for a memory: 0x40000000 … "
		       "0x5fffffff belongs to devices");
	assert_refused("at: 0x20000000", "at: 0xFFFF8000", "b.yaml:14:24: 65536 bytes from 0xffff8000 on reach past the end of "
		       "the address space");
	assert_refused("bytes: 0x800", "irq: 7", "b.yaml:19:42: interrupt 7 belongs to 'uart' already");
}

static void power_follows_voltage_with_an_ldo_and_not_with_an_smps(void **state)
{
	assert_true(read_text(good));
	/* 500 uA + 80 MHz * 100 uA/MHz = 8.5 mA */
	assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_RUN, 80000000, 3300) - 28050) < 1e-6);
	assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_RUN, 80000000, 1800) - 15300) < 1e-6);
	assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_STOP, 80000000, 3000) - 6) < 1e-9);
	board.regulator = SIM_SMPS;
	assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_RUN, 80000000, 1800) - 25500) < 1e-6);
	assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_RUN, 80000000, 3300) - 25500) < 1e-6);
}

static bool read_changed(const char *old, const char *new)
{
	char text[sizeof good + 2048];
	const char *at = strstr(good, old);
	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, new, at + strlen(old));
	return read_text(text);
}

static void lower_clocks_have_lines_of_their_own(void **state)
{
	assert_true(read_changed("per_clock: 100uA/MHz, at: 3V", "per_clock: 100uA/MHz, at: 1V, ranges: [{up_to: 20MHz, base: "
				 "100uA, per_clock: 50uA/MHz}, {up_to: 60MHz, base: 0uA, per_clock: 80uA/MHz}]"));
	static const struct {
		uint64_t hz;
		double uw;
	} points[] = { { 1000000, 150 }, { 20000000, 1100 }, { 20000001, 1600 }, { 60000000, 4800 }, { 61000000, 6600 } };
	for (unsigned i = 0; i < 5; i++)
		assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_RUN, points[i].hz, 1000) - points[i].uw) < 0.01);
	assert_refused("per_clock: 100uA/MHz, at: 3V", "per_clock: 100uA/MHz, at: 3V, ranges: [{up_to: 20MHz, base: 1uA, "
		       "per_clock: 1uA/MHz}, {up_to: 20MHz, base: 1uA, per_clock: 1uA/MHz}]",
		       "b.yaml:23:108: ranges come by clock, the lowest first");
}

static void wait_states_have_rising_limits(void **state)
{
	assert_true(read_changed("wait_states: 4,", "wait_states: 4, limits: [20MHz, 40MHz],"));
	assert_int_equal(board.flash.limits, 2);
	assert_int_equal(board.flash.fastest_hz[1], 40000000);
	assert_refused("wait_states: 4,", "wait_states: 4, limits: [40MHz, 40MHz],",
		       "b.yaml:20:41: each wait state more allows a higher clock");
}

static void an_smps_loses_more_at_higher_voltage_if_its_file_says_so(void **state)
{
	assert_true(read_changed("at: 3V, low: -20%", "at: 1.8V, per_volt: 10%, low: -20%"));
	board.regulator = SIM_SMPS;
	/* 8.5 mA * 1.8 V = 15.3 mW; 1.5 V more: 15 % */
	assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_RUN, 80000000, 1800) - 15300) < 1e-6);
	assert_true(fabs(sim_board_power_uw(&board, SIM_POWER_RUN, 80000000, 3300) - 17595) < 1e-6);
}

static void waits_are_discounted_around_the_measured_share(void **state)
{
	assert_true(read_changed("source: page 2", "source: page 2, stall: {discount: 40%, share: 25%, grade: estimated, source: p}"));
	/* P0 = 1 / (1 - 0.4 * 0.25) of the measured power */
	assert_true(fabs(sim_board_stall_factor(&board, 0.25) - 1) < 1e-12);
	assert_true(fabs(sim_board_stall_factor(&board, 0) - 1 / 0.9) < 1e-12);
	assert_true(fabs(sim_board_stall_factor(&board, 1) - 0.6 / 0.9) < 1e-12);
	/* 28.05 mW * 1 ms, as measured, and without any wait */
	assert_true(fabs(sim_board_run_uj(&board, 80000, 20000, 80000000, 3300) - 28.05) < 1e-9);
	assert_true(fabs(sim_board_run_uj(&board, 80000, 0, 80000000, 3300) - 28.05 / 0.9) < 1e-9);
	assert_refused("source: page 2", "source: page 2, stall: {discount: 100%, share: 0%, grade: estimated, source: p}",
		       "b.yaml:23:116: a discount is 0% … 99%, a share 0% … 100%");
	assert_true(read_text(good));
	assert_true(sim_board_stall_factor(&board, 0.9) == 1);
}

static void the_calibrated_boards_meet_their_measured_power(void **state)
{
	static const struct {
		const char *name;
		uint32_t supply_mv;
		double mw;
	} points[] = { { "nucleo-l4r5zi", 1800, 42.2 }, { "nucleo-u575zi", 1800, 22.7 }, { "nucleo-h7a3zi", 3000, 121.9 } };
	for (unsigned i = 0; i < 3; i++) {
		assert_true(sim_board_read(points[i].name, &board, &err));
		double mw = sim_board_power_uw(&board, SIM_POWER_RUN, board.clock_hz, points[i].supply_mv) / 1000;
		assert_true(fabs(mw / points[i].mw - 1) < 0.002);
		assert_int_equal(board.power[SIM_POWER_RUN].grade, SIM_CALIBRATED);
		assert_true(board.power[SIM_POWER_RUN].low_pct <= -20 && board.power[SIM_POWER_RUN].high_pct >= 20);
	}
}

static unsigned irq_total;

static void ignore_state(void *machine, enum sim_power_state state)
{
}

static void count_irq(void *machine, int irq, bool level)
{
	irq_total++;
}

/* Every device of the board accepts its options, and resets. */
static void start_devices(void)
{
	struct sim_clock clock;
	struct sim_wires wires = { .clock = &clock, .set_irq = count_irq, .set_deep_state = ignore_state };
	sim_clock_init(&clock, board.clock_hz);
	for (unsigned i = 0; i < board.devices; i++) {
		struct sim_device device = { .type = sim_device_type_find(board.device[i].type), .place = &board.device[i],
					     .board = &board, .wires = &wires };
		device.state = calloc(1, device.type->state_bytes);
		bool ok = !device.type->init || device.type->init(&device, &err);
		if (!ok)
			fail_msg("%s", err.text);
		device.type->reset(&device);
		if (device.type->free)
			device.type->free(&device);
		free(device.state);
	}
}

static const struct sim_placement *device_called(const char *name)
{
	for (unsigned i = 0; i < board.devices; i++)
		if (strcmp(board.device[i].name, name) == 0)
			return &board.device[i];
	return NULL;
}

static void check_sensor(const char *name, uint32_t at)
{
	const struct sim_placement *sensor = device_called(name);
	assert_non_null(sensor);
	assert_string_equal(sensor->type, "sensor-port");
	assert_int_equal(sensor->at, at);
	assert_int_equal(sensor->irqs, 1);
}

static void every_board_we_ship_is_whole(void **state)
{
	static const char *const expected[] = { "disco-f746ng", "nucleo-f103rb", "nucleo-g0b1re", "nucleo-h7a3zi",
						"nucleo-l4r5zi", "nucleo-u575zi", "mps2-an385", "mps2-an386",
						"mps2-an500" };
	char **names = sim_board_names(&err);
	assert_non_null(names);
	unsigned found = 0;
	for (char **name = names; *name; name++) {
		if (!sim_board_read(*name, &board, &err))
			fail_msg("%s", err.text);
		assert_string_equal(board.name, *name); /* the file's name is the board's */
		check_sensor("accelerometer", 0x5F000000);
		check_sensor("microphone", 0x5F001000);
		assert_non_null(device_called(board.console));
		assert_true(board.device[0].irqs >= 1);
		bool fpga = strncmp(*name, "mps2-", 5) == 0; /* runs on no battery */
		assert_true((fpga || board.battery_mah > 0) && board.sources >= 6);
		assert_true(board.timing_high_pct > 0);
		start_devices();
		for (unsigned i = 0; i < 9; i++)
			found += strcmp(*name, expected[i]) == 0;
	}
	assert_int_equal(found, 9);
	sim_board_names_free(names);
}

static void an_unknown_board_lists_the_known_ones(void **state)
{
	assert_false(sim_board_read("nucleo-l4r5zy", &board, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "no board is called 'nucleo-l4r5zy'; did you mean 'nucleo-l4r5zi'? known: disco-f746ng, "
			    "mps2-an385, mps2-an386, mps2-an500, nucleo-f103rb, nucleo-g0b1re, nucleo-h7a3zi, nucleo-l4r5zi, nucleo-u575zi");
	assert_false(sim_board_read("./none.yaml", &board, &err));
	assert_non_null(strstr(err.text, "./none.yaml"));
}

static void a_folder_of_the_users_comes_first(void **state)
{
	char folder[] = "/tmp/thumbwatt-boards-XXXXXX", path[80];
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/nucleo-l4r5zi.yaml", folder);
	assert_true(file_write(path, good, strlen(good), &err));
	setenv("THUMBWATT_BOARDS", "/nowhere", 1);
	assert_true(sim_board_read("nucleo-l4r5zi", &board, &err));
	assert_string_equal(board.chip, "STM32L4R5ZIT6");
	char both[100];
	snprintf(both, sizeof both, "/nowhere:%s", folder);
	setenv("THUMBWATT_BOARDS", both, 1);
	assert_true(sim_board_read("nucleo-l4r5zi", &board, &err));
	assert_string_equal(board.chip, "X1");
	assert_string_equal(board.path, path);
	char **names = sim_board_names(&err);
	unsigned count = 0;
	while (names[count])
		count++;
	assert_int_equal(count, 9); /* a name counts once */
	sim_board_names_free(names);
	unsetenv("THUMBWATT_BOARDS");
	unlink(path);
	rmdir(folder);
}

static void cores_are_named_as_in_board_files(void **state)
{
	assert_string_equal(sim_core_name(SIM_M0PLUS), "cortex-m0plus");
	assert_string_equal(sim_core_name(SIM_M33), "cortex-m33");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_board_is_read_as_written),
		cmocka_unit_test(mistakes_are_told_with_line_and_column),
		cmocka_unit_test(two_things_cannot_claim_the_same_address_or_interrupt),
		cmocka_unit_test(power_follows_voltage_with_an_ldo_and_not_with_an_smps),
		cmocka_unit_test(lower_clocks_have_lines_of_their_own),
		cmocka_unit_test(wait_states_have_rising_limits),
		cmocka_unit_test(an_smps_loses_more_at_higher_voltage_if_its_file_says_so),
		cmocka_unit_test(waits_are_discounted_around_the_measured_share),
		cmocka_unit_test(the_calibrated_boards_meet_their_measured_power),
		cmocka_unit_test(every_board_we_ship_is_whole),
		cmocka_unit_test(an_unknown_board_lists_the_known_ones),
		cmocka_unit_test(a_folder_of_the_users_comes_first),
		cmocka_unit_test(cores_are_named_as_in_board_files),
	};
	unsetenv("THUMBWATT_BOARDS");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
