/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That script/bench's program works. What it measures is no test: no time is judged here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/child.h"

static struct child child;
static json_t *root;

static void program(char *ret, size_t size, const char *name)
{
	snprintf(ret, size, "%s/tests/bench/%s", getenv("BUILD_ROOT"), name);
}

static int run_tiny(void **state)
{
	char path[] = "/tmp/test-bench-XXXXXX", bench[600];
	struct err err;
	int fd = mkstemp(path);
	program(bench, sizeof bench, "bench");
	const char *const argv[] = {bench, "--tiny", "--json", path, NULL};
	if (fd < 0 || !child_run(argv, &child, &err))
		return -1;
	json_error_t why;
	root = json_load_file(path, 0, &why);
	close(fd);
	unlink(path);
	return 0;
}

static int forget(void **state)
{
	json_decref(root);
	return 0;
}

static const json_t *workload(const char *name)
{
	size_t i;
	json_t *entry;
	json_array_foreach(json_object_get(root, "workloads"), i, entry)
		if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0)
			return entry;
	fail_msg("no workload %s", name);
	return NULL;
}

/* It refuses checksums that differ, so ending well also says that all who ran computed the same. */
static void every_workload_runs_and_all_contestants_agree(void **state)
{
	static const char *const NAMES[] = {"integer", "network", "stores", "fp-single", "fp-double",
					    "integer-m0plus", "integer-m33", "integer-m7", "network-m33", "network-m7", "storm",
					    "sleeping-hour", "full-activity"};
	assert_int_equal(child.status, 0);
	assert_non_null(root);
	for (unsigned i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		const json_t *w = workload(NAMES[i]);
		assert_true(json_real_value(json_object_get(w, "mips")) > 0);
		assert_true(json_real_value(json_object_get(w, "mips_plain")) > 0);
		assert_true(json_real_value(json_object_get(w, "mips_exact_addresses")) > 0);
		assert_true(json_integer_value(json_object_get(w, "instructions")) > 10000);
	}
}

static void a_ratio_is_null_where_the_other_cannot_run_and_the_reason_is_told(void **state)
{
	const json_t *storm = workload("storm"), *integer = workload("integer");
	assert_true(json_is_null(json_object_get(storm, "ratio_to_raw_unicorn")));
	assert_non_null(json_object_get(json_object_get(storm, "why_null"), "mips_raw_unicorn"));
	assert_true(json_is_real(json_object_get(integer, "ratio_to_raw_unicorn")));
	assert_true(json_is_real(json_object_get(integer, "ratio_to_unicorn_block_hook")));
	/* Null with a reason (not installed), null without one (too short to tell from starting), or a number. */
	assert_non_null(json_object_get(integer, "ratio_to_qemu"));
}

static void the_sleeping_hour_is_compared_with_its_work_alone(void **state)
{
	const json_t *hour = workload("sleeping-hour"), *full = workload("full-activity");
	assert_true(json_real_value(json_object_get(hour, "host_s_without_sleep")) > 0);
	assert_true(json_real_value(json_object_get(hour, "ratio_to_full_activity")) > 0);
	/* The same work: what waking up 20 times takes is all the difference. */
	json_int_t more = json_integer_value(json_object_get(hour, "instructions")) -
			  json_integer_value(json_object_get(full, "instructions"));
	assert_in_range(more, 0, 20 * 20);
}

static void firmware_that_is_none_of_the_benchmark_is_refused(void **state)
{
	char stock[600], ours[600];
	struct child refused;
	struct err err;
	program(stock, sizeof stock, "bench-stock");
	program(ours, sizeof ours, "bench-ours");
	const char *const usage[] = {ours, "plain", NULL}, *const missing[] = {stock, "raw", "cortex-m4", "/nowhere", NULL};
	assert_true(child_run(usage, &refused, &err));
	assert_int_equal(refused.status, 2);
	assert_true(child_run(missing, &refused, &err));
	assert_int_equal(refused.status, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_workload_runs_and_all_contestants_agree),
		cmocka_unit_test(a_ratio_is_null_where_the_other_cannot_run_and_the_reason_is_told),
		cmocka_unit_test(the_sleeping_hour_is_compared_with_its_work_alone),
		cmocka_unit_test(firmware_that_is_none_of_the_benchmark_is_refused),
	};
	return cmocka_run_group_tests_name("bench", tests, run_tiny, forget);
}
