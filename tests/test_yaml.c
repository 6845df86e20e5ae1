/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/yaml.h"

static struct yaml_doc *doc;

static const struct yaml_node *load(const char *text)
{
	struct err err = {0};
	yaml_destroy(doc);
	doc = NULL;
	if (!yaml_load_text("a.yaml", text, strlen(text), &doc, &err))
		fail_msg("%s", err.text);
	return yaml_root(doc);
}

static int drop(void **state)
{
	yaml_destroy(doc);
	doc = NULL;
	return 0;
}

static void not_loaded(const char *text, size_t size, const char *message)
{
	struct err err = {0};
	struct yaml_doc *other = NULL;
	assert_false(yaml_load_text("a.yaml", text, size, &other, &err));
	assert_null(other);
	assert_int_equal(err.kind, ERR_INPUT);
	if (message)
		assert_string_equal(err.text, message);
	else
		assert_memory_equal(err.text, "a.yaml:", 7);
}

static void refused(const char *text, const char *message)
{
	not_loaded(text, strlen(text), message);
}

static void every_key_and_value_knows_its_place(void **state)
{
	const struct yaml_node *root = load("# one\nname: kws\nsensors:\n  mic: {rate: 16kHz, list: [1, 'b']}\n");
	const struct yaml_node *mic = yaml_get(yaml_get(root, "sensors"), "mic");
	const struct yaml_node *rate = yaml_get(mic, "rate"), *list = yaml_get(mic, "list");
	assert_int_equal(root->shape, YAML_MAP);
	assert_int_equal(root->count, 2);
	assert_string_equal(root->first->text, "kws");
	assert_int_equal(root->first->line, 2);
	assert_int_equal(root->first->column, 7);
	assert_int_equal(rate->key_line, 4);
	assert_int_equal(rate->key_column, 9);
	assert_int_equal(rate->column, 15);
	assert_string_equal(rate->text, "16kHz");
	assert_int_equal(list->shape, YAML_LIST);
	assert_int_equal(list->count, 2);
	assert_true(list->first->next->quoted);
	assert_false(list->first->quoted);
	assert_int_equal(list->first->next->column, 32);
	assert_null(yaml_get(root, "nothing"));
	assert_null(yaml_get(NULL, "nothing"));
	assert_null(yaml_get(list, "nothing"));
}

static void readers_take_what_is_there_and_keep_the_default_of_what_is_not(void **state)
{
	struct err err;
	const struct yaml_node *root =
		load("{loop: true, n: -5, u: 0x10, f: 1.5, t: 2ms, r: 12.5Hz, b: 4KiB, v: 3.3V, "
		     "c: high, s: text}");
	static const char *const levels[] = {"low", "high", NULL};
	bool loop = false, other = true;
	int64_t n = 0;
	uint32_t u = 0;
	double f = 0;
	uint64_t t = 0, r = 0, b = 0, v = 0, none = 77;
	unsigned c = 0;
	const char *s = NULL;
	char copy[8];
	assert_true(yaml_bool(yaml_get(root, "loop"), &loop, &err) && loop);
	assert_true(yaml_integer(yaml_get(root, "n"), -10, 10, &n, &err) && n == -5);
	assert_true(yaml_u32(yaml_get(root, "u"), &u, &err) && u == 16);
	assert_true(yaml_number(yaml_get(root, "f"), 0, 2, &f, &err) && f == 1.5);
	assert_true(yaml_time_ps(yaml_get(root, "t"), &t, &err) && t == 2000000000);
	assert_true(yaml_frequency_mhz(yaml_get(root, "r"), &r, &err) && r == 12500);
	assert_true(yaml_bytes(yaml_get(root, "b"), &b, &err) && b == 4096);
	assert_true(yaml_scaled(yaml_get(root, "v"), UNIT_VOLTAGE, -3, &v, &err) && v == 3300);
	assert_true(yaml_choice(yaml_get(root, "c"), levels, &c, &err) && c == 1);
	assert_true(yaml_string(yaml_get(root, "s"), &s, &err) && !strcmp(s, "text"));
	assert_true(yaml_copy(yaml_get(root, "s"), copy, sizeof copy, &err) && !strcmp(copy, "text"));
	const struct yaml_node *nothing = yaml_get(root, "missing");
	assert_true(yaml_bool(nothing, &other, &err) && other);
	assert_true(yaml_time_ps(nothing, &none, &err) && none == 77);
	assert_true(yaml_integer(nothing, 0, 1, &n, &err) && n == -5);
	assert_true(yaml_u32(nothing, &u, &err) && u == 16);
	assert_true(yaml_number(nothing, 0, 1, &f, &err) && f == 1.5);
	assert_true(yaml_choice(nothing, levels, &c, &err) && c == 1);
	assert_true(yaml_string(nothing, &s, &err) && yaml_copy(nothing, copy, sizeof copy, &err));
	assert_true(yaml_keys(nothing, levels, &err) && yaml_shape(nothing, YAML_LIST, "a list", &err));
}

static void an_unknown_key_is_reported_where_it_stands(void **state)
{
	static const char *const keys[] = {"board", "model", "name", NULL};
	struct err err;
	assert_false(yaml_keys(load("name: a\n\nmodle: b\n"), keys, &err));
	assert_string_equal(
		err.text, "a.yaml:3:1: unknown key 'modle'; did you mean 'model'? accepted: board, model, name");
	assert_false(yaml_keys(load("name: a\nx-ray: b\n"), keys, &err));
	assert_string_equal(err.text, "a.yaml:2:1: unknown key 'x-ray'; accepted: board, model, name");
	assert_false(yaml_keys(load("[a]"), keys, &err));
	assert_string_equal(err.text, "a.yaml:1:1: a map with the keys board, model, name is expected");
	assert_true(yaml_keys(load("{board: x}"), keys, &err));
}

static void a_missing_key_is_reported_at_its_map(void **state)
{
	struct err err;
	const struct yaml_node *node = NULL, *root = load("a: 1\nmic:\n  loop: true\n");
	assert_true(yaml_need(root, "a", &node, &err));
	assert_string_equal(node->text, "1");
	assert_false(yaml_need(yaml_get(root, "mic"), "rate", &node, &err));
	assert_string_equal(err.text, "a.yaml:2:1: key 'rate' is missing in 'mic'");
	assert_string_equal(node->text, "1");
	assert_false(yaml_need(root, "rate", &node, &err));
	assert_string_equal(err.text, "a.yaml:1:1: key 'rate' is missing");
	assert_false(yaml_need(yaml_get(root, "a"), "rate", &node, &err));
	assert_string_equal(err.text, "a.yaml:1:4: a map of keys is expected here, not text");
}

static void a_wrong_value_says_what_would_be_accepted(void **state)
{
	static const char *const levels[] = {"low", "high", NULL};
	struct err err;
	unsigned c = 9;
	bool b = true;
	int64_t n = 9;
	uint64_t u = 9;
	double f = 9;
	char copy[4] = "xyz";
	const char *s = "same";
	const struct yaml_node *root =
		load("c: hgih\nr: 16\nb: yes\nn: 12\nl: [1]\ne:\nq: ''\nz: \"a\\0b\"\nm: --5\n");
	assert_false(yaml_choice(yaml_get(root, "c"), levels, &c, &err));
	assert_string_equal(err.text, "a.yaml:1:4: 'hgih' is not one of: low, high");
	assert_false(yaml_choice(yaml_get(root, "l"), levels, &c, &err));
	assert_string_equal(err.text, "a.yaml:5:4: one of low, high is expected here, not a list");
	assert_false(yaml_frequency_mhz(yaml_get(root, "r"), &u, &err));
	assert_string_equal(err.text,
			    "a.yaml:2:4: '16' has no unit; a frequency such as 16kHz, 104Hz is expected");
	assert_false(yaml_bool(yaml_get(root, "b"), &b, &err));
	assert_string_equal(err.text, "a.yaml:3:4: 'yes' is not one of: false, true");
	assert_false(yaml_integer(yaml_get(root, "n"), -3, 3, &n, &err));
	assert_string_equal(err.text, "a.yaml:4:4: 12 is out of range; a whole number from -3 to 3 is expected");
	assert_false(yaml_integer(yaml_get(root, "m"), -9, 9, &n, &err));
	assert_string_equal(err.text, "a.yaml:9:4: '--5' is not a number");
	assert_false(yaml_unsigned(yaml_get(root, "n"), 3, &u, &err));
	assert_string_equal(err.text, "a.yaml:4:4: 12 is too large; a number from 0 to 3 is expected");
	assert_false(yaml_number(yaml_get(root, "n"), 0, 1, &f, &err));
	assert_string_equal(err.text, "a.yaml:4:4: 12 is out of range; a number from 0 to 1 is expected");
	assert_false(yaml_number(yaml_get(root, "l"), 0, 1, &f, &err));
	assert_string_equal(err.text, "a.yaml:5:4: a number such as 12, 0.5, 0x1F is expected here, not a list");
	assert_false(yaml_string(yaml_get(root, "e"), &s, &err));
	assert_string_equal(err.text, "a.yaml:6:3: text is expected here, not nothing");
	assert_false(yaml_string(yaml_get(root, "q"), &s, &err));
	assert_string_equal(err.text, "a.yaml:7:4: text is expected here, not an empty text");
	assert_false(yaml_string(yaml_get(root, "z"), &s, &err));
	assert_string_equal(err.text, "a.yaml:8:4: text is expected here, without a NUL in it");
	assert_int_equal(yaml_get(root, "z")->length, 3);
	assert_false(yaml_copy(yaml_get(root, "c"), copy, sizeof copy, &err));
	assert_string_equal(err.text, "a.yaml:1:4: 4 bytes of text, at most 3 are expected here");
	assert_false(yaml_shape(yaml_get(root, "n"), YAML_LIST, "a list of faults", &err));
	assert_string_equal(err.text, "a.yaml:4:4: a list of faults is expected here, not text");
	assert_true(c == 9 && b && n == 9 && u == 9 && f == 9 && !strcmp(copy, "xyz") && !strcmp(s, "same"));
}

static void a_single_value_serves_as_a_list_of_itself(void **state)
{
	const struct yaml_node *root = load("{one: a, many: [a, b, c]}");
	unsigned count = 0;
	for (const struct yaml_node *l = yaml_get(root, "one"), *n = yaml_items(l); n; n = yaml_item_after(l, n))
		count++;
	assert_int_equal(count, 1);
	for (const struct yaml_node *l = yaml_get(root, "many"), *n = yaml_items(l); n; n = yaml_item_after(l, n))
		count++;
	assert_int_equal(count, 4);
	assert_null(yaml_items(NULL));
}

static void what_is_not_one_plain_document_is_refused(void **state)
{
	refused("", "a.yaml:1:1: the file is empty; a map of keys is expected");
	refused("# only a comment\n", "a.yaml:2:1: the file is empty; a map of keys is expected");
	refused("a: 1\n---\nb: 2\n", "a.yaml:2:1: a second document; one is expected");
	refused("a: 1\nb: 2\na: 3\n", "a.yaml:3:1: key 'a' stands here twice, first at line 1");
	refused("a: &x 1\nb: *x\n", "a.yaml:2:4: aliases (*name) are not read; write the value out");
	refused("a: !!binary aGk=\n", "a.yaml:1:4: tags (!name) are not read; write the plain value");
	refused("[a, b]: c\n", "a.yaml:1:1: a key must be plain text");
	refused("{\"a\\0b\": c}\n", "a.yaml:1:2: a key must be plain text");
	refused("a: [1, 2\n", NULL);
	refused("a: \"\n", NULL);
	refused("a: b: c\n", "a.yaml:1:5: mapping values are not allowed in this context");
	refused("\ta: 1\n", NULL);
	refused("a: \xFF\n", NULL);
	refused("\xFF\xFE"
		"a",
		NULL);
	not_loaded("a: b\0c", 6, NULL);
}

static void an_exploding_file_is_refused_quickly(void **state)
{
	size_t size = YAML_MAX_BYTES;
	char *text = malloc(size + 1);
	memset(text, '[', size);
	not_loaded(text, size, "a.yaml:1:25: maps and lists are nested too deep");
	for (size_t i = 0; i < size; i += 2)
		memcpy(text + i, "- ", 2);
	not_loaded(text, size, "a.yaml:1:49: maps and lists are nested too deep");
	text[0] = '[';
	for (size_t i = 1; i < size; i += 2)
		memcpy(text + i, "a,", 2);
	not_loaded(text, size, "a.yaml:1:131072: too many values in one file");
	not_loaded(text, size + 1, "a.yaml: 1048577 bytes, more than the 1048576 that a YAML file may have");
	free(text);
}

static void a_missing_file_is_named(void **state)
{
	struct err err;
	struct yaml_doc *other = NULL;
	assert_false(yaml_load("/nonexistent/x.yaml", &other, &err));
	assert_string_equal(err.text, "/nonexistent/x.yaml: No such file or directory");
	assert_null(other);
	yaml_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_key_and_value_knows_its_place, drop),
		cmocka_unit_test_teardown(readers_take_what_is_there_and_keep_the_default_of_what_is_not, drop),
		cmocka_unit_test_teardown(an_unknown_key_is_reported_where_it_stands, drop),
		cmocka_unit_test_teardown(a_missing_key_is_reported_at_its_map, drop),
		cmocka_unit_test_teardown(a_wrong_value_says_what_would_be_accepted, drop),
		cmocka_unit_test_teardown(a_single_value_serves_as_a_list_of_itself, drop),
		cmocka_unit_test(what_is_not_one_plain_document_is_refused),
		cmocka_unit_test(an_exploding_file_is_refused_quickly),
		cmocka_unit_test(a_missing_file_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
