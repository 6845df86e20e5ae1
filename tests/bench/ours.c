/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench-ours plain|profile BOARD.yaml FIRMWARE.elf
 *
 * Runs a benchmark firmware to its end in our machine and prints one JSON object: processor time of the run
 * (translation included, loading not), instructions, cycles, what the firmware said.
 *   plain    the machine alone; nobody watches
 *   profile  as `thumbwatt run` does it: call tree, record, energy, evidence
 */
#include "session/session.h"
#include "sim/machine.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct heard {
	char text[256];
	size_t used;
};

struct outcome {
	double cpu_s;
	uint64_t instructions, cycles;
	struct heard heard;
};

static double cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void on_heard(void *context, const char *port, uint8_t byte)
{
	struct heard *heard = context;
	if (heard->used + 1 < sizeof heard->text)
		heard->text[heard->used++] = (char)byte;
}

static void on_uart(void *context, struct sim_when when, const char *port, uint8_t byte)
{
	on_heard(context, port, byte);
}

static bool measure_machine(struct sim_machine *machine, const struct sim_image *image, struct outcome *outcome,
			    struct err *err)
{
	const struct sim_observer observer = {.context = &outcome->heard, .uart = on_uart};
	if (!sim_machine_load(machine, image, err) || !sim_machine_reset(machine, image->vectors, err))
		return false;
	sim_machine_observe(machine, &observer);
	double began = cpu_now();
	enum sim_stop stop = sim_machine_run(machine, SIM_NEVER - 1);
	outcome->cpu_s = cpu_now() - began;
	outcome->instructions = sim_machine_instructions(machine);
	outcome->cycles = sim_machine_now(machine).active;
	if (stop != SIM_STOP_EXIT || sim_machine_exit_status(machine) != 0)
		return err_input(err, "%s did not end as it should", image->path);
	return true;
}

static bool run_plain(const char *board_path, const char *firmware, struct outcome *outcome, struct err *err)
{
	const struct sim_machine_options options = {0};
	static struct sim_board board;
	struct sim_machine *machine = NULL;
	struct sim_image image;
	if (!sim_board_read(board_path, &board, err) || !sim_image_read(firmware, 0, &image, err))
		return false;
	bool ok = sim_machine_create(&board, &options, &machine, err) && measure_machine(machine, &image, outcome, err);
	sim_machine_destroy(machine);
	sim_image_free(&image);
	return ok;
}

static bool run_profile(const char *board, const char *firmware, struct outcome *outcome, struct err *err)
{
	const struct session_options options = {.board = board, .firmware = firmware, .functions = true,
						.heard = on_heard, .context = &outcome->heard};
	struct session *session;
	if (!session_open(&options, &session, err))
		return false;
	double began = cpu_now();
	session_advance(session, SIM_NEVER);
	outcome->cpu_s = cpu_now() - began;
	bool ok = session_finish(session, outcome->cpu_s, err);
	if (ok && session_verdict(session) != SESSION_PASSED)
		ok = err_input(err, "%s did not end as it should", firmware);
	if (ok) {
		const json_t *report = session_report(session);
		outcome->instructions = (uint64_t)json_integer_value(json_object_get(report, "instructions"));
		outcome->cycles = (uint64_t)json_integer_value(json_object_get(report, "cycles"));
	}
	session_close(session);
	return ok;
}

int main(int argc, char **argv)
{
	struct outcome outcome = {0};
	struct err err;
	if (argc != 4 || (strcmp(argv[1], "plain") != 0 && strcmp(argv[1], "profile") != 0)) {
		fprintf(stderr, "usage: bench-ours plain|profile BOARD.yaml FIRMWARE.elf\n");
		return 2;
	}
	bool plain = strcmp(argv[1], "plain") == 0;
	if (!(plain ? run_plain : run_profile)(argv[2], argv[3], &outcome, &err)) {
		fprintf(stderr, "bench-ours: %s\n", err.text);
		return 2;
	}
	json_t *out = json_pack("{s:f, s:I, s:I, s:s}", "cpu_s", outcome.cpu_s, "instructions",
				(json_int_t)outcome.instructions, "cycles", (json_int_t)outcome.cycles, "text",
				outcome.heard.text);
	json_dumpf(out, stdout, JSON_COMPACT);
	json_decref(out);
	putchar('\n');
	return 0;
}
