/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How beginning and end of an inference are written, in a scenario and on the command line. */
#include "tests/scn_fixture.h"

#include "scenarios/probe.h"

static struct scn_probe parsed(const char *text)
{
	struct scn_probe probe;
	struct err err;
	if (!scn_probe_parse(text, &probe, &err))
		fail_msg("%s: %s", text, err.text);
	return probe;
}

static void refused(const char *text, const char *message)
{
	struct scn_probe probe;
	struct err err;
	memset(&probe, 7, sizeof probe);
	assert_false(scn_probe_parse(text, &probe, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(probe.begin.pin, 0x07070707);
	if (!strstr(err.text, message))
		fail_msg("'%s' is not in: %s", message, err.text);
}

static void a_function_lasts_to_its_return_and_a_pin_to_its_other_level(void **state)
{
	struct scn_probe p = parsed("Invoke");
	assert_int_equal(p.begin.kind, SCN_MOMENT_SYMBOL);
	assert_string_equal(p.begin.name, "Invoke");
	assert_int_equal(p.end.kind, SCN_MOMENT_RETURN);
	p = parsed("0x08001235");
	assert_int_equal(p.begin.kind, SCN_MOMENT_ADDRESS);
	assert_int_equal(p.begin.address, 0x08001235);
	assert_int_equal(p.end.kind, SCN_MOMENT_RETURN);
	p = parsed("pin:gpiob.15=0");
	assert_int_equal(p.begin.kind, SCN_MOMENT_PIN);
	assert_string_equal(p.begin.name, "gpiob");
	assert_int_equal(p.begin.pin, 15);
	assert_false(p.begin.level);
	assert_true(p.end.level);
	p = parsed("uart:a b,0x10");
	assert_memory_equal(p.begin.text, "a b", 3);
	assert_int_equal(p.begin.length, 3);
	assert_int_equal(p.end.kind, SCN_MOMENT_ADDRESS);
}

static void what_makes_no_probe_is_refused(void **state)
{
	refused("", "a function's name, an address");
	refused("12x", "'12x' is no address");
	refused("0x100000000", "is no address");
	refused("pin:gpiob", "'gpiob' is no pin");
	refused("pin:.3", "is no pin");
	refused("pin:gpiob.32", "is no pin");
	refused("pin:gpiob.3=2", "is no pin");
	refused("uart:go", "what ends it must be said");
	refused("uart:,x", "0 bytes of text");
}

static struct scn_probe said(const char *text)
{
	struct scn_probe probe;
	struct err err;
	if (!scn_probe_read(yaml_get(fixture_yaml(text), "probe"), &probe, &err))
		fail_msg("%s: %s", text, err.text);
	return probe;
}

static void refused_in_yaml(const char *text, const char *message)
{
	struct scn_probe probe;
	struct err err;
	assert_false(scn_probe_read(yaml_get(fixture_yaml(text), "probe"), &probe, &err));
	if (!strstr(err.text, message))
		fail_msg("'%s' is not in: %s", message, err.text);
}

static void a_scenario_says_the_same_as_text_or_map(void **state)
{
	struct scn_probe p = said("probe: Invoke");
	assert_int_equal(p.end.kind, SCN_MOMENT_RETURN);
	p = said("probe: {pin: gpioc.2, level: 0}");
	assert_int_equal(p.begin.pin, 2);
	assert_false(p.begin.level);
	assert_true(p.end.level);
	p = said("probe: {begin: \"uart:go\", end: {uart: \"done\\r\\n\", port: usart1}}");
	assert_int_equal(p.begin.length, 2);
	assert_int_equal(p.end.length, 6);
	assert_string_equal(p.end.name, "usart1");
	p = said("probe: {begin: 0x08001234, end: {symbol: after}}");
	assert_int_equal(p.begin.address, 0x08001234);
	assert_string_equal(p.end.name, "after");
}

static void mistakes_in_a_scenario_have_their_place(void **state)
{
	refused_in_yaml("probe: {end: x}", "s.yaml:1:1: key 'begin' is missing in 'probe'");
	refused_in_yaml("probe: {uart: go}", "what ends it must be said");
	refused_in_yaml("probe: {begin: {pin: gpiob}}", "s.yaml:1:22: 'gpiob' is no pin");
	refused_in_yaml("probe: {begin: {pin: b.1, level: 2}, end: x}", "s.yaml:1:34: ");
	refused_in_yaml("probe: {sybmol: x}", "s.yaml:1:9: unknown key 'sybmol'");
	refused_in_yaml("probe: [a]", "s.yaml:1:8: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_lasts_to_its_return_and_a_pin_to_its_other_level),
		cmocka_unit_test(what_makes_no_probe_is_refused),
		cmocka_unit_test_setup_teardown(a_scenario_says_the_same_as_text_or_map, fixture_make,
						fixture_drop),
		cmocka_unit_test_setup_teardown(mistakes_in_a_scenario_have_their_place, fixture_make,
						fixture_drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
