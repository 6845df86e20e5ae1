/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/scn_fixture.h"

#include "scenarios/table.h"

static const char *const xyz[] = {"x", "y", "z", NULL};
static const char *const only_x[] = {"x", NULL};

static struct scn_table read_table(const char *text, const char *const *names)
{
	struct scn_table table;
	struct err err;
	if (!scn_table_parse("t.csv", text, strlen(text), names, &table, &err))
		fail_msg("%s", err.text);
	return table;
}

static void refused(const char *text, const char *message)
{
	struct scn_table table = {.columns = 77};
	struct err err = {0};
	assert_false(scn_table_parse("t.csv", text, strlen(text), xyz, &table, &err));
	assert_int_equal(table.columns, 77);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, message);
}

static void columns_are_found_by_name_in_any_order(void **state)
{
	struct scn_table t =
		read_table("\xEF\xBB\xBF# walking\nZ, label ,\"x\",y\r\n3,left,1,2\r\n\r\n6,right,4,5\r\n", xyz);
	double v[3];
	assert_int_equal(t.rows, 2);
	assert_int_equal(t.present, 7);
	assert_null(t.time_ps);
	assert_true(scn_table_at_row(&t, 1, 0, false, v));
	assert_true(v[0] == 4 && v[1] == 5 && v[2] == 6);
	scn_table_free(&t);
	t = read_table("x\ty\n1\t-2.5e-1\n", xyz);
	assert_int_equal(t.present, 3);
	assert_true(scn_table_at_row(&t, 0, 0, false, v) && v[0] == 1 && v[1] == -0.25 && v[2] == 0);
	scn_table_free(&t);
	t = read_table("time;pressure\n0;7\n1;8\n", only_x);
	assert_true(scn_table_at_time(&t, 0, false, v) && v[0] == 7);
	scn_table_free(&t);
}

static void rows_are_interpolated_and_end_or_repeat(void **state)
{
	struct scn_table t = read_table("x\n10\n20\n40\n", only_x);
	double v = 99;
	assert_true(scn_table_at_row(&t, 1, 0.25, false, &v) && v == 25);
	assert_true(scn_table_at_row(&t, 2, 0.5, false, &v) && v == 40);
	assert_true(scn_table_at_row(&t, 2, 0.5, true, &v) && v == 25);
	assert_true(scn_table_at_row(&t, 7, 0, true, &v) && v == 20);
	v = 99;
	assert_false(scn_table_at_row(&t, 3, 0, false, &v));
	assert_false(scn_table_at_row(&t, -1, 0, true, &v));
	assert_true(v == 99);
	scn_table_free(&t);
}

static void uneven_times_are_kept_and_counted_from_the_first_row(void **state)
{
	struct scn_table t = read_table("time_ms,x\n1000,0\n1010,10\n1040,40\n", only_x);
	double v = 99;
	assert_int_equal(t.time_ps[0], 0);
	assert_int_equal(t.time_ps[2], UINT64_C(40000000000));
	assert_int_equal(t.length_ps, UINT64_C(60000000000)); /* the last row counts 20 ms, the mean */
	assert_true(scn_table_at_time(&t, UINT64_C(5000000000), false, &v) && v == 5);
	assert_true(scn_table_at_time(&t, UINT64_C(25000000000), false, &v) && v == 25);
	assert_true(scn_table_at_time(&t, UINT64_C(50000000000), false, &v) && v == 40);
	assert_true(scn_table_at_time(&t, UINT64_C(50000000000), true, &v) && v == 20);
	assert_true(scn_table_at_time(&t, UINT64_C(85000000000), true, &v) && v == 25);
	assert_false(scn_table_at_time(&t, UINT64_C(60000000000), false, &v));
	scn_table_free(&t);
	t = read_table("t,x\n5,3\n", only_x);
	assert_true(scn_table_at_time(&t, 123456, true, &v) && v == 3);
	scn_table_free(&t);
}

static void mistakes_are_reported_where_they_stand(void **state)
{
	refused("", "t.csv:1:1: no column is named after a channel; expected: x, y, z");
	refused("a,b\n1,2\n", "t.csv:1:1: no column is named after a channel; expected: x, y, z");
	refused("x,y,z\n", "t.csv:1:1: no rows below the header");
	refused("x,y,z\n1,2,3\n1,2\n", "t.csv:3:1: fewer than the 3 columns of the header");
	refused("x,y,z\n1,2,3,4\n", "t.csv:2:1: more than the 3 columns of the header");
	refused("x,y,z\n1,abc,3\n", "t.csv:2:3: 'abc' is not a number");
	refused("x,y,z\n1,nan,3\n", "t.csv:2:3: 'nan' is not a number");
	refused("x,y,z\n1,inf,3\n", "t.csv:2:3: 'inf' is not a number");
	refused("x,y,z\n1,1e999,3\n", "t.csv:2:3: '1e999' is not a number");
	refused("x,y,z\n1,,3\n", "t.csv:2:3: a number is expected here");
	refused("x,y,z\n1,2e9,3\n", "t.csv:2:3: 2e+09 is beyond 1e9");
	refused("x,y,X\n1,2,3\n", "t.csv:1:5: column 'X' stands here twice");
	refused("t,x,time\n1,2,3\n", "t.csv:1:5: column 'time' stands here twice");
	refused("time,x\n0,1\n1,2\n1,3\n", "t.csv:4:1: time does not rise from the row before");
	refused("time,x\n2,1\n1,2\n", "t.csv:3:1: time 1 is before the first row's or too far on");
	refused("time,x\n0,1\n1e300,2\n", "t.csv:3:1: time 1e+300 is before the first row's or too far on");
	struct scn_table table;
	struct err err;
	assert_false(scn_table_parse("t.csv", "x\n1\0002\n", 6, xyz, &table, &err));
	assert_false(scn_table_load("/nonexistent.csv", xyz, &table, &err));
	assert_string_equal(err.text, "/nonexistent.csv: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_found_by_name_in_any_order),
		cmocka_unit_test(rows_are_interpolated_and_end_or_repeat),
		cmocka_unit_test(uneven_times_are_kept_and_counted_from_the_first_row),
		cmocka_unit_test(mistakes_are_reported_where_they_stand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
