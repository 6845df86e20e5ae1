/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/session.h"

#include "base/file.h"
#include "profiler/profiler.h"
#include "profiler/report.h"
#include "scenarios/labels.h"
#include "scenarios/scenario.h"
#include "scenarios/stimulus.h"
#include "session/bundled.h"
#include "session/evidence.h"
#include "session/output.h"
#include "session/outside.h"
#include "session/story.h"
#include "session/talk_terminal.h"
#include "sim/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_MODEL ((size_t)64 << 20)
enum { MOST_SENSORS = 16 };
#define SLICE_PS (SIM_PS_PER_S / 20) /* between two looks at the profiler */

struct stream {
	struct scn_stream *stream;
	const char *name;
};

struct session {
	struct session_options options;
	struct scn_scenario *scenario; /* NULL: any firmware on a board */
	struct sim_board board;
	struct sim_image image;
	struct sim_machine *machine;
	struct prof_record *record;
	struct prof_profiler *profiler;
	struct sim_observer watching; /* the profiler's */
	struct stream stream[MOST_SENSORS];
	unsigned streams;
	struct session_evidence evidence;
	uint8_t *model;
	size_t model_bytes;
	struct session_model about; /* the model */
	struct session_room room;
	char model_sha256[65];
	uint32_t extra_flash;
	const char **label; /* into the scenario's labels */
	uint64_t end_ps, reached_ps, seed;
	uint64_t fastest_hz; /* as the board's file says, whatever the scenario wants */
	struct session_outside outside;
	bool over;
	bool idle;                 /* nothing can happen any more by itself */
	enum sim_stop stop;
	char *story;
	json_t *report;
	enum session_verdict verdict;
};

/* --- what the machine tells --------------------------------------------------------------------------------- */

static void on_uart(void *context, struct sim_when when, const char *port, uint8_t byte)
{
	struct session *session = context;
	session->watching.uart(session->watching.context, when, port, byte);
	session_evidence_heard(&session->evidence, port, when.ps, byte);
	bool linked = session_outside_heard(&session->outside, when, port, byte);
	if (session->options.heard && !linked)
		session->options.heard(session->options.context, port, byte);
}

static void on_fault(void *context, const struct sim_fault *fault)
{
	struct session *session = context;
	session->watching.fault(session->watching.context, fault);
	if (!session->story)
		session->story = session_story_of(fault, session->machine, prof_profiler_symbols(session->profiler));
}

static void on_mark(void *context, struct sim_when when, const struct sim_mark *mark)
{
	struct session *session = context;
	session->watching.mark(session->watching.context, when, mark);
	if (mark->kind == RT_MARK_DONE)
		sim_machine_ask_stop(session->machine);
}

/* The profiler's callbacks take its own context: these pass them on. */
static uint32_t pass_function_of(void *context, uint32_t pc)
{
	const struct sim_observer *to = &((struct session *)context)->watching;
	return to->function_of(to->context, pc);
}

static void pass_exception(void *context, struct sim_when when, int number, bool entry)
{
	struct session *session = context;
	const struct sim_observer *to = &session->watching;
	if (to->exception)
		to->exception(to->context, when, number, entry);
	if (session->outside.probed)
		session_probe_exception(&session->outside.probe, when, entry);
}

static void pass_power(void *context, struct sim_when when, enum sim_power_state state, uint64_t hz)
{
	const struct sim_observer *to = &((struct session *)context)->watching;
	to->power(to->context, when, state, hz);
}

static void pass_sample(void *context, struct sim_when when, const char *sensor, const int16_t *counts,
			unsigned channels, bool lost)
{
	const struct sim_observer *to = &((struct session *)context)->watching;
	to->sample(to->context, when, sensor, counts, channels, lost);
}

static void pass_pins(void *context, struct sim_when when, const char *port, uint32_t levels)
{
	struct session *session = context;
	const struct sim_observer *to = &session->watching;
	if (to->pins)
		to->pins(to->context, when, port, levels);
	if (session->outside.probed)
		session_probe_pins(&session->outside.probe, when, port, levels);
}

static void observe(struct session *session)
{
	session->watching = prof_profiler_observer(session->profiler);
	const struct sim_observer *w = &session->watching;
	const struct sim_observer observer = {
		.context = session,
		.function_of = w->function_of ? pass_function_of : NULL,
		.edge = w->edge,
		.edge_context = w->edge_context,
		.exception = w->exception || session->outside.probed ? pass_exception : NULL,
		.power = w->power ? pass_power : NULL,
		.sample = w->sample ? pass_sample : NULL,
		.pins = w->pins || session->outside.probed ? pass_pins : NULL,
		.mark = on_mark, .uart = on_uart, .fault = on_fault,
	};
	sim_machine_observe(session->machine, &observer);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* What only the board or the model can refuse, at its place in the scenario. */
static bool refuse(const struct session *session, struct scn_place place, struct err *err, const struct err *why)
{
	if (why->kind != ERR_INPUT || place.line == 0) {
		*err = *why;
		return false;
	}
	return err_input_at(err, session->scenario->path, place.line, place.column, "%.900s", why->text);
}

static bool load_bundled(struct session *session, struct err *err)
{
	const struct scn_scenario *scenario = session->scenario;
	if (!file_read(scenario->model, MOST_MODEL, &session->model, &session->model_bytes, err) ||
	    !session_model_check(scenario->model, session->model, session->model_bytes, &session->about, err))
		return false;
	sim_image_hash(session->model, session->model_bytes, session->model_sha256);
	if (scenario->sensors == 0)
		return err_input(err, "%s: the bundled firmware waits for a sensor; `sensors` names none", scenario->path);
	const struct session_bundle bundle = {
		.mode = RT_MODE_STREAM, .model_path = scenario->model, .model = session->model,
		.model_bytes = session->model_bytes, .labels = scenario->labels,
		.labels_bytes = scenario->labels_bytes, .sensor = scenario->sensor[0].name,
		.hop_frames = scenario->hop, .arena_bytes = scenario->arena_bytes,
		.clock_hz = session->board.clock_hz, .layer_marks = true,
	};
	session->extra_flash = (uint32_t)bundle.labels_bytes;
	return session_bundle_image(&session->board, &bundle, &session->image, &session->room, err);
}

static bool is_bundled(const struct session *session)
{
	return session->scenario && !session->scenario->firmware;
}

static uint32_t raw_address(const struct session *session)
{
	if (session->scenario && session->scenario->has_load_at)
		return session->scenario->load_at;
	for (unsigned i = 0; !session->options.raw_at && i < session->board.memories; i++)
		if (session->board.memory[i].kind == SIM_FLASH)
			return session->board.memory[i].at;
	return session->options.raw_at;
}

static bool load_firmware(struct session *session, struct err *err)
{
	const struct scn_scenario *scenario = session->scenario;
	if (is_bundled(session))
		return load_bundled(session, err);
	const char *path = scenario ? scenario->firmware : session->options.firmware;
	return sim_image_read(path, raw_address(session), &session->image, err);
}

static bool start_machine(struct session *session, struct err *err)
{
	const struct scn_scenario *scenario = session->scenario;
	const struct sim_machine_options options = {
		/* Bundled firmware does not program a clock: the board's file says with which one it runs. */
		.clock_hz = is_bundled(session) || (scenario && scenario->clock_hz) ? session->board.clock_hz : 0,
		.supply_mv = session->board.supply_mv,
		.seed = session->seed,
		.semihosting_dir = session->options.semihosting_dir,
		.plain_store_path = session->options.plain_store_path,
	};
	struct err why;
	if (!sim_machine_create(&session->board, &options, &session->machine, err))
		return false;
	if (sim_machine_load(session->machine, &session->image, &why) &&
	    sim_machine_reset(session->machine, session->image.vectors, &why))
		return true;
	if (why.kind != ERR_INPUT) {
		*err = why;
		return false;
	}
	return err_input(err, "%s: %.500s", session->image.path, why.text);
}

static bool start_profiler(struct session *session, struct err *err)
{
	struct prof_options options = {
		.board = &session->board, .image = &session->image, .record = session->record,
		.supply_mv = session->board.supply_mv, .functions = session->options.functions,
	};
	prof_access_of_machine(session->machine, &options.access);
	return prof_profiler_create(&options, &session->profiler, err);
}

_Static_assert((int)SCN_MAX_CHANNELS == (int)SIM_MAX_CHANNELS, "a frame of the stream is a frame of the port");

static bool next_frame(void *context, uint64_t *ret_due_ps, int16_t counts[SIM_MAX_CHANNELS])
{
	return scn_stream_next(context, ret_due_ps, counts);
}

/* What the firmware would find out at its start and could tell by a number only. */
static bool check_stream(const struct session *session, const struct scn_sensor *sensor, struct sim_device *device,
			 struct err *err)
{
	const struct scn_scenario *scenario = session->scenario;
	const struct session_port port = {device->type->read(device, RT_SENSOR_CHANNELS, 4),
					  device->type->read(device, RT_SENSOR_SCALE, 4),
					  device->type->read(device, RT_SENSOR_DEPTH, 4)};
	struct scn_place place = scenario->arena_place;
	uint64_t needed;
	struct err why;
	if (!session_stream_check(scenario->model, &session->about, &port, &needed, &why))
		return err_input_at(err, scenario->path, sensor->place.line, sensor->place.column,
				    "sensor '%s' does not fill the model: %.700s", sensor->name, why.text);
	if (needed <= session->room.arena_bytes)
		return true;
	if (place.line == 0)
		place = scenario->board_place;
	return err_input_at(err, scenario->path, place.line, place.column,
			    "an arena of %u bytes; %s needs %llu: %u for its tensors, %llu for frames of '%s'",
			    session->room.arena_bytes, scenario->model, (unsigned long long)needed,
			    session->about.arena_bytes, (unsigned long long)needed - session->about.arena_bytes,
			    sensor->name);
}

static bool no_such_sensor(const struct session *session, const struct scn_sensor *sensor, struct err *err)
{
	const struct sim_board *board = &session->board;
	char names[300] = "";
	size_t used = 0;
	for (unsigned i = 0; i < board->devices; i++)
		if (strcmp(board->device[i].type, "sensor-port") == 0 && used + 40 < sizeof names)
			used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "; it has: ",
						 board->device[i].name);
	return err_input_at(err, session->scenario->path, sensor->place.line, sensor->place.column,
			    "board %s has no sensor '%s'%s", board->name, sensor->name, names);
}

static void announce_sensor(struct session *session, const struct scn_sensor *sensor)
{
	struct prof_sensor about = {.channels = sensor->signal.channels, .scale = sensor->scale,
				    .rate_mhz = sensor->signal.rate_mhz};
	snprintf(about.name, sizeof about.name, "%s", sensor->name);
	snprintf(about.unit, sizeof about.unit, "%s", sensor->unit);
	for (unsigned c = 0; c < about.channels; c++)
		snprintf(about.channel[c], sizeof about.channel[c], "%s", sensor->channel[c]);
	prof_profiler_add_sensor(session->profiler, &about);
}

/* By a function or a UART: then the board need not have a port for it. */
static bool is_fed(const struct scn_scenario *scenario, unsigned sensor)
{
	for (unsigned i = 0; i < scenario->feeds; i++)
		if (scenario->feed[i].sensor == sensor)
			return true;
	return false;
}

static bool connect_sensors(struct session *session, struct err *err)
{
	const struct scn_scenario *scenario = session->scenario;
	if (scenario->sensors > MOST_SENSORS)
		return err_input(err, "%s: at most %d sensors", scenario->path, MOST_SENSORS);
	for (unsigned i = 0; i < scenario->sensors; i++) {
		const struct scn_sensor *sensor = &scenario->sensor[i];
		if (is_fed(scenario, i)) {
			announce_sensor(session, sensor);
			continue;
		}
		struct sim_device *device = sim_machine_device(session->machine, sensor->name);
		if (!device || device->type != &sim_sensor_port_type)
			return no_such_sensor(session, sensor, err);
		struct stream *stream = &session->stream[session->streams];
		if (!scn_scenario_stream(scenario, i, session->seed, &stream->stream, err))
			return false;
		session->streams++;
		const struct sim_sample_source source = {
			.context = stream->stream, .next = next_frame, .channels = sensor->signal.channels,
			.rate_mhz = sensor->signal.rate_mhz, .scale = sensor->scale};
		sim_sensor_port_connect(device, &source);
		if (i == 0 && is_bundled(session) && !check_stream(session, sensor, device, err))
			return false;
		announce_sensor(session, sensor);
	}
	return true;
}

static void note_faults(struct session *session)
{
	static const char *const KIND[] = {"dropout", "stuck", "spike", "drift", "clip", "noise"};
	const struct scn_scenario *scenario = session->scenario;
	for (unsigned i = 0; i < scenario->faults; i++) {
		const struct scn_fault *fault = &scenario->fault[i];
		if (fault->at_ps >= session->end_ps)
			continue;
		struct prof_note note = {.kind = PROF_NOTE_STIMULUS, .begin_ps = fault->at_ps};
		note.end_ps = fault->for_ps > session->end_ps - fault->at_ps ? session->end_ps
									      : fault->at_ps + fault->for_ps;
		snprintf(note.text, sizeof note.text, "%s: %s", scenario->sensor[fault->sensor].name,
			 KIND[fault->kind]);
		prof_profiler_note(session->profiler, &note);
	}
}

static bool open_scenario(struct session *session, struct err *err)
{
	struct scn_scenario *scenario;
	if (!scn_scenario_read(session->options.scenario, &scenario, err))
		return false;
	session->scenario = scenario;
	if (scenario->labels && !(session->label = scn_labels_names(scenario->labels, scenario->label_count)))
		return err_internal(err, "out of memory");
	session->seed = session->options.seed ? *session->options.seed : scenario->seed;
	session->end_ps = session->options.time_ps ? session->options.time_ps : scenario->duration_ps;
	struct err why;
	/* A board file tells its own places. */
	bool is_file = strchr(scenario->board, '/') || strstr(scenario->board, ".yaml");
	if (!sim_board_read(scenario->board, &session->board, &why))
		return refuse(session, is_file ? (struct scn_place){0} : scenario->board_place, err, &why);
	session->fastest_hz = session->board.clock_hz;
	if (scenario->clock_hz)
		session->board.clock_hz = scenario->clock_hz;
	if (scenario->supply_mv)
		session->board.supply_mv = scenario->supply_mv;
	return true;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void make_report(struct session *session, const struct session_judgement *judgement, double wall_s)
{
	const struct scn_scenario *scenario = session->scenario;
	const struct prof_report_about about = {
		.scenario = scenario ? scenario->name : NULL, .seed = session->seed, .firmware = &session->image,
		.model_path = session->model ? scenario->model : NULL,
		.model_sha256 = session->model ? session->model_sha256 : NULL, .model_bytes = session->model_bytes,
		.extra_flash_bytes = session->extra_flash, .fastest_hz = session->fastest_hz,
		/* Where it lies is this machine's affair; which it is, its hash says. */
		.firmware_path = is_bundled(session) ? file_name(session->image.path) : NULL,
		.status_text = is_bundled(session) ? session_status_text : NULL,
		.label = session->label, .labels = scenario ? scenario->label_count : 0,
		.expectation = judgement->expectation, .expectations = judgement->expectations,
		.budget = judgement->budget, .budgets = judgement->budgets, .wall_s = wall_s, .version = VERSION,
	};
	json_decref(session->report);
	session->report = prof_report_make(session->profiler, &about);
}

/* Budgets as far as they are known before a run: their limits. */
static json_t *limits_of(const struct scn_scenario *scenario)
{
	json_t *limits = json_array();
	for (unsigned i = 0; scenario && i < scenario->budgets; i++)
		json_array_append_new(limits, json_pack("{s:s, s:f}", "metric", scenario->budget[i].name, "limit",
							scenario->budget[i].limit));
	return limits;
}

/* What is known before the first cycle: enough for a window to label and price what it draws. */
static bool announce(struct session *session, struct err *err)
{
	const struct session_judgement none = {.all_pass = true};
	make_report(session, &none, 0);
	if (!session->report)
		return err_internal(err, "out of memory for the report");
	json_object_set_new(session->report, "budgets", limits_of(session->scenario));
	json_t *energy = json_object_get(session->report, "energy");
	json_object_set_new(energy, "average_mw", json_null()); /* not 0: not known yet */
	char *text = prof_report_text(session->report);
	if (!text)
		return err_internal(err, "out of memory for the report");
	prof_record_set_report(session->record, text);
	free(text);
	return true;
}

static bool start_outside(struct session *session, struct err *err)
{
	const struct session_options *options = &session->options;
	const struct session_outside_options outside = {
		.scenario = session->scenario, .seed = session->seed, .machine = session->machine,
		.profiler = session->profiler, .watching = &session->watching, .uart = options->uart,
		.uarts = options->uarts, .speed = options->speed, .eot = options->eot, .probe = options->probe,
		.heard = on_uart, .context = session,
	};
	return session_outside_start(&session->outside, &outside, err);
}

static bool open_all(struct session *session, struct err *err)
{
	session->end_ps = session->options.time_ps ? session->options.time_ps : SIM_NEVER;
	bool ok = session->options.scenario ? open_scenario(session, err)
					    : sim_board_read(session->options.board, &session->board, err);
	ok = ok && load_firmware(session, err) && start_machine(session, err) &&
	     prof_record_create(&session->record, err) && start_profiler(session, err);
	if (ok && session->scenario) {
		ok = connect_sensors(session, err);
		if (ok)
			note_faults(session);
	}
	ok = ok && start_outside(session, err);
	if (ok)
		observe(session);
	return ok && announce(session, err);
}

bool session_open(const struct session_options *options, struct session **ret_session, struct err *err)
{
	struct session *session = calloc(1, sizeof *session);
	if (!session)
		return err_internal(err, "out of memory");
	session->options = *options;
	if (!open_all(session, err)) {
		session_close(session);
		return false;
	}
	*ret_session = session;
	return true;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	session_outside_free(&session->outside);
	prof_profiler_destroy(session->profiler);
	sim_machine_destroy(session->machine);
	for (unsigned i = 0; i < session->streams; i++)
		scn_stream_destroy(session->stream[i].stream);
	prof_record_destroy(session->record);
	sim_image_free(&session->image);
	session_evidence_free(&session->evidence);
	scn_scenario_destroy(session->scenario);
	json_decref(session->report);
	free(session->model);
	free(session->label);
	free(session->story);
	free(session);
}

/* --- running --------------------------------------------------------------------------------------------------------- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How far a stretch may go: with somebody who may answer, so short that the answer does not come late. */
static uint64_t slice_end(const struct session *session, uint64_t until_ps)
{
	uint64_t wake = session_outside_wake_ps(&session->outside);
	uint64_t slice = session->reached_ps + (session_outside_live(&session->outside) ? TALK_STEP_PS : SLICE_PS);
	if (session->idle && !session_outside_live(&session->outside) && until_ps != SIM_NEVER)
		slice = until_ps;
	return earlier(earlier(until_ps, slice), wake);
}

/* Asleep for good: only without any limit does the machine itself say so. */
static enum sim_stop look_for_idleness(struct session *session, enum sim_stop stop)
{
	session->idle = sim_machine_idle(session->machine);
	bool end = session->options.until_idle && !session->scenario && !session_outside_live(&session->outside);
	return session->idle && end && stop == SIM_STOP_TIME ? SIM_STOP_ASLEEP : stop;
}

/* A limit falls into the middle of a cycle: the machine then stands at that cycle's beginning, and has reached it. */
bool session_advance(struct session *session, uint64_t until_ps)
{
	until_ps = earlier(until_ps, session->end_ps);
	while (!session->over && session->reached_ps < until_ps) {
		session_outside_step(&session->outside, session->reached_ps);
		uint64_t limit = slice_end(session, until_ps);
		enum sim_stop stop = sim_machine_run(session->machine, limit);
		session->reached_ps = stop == SIM_STOP_TIME ? limit : session_now_ps(session);
		prof_profiler_update(session->profiler);
		stop = look_for_idleness(session, stop);
		bool done = prof_profiler_totals(session->profiler)->done;
		session->over = (stop != SIM_STOP_TIME && stop != SIM_STOP_ASKED) || done || session->outside.ended;
		session->stop = session->outside.ended ? SIM_STOP_EXIT : stop;
		if (!session->over)
			session_outside_wait(&session->outside, session->reached_ps);
		if (session_interrupted()) {
			session->over = true;
			session->stop = SIM_STOP_ASKED;
		}
	}
	if (session->reached_ps >= session->end_ps)
		session->over = true;
	return !session->over;
}

bool session_place(const struct session *session, const char *port, char *ret_text, size_t size)
{
	return session->outside.talk &&
	       session_talk_place(session->outside.talk, port ? port : session->board.console, ret_text, size);
}

/* --- judging ---------------------------------------------------------------------------------------------------------- */

static enum session_verdict verdict_of(const struct session *session, const struct session_judgement *judgement)
{
	const struct prof_totals *totals = prof_profiler_totals(session->profiler);
	/* Firmware that handles its faults, and then ends the run itself with 0, meant them: a test suite does. */
	bool meant = session->stop == SIM_STOP_EXIT && session_exit_status(session) == 0;
	bool faulted = totals->faults_in_all > 0 && !meant;
	if (session->stop == SIM_STOP_LOCKUP || totals->firmware_failed || faulted)
		return SESSION_FAULTED;
	if (!session->scenario && session->stop == SIM_STOP_TIME)
		return SESSION_UNFINISHED;
	/* A scenario may expect any status; firmware by itself is expected to end with 0. */
	if (!session->scenario && session->stop == SIM_STOP_EXIT && session_exit_status(session) != 0)
		return SESSION_FAILED;
	return judgement->all_pass ? SESSION_PASSED : SESSION_FAILED;
}

bool session_finish(struct session *session, double wall_s, struct err *err)
{
	session_outside_hang_up(&session->outside); /* gives the terminal back before anything is printed */
	prof_profiler_finish(session->profiler, session->stop);
	struct session_judgement judgement = {.all_pass = true};
	make_report(session, &judgement, wall_s); /* budgets are judged on its numbers */
	if (session->report && session->scenario) {
		const struct session_ending ending = {session->board.console, session->stop == SIM_STOP_EXIT,
						      sim_machine_exit_status(session->machine)};
		if (!session_judge(session->scenario, &session->outside.script, &session->evidence, session->record,
				   session->report, &ending, &judgement, err))
			return false;
		make_report(session, &judgement, wall_s);
	}
	session->verdict = verdict_of(session, &judgement);
	session_judgement_free(&judgement);
	char *text = session->report ? prof_report_text(session->report) : NULL;
	if (!text)
		return err_internal(err, "out of memory for the report");
	prof_record_set_report(session->record, text);
	free(text);
	return true;
}

bool session_write_report(struct session *session, const char *path, struct err *err)
{
	return session_output_report(session->report, path, err);
}

bool session_write(struct session *session, const char *folder, struct err *err)
{
	return session_output_write(session->profiler, session->report, folder, err);
}

/* --- asking -------------------------------------------------------------------------------------------------------------- */

struct prof_record *session_record(struct session *session)
{
	return session->record;
}

const char *session_title(const struct session *session)
{
	return session->scenario ? session->scenario->name : session->image.path;
}

uint64_t session_duration_ps(const struct session *session)
{
	return session->end_ps == SIM_NEVER ? 0 : session->end_ps;
}

/* Not the machine's own time, which stands at the beginning of a cycle: whoever asks for a bit more than that, and the
 * bit is shorter than a cycle, would ask forever. */
uint64_t session_now_ps(const struct session *session)
{
	uint64_t now_ps = sim_machine_now(session->machine).ps;
	return now_ps > session->reached_ps ? now_ps : session->reached_ps;
}

int session_exit_status(const struct session *session)
{
	return sim_machine_exit_status(session->machine);
}

enum session_verdict session_verdict(const struct session *session)
{
	return session->verdict;
}

const json_t *session_report(const struct session *session)
{
	return session->report;
}

const char *session_story(const struct session *session)
{
	return session->story;
}
