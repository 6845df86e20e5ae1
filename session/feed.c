/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/feed.h"

#include "session/talk_uart.h"

#include <stdio.h>
#include <string.h>

#define MOST_FRAMES 65536u /* of a call: what a register says may be anything */

static void advance(struct session_feed *feed)
{
	memcpy(feed->now, feed->next, sizeof feed->now);
	if (!scn_stream_next(feed->stream, &feed->next_ps, feed->next))
		feed->next_ps = SCN_FOREVER;
}

static void tell(const struct session_feed *feed, struct sim_when when)
{
	if (feed->watching->sample)
		feed->watching->sample(feed->watching->context, when, feed->sensor->name, feed->now,
				       feed->sensor->signal.channels, false);
}

/* The frame for a call at now_ps, into feed->now; when it can be had. */
static uint64_t take(struct session_feed *feed, uint64_t now_ps)
{
	uint64_t due = feed->next_ps;
	if (feed->feed->take == SCN_TAKE_LATEST) {
		while (feed->next_ps <= now_ps)
			advance(feed);
		return now_ps;
	}
	if (due == SCN_FOREVER)
		return now_ps;
	advance(feed);
	return feed->feed->take == SCN_TAKE_WAIT && due > now_ps ? due : now_ps;
}

static void write_value(struct session_feed *feed, struct sim_when when, uint32_t at, unsigned channel)
{
	uint8_t bytes[4];
	unsigned count = scn_feed_value(feed->feed, feed->sensor, feed->now[channel], bytes);
	if (sim_machine_write(feed->machine, at, bytes, count) || feed->refused)
		return;
	struct prof_note note = {.kind = PROF_NOTE_STIMULUS, .begin_ps = when.ps, .end_ps = when.ps};
	snprintf(note.text, sizeof note.text, "feed %s: 0x%08x is no memory to write to", feed->sensor->name,
		 at);
	prof_profiler_note(feed->profiler, &note);
	feed->refused = true;
}

static void write_frame(struct session_feed *feed, struct sim_when when, const uint32_t args[4],
			uint32_t index)
{
	static const uint8_t bytes_of[] = {1, 2, 4, 4};
	uint32_t bytes = bytes_of[feed->feed->form], channels = feed->sensor->signal.channels;
	for (unsigned r = 0; r < 4; r++) {
		if (feed->feed->arg[r].what == SCN_ARG_CHANNEL)
			write_value(feed, when, args[r] + index * bytes, feed->feed->arg[r].channel);
		for (unsigned c = 0; c < channels && feed->feed->arg[r].what == SCN_ARG_FRAME; c++)
			write_value(feed, when, args[r] + (index * channels + c) * bytes, c);
	}
}

static void give_result(struct session_feed *feed, uint32_t frames)
{
	const struct scn_feed *f = feed->feed;
	uint8_t bytes[4] = {0};
	switch (f->result) {
	case SCN_RESULT_NONE:
		return;
	case SCN_RESULT_NUMBER:
		sim_machine_set_register(feed->machine, 0, (uint32_t)f->number);
		return;
	case SCN_RESULT_FRAMES:
		sim_machine_set_register(feed->machine, 0, frames);
		return;
	case SCN_RESULT_CHANNEL: {
		unsigned count = scn_feed_value(f, feed->sensor, feed->now[f->number], bytes);
		/* AAPCS: a small integer comes back extended to the register. */
		int32_t value = count == 1   ? (int8_t)bytes[0]
				: count == 2 ? (int16_t)(bytes[0] | bytes[1] << 8)
					     : (int32_t)(bytes[0] | bytes[1] << 8 | bytes[2] << 16 |
							 (uint32_t)bytes[3] << 24);
		sim_machine_set_register(feed->machine, 0, (uint32_t)value);
		return;
	}
	}
}

static uint64_t on_call(void *context, struct sim_when when)
{
	struct session_feed *feed = context;
	uint32_t args[4], frames = feed->feed->frames;
	uint64_t ready_ps = when.ps;
	for (unsigned r = 0; r < 4; r++)
		args[r] = sim_machine_register(feed->machine, r);
	if (feed->feed->frames_register >= 0)
		frames = args[feed->feed->frames_register];
	if (frames > MOST_FRAMES)
		frames = MOST_FRAMES;
	for (uint32_t i = 0; i < frames; i++) {
		uint64_t ps = take(feed, when.ps);
		ready_ps = ps > ready_ps ? ps : ready_ps;
		write_frame(feed, when, args, i);
		tell(feed, when);
	}
	give_result(feed, frames);
	unsigned __int128 waits =
		(unsigned __int128)(ready_ps - when.ps) * sim_machine_clock_hz(feed->machine);
	uint64_t wait = (uint64_t)((waits + SIM_PS_PER_S - 1) / SIM_PS_PER_S);
	return wait > feed->feed->cycles ? wait : feed->feed->cycles;
}

uint64_t session_feed_wake_ps(const struct session_feed *feed)
{
	return feed->feed->on_uart ? feed->next_ps : SCN_FOREVER;
}

void session_feed_step(struct session_feed *feed, uint64_t now_ps)
{
	uint8_t bytes[SCN_MAX_MESSAGE];
	while (feed->feed->on_uart && feed->next_ps <= now_ps) {
		advance(feed);
		size_t count = scn_feed_message(feed->feed, feed->sensor, feed->now, bytes);
		const char *port =
			*feed->feed->port ? feed->feed->port : sim_machine_board(feed->machine)->console;
		sim_machine_uart_send(feed->machine, port, bytes, count);
		tell(feed, sim_machine_now(feed->machine));
	}
}

static bool start_function(struct session_feed *feed, struct err *err)
{
	const struct scn_moment *at = &feed->feed->at;
	struct prof_symbols *symbols = prof_profiler_symbols(feed->profiler);
	uint32_t address = at->address, bytes;
	if (at->kind == SCN_MOMENT_SYMBOL &&
	    (!symbols || !prof_symbols_find(symbols, at->name, &address, &bytes)))
		return err_input(err, "feed: the firmware has no symbol '%s'", at->name);
	if (sim_machine_replace(feed->machine, address, on_call, feed) < 0)
		return err_input(err, "feed: no code at 0x%08x, or it is fed already", address);
	return true;
}

static bool start_uart(struct session_feed *feed, struct err *err)
{
	const struct sim_device *uart = sim_machine_device(feed->machine, feed->feed->port);
	char names[400];
	if (!*feed->feed->port || (uart && uart->type->receive))
		return true;
	session_talk_names(feed->machine, names, sizeof names);
	return err_input(err, "feed: there is no UART '%s'; there are: %s", feed->feed->port, names);
}

bool session_feed_start(struct session_feed *feed, const struct scn_feed *what,
			const struct scn_sensor *sensor, struct scn_stream *stream,
			struct sim_machine *machine, struct prof_profiler *profiler,
			const struct sim_observer *watching, struct err *err)
{
	*feed = (struct session_feed){.feed = what, .sensor = sensor, .stream = stream, .machine = machine,
				      .profiler = profiler, .watching = watching};
	advance(feed);
	return what->on_uart ? start_uart(feed, err) : start_function(feed, err);
}

void session_feed_stop(struct session_feed *feed)
{
	scn_stream_destroy(feed->stream);
}
