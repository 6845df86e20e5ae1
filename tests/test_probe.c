/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inferences of firmware that marks none: seen by function, address, pin and text, with their exact cycles.
 */
#include "tests/talk_fixture.h"

struct seen {
	uint64_t count;
	double mean, min, max;
};

static double number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

/* Sends the commands, ends the firmware, and says what the report knows of inferences. */
static struct seen run(const char *probe, const char *commands)
{
	char lines[2000];
	struct err err;
	snprintf(lines, sizeof lines, "%s\nuart:\n  - {expect: ready}\n%s  - {send: \"exit 0\\n\"}\n", probe,
		 commands);
	struct session *session = open_lines("2s", lines);
	while (session_advance(session, 2 * SIM_PS_PER_S))
		;
	if (!session_finish(session, 0, &err))
		fail_msg("%s", err.text);
	assert_int_equal(session_verdict(session), SESSION_PASSED);
	const json_t *inferences = json_object_get(session_report(session), "inferences");
	const json_t *cycles = json_object_get(inferences, "cycles");
	struct seen seen = {(uint64_t)number(inferences, "count"), number(cycles, "mean"),
			    number(cycles, "min"), number(cycles, "max")};
	session_close(session);
	return seen;
}

#define INFER(n) "  - {send: \"infer " #n "\\n\"}\n  - {expect: \"end\\n\"}\n"

static void a_function_is_measured_from_its_call_to_its_return(void **state)
{
	struct seen small = run("probe: invoke", INFER(1000)), large = run("probe: invoke", INFER(3000));
	assert_int_equal(small.count, 1);
	/* Both loops go 2000 times more: what is left over is the same, call and return. */
	double round = (large.mean - small.mean) / 4000;
	assert_true(round >= 5 && round <= 12);
	double rest = small.mean - 2000 * round;
	assert_true(rest >= 5 && rest < 60);
	struct seen both = run("probe: invoke", INFER(1000) INFER(3000) INFER(1000));
	assert_int_equal(both.count, 3);
	assert_true(both.min == small.mean && both.max == large.mean);
}

static void an_address_inside_straight_code_is_exact_to_the_cycle(void **state)
{
	struct seen seen = run("probe: {begin: straight_begin, end: straight_end}", INFER(10) INFER(10));
	assert_int_equal(seen.count, 2);
	assert_true(seen.min == 5 && seen.max == 5); /* five NOPs between the two labels */
}

static void a_pin_and_a_text_see_what_lies_between_them(void **state)
{
	struct seen function = run("probe: invoke", INFER(1000));
	struct seen pin = run("probe: pin:pins.5", INFER(1000));
	struct seen falling = run("probe: pin:pins.5=0", INFER(1000) INFER(1000));
	struct seen text =
		run("probe: {begin: \"uart:begin\", end: {uart: \"end\\n\", port: uart0}}", INFER(1000));
	assert_int_equal(pin.count, 1);
	assert_true(pin.mean > function.mean && pin.mean < function.mean + 60);
	assert_int_equal(falling.count, 1); /* from one inference to the next */
	assert_int_equal(text.count, 1);
	/* The last bytes of `begin` leave after the function has begun; "end" takes 4 bytes of 160 cycles. */
	assert_true(text.mean > function.mean && text.mean < function.mean + 1000);
}

static void a_function_that_calls_itself_is_one_inference(void **state)
{
	const char *const commands = "  - {send: \"deep 5\\n\"}\n  - {expect: \"deep\\n\"}\n";
	assert_int_equal(run("probe: deep", commands).count, 1);
}

static void an_exception_handler_lasts_to_its_exception_return(void **state)
{
	const char *const commands = "  - {send: \"tick\\n\"}\n  - {expect: \"ticked\\n\"}\n";
	struct seen seen = run("probe: SysTick_Handler", commands);
	assert_int_equal(seen.count, 1);
	assert_true(seen.mean > 100 && seen.mean < 400);
}

static void probing_changes_no_cycle(void **state)
{
	struct seen pin = run("probe: pin:pins.5", INFER(1000));
	struct session_options options = {.scenario = fixture_path("s.yaml"),
					  .probe = "straight_begin,straight_end"};
	struct session *session = open_session(&options);
	while (session_advance(session, 2 * SIM_PS_PER_S))
		;
	uint64_t end_ps = session_now_ps(session);
	session_close(session);
	options.probe = NULL;
	session = open_session(&options);
	while (session_advance(session, 2 * SIM_PS_PER_S))
		;
	assert_int_equal(session_now_ps(session), end_ps);
	session_close(session);
	assert_int_equal(pin.count, 1);
}

static void a_probe_that_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *probe, *message;
	} cases[] = {
		{"Invoke", "the firmware has no symbol 'Invoke'"}, {"0x40000000", "no code at 0x40000000"},
		{"pin:gpiob.5", "no port of pins 'gpiob'"},	   {"uart:x", "what ends it must be said"},
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct session_options options = {.board = rig_file(), .firmware = firmware_file(),
							.probe = cases[i].probe};
		struct session *session;
		struct err err;
		assert_false(session_open(&options, &session, &err));
		if (!strstr(err.text, cases[i].message))
			fail_msg("'%s' is not in: %s", cases[i].message, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_measured_from_its_call_to_its_return),
		cmocka_unit_test(an_address_inside_straight_code_is_exact_to_the_cycle),
		cmocka_unit_test(a_pin_and_a_text_see_what_lies_between_them),
		cmocka_unit_test(a_function_that_calls_itself_is_one_inference),
		cmocka_unit_test(an_exception_handler_lasts_to_its_exception_return),
		cmocka_unit_test(probing_changes_no_cycle),
		cmocka_unit_test(a_probe_that_cannot_be_is_refused),
	};
	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
