/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/scn_fixture.h"

#include <math.h>

#include "scenarios/expect.h"

#define MS UINT64_C(1000000000)

static const struct scn_output outputs[] = {
	{1000 * MS, "silence", 0.99},
	{2200 * MS, "yes", 0.6},
	{2400 * MS, "yes", 0.9},
	{4000 * MS, "no", 0.4},
};
static const uint64_t heard_ps[] = {1 * MS, 2 * MS, 3 * MS, 4 * MS, 5 * MS, 6 * MS, 7 * MS};
static const struct scn_heard heard[] = {
	{"usart2", (const uint8_t *)"ok\nokok", heard_ps, 7},
	{"lpuart1", (const uint8_t *)"aaa", heard_ps, 3},
};
static const struct scn_metric metrics[] = {
	{"inferences.latency_ms.max", 60},
	{"memory.arena_bytes", 24000},
	{"energy.battery.days", NAN},
};

static const struct scn_evidence evidence = {
	.output = outputs,
	.outputs = 4,
	.heard = heard,
	.ports = 2,
	.console = "usart2",
	.metric = metrics,
	.metrics = 3,
};

static struct scn_verdict verdict;

/* Judges one expectation as a scenario writes it. */
static bool judged(const char *text, const struct scn_evidence *e)
{
	static struct scn_expectation x[SCN_MAX_EXPECTATIONS];
	unsigned count = 0;
	struct err err;
	char list[512];
	snprintf(list, sizeof list, "[%s]", text);
	if (!scn_expectations_read(fixture_yaml(list), NULL, x, &count, &err))
		fail_msg("%s", err.text);
	assert_int_equal(count, 1);
	scn_judge_expectation(x, e, &verdict);
	return verdict.pass;
}

static void says(const char *name, const char *detail)
{
	assert_string_equal(verdict.name, name);
	assert_string_equal(verdict.detail, detail);
}

static void a_label_must_come_in_its_window(void **state)
{
	assert_true(judged("{label: yes, between: [2.0s, 3.0s]}", &evidence));
	says("label yes between 2 s and 3 s", "2 times, first at 2.200000 s with 0.600");
	assert_false(judged("{label: yes, between: [2.5s, 4s]}", &evidence));
	says("label yes between 2.5 s and 4 s", "not once; there was no 0.400 at 4.000 s");
	assert_false(judged("{label: yes, between: [5s, 6s]}", &evidence));
	says("label yes between 5 s and 6 s", "not once; no inference ended there");
	assert_true(judged("{label: no}", &evidence));
	says("label no", "once at 4.000000 s with 0.400");
	assert_true(judged("{label: yes, between: [2.2s, 2.2s]}", &evidence));
	assert_true(judged("{label: silence, within: 1s}", &evidence));
	assert_false(judged("{label: silence, within: 999ms}", &evidence));
	const struct scn_evidence nothing = {0};
	assert_false(judged("{label: yes}", &nothing));
	says("label yes", "not once; no inference ended in this run");
}

static void a_label_may_be_forbidden_counted_and_scored(void **state)
{
	assert_false(judged("{label: no, never: true}", &evidence));
	says("label no never", "once at 4.000000 s with 0.400");
	assert_true(judged("{label: up, never: true}", &evidence));
	says("label up never", "not once");
	assert_true(judged("{label: yes, never: true, between: [3s, 9s]}", &evidence));
	assert_true(judged("{label: no, never: true, min_score: 0.5}", &evidence));
	assert_true(judged("{label: no, never: false}", &evidence));
	assert_true(judged("{label: yes, min_score: 0.9}", &evidence));
	says("label yes with 0.9 or more", "once at 2.400000 s with 0.900");
	assert_false(judged("{label: yes, min_score: 0.95}", &evidence));
	assert_true(judged("{label: yes, count: 2}", &evidence));
	assert_false(judged("{label: yes, count: 1}", &evidence));
	says("label yes once", "2 times, first at 2.200000 s with 0.600");
	assert_true(judged("{label: yes, count: [1, 5]}", &evidence));
	assert_false(judged("{label: yes, count: [3, 5]}", &evidence));
	says("label yes 3 to 5 times", "2 times, first at 2.200000 s with 0.600");
}

static void a_text_must_have_come_from_its_port_in_time(void **state)
{
	assert_true(judged("{uart: ok}", &evidence));
	says("uart \"ok\"", "3 times, first at 0.002000 s");
	assert_true(judged("{uart: ok, count: 3}", &evidence));
	assert_true(judged("{uart: ok, within: 2ms}", &evidence));
	assert_false(judged("{uart: ok, within: 1ms}", &evidence));
	says("uart \"ok\" within 0.001 s", "not once in the 7 bytes that usart2 sent");
	assert_true(judged("{uart: ok, between: [3ms, 5ms], count: 1}", &evidence));
	assert_true(judged("{uart: \"k\\no\"}", &evidence));
	says("uart \"k\\no\"", "once at 0.004000 s");
	assert_true(judged("{uart: aa, port: lpuart1, count: 1}", &evidence)); /* occurrences do not overlap */
	assert_false(judged("{uart: aa}", &evidence));
	assert_false(judged("{uart: ok, port: usart9}", &evidence));
	says("uart \"ok\"", "nothing came from usart9");
	assert_true(judged("{uart: error, never: true}", &evidence));
	assert_true(judged("{uart: error, never: true, port: usart9}", &evidence));
	assert_false(judged("{uart: ok okok and more than was sent}", &evidence));
}

static void an_exit_must_be_the_one_expected(void **state)
{
	struct scn_evidence e = evidence;
	assert_false(judged("{exit: 0}", &e));
	says("exit with 0", "still running at the end");
	e.exited = true;
	assert_true(judged("{exit: 0}", &e));
	assert_false(judged("{exit: -1}", &e));
	says("exit with -1", "exited with 0");
}

static void a_budget_holds_up_to_its_limit(void **state)
{
	struct scn_budget budget[SCN_MAX_BUDGETS];
	struct scn_budget_verdict v;
	unsigned count = 0;
	struct err err;
	assert_true(scn_budgets_read(fixture_yaml("{latency_ms: 60, arena_bytes: 23KiB, battery_days: 10, "
						  "energy_uj_per_inference: 2.5mJ, latency_ms_p99: 1s}"),
				     budget, &count, &err));
	assert_int_equal(count, 5);
	scn_judge_budget(&budget[0], &evidence, &v);
	assert_string_equal(v.metric, "latency_ms");
	assert_true(v.pass && v.known && v.actual == 60 && v.limit == 60);
	scn_judge_budget(&budget[1], &evidence, &v);
	assert_true(!v.pass && v.actual == 24000 && v.limit == 23 * 1024);
	scn_judge_budget(&budget[2], &evidence, &v); /* a number that is none is no number */
	assert_true(!v.pass && !v.known && v.actual == 0);
	assert_true(budget[3].limit == 2500 && budget[4].limit == 1000);
	scn_judge_budget(&budget[3], &evidence, &v);
	assert_true(!v.pass && !v.known);
	const struct scn_metric days[] = {{"energy.battery.days", 12}};
	const struct scn_evidence e = {.metric = days, .metrics = 1};
	scn_judge_budget(&budget[2], &e, &v);
	assert_true(v.pass && v.actual == 12);
	budget[2].limit = 13;
	scn_judge_budget(&budget[2], &e, &v);
	assert_false(v.pass);
}

static void expectation_refused(const char *text, const char *message)
{
	static const char *const labels[] = {"yes", "no", "silence", NULL};
	static struct scn_expectation x[SCN_MAX_EXPECTATIONS];
	unsigned count = 77;
	struct err err;
	assert_false(scn_expectations_read(fixture_yaml(text), labels, x, &count, &err));
	assert_int_equal(count, 77);
	assert_string_equal(fixture_plain(err.text), message);
}

static void mistakes_in_expectations_are_reported_where_they_stand(void **state)
{
	expectation_refused("{label: yes}",
			    "s.yaml:1:1: a list of expectations such as {label: yes, between: [2s, 3s]} is "
			    "expected here, not a map");
	expectation_refused(
		"[yes]", "s.yaml:1:2: an expectation such as {label: yes, between: [2s, 3s]} is expected here, "
			 "not text");
	expectation_refused("[{}]", "s.yaml:1:2: an expectation needs one of label, uart, exit");
	expectation_refused("[{label: yse}]",
			    "s.yaml:1:10: 'yse' is none of the model's labels; did you mean 'yes'? they "
			    "are: yes, no, silence");
	expectation_refused("[{label: up}]",
			    "s.yaml:1:10: 'up' is none of the model's labels; they are: yes, no, silence");
	expectation_refused("[{label: }]", "s.yaml:1:10: text is expected here, not nothing");
	expectation_refused(
		"[{label: yes, betwen: [1s, 2s]}]",
		"s.yaml:1:15: unknown key 'betwen'; did you mean 'between'? accepted: label, between, within, "
		"never, count, min_score");
	expectation_refused("[{label: yes, uart: x}]",
			    "s.yaml:1:15: unknown key 'uart'; accepted: label, between, within, "
			    "never, count, min_score");
	expectation_refused("[{label: yes, between: 2s}]",
			    "s.yaml:1:24: two times such as [2s, 3s] is expected here, not text");
	expectation_refused("[{label: yes, between: [2s]}]",
			    "s.yaml:1:24: two times such as [2s, 3s] are expected here, not 1");
	expectation_refused("[{label: yes, between: [3s, 2s]}]", "s.yaml:1:24: 3s comes after 2s");
	expectation_refused("[{label: yes, between: [1, 2s]}]",
			    "s.yaml:1:25: '1' has no unit; a time such as 200ms, 2s, 1h is expected");
	expectation_refused("[{label: yes, between: [-1s, 2s]}]",
			    "s.yaml:1:25: '-1s' is negative; a time such as 200ms, 2s, 1h is expected");
	expectation_refused("[{label: yes, between: [1s, 2s], within: 1s}]",
			    "s.yaml:1:34: 'within' beside 'between': one of them is expected");
	expectation_refused("[{label: yes, never: true, count: 1}]",
			    "s.yaml:1:28: 'count' beside 'never': one of them is expected");
	expectation_refused("[{label: yes, never: maybe}]", "s.yaml:1:22: 'maybe' is not one of: false, true");
	expectation_refused("[{label: yes, count: 1.5}]",
			    "s.yaml:1:22: '1.5' is not whole; a number such as 12, 0.5, 0x1F is expected");
	expectation_refused("[{label: yes, count: [5, 1]}]", "s.yaml:1:22: 5 is more than 1");
	expectation_refused("[{label: yes, count: []}]",
			    "s.yaml:1:22: a number, or two such as [1, 5], are expected here");
	expectation_refused("[{label: yes, min_score: 60}]",
			    "s.yaml:1:26: 60 is out of range; a number from 0 to 1 is expected");
	expectation_refused("[{label: yes, min_score: nan}]",
			    "s.yaml:1:26: 'nan' is not a number; a number such as 12, 0.5, 0x1F is expected");
	expectation_refused("[{uart: ''}]", "s.yaml:1:9: 0 bytes of text; 1 to 255 are accepted");
	expectation_refused("[{uart: [a]}]", "s.yaml:1:9: text is expected here, not a list");
	expectation_refused("[{exit: zero}]",
			    "s.yaml:1:9: 'zero' is not a number; a number such as 12, 0.5, 0x1F is "
			    "expected");
	expectation_refused("[{exit: 0, within: 1s}]", "s.yaml:1:12: unknown key 'within'; accepted: exit");
	char many[4096] = "[";
	for (int i = 0; i < 129; i++)
		strcat(many, "{exit: 0},");
	strcat(many, "]");
	expectation_refused(many, "s.yaml:1:1282: more than 128 expectations");
}

static void budget_refused(const char *text, const char *message)
{
	struct scn_budget budget[SCN_MAX_BUDGETS];
	unsigned count = 77;
	struct err err;
	assert_false(scn_budgets_read(fixture_yaml(text), budget, &count, &err));
	assert_int_equal(count, 77);
	assert_string_equal(fixture_plain(err.text), message);
}

static void mistakes_in_budgets_are_reported_where_they_stand(void **state)
{
	budget_refused(
		"{latencyms: 60}",
		"s.yaml:1:2: unknown key 'latencyms'; did you mean 'latency_ms'? accepted: latency_ms, "
		"latency_ms_mean, latency_ms_p99, cycles_per_inference, energy_uj_per_inference, inferences, "
		"arena_bytes, stack_bytes, heap_bytes, ram_bytes, flash_bytes, average_mw, total_mj, "
		"battery_days");
	budget_refused(
		"{latency_ms: 60uJ}",
		"s.yaml:1:14: '60uJ': 'uJ' does not belong here; a number such as 12, 0.5, 0x1F is expected");
	budget_refused("{latency_ms: -60}", "s.yaml:1:14: -60 is negative; a limit of 0 or more is expected");
	budget_refused("{latency_ms: inf}",
		       "s.yaml:1:14: 'inf' is not a number; a number such as 12, 0.5, 0x1F is expected");
	budget_refused("{latency_ms: [60]}",
		       "s.yaml:1:14: a number such as 12, 0.5, 0x1F is expected here, not a list");
}

static void bytes_are_shown_as_people_can_read_them(void **state)
{
	char text[16], wide[64];
	assert_string_equal(scn_show_text((const uint8_t *)"a\"b\\\r\n\t\x01\xFF", 9, wide, sizeof wide),
			    "a\\\"b\\\\\\r\\n\\t\\x01\\xFF");
	assert_string_equal(scn_show_text((const uint8_t *)"0123456789012345", 16, text, sizeof text),
			    "012345678901…");
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_make, fixture_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_label_must_come_in_its_window),
		T(a_label_may_be_forbidden_counted_and_scored),
		T(a_text_must_have_come_from_its_port_in_time),
		T(an_exit_must_be_the_one_expected),
		T(a_budget_holds_up_to_its_limit),
		T(mistakes_in_expectations_are_reported_where_they_stand),
		T(mistakes_in_budgets_are_reported_where_they_stand),
		cmocka_unit_test(bytes_are_shown_as_people_can_read_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
