/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench [--json FILE] [--only NAME] [--repeat N] [--scale N] [--tiny]
 *
 * How fast the simulator is, as ratios to what else runs the same firmware on the same machine in the same minutes:
 * processor time, medians of alternating repetitions. Never a test: numbers depend on the host. docs/speed.md says
 * what is compared with what. --tiny runs everything once at the smallest size, to see that it works.
 */
#include "base/file.h"
#include "tests/bench/child.h"
#include "tests/bench/contest.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TURNS = 15, AWAKE_FLAG = 31 };

static const struct workload WORKLOADS[] = {
	{"integer", "integer", "CoreMark-like: lists, matrices, a state machine, CRC", "m4", 4000, 2, 0, false, 0},
	{"network", "network", "int8 convolution network (vibration model, bundled runtime)", "m4", 200, 2, 0, false, 0},
	{"stores", "stores", "fill, copy, histogram: every second instruction stores", "m4", 4000, 2, 0, false, 0},
	{"fp-single", "fp-single", "filter, dense layer, roots in single precision", "m4", 8000, 2, 0, false, 0},
	{"fp-double", "fp-double", "the same in double precision on Cortex-M7", "m7", 8000, 2, 0, false, 0},
	{"integer-m0plus", "integer-m0plus", "the CoreMark-like one on Cortex-M0+", "m0plus", 3000, 2, 0, false, 0},
	{"integer-m33", "integer-m33", "…on Cortex-M33", "m33", 4000, 2, 0, false, 0},
	{"integer-m7", "integer-m7", "…on Cortex-M7", "m7", 4000, 2, 0, false, 0},
	{"network-m33", "network-m33", "the network on Cortex-M33", "m33", 200, 2, 0, false, 0},
	{"network-m7", "network-m7", "…on Cortex-M7", "m7", 200, 2, 0, false, 0},
	{"storm", "storm", "SysTick every 200 cycles, each pending an NVIC interrupt", "m4", 2000, 2, 0, true, 25000},
	{"sleeping-hour", "sleep", "an hour of 1 % duty", "m4", 36000, 20, 0, true, 0},
	{"full-activity", "sleep", "the sleeping hour's work without the sleep", "m4", 36000, 20, 1u << AWAKE_FLAG, false, 0},
};
enum { WORKLOAD_COUNT = sizeof WORKLOADS / sizeof *WORKLOADS };

static const char *const KEY[CONTESTANTS] = {"mips",          "mips_exact_addresses",     "mips_plain",
					     "mips_raw_unicorn", "mips_unicorn_block_hook", "mips_qemu"};
static const char *const TITLE[CONTESTANTS] = {"profile", "addresses", "plain", "raw", "raw+block", "qemu"};

struct arguments {
	const char *json, *only;
	unsigned repeat, scale;
	bool tiny;
};

struct measured {
	double cpu_s[CONTESTANTS], mips[CONTESTANTS]; /* medians; mips 0: did not run */
	uint64_t instructions, cycles;
};

/* --- measuring ------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
	qsort(values, count, sizeof *values, by_size);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Who cannot count instructions ran those of the same file that our machine counted. */
static double instructions_of(const struct contest *contest, enum contestant who, const struct turn *turn,
			      const struct turn *plain)
{
	if (turn->instructions)
		return (double)turn->instructions;
	if (who != QEMU)
		return (double)plain->instructions;
	if (contest->workload->qemu_round)
		return (double)contest->workload->qemu_round * (contest->rounds - 1);
	return (double)(plain->instructions - contest->smallest_instructions);
}

static bool agree(const struct contest *contest, enum contestant who, const struct turn *turn, const struct turn *plain,
		  struct err *err)
{
	if (strcmp(turn->checksum, plain->checksum) != 0)
		return err_internal(err, "%s: %s computes %s, our plain machine %s", contest->workload->name, TITLE[who],
				    turn->checksum, plain->checksum);
	return true;
}

static bool measure(const struct contest *contest, unsigned repeat, struct measured *ret, struct err *err)
{
	static double cpu_s[CONTESTANTS][MOST_TURNS];
	struct turn turn[CONTESTANTS];
	for (unsigned r = 0; r < repeat; r++)
		for (enum contestant who = 0; who < CONTESTANTS; who++) {
			if (!contest_turn(contest, who, &turn[who], err))
				return false;
			cpu_s[who][r] = turn[who].cpu_s;
		}
	*ret = (struct measured){.instructions = turn[OURS_PROFILE].instructions, .cycles = turn[OURS_PROFILE].cycles};
	for (enum contestant who = 0; who < CONTESTANTS; who++) {
		if (!turn[who].ran)
			continue;
		if (!agree(contest, who, &turn[who], &turn[OURS_PLAIN], err))
			return false;
		double count = instructions_of(contest, who, &turn[who], &turn[OURS_PLAIN]);
		ret->cpu_s[who] = median(cpu_s[who], repeat);
		/* A size so small that starting is all there is gives no difference to divide by. */
		ret->mips[who] = ret->cpu_s[who] > 0 ? count / ret->cpu_s[who] * 1e-6 : 0;
	}
	return true;
}

/* --- telling ----------------------------------------------------------------------------------------------------- */

static json_t *ratio(double a, double b)
{
	return a > 0 && b > 0 ? json_real(a / b) : json_null();
}

static json_t *object_of(const struct contest *contest, const struct measured *m)
{
	json_t *out = json_object(), *null = json_object();
	json_object_set_new(out, "name", json_string(contest->workload->name));
	json_object_set_new(out, "what", json_string(contest->workload->what));
	json_object_set_new(out, "core", json_string(contest->workload->core));
	json_object_set_new(out, "instructions", json_integer((json_int_t)m->instructions));
	json_object_set_new(out, "cycles", json_integer((json_int_t)m->cycles));
	json_object_set_new(out, "host_s", json_real(m->cpu_s[OURS_PROFILE]));
	for (enum contestant who = 0; who < CONTESTANTS; who++) {
		json_object_set_new(out, KEY[who], m->mips[who] > 0 ? json_real(m->mips[who]) : json_null());
		if (contest_cannot(contest, who))
			json_object_set_new(null, KEY[who], json_string(contest_cannot(contest, who)));
	}
	const double *mips = m->mips;
	json_object_set_new(out, "ratio_to_raw_unicorn", ratio(mips[OURS_PROFILE], mips[STOCK_RAW]));
	json_object_set_new(out, "ratio_to_unicorn_block_hook", ratio(mips[OURS_PROFILE], mips[STOCK_BLOCK]));
	json_object_set_new(out, "ratio_to_qemu", ratio(mips[OURS_PROFILE], mips[QEMU]));
	json_object_set_new(out, "ratio_to_qemu_exact_addresses", ratio(mips[OURS_ADDRESSES], mips[QEMU]));
	json_object_set_new(out, "ratio_to_plain", ratio(mips[OURS_PROFILE], mips[OURS_PLAIN]));
	json_object_set_new(out, "why_null", null);
	return out;
}

static void print_number(double value, int width, int digits)
{
	if (value > 0)
		printf("%*.*f", width, digits, value);
	else
		printf("%*s", width, "-");
}

static void print_row(const struct workload *workload, const struct measured *m)
{
	const double *mips = m->mips;
	printf("%-15s", workload->name);
	for (enum contestant who = 0; who < CONTESTANTS; who++)
		print_number(mips[who], 10, 0);
	print_number(mips[STOCK_RAW] > 0 ? mips[OURS_PROFILE] / mips[STOCK_RAW] : 0, 8, 2);
	print_number(mips[STOCK_BLOCK] > 0 ? mips[OURS_PROFILE] / mips[STOCK_BLOCK] : 0, 8, 2);
	print_number(mips[QEMU] > 0 ? mips[OURS_PROFILE] / mips[QEMU] : 0, 8, 2);
	print_number(mips[QEMU] > 0 ? mips[OURS_ADDRESSES] / mips[QEMU] : 0, 9, 2);
	putchar('\n');
	fflush(stdout);
}

static void print_head(void)
{
	printf("%-15s%60s%33s\n%-15s", "", "millions of instructions per second of processor time      ",
	       "profile to                       ", "");
	for (enum contestant who = 0; who < CONTESTANTS; who++)
		printf("%10s", TITLE[who]);
	printf("%8s%8s%8s%9s\n", "/raw", "/block", "/qemu", "adr/qemu");
}

/* The hour of 1 % duty against the same work without sleep, in host seconds. */
static void compare_sleep(json_t *list)
{
	json_t *entry, *hour = NULL, *full = NULL;
	size_t i;
	json_array_foreach(list, i, entry) {
		const char *name = json_string_value(json_object_get(entry, "name"));
		hour = strcmp(name, "sleeping-hour") == 0 ? entry : hour;
		full = strcmp(name, "full-activity") == 0 ? entry : full;
	}
	if (!hour || !full)
		return;
	double asleep = json_real_value(json_object_get(hour, "host_s"));
	double awake = json_real_value(json_object_get(full, "host_s"));
	json_object_set_new(hour, "host_s_without_sleep", json_real(awake));
	json_object_set_new(hour, "ratio_to_full_activity", ratio(asleep, awake));
	printf("an hour of 1 %% duty: %.2f s of processor time; its work without the sleep: %.2f s\n", asleep, awake);
}

/* --- all of it --------------------------------------------------------------------------------------------------- */

static bool own_folder(char *ret, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", ret, size - 1);
	if (length <= 0)
		return false;
	ret[length] = 0;
	*strrchr(ret, '/') = 0;
	return true;
}

static bool has_qemu(void)
{
	const char *const argv[] = {"qemu-system-arm", "--version", NULL};
	struct child child;
	struct err ignored;
	return child_run(argv, &child, &ignored) && child.status == 0;
}

static bool run_workload(const struct workload *workload, const struct arguments *a, const char *scratch, bool qemu,
			 json_t *list, struct err *err)
{
	struct contest contest = {.workload = workload, .qemu = qemu,
				  .rounds = a->tiny ? workload->tiny : workload->rounds * a->scale};
	struct measured measured;
	if (!own_folder(contest.folder, sizeof contest.folder))
		return err_internal(err, "/proc/self/exe cannot be read");
	if (!contest_prepare(&contest, scratch, err) || !measure(&contest, a->repeat, &measured, err))
		return false;
	json_array_append_new(list, object_of(&contest, &measured));
	print_row(workload, &measured);
	return true;
}

static void forget(const char *scratch)
{
	char path[600];
	for (unsigned i = 0; i < WORKLOAD_COUNT; i++) {
		snprintf(path, sizeof path, "%s/%s.elf", scratch, WORKLOADS[i].name);
		unlink(path);
		snprintf(path, sizeof path, "%s/%s-1.elf", scratch, WORKLOADS[i].name);
		unlink(path);
	}
	rmdir(scratch);
}

static bool run_all(const struct arguments *a, struct err *err)
{
	char scratch[] = "/tmp/thumbwatt-bench-XXXXXX";
	json_t *root = json_object(), *list = json_array();
	bool qemu = has_qemu(), ok = true;
	if (!mkdtemp(scratch))
		return err_internal(err, "no folder in /tmp");
	json_object_set_new(root, "schema", json_string("thumbwatt.bench/1"));
	json_object_set_new(root, "repetitions", json_integer(a->repeat));
	json_object_set_new(root, "workloads", list);
	if (!qemu)
		printf("qemu-system-arm is not installed: its columns stay empty\n");
	print_head();
	for (unsigned i = 0; i < WORKLOAD_COUNT && ok; i++)
		if (!a->only || strcmp(a->only, WORKLOADS[i].name) == 0)
			ok = run_workload(&WORKLOADS[i], a, scratch, qemu, list, err);
	if (ok)
		compare_sleep(list);
	char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	if (ok && a->json)
		ok = text ? file_write(a->json, text, strlen(text), err) : err_internal(err, "out of memory");
	free(text);
	json_decref(root);
	forget(scratch);
	return ok;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct arguments *a = state->input;
	switch (key) {
	case 'j': a->json = argument; return 0;
	case 'o': a->only = argument; return 0;
	case 't': a->tiny = true; a->repeat = 1; return 0;
	case 'r':
		a->repeat = (unsigned)atoi(argument);
		if (a->repeat < 1 || a->repeat > MOST_TURNS)
			argp_error(state, "'%s' repetitions; 1 … %d are expected", argument, MOST_TURNS);
		return 0;
	case 's':
		a->scale = (unsigned)atoi(argument);
		if (a->scale < 1 || a->scale > 100)
			argp_error(state, "'%s' times the size; 1 … 100 are expected", argument);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp_option OPTIONS[] = {
		{"json", 'j', "FILE", 0, "write what was measured as JSON", 0},
		{"only", 'o', "NAME", 0, "one workload only", 0},
		{"repeat", 'r', "N", 0, "repetitions, of which the median counts (default 5)", 0},
		{"scale", 's', "N", 0, "N times the work (default 1: 100 to 900 million instructions each)", 0},
		{"tiny", 't', NULL, 0, "everything once, at the smallest size: shows that it works, measures nothing", 0},
		{0},
	};
	static const struct argp ARGP = {OPTIONS, parse, NULL, "How fast the simulator is, as ratios.", NULL, NULL, NULL};
	struct arguments a = {.repeat = 5, .scale = 1};
	struct err err;
	argp_parse(&ARGP, argc, argv, 0, NULL, &a);
	if (run_all(&a, &err))
		return 0;
	fprintf(stderr, "bench: %s\n", err.text);
	return err.kind == ERR_INPUT ? 2 : 4;
}
