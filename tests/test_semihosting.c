/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semihosting: what firmware may ask of the host, and what the host refuses. */
#include "tests/machine_fixture.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

/* A folder with one link that leads out of it as a folder, and one as a file. */
static void make_folder(char *ret_path, size_t size)
{
	snprintf(ret_path, size, "/tmp/semihosting-XXXXXX");
	assert_non_null(mkdtemp(ret_path));
	char path[600];
	snprintf(path, sizeof path, "%s/root", ret_path);
	assert_int_equal(mkdir(path, 0777), 0);
	snprintf(path, sizeof path, "%s/secret", ret_path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	char link[700];
	snprintf(link, sizeof link, "%s/root/link", ret_path);
	assert_int_equal(symlink(ret_path, link), 0);
	snprintf(link, sizeof link, "%s/root/linked", ret_path);
	assert_int_equal(symlink(path, link), 0);
}

static struct rig *run(const char *dir, uint32_t select)
{
	struct rig *r = rig_new(SIM_M4);
	r->options.semihosting_dir = dir;
	rig_load(r, "semihost", select);
	assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
	assert_int_equal(r->faults, 0);
	return r;
}

static const char REFUSED[] = "absolute=999\nabove=999\nthrough=999\nlinked=999\nmissing=999\nbad_mode=999\n"
			      "bad_handle=1\nwild=8\nsystem=999\nelapsed=1\nfrequency=1000000\ntime=0\n";

static void files_live_below_the_folder_and_nowhere_else(void **state)
{
	char folder[64], path[128];
	make_folder(folder, sizeof folder);
	snprintf(path, sizeof path, "%s/root", folder);
	struct rig *r = run(path, 0);
	assert_int_equal(sim_machine_exit_status(r->machine), 42);
	assert_string_equal(r->semihosting, "zero ended, c\nby handle\n");
	const char *files = "console=0\ntty=1\nopen=2\nwritten=0\nclose=0\nlength=6\nseek=0\nleft=6\ncdef\ncode=17\nflash=4\n";
	assert_memory_equal(r->uart, files, strlen(files));
	assert_string_equal(r->uart + strlen(files), REFUSED);
	rig_end(r);
	snprintf(path, sizeof path, "%s/root/out.txt", folder);
	char text[8] = "";
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(text, 1, 7, file), 6);
	assert_string_equal(text, "abcdef");
	fclose(file);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void without_a_folder_there_are_no_files_but_the_console(void **state)
{
	struct rig *r = run(NULL, 1);
	assert_int_equal(sim_machine_exit_status(r->machine), 1); /* stopped for another reason than success */
	assert_string_equal(r->semihosting, "zero ended, c\nby handle\n");
	assert_non_null(strstr(r->uart, "open=999\n"));
	assert_non_null(strstr(r->uart, REFUSED));
	rig_end(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_live_below_the_folder_and_nowhere_else),
		cmocka_unit_test(without_a_folder_there_are_no_files_but_the_console),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
