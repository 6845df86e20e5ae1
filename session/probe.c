/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/probe.h"

#include "session/talk_uart.h"

#include <string.h>

/* --- the moments -------------------------------------------------------------------------------------- */

static void begin(struct session_probe *probe, struct sim_when when)
{
	if (probe->inside)
		return;
	probe->inside = true;
	prof_profiler_begin(probe->profiler, when);
}

static void end(struct session_probe *probe, struct sim_when when)
{
	if (!probe->inside)
		return;
	probe->inside = probe->in_handler = false;
	prof_profiler_end(probe->profiler, when);
}

static void came_back(void *context, struct sim_when when)
{
	struct session_probe *probe = context;
	if (!probe->in_handler && sim_machine_register(probe->machine, 13) == probe->back_sp)
		end(probe, when);
}

static void watch_return(struct session_probe *probe)
{
	uint32_t back = sim_machine_register(probe->machine, 14);
	probe->back_sp = sim_machine_register(probe->machine, 13);
	probe->in_handler = back >= 0xFFFFFF00u; /* EXC_RETURN */
	probe->depth = probe->exceptions;
	if (probe->in_handler)
		return;
	if (probe->back < 0)
		probe->back = sim_machine_break(probe->machine, back, came_back, probe);
	else
		sim_machine_break_move(probe->machine, probe->back, back);
}

static void reached_begin(void *context, struct sim_when when)
{
	struct session_probe *probe = context;
	if (!probe->inside && probe->what.end.kind == SCN_MOMENT_RETURN)
		watch_return(probe);
	begin(probe, when);
}

static void reached_end(void *context, struct sim_when when)
{
	end(context, when);
}

void session_probe_exception(struct session_probe *probe, struct sim_when when, bool entry)
{
	if (entry)
		probe->exceptions++;
	else if (probe->exceptions > 0)
		probe->exceptions--;
	if (!entry && probe->in_handler && probe->exceptions < probe->depth)
		end(probe, when);
}

static bool took_level(const struct scn_moment *moment, const char *port, uint32_t before, uint32_t levels)
{
	return moment->kind == SCN_MOMENT_PIN && strcmp(moment->name, port) == 0 &&
	       ((before ^ levels) >> moment->pin & 1) && (levels >> moment->pin & 1) == moment->level;
}

void session_probe_pins(struct session_probe *probe, struct sim_when when, const char *port, uint32_t levels)
{
	bool ends = took_level(&probe->what.end, port, probe->end_levels, levels);
	bool begins = took_level(&probe->what.begin, port, probe->begin_levels, levels);
	if (strcmp(probe->what.begin.name, port) == 0)
		probe->begin_levels = levels;
	if (strcmp(probe->what.end.name, port) == 0)
		probe->end_levels = levels;
	if (ends)
		end(probe, when);
	if (begins)
		begin(probe, when);
}

static bool matches(struct session_matcher *matcher, const char *port, uint8_t byte)
{
	if (!matcher->moment || strcmp(matcher->port, port) != 0)
		return false;
	uint32_t length = matcher->moment->length;
	if (matcher->count == length)
		memmove(matcher->last, matcher->last + 1, --matcher->count);
	matcher->last[matcher->count++] = byte;
	if (matcher->count < length || memcmp(matcher->last, matcher->moment->text, length) != 0)
		return false;
	matcher->count = 0;
	return true;
}

void session_probe_uart(struct session_probe *probe, struct sim_when when, const char *port, uint8_t byte)
{
	bool ends = matches(&probe->end_text, port, byte), begins = matches(&probe->begin_text, port, byte);
	if (ends)
		end(probe, when);
	if (begins)
		begin(probe, when);
}

/* --- starting ----------------------------------------------------------------------------------------- */

static bool start_address(struct session_probe *probe, const struct scn_moment *moment,
			  void (*reached)(void *context, struct sim_when when), struct err *err)
{
	uint32_t at = moment->address, bytes;
	struct prof_symbols *symbols = prof_profiler_symbols(probe->profiler);
	if (moment->kind == SCN_MOMENT_SYMBOL &&
	    (!symbols || !prof_symbols_find(symbols, moment->name, &at, &bytes)))
		return err_input(err, "probe: the firmware has no symbol '%s'", moment->name);
	if (sim_machine_break(probe->machine, at, reached, probe) < 0)
		return err_input(err, "probe: the board has no code at 0x%08x", at);
	return true;
}

static bool start_pin(struct session_probe *probe, const struct scn_moment *moment, struct err *err)
{
	const struct sim_device *device = sim_machine_device(probe->machine, moment->name);
	if (!device || strcmp(device->type->name, "stm32-gpio") != 0)
		return err_input(err, "probe: board %s has no port of pins '%s'",
				 sim_machine_board(probe->machine)->name, moment->name);
	return true;
}

static bool start_text(struct session_probe *probe, const struct scn_moment *moment,
		       struct session_matcher *matcher, struct err *err)
{
	bool known = !*moment->name || strcmp(moment->name, "rtt") == 0 ||
		     session_talk_is_port(probe->machine, moment->name);
	if (!known) {
		char names[400];
		session_talk_names(probe->machine, names, sizeof names);
		return err_input(err, "probe: there is no UART '%s'; there are: %s", moment->name, names);
	}
	matcher->moment = moment;
	matcher->port = *moment->name ? moment->name : sim_machine_board(probe->machine)->console;
	return true;
}

static bool start_moment(struct session_probe *probe, const struct scn_moment *moment,
			 void (*reached)(void *context, struct sim_when when),
			 struct session_matcher *matcher, struct err *err)
{
	switch (moment->kind) {
	case SCN_MOMENT_SYMBOL:
	case SCN_MOMENT_ADDRESS: return start_address(probe, moment, reached, err);
	case SCN_MOMENT_PIN: return start_pin(probe, moment, err);
	case SCN_MOMENT_UART: return start_text(probe, moment, matcher, err);
	case SCN_MOMENT_RETURN: break;
	}
	return true;
}

bool session_probe_start(struct session_probe *probe, const struct scn_probe *what,
			 struct sim_machine *machine, struct prof_profiler *profiler, struct err *err)
{
	*probe = (struct session_probe){.what = *what, .machine = machine, .profiler = profiler, .back = -1};
	return start_moment(probe, &probe->what.begin, reached_begin, &probe->begin_text, err) &&
	       start_moment(probe, &probe->what.end, reached_end, &probe->end_text, err);
}
