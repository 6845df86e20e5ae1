/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

static void an_error_names_its_place(void **state)
{
	struct err err;
	assert_false(err_input_at(&err, "a.yaml", 6, 28, "'%s' is not one of: low, high", "hgih"));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "a.yaml:6:28: 'hgih' is not one of: low, high");
}

static void a_long_message_is_cut_not_overrun(void **state)
{
	struct err err;
	char big[4096];
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = 0;
	assert_false(err_input_at(&err, big, 1, 1, "%s", big));
	assert_true(strlen(err.text) < sizeof err.text);
}

static void what_is_written_is_read_back(void **state)
{
	char folder[] = "/tmp/thumbwatt-test-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char *path = file_path_beside("x", "y");
	assert_string_equal(path, "y");
	free(path);
	char deep[128], file[160];
	snprintf(deep, sizeof deep, "%s/a/b", folder);
	snprintf(file, sizeof file, "%s/f", deep);
	struct err err;
	assert_true(file_make_dir(deep, &err));
	assert_true(file_write(file, "hello", 5, &err));
	uint8_t *bytes = NULL;
	size_t size = 0;
	assert_false(file_read(file, 4, &bytes, &size, &err));
	assert_null(bytes);
	assert_true(file_read(file, 5, &bytes, &size, &err));
	assert_int_equal(size, 5);
	assert_string_equal((char *)bytes, "hello");
	free(bytes);
	assert_false(file_read(deep, 5, &bytes, &size, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	unlink(file);
	rmdir(deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_names_its_place),
		cmocka_unit_test(a_long_message_is_cut_not_overrun),
		cmocka_unit_test(what_is_written_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
