/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/mlperf.h"

#include "sim/machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MOST_PORTS = 8,
	LOAD_BYTES = 32,       /* the reference firmware's command buffer holds 80 characters */
	START_WITHIN_S = 20,
	ANSWER_WITHIN_S = 20,
	INFERENCE_WITHIN_S = 60, /* each */
	MEASURE_US = 60000,    /* the longer of the two runs, so that the stamps' 1 us is below 1e-4 … */
	MEASURE_MOST = 40,     /* … but no more inferences than these */
};

struct port {
	char name[32];
	char line[1200];
	size_t used;
};

struct session_mlperf {
	struct sim_machine *machine;
	struct sim_board board;
	struct port port[MOST_PORTS];
	unsigned ports;
	char console[32];
	char last[160]; /* line heard, for messages */
	bool ready;     /* m-ready has come since the last command */
	struct session_mlperf_reply reply;
	struct sim_when lap[2]; /* when these were heard */
	double waiting;         /* of the inferences of the last measurement */
	char fault[300];
};

/* --- what it says ------------------------------------------------------------------------------------------- */

static void hear_lap(struct session_mlperf *dut, struct sim_when when, const char *digits)
{
	struct session_mlperf_reply *reply = &dut->reply;
	if (reply->laps < 2) {
		reply->lap_us[reply->laps] = strtoull(digits, NULL, 10);
		dut->lap[reply->laps] = when;
	}
	reply->laps++;
}

static void hear_results(struct session_mlperf *dut, const char *text)
{
	size_t length = strcspn(text, "]");
	if (text[length] == ']' && length < sizeof dut->reply.results) {
		memcpy(dut->reply.results, text, length);
		dut->reply.results[length] = 0;
	}
}

static void hear_line(struct session_mlperf *dut, struct sim_when when, const struct port *port)
{
	static const char LAP[] = "m-lap-us-", RESULTS[] = "m-results-[", READY[] = "m-ready";
	const char *line = port->line, *found;
	if (line[0] == 0)
		return;
	snprintf(dut->last, sizeof dut->last, "%.159s", line);
	if (!dut->reply.first[0])
		snprintf(dut->reply.first, sizeof dut->reply.first, "%.159s", line);
	/* Noise of a line that was just switched on may stand before the first word. */
	if ((found = strstr(line, LAP)) != NULL)
		hear_lap(dut, when, found + sizeof LAP - 1);
	else if ((found = strstr(line, RESULTS)) != NULL)
		hear_results(dut, found + sizeof RESULTS - 1);
	else if (strncmp(line, "e-", 2) == 0 && !dut->reply.refusal[0])
		snprintf(dut->reply.refusal, sizeof dut->reply.refusal, "%.159s", line);
	else if (strstr(line, READY) != NULL) {
		if (!dut->console[0])
			snprintf(dut->console, sizeof dut->console, "%s", port->name);
		dut->ready = true;
		sim_machine_ask_stop(dut->machine);
	}
}

static struct port *port_of(struct session_mlperf *dut, const char *name)
{
	for (unsigned i = 0; i < dut->ports; i++)
		if (strcmp(dut->port[i].name, name) == 0)
			return &dut->port[i];
	if (dut->ports == MOST_PORTS)
		return NULL;
	struct port *port = &dut->port[dut->ports++];
	snprintf(port->name, sizeof port->name, "%s", name);
	return port;
}

static void on_uart(void *context, struct sim_when when, const char *name, uint8_t byte)
{
	struct session_mlperf *dut = context;
	struct port *port = port_of(dut, name);
	if (!port || byte == 0 || byte == '\r')
		return;
	if (byte != '\n') {
		if (port->used + 1 < sizeof port->line)
			port->line[port->used++] = (char)byte;
		return;
	}
	port->line[port->used] = 0;
	port->used = 0;
	hear_line(dut, when, port);
}

static void on_fault(void *context, const struct sim_fault *fault)
{
	struct session_mlperf *dut = context;
	if (!dut->fault[0])
		snprintf(dut->fault, sizeof dut->fault, "it faulted at pc 0x%08x: %s", fault->pc, fault->what);
}

/* --- running it --------------------------------------------------------------------------------------------- */

/* Runs until m-ready, at most to `until_ps`; `doing` is for the message. */
static bool await_ready(struct session_mlperf *dut, uint64_t within_ps, const char *doing, struct err *err)
{
	uint64_t until_ps = sim_machine_now(dut->machine).ps + within_ps;
	enum sim_stop stop = SIM_STOP_ASKED;
	while (!dut->ready && stop == SIM_STOP_ASKED)
		stop = sim_machine_run(dut->machine, until_ps);
	if (dut->ready)
		return true;
	const char *what = dut->fault[0] ? dut->fault
			 : stop == SIM_STOP_LOCKUP ? "it locked up"
			 : stop == SIM_STOP_EXIT ? "it ended its run"
			 : stop == SIM_STOP_ASLEEP ? "it sleeps, and nothing will wake it"
			 : "it was still running";
	return err_input(err, "no m-ready within %g s of virtual time after %s: %s; last line: %s",
			 (double)within_ps / 1e12, doing, what, dut->last[0] ? dut->last : "none");
}

static bool start(struct session_mlperf *dut, const struct sim_image *image, struct err *err)
{
	const struct sim_machine_options options = {0};
	const struct sim_observer observer = {.context = dut, .uart = on_uart, .fault = on_fault};
	if (!sim_machine_create(&dut->board, &options, &dut->machine, err) ||
	    !sim_machine_load(dut->machine, image, err) || !sim_machine_reset(dut->machine, image->vectors, err))
		return false;
	sim_machine_observe(dut->machine, &observer);
	return await_ready(dut, START_WITHIN_S * SIM_PS_PER_S, "reset", err);
}

bool session_mlperf_start(const struct sim_board *board, const struct sim_image *image,
			  struct session_mlperf **ret_dut, struct err *err)
{
	struct session_mlperf *dut = calloc(1, sizeof *dut);
	if (!dut)
		return err_internal(err, "out of memory");
	dut->board = *board;
	if (!start(dut, image, err)) {
		session_mlperf_destroy(dut);
		return false;
	}
	*ret_dut = dut;
	return true;
}

void session_mlperf_destroy(struct session_mlperf *dut)
{
	if (dut)
		sim_machine_destroy(dut->machine);
	free(dut);
}

const char *session_mlperf_console(const struct session_mlperf *dut)
{
	return dut->console;
}

bool session_mlperf_ask(struct session_mlperf *dut, const char *command, uint64_t within_ps,
			struct session_mlperf_reply *ret_reply, struct err *err)
{
	char doing[64];
	snprintf(doing, sizeof doing, "'%.40s%%'", command);
	dut->reply = (struct session_mlperf_reply){0};
	dut->ready = false;
	if (!sim_machine_uart_send(dut->machine, dut->console, command, strlen(command)) ||
	    !sim_machine_uart_send(dut->machine, dut->console, "%", 1))
		return err_input(err, "%s cannot receive on %s", dut->board.name, dut->console);
	if (!await_ready(dut, within_ps, doing, err))
		return false;
	*ret_reply = dut->reply;
	return true;
}

static bool ask_briefly(struct session_mlperf *dut, const char *command, struct err *err)
{
	struct session_mlperf_reply reply;
	if (!session_mlperf_ask(dut, command, ANSWER_WITHIN_S * SIM_PS_PER_S, &reply, err))
		return false;
	return reply.refusal[0] == 0 || err_input(err, "'%.40s%%' was refused: %s", command, reply.refusal);
}

bool session_mlperf_load(struct session_mlperf *dut, const uint8_t *bytes, size_t count, struct err *err)
{
	char command[8 + 2 * LOAD_BYTES];
	snprintf(command, sizeof command, "db load %zu", count);
	bool ok = ask_briefly(dut, command, err);
	for (size_t at = 0; ok && at < count; at += LOAD_BYTES) {
		int used = snprintf(command, sizeof command, "db ");
		for (size_t i = at; i < count && i < at + LOAD_BYTES; i++)
			used += snprintf(command + used, sizeof command - (size_t)used, "%02x", bytes[i]);
		ok = ask_briefly(dut, command, err);
	}
	return ok;
}

bool session_mlperf_infer(struct session_mlperf *dut, unsigned inferences, unsigned warm_ups, double *ret_us,
			  struct session_mlperf_reply *ret_reply, struct err *err)
{
	char command[64];
	struct session_mlperf_reply reply;
	snprintf(command, sizeof command, "infer %u %u", inferences, warm_ups);
	if (!session_mlperf_ask(dut, command, (uint64_t)(inferences + warm_ups) * INFERENCE_WITHIN_S * SIM_PS_PER_S,
				&reply, err))
		return false;
	if (reply.refusal[0])
		return err_input(err, "'%s%%' was refused: %s", command, reply.refusal);
	if (reply.laps != 2)
		return err_input(err, "'%s%%' printed %u lines m-lap-us-…, 2 are expected", command, reply.laps);
	/* The stamps of a 32-bit counter wrap. */
	*ret_us = reply.lap_us[1] >= reply.lap_us[0] ? (double)(reply.lap_us[1] - reply.lap_us[0])
						     : (double)(uint32_t)(reply.lap_us[1] - reply.lap_us[0]);
	*ret_reply = reply;
	return true;
}

static double waiting_between(const struct sim_when *one, const struct sim_when *all)
{
	double cycles = (double)(all[1].active - all[0].active) - (double)(one[1].active - one[0].active);
	double waited = (double)(all[1].waited - all[0].waited) - (double)(one[1].waited - one[0].waited);
	return cycles > 0 && waited > 0 ? waited / cycles : 0;
}

bool session_mlperf_measure(struct session_mlperf *dut, double *ret_inference_us, double *ret_overhead_us,
			    struct err *err)
{
	struct session_mlperf_reply reply;
	struct sim_when one[2];
	double one_us, all_us;
	if (!session_mlperf_infer(dut, 1, 1, &one_us, &reply, err))
		return false;
	if (one_us < 1)
		return err_input(err, "'infer 1 1%%' took no time: the counter behind m-lap-us stands still");
	memcpy(one, dut->lap, sizeof one);
	double more = ceil(MEASURE_US / one_us);
	unsigned count = 1 + (unsigned)(more < 2 ? 2 : more > MEASURE_MOST ? MEASURE_MOST : more);
	if (!session_mlperf_infer(dut, count, 1, &all_us, &reply, err))
		return false;
	*ret_inference_us = (all_us - one_us) / (count - 1);
	*ret_overhead_us = one_us - *ret_inference_us;
	dut->waiting = waiting_between(one, dut->lap);
	return true;
}

double session_mlperf_waiting(const struct session_mlperf *dut)
{
	return dut->waiting;
}

uint64_t session_mlperf_clock_hz(const struct session_mlperf *dut)
{
	return sim_machine_clock_hz(dut->machine);
}
