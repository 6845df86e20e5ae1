/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference of scenarios is true: each example in docs/scenarios.md is read, and its key tables are complete. */
#include "tests/scn_fixture.h"

#include "scenarios/scenario.h"

static char *text;

static int make(void **state)
{
	static const int16_t silence[160];
	static char path[512];
	struct err err;
	size_t size;
	const char *root = getenv("SOURCE_ROOT");
	if (fixture_make(state) != 0)
		return -1;
	fixture_write("kws.tflite", "model", 5);
	fixture_write("labels.txt", "yes\nno\n", 7);
	fixture_write("gait.csv", "x,y,z\n1,2,3\n", 12);
	fixture_write_wav("yes.wav", silence, 160, 1, 16000);
	snprintf(path, sizeof path, "%s/docs/scenarios.md", root ? root : ".");
	if (!file_read(path, 1 << 20, (uint8_t **)&text, &size, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	return 0;
}

static int drop(void **state)
{
	free(text);
	text = NULL;
	return fixture_drop(state);
}

/* An example is a part of a scenario: what it lacks is put in front of it. */
static void complete(const char *example, size_t size, char *ret, size_t room)
{
	static const char *const needed[] = {"board: b\n", "model: kws.tflite\n", "duration: 9s\n"};
	size_t used = 0;
	for (size_t i = 0; i < 3; i++) {
		const char *found = memmem(example, size, needed[i], strcspn(needed[i], ":") + 1);
		if (!found)
			used += (size_t)snprintf(ret + used, room - used, "%s", needed[i]);
	}
	snprintf(ret + used, room - used, "%.*s", (int)size, example);
}

static void every_example_of_the_reference_is_accepted(void **state)
{
	static char scenario[8192];
	unsigned count = 0;
	for (const char *at = text; (at = strstr(at, "```yaml\n"));) {
		const char *example = at + 8, *end = strstr(example, "```");
		struct scn_scenario *s;
		struct err err;
		assert_non_null(end);
		complete(example, (size_t)(end - example), scenario, sizeof scenario);
		if (!scn_scenario_parse(fixture_path("docs.yaml"), scenario, strlen(scenario), &s, &err))
			fail_msg("%s\n%s", err.text, scenario);
		scn_scenario_destroy(s);
		at = end + 3;
		count++;
	}
	assert_true(count >= 8);
}

/* The message about an unknown key lists all keys there are; each must be in the reference. */
static void every_key_is_explained(void **state)
{
	static const char *const wrong[] = {"{zzz: 1}",
					    "{board: b, model: kws.tflite, duration: 1s, budgets: {zzz: 1}}"};
	for (int i = 0; i < 2; i++) {
		struct scn_scenario *s;
		struct err err;
		assert_false(scn_scenario_parse(fixture_path("s.yaml"), wrong[i], strlen(wrong[i]), &s, &err));
		char *keys = strstr(err.text, "accepted: ");
		assert_non_null(keys);
		for (char *key = strtok(keys + 10, ", "); key; key = strtok(NULL, ", ")) {
			char quoted[64];
			snprintf(quoted, sizeof quoted, "`%s`", key);
			if (!strstr(text, quoted))
				fail_msg("docs/scenarios.md does not mention %s", quoted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_example_of_the_reference_is_accepted, make, drop),
		cmocka_unit_test_setup_teardown(every_key_is_explained, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
