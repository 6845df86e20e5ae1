/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/outside.h"

#include "session/talk_uart.h"

#include <string.h>

#define EOT 4

static bool is_rtt(const char *port)
{
	return strcmp(port, "rtt") == 0;
}

bool session_outside_send(struct session_outside *outside, const char *port, const void *bytes, size_t count)
{
	if (!is_rtt(port))
		return sim_machine_uart_send(outside->with.machine, port, bytes, count);
	session_rtt_send(&outside->rtt, bytes, count);
	return outside->rtt.on;
}

/* --- the machine's side of the links ------------------------------------------------------------------ */

static bool exists(void *context, const char *port)
{
	const struct session_outside *outside = context;
	return is_rtt(port) || session_talk_is_port(outside->with.machine, port);
}

static bool ready(void *context, const char *port)
{
	const struct session_outside *outside = context;
	return is_rtt(port) ? session_rtt_ready(&outside->rtt)
			    : session_talk_is_ready(outside->with.machine, port);
}

static void pass_on(void *context, const char *port, const uint8_t *bytes, size_t count)
{
	session_outside_send(context, port, bytes, count);
}

static void names(void *context, char *ret_text, size_t size)
{
	session_talk_names(((struct session_outside *)context)->with.machine, ret_text, size);
}

/* --- starting ----------------------------------------------------------------------------------------- */

static bool start_talking(struct session_outside *outside, struct err *err)
{
	const struct session_outside_options *with = &outside->with;
	const struct sim_device *console = sim_machine_device(with->machine, outside->console);
	bool arm_model = console && strcmp(console->type->name, "cmsdk-uart") == 0;
	outside->eot = with->eot || arm_model || (with->scenario && with->scenario->eot);
	if (with->uarts == 0)
		return true;
	const struct session_talk_ports ports = {.context = outside,
						 .console = outside->console,
						 .exists = exists,
						 .ready = ready,
						 .send = pass_on,
						 .names = names};
	return session_talk_create(with->uart, with->uarts, with->speed, &ports, &outside->talk, err);
}

/* With a symbol it costs nothing to look; to search all of RAM, somebody must want it. */
static void start_rtt(struct session_outside *outside)
{
	const struct session_outside_options *with = &outside->with;
	struct prof_symbols *symbols = prof_profiler_symbols(with->profiler);
	uint32_t at = 0, bytes;
	char place[300];
	bool wanted = outside->talk && session_talk_place(outside->talk, "rtt", place, sizeof place);
	for (unsigned i = 0; with->scenario && i < with->scenario->lines; i++)
		wanted = wanted || is_rtt(with->scenario->line[i].port);
	if (symbols)
		prof_symbols_find(symbols, "_SEGGER_RTT", &at, &bytes);
	session_rtt_start(&outside->rtt, with->machine, at, wanted, with->heard, with->context);
}

static bool start_feeds(struct session_outside *outside, struct err *err)
{
	const struct session_outside_options *with = &outside->with;
	const struct scn_scenario *scenario = with->scenario;
	for (unsigned i = 0; scenario && i < scenario->feeds; i++) {
		const struct scn_feed *what = &scenario->feed[i];
		struct scn_stream *stream;
		if (!scn_scenario_stream(scenario, what->sensor, with->seed, &stream, err))
			return false;
		outside->feeds++;
		if (!session_feed_start(&outside->feed[i], what, &scenario->sensor[what->sensor], stream,
					with->machine, with->profiler, with->watching, err))
			return false;
	}
	return true;
}

/* The command line's, or the scenario's. */
static bool start_probe(struct session_outside *outside, struct err *err)
{
	const struct session_outside_options *with = &outside->with;
	struct scn_probe parsed;
	const struct scn_probe *what =
		with->scenario && with->scenario->probed ? &with->scenario->probe : NULL;
	struct err plain;
	if (with->probe) {
		if (!scn_probe_parse(with->probe, &parsed, &plain))
			return err_input(err, "--probe: %s", plain.text);
		what = &parsed;
	}
	outside->probed = what;
	return !what || session_probe_start(&outside->probe, what, with->machine, with->profiler, err);
}

bool session_outside_start(struct session_outside *outside, const struct session_outside_options *options,
			   struct err *err)
{
	const struct scn_scenario *scenario = options->scenario;
	outside->with = *options;
	outside->console = sim_machine_board(options->machine)->console;
	scn_script_start(&outside->script, scenario ? scenario->line : NULL, scenario ? scenario->lines : 0,
			 outside->console);
	if (!start_probe(outside, err) || !start_feeds(outside, err) || !start_talking(outside, err))
		return false;
	start_rtt(outside);
	return true;
}

void session_outside_hang_up(struct session_outside *outside)
{
	outside->rtt.next_ps = 0; /* what the firmware said last waits in its buffer */
	session_rtt_step(&outside->rtt, sim_machine_now(outside->with.machine).ps);
	session_talk_destroy(outside->talk);
	outside->talk = NULL;
}

void session_outside_free(struct session_outside *outside)
{
	session_talk_destroy(outside->talk);
	outside->talk = NULL;
	for (unsigned i = 0; i < outside->feeds; i++)
		session_feed_stop(&outside->feed[i]);
	outside->feeds = 0;
}

/* --- running ------------------------------------------------------------------------------------------ */

bool session_outside_heard(struct session_outside *outside, struct sim_when when, const char *port,
			   uint8_t byte)
{
	if (outside->probed)
		session_probe_uart(&outside->probe, when, port, byte);
	bool moved = scn_script_heard(&outside->script, port, when.ps, byte);
	bool eot = byte == EOT && outside->eot && strcmp(port, outside->console) == 0;
	outside->ended = outside->ended || outside->script.ended || eot;
	if (moved || eot)
		sim_machine_ask_stop(outside->with.machine); /* something may be due now */
	return outside->talk && session_talk_heard(outside->talk, port, byte);
}

void session_outside_step(struct session_outside *outside, uint64_t now_ps)
{
	struct scn_send send;
	session_rtt_step(&outside->rtt, now_ps);
	while (scn_script_step(&outside->script, now_ps, &send))
		session_outside_send(outside, send.port, send.bytes, send.count);
	for (unsigned i = 0; i < outside->feeds; i++)
		session_feed_step(&outside->feed[i], now_ps);
	if (outside->talk)
		session_talk_exchange(outside->talk);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t session_outside_wake_ps(const struct session_outside *outside)
{
	uint64_t wake = earlier(scn_script_wake_ps(&outside->script), session_rtt_wake_ps(&outside->rtt));
	for (unsigned i = 0; i < outside->feeds; i++)
		wake = earlier(wake, session_feed_wake_ps(&outside->feed[i]));
	return wake;
}

bool session_outside_live(const struct session_outside *outside)
{
	return outside->talk && session_talk_live(outside->talk);
}

void session_outside_wait(struct session_outside *outside, uint64_t now_ps)
{
	if (outside->talk)
		session_talk_wait(outside->talk, now_ps);
}
