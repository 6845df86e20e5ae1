/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sensors for firmware whose drivers talk to hardware that is not there, and files by the MLPerf Tiny
 * protocol. */
#include "tests/talk_fixture.h"

static char heard[16384];
static size_t heard_count;

static void keep(void *context, const char *port, uint8_t byte)
{
	if (heard_count + 1 < sizeof heard)
		heard[heard_count++] = (char)byte;
	heard[heard_count] = 0;
}

/* Runs board, firmware and these lines to the end; what was said is in `heard`. */
static void run_firmware(const char *firmware, const char *lines, enum session_verdict expected)
{
	char text[4000];
	struct err err;
	snprintf(text, sizeof text, "board: %s\nfirmware: %s\nduration: 2s\n%s", rig_file(), firmware, lines);
	fixture_write("s.yaml", text, strlen(text));
	const struct session_options options = {.scenario = fixture_path("s.yaml"), .heard = keep};
	heard_count = 0;
	heard[0] = 0;
	struct session *session = open_session(&options);
	while (session_advance(session, 2 * SIM_PS_PER_S))
		;
	if (!session_finish(session, 0, &err))
		fail_msg("%s", err.text);
	if (session_verdict(session) != expected)
		fail_msg("verdict %d; the firmware said: %s", session_verdict(session), heard);
	session_close(session);
}

static void run(const char *lines)
{
	run_firmware(firmware_file(), lines, SESSION_PASSED);
}

static void expect_heard(const char *text)
{
	if (!strstr(heard, text))
		fail_msg("'%s' is not in: %s", text, heard);
}

#define RAMP                                                                                                 \
	"sensors: {accelerometer: {rate: 10Hz, source: {x: {steps: [{at: 0, value: 1g}, {at: 100ms, value: " \
	"0.5g},"                                                                                             \
	" {at: 200ms, value: -1g}]}, z: {constant: -0.25g}}}}\n"
#define SENSE(n) "uart: [{expect: ready}, {send: \"sense " #n "\\n\"}]\n"

static void a_driver_without_hardware_returns_the_sensor_s_frame(void **state)
{
	run(RAMP "feed: [{symbol: read_accelerometer, sensor: accelerometer, args: {r0: frame}, returns: "
		 "0}]\n" SENSE(1));
	/* 1 g is 2048 counts; the other driver still fails */
	expect_heard("counts =2048\n=0\n-=512\n=0\nmilli-g =99000\n=99000\n=99000\n-=5\n");
}

static void values_may_be_physical_and_go_to_a_pointer_each(void **state)
{
	run(RAMP "feed: [{symbol: read_g, sensor: accelerometer, as: float, args: {r1: x, r2: y, r3: z}, "
		 "returns: 7}]\n" SENSE(1));
	expect_heard("milli-g =1000\n=0\n-=250\n=7\n");
	expect_heard("counts -=1\n");
	run(RAMP "feed: [{symbol: read_g, sensor: accelerometer, as: float, factor: 9.80665, args: {r1: x, "
		 "r3: z}}]\n" SENSE(1));
	expect_heard("milli-g =9806\n");
	expect_heard("-=2451\n=0\n"); /* y is nobody's; R0 is untouched: the device's address, 0 */
}

static void each_call_may_take_the_next_frame_or_wait_for_it(void **state)
{
	run(RAMP "feed: [{symbol: read_accelerometer, sensor: accelerometer, args: {r0: frame}, take: next, "
		 "returns: x}]\n" SENSE(3));
	expect_heard("counts =2048\n=0\n-=512\n=2048\n");
	expect_heard("counts =1024\n=0\n-=512\n=1024\n");
	expect_heard("counts -=2048\n=0\n-=512\n-=2048\n");
	/* Waiting, the third answer comes no earlier than its frame, at 200 ms. */
	run(RAMP "feed: [{symbol: read_accelerometer, sensor: accelerometer, args: {r0: frame}, take: "
		 "wait}]\n" SENSE(3) "expect: [{uart: \"counts -=2048\", between: [200ms, 300ms]}, {uart: "
				     "\"counts =1024\", between: [100ms, 200ms]}]\n");
}

static void the_time_a_driver_takes_can_be_said(void **state)
{
	run(RAMP
	    "feed: [{symbol: read_accelerometer, sensor: accelerometer, args: {r0: frame}, cycles: "
	    "500000}]\n" SENSE(1) "expect: [{uart: \"milli-g\", between: [500ms, 600ms]}]\n"); /* at 1 MHz */
}

static void frames_go_to_a_uart_when_they_are_due(void **state)
{
	/* The firmware sends back what comes on its second UART, one code up. */
	run(RAMP "feed: [{uart: uart1, sensor: accelerometer, text: \"{x}|\"}]\n"
		 "expect: [{uart: \"2135}\", port: uart1, count: 1, between: [100ms, 110ms]}," /* 1024| */
		 " {uart: \".3159}\", port: uart1, count: 1, between: [200ms, 210ms]}]\n");
	run(RAMP "feed: [{uart: uart1, sensor: accelerometer, header: \"AB\", endian: big}]\n"
		 "expect: [{uart: \"BC\\x05\\x01\", port: uart1, between: [100ms, 110ms]}]\n"); /* 0x0400 */
}

static void a_feed_that_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *lines, *message;
	} cases[] = {
		{RAMP "feed: [{symbol: nowhere, sensor: accelerometer}]",
		 "the firmware has no symbol 'nowhere'"},
		{RAMP "feed: [{address: 0x40000000, sensor: accelerometer}]", "no code at 0x40000000"},
		{RAMP "feed: [{symbol: main, sensor: accelerometer}, {symbol: main, sensor: accelerometer}]",
		 "fed already"},
		{RAMP "feed: [{uart: usart9, sensor: accelerometer}]",
		 "there is no UART 'usart9'; there are: uart0, uart1, itm, semihosting, rtt"},
		{RAMP "feed: [{sensor: accelerometer}]", "a feed needs 'symbol', 'address' or 'uart'"},
		{RAMP "feed: [{symbol: a, sensor: gyro}]", "'gyro'"},
		{RAMP "feed: [{symbol: a, sensor: accelerometer, args: {r4: x}}]", "unknown key 'r4'"},
		{RAMP "feed: [{symbol: a, sensor: accelerometer, args: {r0: w}}]",
		 "'w' is not one of: frame, x, y, z"},
		{RAMP "feed: [{symbol: a, sensor: accelerometer, as: float, returns: x}]", "a float result"},
		{RAMP "feed: [{symbol: a, sensor: accelerometer, returns: all}]",
		 "'all' is not one of: a number, frames, x"},
		{RAMP "feed: [{symbol: a, sensor: accelerometer, frames: 0}]", "at least 1 frame"},
		{RAMP "feed: [{uart: uart1, sensor: accelerometer, text: x, header: y}]",
		 "not beside 'text'"},
		{"feed: [{symbol: a, sensor: accelerometer}]", "the scenario has no sensors"},
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[2000];
		struct session *session;
		struct err err;
		snprintf(text, sizeof text, "board: %s\nfirmware: %s\nduration: 1s\n%s\n", rig_file(),
			 firmware_file(), cases[i].lines);
		fixture_write("s.yaml", text, strlen(text));
		const struct session_options options = {.scenario = fixture_path("s.yaml")};
		assert_false(session_open(&options, &session, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		if (!strstr(err.text, cases[i].message))
			fail_msg("'%s' is not in: %s", cases[i].message, err.text);
	}
}

static void make_input(uint8_t bytes[64])
{
	for (unsigned i = 0; i < 64; i++)
		bytes[i] = (uint8_t)(7 * i + 3);
	fixture_write("input.bin", bytes, 64);
}

static void a_scenario_plays_the_mlperf_tiny_protocol(void **state)
{
	char firmware[512];
	uint8_t bytes[64];
	make_input(bytes);
	snprintf(firmware, sizeof firmware, "%s/tests/fw/mlperf-m4.elf", getenv("BUILD_ROOT"));
	run_firmware(firmware,
		     "probe: {begin: \"uart:m-lap-us-\", end: \"uart:m-results-[\"}\n"
		     "uart: [{expect: \"m-ready\\r\\n\"}, {load: input.bin, within: 100ms}, {send: \"infer 1 "
		     "0%\"},"
		     " {expect: \"m-results-[\"}, {expect: \"m-ready\", end: true}]\n"
		     "budgets: {inferences: 1}\n",
		     SESSION_PASSED);
	expect_heard("m-results-[");
}

static void a_load_that_is_not_answered_fails_the_scenario(void **state)
{
	uint8_t bytes[64];
	make_input(bytes);
	run_firmware(firmware_file(), "uart: [{expect: ready}, {load: input.bin, within: 20ms}]\n",
		     SESSION_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_driver_without_hardware_returns_the_sensor_s_frame),
		cmocka_unit_test(values_may_be_physical_and_go_to_a_pointer_each),
		cmocka_unit_test(each_call_may_take_the_next_frame_or_wait_for_it),
		cmocka_unit_test(the_time_a_driver_takes_can_be_said),
		cmocka_unit_test(frames_go_to_a_uart_when_they_are_due),
		cmocka_unit_test(a_feed_that_cannot_be_is_refused),
		cmocka_unit_test(a_scenario_plays_the_mlperf_tiny_protocol),
		cmocka_unit_test(a_load_that_is_not_answered_fails_the_scenario),
	};
	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
