/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where boards are found, and what can be computed from one. sim/board_read.c reads the file. */
#include "sim/board.h"
#include "sim/board_read.h"

#include "base/near.h"

#include <assert.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_FOLDERS 12

struct folders {
	char path[MAX_FOLDERS][PATH_MAX];
	unsigned count;
};

const char *sim_core_name(enum sim_core core)
{
	assert(core < SIM_CORES);
	return sim_core_names[core];
}

void sim_board_power_line(const struct sim_board *board, enum sim_power_state state, uint64_t hz, uint32_t supply_mv,
			  double *ret_base_uw, double *ret_uw_per_mhz)
{
	const struct sim_power *power = &board->power[state];
	double base_ua = power->base_ua, ua_per_mhz = power->ua_per_mhz;
	for (unsigned r = power->ranges; r-- > 0;) {
		if (hz > power->range[r].up_to_hz)
			break;
		base_ua = power->range[r].base_ua;
		ua_per_mhz = power->range[r].ua_per_mhz;
	}
	double volts = supply_mv / 1000.0;
	if (board->regulator == SIM_SMPS) {
		double losses = 1 + power->per_volt_pct / 100 * (volts - power->at_mv / 1000.0);
		volts = power->at_mv / 1000.0 * (losses > 0 ? losses : 0);
	}
	*ret_base_uw = base_ua * volts;
	*ret_uw_per_mhz = ua_per_mhz * volts;
}

double sim_board_power_uw(const struct sim_board *board, enum sim_power_state state, uint64_t hz, uint32_t supply_mv)
{
	double base_uw, uw_per_mhz;
	sim_board_power_line(board, state, hz, supply_mv, &base_uw, &uw_per_mhz);
	return base_uw + uw_per_mhz * (double)hz / 1e6;
}

double sim_board_stall_factor(const struct sim_board *board, double share)
{
	double discount = board->stall.discount_pct / 100, usual = board->stall.share_pct / 100;
	return (1 - discount * share) / (1 - discount * usual);
}

double sim_board_run_uj(const struct sim_board *board, uint64_t cycles, uint64_t waited, uint64_t hz,
			uint32_t supply_mv)
{
	double share = cycles ? (double)waited / (double)cycles : 0;
	return sim_board_power_uw(board, SIM_POWER_RUN, hz, supply_mv) * sim_board_stall_factor(board, share) *
	       (double)cycles / (double)hz;
}

static void add_folder(struct folders *folders, const char *format, int length, const char *path)
{
	if (folders->count < MAX_FOLDERS && length > 0)
		snprintf(folders->path[folders->count++], PATH_MAX, format, length, path);
}

/* The user's folders, those of an installed program, those of its build tree. The first that has a board wins. */
static void find_folders(struct folders *folders)
{
	folders->count = 0;
	for (const char *at = getenv("THUMBWATT_BOARDS"); at && *at;) {
		size_t length = strcspn(at, ":");
		add_folder(folders, "%.*s", (int)length, at);
		at += length + (at[length] == ':');
	}
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program);
	while (length > 0 && program[length - 1] != '/')
		length--;
	add_folder(folders, "%.*s../share/thumbwatt/boards", (int)length, program);
	add_folder(folders, "%.*s../sim/boards", (int)length, program);
	add_folder(folders, "%.*s", (int)strlen(SOURCE_BOARDS_DIR), SOURCE_BOARDS_DIR);
}

static bool ends_in_yaml(const char *name)
{
	size_t length = strlen(name);
	return length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

static bool refuse_unknown(const char *name, struct err *err)
{
	char list[600];
	char **names = sim_board_names(err);
	if (!names)
		return false;
	const char *near = near_name(name, (const char *const *)names);
	near_list((const char *const *)names, list, sizeof list);
	if (near)
		err_input(err, "no board is called '%.64s'; did you mean '%s'? known: %s", name, near, list);
	else
		err_input(err, "no board is called '%.64s'; known: %s", name, list);
	sim_board_names_free(names);
	return false;
}

bool sim_board_read(const char *name_or_path, struct sim_board *ret_board, struct err *err)
{
	if (strchr(name_or_path, '/') || ends_in_yaml(name_or_path))
		return sim_board_read_file(name_or_path, ret_board, err);
	struct folders folders;
	find_folders(&folders);
	for (unsigned i = 0; i < folders.count; i++) {
		char path[PATH_MAX + 300];
		snprintf(path, sizeof path, "%s/%.255s.yaml", folders.path[i], name_or_path);
		if (access(path, F_OK) == 0)
			return sim_board_read_file(path, ret_board, err);
	}
	return refuse_unknown(name_or_path, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_name(char ***names, size_t *count, const char *file)
{
	size_t length = strlen(file) - 5;
	for (size_t i = 0; i < *count; i++)
		if (strncmp((*names)[i], file, length) == 0 && (*names)[i][length] == 0)
			return true;
	char **more = realloc(*names, (*count + 2) * sizeof *more);
	if (!more)
		return false;
	*names = more;
	more[*count] = strndup(file, length);
	if (!more[*count])
		return false;
	more[++*count] = NULL;
	return true;
}

char **sim_board_names(struct err *err)
{
	struct folders folders;
	size_t count = 0;
	char **names = calloc(1, sizeof *names);
	bool ok = names != NULL;
	find_folders(&folders);
	for (unsigned i = 0; ok && i < folders.count; i++) {
		DIR *folder = opendir(folders.path[i]); /* one that is not there holds no boards */
		for (struct dirent *entry; ok && folder && (entry = readdir(folder)) != NULL;)
			if (entry->d_name[0] != '.' && ends_in_yaml(entry->d_name))
				ok = add_name(&names, &count, entry->d_name);
		if (folder)
			closedir(folder);
	}
	if (!ok) {
		sim_board_names_free(names);
		err_internal(err, "out of memory for the names of boards");
		return NULL;
	}
	qsort(names, count, sizeof *names, by_name);
	return names;
}

void sim_board_names_free(char **names)
{
	for (char **name = names; name && *name; name++)
		free(*name);
	free(names);
}

void sim_board_slow_bus(struct sim_board *board, double by)
{
	board->flash.line_fill += by;
	for (unsigned i = 0; i < board->memories; i++)
		if (board->memory[i].line_fill > 0)
			board->memory[i].line_fill += by;
}
