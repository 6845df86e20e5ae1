/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/contest.h"

#include "base/file.h"
#include "tests/bench/child.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FIRMWARE ((size_t)8 << 20)

/* --- firmware --------------------------------------------------------------------------------------------------- */

/* Sets the word behind `parameters.magic` (fw/start.c), wherever in the file that is. */
static bool patch(uint8_t *elf, size_t size, uint32_t rounds, const char *path, struct err *err)
{
	static const uint32_t magic[3] = {0x75727754, 0x6E656220, 0x21216863};
	uint8_t *found = memmem(elf, size, magic, sizeof magic);
	if (!found || (size_t)(found - elf) + 16 > size)
		return err_input(err, "%s is no benchmark firmware", path);
	memcpy(found + 12, &rounds, 4);
	return true;
}

static bool write_patched(const struct contest *contest, uint32_t rounds, const char *to, struct err *err)
{
	char path[600];
	uint8_t *elf;
	size_t size;
	snprintf(path, sizeof path, "%s/%s.elf", contest->folder, contest->workload->firmware);
	if (!file_read(path, MOST_FIRMWARE, &elf, &size, err))
		return false;
	bool ok = patch(elf, size, rounds | contest->workload->flags, path, err) && file_write(to, elf, size, err);
	free(elf);
	return ok;
}

bool contest_prepare(struct contest *contest, const char *scratch, struct err *err)
{
	const struct workload *w = contest->workload;
	snprintf(contest->patched, sizeof contest->patched, "%s/%s.elf", scratch, w->name);
	snprintf(contest->smallest, sizeof contest->smallest, "%s/%s-1.elf", scratch, w->name);
	if (!write_patched(contest, contest->rounds, contest->patched, err) ||
	    !write_patched(contest, 1, contest->smallest, err))
		return false;
	struct contest one = *contest;
	struct turn turn;
	memcpy(one.patched, contest->smallest, sizeof one.patched);
	if (!contest_turn(&one, OURS_PLAIN, &turn, err))
		return false;
	contest->smallest_instructions = turn.instructions;
	return true;
}

/* --- turns ------------------------------------------------------------------------------------------------------- */

static bool succeeded(const char *const *argv, struct child *child, struct err *err)
{
	if (!child_run(argv, child, err))
		return false;
	return child->status == 0 || err_input(err, "%s ended with %d", argv[0], child->status);
}

static void take_checksum(const char *text, struct turn *turn)
{
	const char *at = strstr(text, "checksum ");
	snprintf(turn->checksum, sizeof turn->checksum, "%.8s", at ? at + strlen("checksum ") : "none");
}

/* bench-ours and bench-stock tell about themselves. */
static bool run_reporter(const char *const *argv, struct turn *turn, struct err *err)
{
	struct child child;
	json_error_t why;
	if (!succeeded(argv, &child, err))
		return false;
	json_t *said = json_loads(child.text, 0, &why);
	const char *text = json_string_value(json_object_get(said, "text"));
	if (!text) {
		json_decref(said);
		return err_internal(err, "%s said something unexpected: %.100s", argv[0], child.text);
	}
	turn->cpu_s = json_real_value(json_object_get(said, "cpu_s"));
	turn->instructions = (uint64_t)json_integer_value(json_object_get(said, "instructions"));
	turn->cycles = (uint64_t)json_integer_value(json_object_get(said, "cycles"));
	take_checksum(text, turn);
	json_decref(said);
	return true;
}

static bool run_ours(const struct contest *contest, enum contestant who, struct turn *turn, struct err *err)
{
	char program[600], board[600];
	const char *flash = who == OURS_ADDRESSES ? "-flash" : "";
	snprintf(program, sizeof program, "%s/bench-ours", contest->folder);
	snprintf(board, sizeof board, BENCH_BOARDS "/bench-%s%s.yaml", contest->workload->core, flash);
	const char *const argv[] = {program, who == OURS_PLAIN ? "plain" : "profile", board, contest->patched, NULL};
	return run_reporter(argv, turn, err);
}

static bool run_stock(const struct contest *contest, enum contestant who, struct turn *turn, struct err *err)
{
	char program[600], core[32];
	snprintf(program, sizeof program, "%s/bench-stock", contest->folder);
	snprintf(core, sizeof core, "cortex-%s", contest->workload->core);
	const char *const argv[] = {program, who == STOCK_RAW ? "raw" : "block", core, contest->patched, NULL};
	return run_reporter(argv, turn, err);
}

/*
 * What QEMU's mps2-an386 (M4) and mps2-an500 (M7) run; the M0+'s instructions are a part of the M4's. QEMU's machines
 * with an M33 have their memory elsewhere.
 */
static bool qemu_has(const char *core)
{
	return strcmp(core, "m33") != 0;
}

/* Where interrupts come by the clock, QEMU must count instructions for its clock, 32 ns each, and jump over sleep. */
static bool run_qemu(const struct contest *contest, const char *firmware, struct child *child, struct err *err)
{
	const struct workload *w = contest->workload;
	const char *machine = strcmp(w->core, "m7") == 0 ? "mps2-an500" : "mps2-an386";
	const char *argv[20] = {"qemu-system-arm", "-M", machine, "-kernel", firmware, "-display", "none", "-monitor", "none",
				"-serial", "stdio", "-semihosting-config", "enable=on,target=native"};
	if (w->interrupts) {
		argv[13] = "-icount";
		argv[14] = "shift=5,sleep=off";
	}
	return succeeded(argv, child, err);
}

static bool turn_qemu(const struct contest *contest, struct turn *turn, struct err *err)
{
	struct child full, smallest;
	if (!run_qemu(contest, contest->patched, &full, err) || !run_qemu(contest, contest->smallest, &smallest, err))
		return false;
	turn->cpu_s = full.cpu_s - smallest.cpu_s;
	take_checksum(full.text, turn);
	return true;
}

const char *contest_cannot(const struct contest *contest, enum contestant who)
{
	if ((who == STOCK_RAW || who == STOCK_BLOCK) && contest->workload->interrupts)
		return "bare Unicorn has no interrupts";
	if (who == QEMU && !qemu_has(contest->workload->core))
		return "QEMU has no Cortex-M33 with this memory map";
	if (who == QEMU && !contest->qemu)
		return "qemu-system-arm is not installed";
	return NULL;
}

bool contest_turn(const struct contest *contest, enum contestant who, struct turn *ret_turn, struct err *err)
{
	struct turn turn = {0};
	bool ok = true;
	if (!contest_cannot(contest, who)) {
		turn.ran = true;
		if (who == QEMU)
			ok = turn_qemu(contest, &turn, err);
		else if (who == STOCK_RAW || who == STOCK_BLOCK)
			ok = run_stock(contest, who, &turn, err);
		else
			ok = run_ours(contest, who, &turn, err);
	}
	if (ok)
		*ret_turn = turn;
	return ok;
}
