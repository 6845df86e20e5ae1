/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/scenario.h"
#include "base/file.h"
#include "scenarios/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CLOCK_HZ UINT64_C(10000000000) /* what the machine's clock can count */

static bool read_name(const struct yaml_node *root, struct scn_scenario *s, struct err *err)
{
	const char *slash = strrchr(s->path, '/'), *base = slash ? slash + 1 : s->path;
	snprintf(s->name, sizeof s->name, "%.*s", (int)strcspn(base, "."), base);
	return yaml_copy(yaml_get(root, "name"), s->name, sizeof s->name, err) &&
	       yaml_copy(yaml_get(root, "description"), s->description, sizeof s->description, err);
}

/* A catalogue's name, or a path: anything with a '/' or ending in .yaml. */
static bool read_board(const struct yaml_node *node, struct scn_scenario *s, struct err *err)
{
	const char *text;
	if (!yaml_string(node, &text, err))
		return false;
	s->board_place = (struct scn_place){node->line, node->column};
	size_t length = strlen(text);
	if (strchr(text, '/') || (length > 5 && !strcmp(text + length - 5, ".yaml")))
		return scn_file_beside(node, "the board file", &s->board, err);
	s->board = strdup(text);
	return s->board ? true : err_internal(err, "out of memory");
}

static bool read_clock_and_supply(const struct yaml_node *root, struct scn_scenario *s, struct err *err)
{
	const struct yaml_node *clock = yaml_get(root, "clock"), *supply = yaml_get(root, "supply");
	uint64_t mv = 0;
	if (!yaml_scaled(clock, UNIT_FREQUENCY, 0, &s->clock_hz, err) ||
	    !yaml_scaled(supply, UNIT_VOLTAGE, -3, &mv, err))
		return false;
	if (clock && (s->clock_hz == 0 || s->clock_hz > MAX_CLOCK_HZ))
		return yaml_err(clock, err, "%s is out of range; a clock from 1Hz to 10GHz is expected",
				clock->text);
	if (supply && (mv < 500 || mv > 20000))
		return yaml_err(supply, err, "%s is out of range; a supply from 0.5V to 20V is expected",
				supply->text);
	s->supply_mv = (uint32_t)mv;
	return true;
}

static bool read_firmware(const struct yaml_node *root, struct scn_scenario *s, struct err *err)
{
	const struct yaml_node *firmware = yaml_get(root, "firmware"), *model = yaml_get(root, "model"),
			       *load_at = yaml_get(root, "load_at");
	const char *text = "runtime";
	if (!yaml_string(firmware, &text, err))
		return false;
	if (strcmp(text, "runtime") != 0 && !scn_file_beside(firmware, "the firmware", &s->firmware, err))
		return false;
	if (model && !scn_file_beside(model, "the model", &s->model, err))
		return false;
	if (!s->firmware && !model)
		return yaml_err_key(firmware ? firmware : root, err,
				    "key 'model' is missing: the bundled runtime needs one");
	s->probed = yaml_get(root, "probe") != NULL;
	if (!scn_probe_read(yaml_get(root, "probe"), &s->probe, err))
		return false;
	s->has_load_at = load_at != NULL;
	if (load_at && !s->firmware)
		return yaml_err_key(load_at, err, "'load_at' is for a firmware of your own");
	return yaml_u32(load_at, &s->load_at, err);
}

static bool read_numbers(const struct yaml_node *root, struct scn_scenario *s, struct err *err)
{
	const struct yaml_node *duration, *arena = yaml_get(root, "arena");
	uint64_t bytes = 0;
	s->seed = 1;
	if (!yaml_need(root, "duration", &duration, err) || !yaml_time_ps(duration, &s->duration_ps, err) ||
	    !yaml_u32(yaml_get(root, "hop"), &s->hop, err) || !yaml_bytes(arena, &bytes, err) ||
	    !yaml_bool(yaml_get(root, "eot"), &s->eot, err) ||
	    !yaml_unsigned(yaml_get(root, "seed"), INT64_MAX, &s->seed, err))
		return false;
	if (s->duration_ps == 0)
		return yaml_err(duration, err, "a time above 0 is expected here");
	if (bytes > UINT32_MAX)
		return yaml_err(arena, err, "%s is more than a microcontroller can address", arena->text);
	s->arena_bytes = (uint32_t)bytes;
	if (arena)
		s->arena_place = (struct scn_place){arena->line, arena->column};
	return true;
}

static bool read_sensors(const struct yaml_node *node, struct scn_scenario *s, struct err *err)
{
	if (!yaml_shape(node, YAML_MAP, "a map of sensors such as {microphone: {rate: 16kHz, source: …}}", err))
		return false;
	if (!node || node->count == 0)
		return true;
	if (node->count > SCN_MAX_SENSORS)
		return yaml_err(node, err, "%u sensors; at most %d are accepted", node->count, SCN_MAX_SENSORS);
	s->sensor = calloc(node->count, sizeof *s->sensor);
	if (!s->sensor)
		return err_internal(err, "out of memory");
	for (const struct yaml_node *n = node->first; n; n = n->next) {
		if (!scn_sensor_read(n, &s->sensor[s->sensors], err))
			return false;
		s->sensors++;
	}
	return true;
}

static bool read_faults(const struct yaml_node *node, struct scn_scenario *s, struct err *err)
{
	if (!yaml_shape(node, YAML_LIST, "a list of faults", err))
		return false;
	if (!node || node->count == 0)
		return true;
	if (node->count > SCN_MAX_FAULTS)
		return yaml_err(node, err, "%u faults; at most %d are accepted", node->count, SCN_MAX_FAULTS);
	s->fault = calloc(node->count, sizeof *s->fault);
	if (!s->fault)
		return err_internal(err, "out of memory");
	for (const struct yaml_node *n = node->first; n; n = n->next)
		if (!scn_fault_read(n, s->sensor, s->sensors, &s->fault[s->faults++], err))
			return false;
	return true;
}

static bool read_feeds(const struct yaml_node *node, struct scn_scenario *s, struct err *err)
{
	if (!node)
		return true;
	s->feed = calloc(SCN_MAX_FEEDS, sizeof *s->feed);
	return s->feed ? scn_feeds_read(node, s->sensor, s->sensors, s->feed, &s->feeds, err)
		       : err_internal(err, "out of memory");
}

static bool read_expectations(const struct yaml_node *root, struct scn_scenario *s, struct err *err)
{
	s->line = calloc(SCN_MAX_LINES, sizeof *s->line);
	s->expectation = calloc(SCN_MAX_EXPECTATIONS, sizeof *s->expectation);
	s->budget = calloc(SCN_MAX_BUDGETS, sizeof *s->budget);
	const char **names = s->labels ? scn_labels_names(s->labels, s->label_count) : NULL;
	bool ok = s->line && s->expectation && s->budget && (names || !s->labels);
	if (!ok)
		err_internal(err, "out of memory");
	ok = ok && scn_lines_read(yaml_get(root, "uart"), s->line, &s->lines, err) &&
	     scn_expectations_read(yaml_get(root, "expect"), names, s->expectation, &s->expectations, err) &&
	     scn_budgets_read(yaml_get(root, "budgets"), s->budget, &s->budgets, err);
	free(names);
	return ok;
}

static bool read_all(const struct yaml_node *root, struct scn_scenario *s, struct err *err)
{
	static const char *const keys[] = {"name",     "description", "board",   "clock",   "supply",
					   "firmware", "load_at",     "model",   "labels",  "hop",
					   "arena",    "duration",    "seed",    "sensors", "faults",
					   "uart",     "expect",      "budgets", "eot",     "probe",   "feed",
					   NULL};
	const struct yaml_node *board;
	return yaml_keys(root, keys, err) && read_name(root, s, err) && yaml_need(root, "board", &board, err) &&
	       read_board(board, s, err) && read_clock_and_supply(root, s, err) && read_firmware(root, s, err) &&
	       scn_labels_read(yaml_get(root, "labels"), &s->labels, &s->labels_bytes, &s->label_count, err) &&
	       read_numbers(root, s, err) && read_sensors(yaml_get(root, "sensors"), s, err) &&
	       read_faults(yaml_get(root, "faults"), s, err) && read_feeds(yaml_get(root, "feed"), s, err) && read_expectations(root, s, err);
}

static bool from_document(const char *path, const struct yaml_doc *doc, struct scn_scenario **ret_scenario,
			  struct err *err)
{
	struct scn_scenario *s = calloc(1, sizeof *s);
	if (s)
		s->path = strdup(path);
	if (!s || !s->path) {
		scn_scenario_destroy(s);
		return err_internal(err, "out of memory");
	}
	if (!read_all(yaml_root(doc), s, err)) {
		scn_scenario_destroy(s);
		return false;
	}
	*ret_scenario = s;
	return true;
}

bool scn_scenario_parse(const char *path, const char *text, size_t size, struct scn_scenario **ret_scenario,
			struct err *err)
{
	struct yaml_doc *doc;
	if (!yaml_load_text(path, text, size, &doc, err))
		return false;
	bool ok = from_document(path, doc, ret_scenario, err);
	yaml_destroy(doc);
	return ok;
}

bool scn_scenario_read(const char *path, struct scn_scenario **ret_scenario, struct err *err)
{
	struct yaml_doc *doc;
	if (!yaml_load(path, &doc, err))
		return false;
	bool ok = from_document(path, doc, ret_scenario, err);
	yaml_destroy(doc);
	return ok;
}

void scn_scenario_destroy(struct scn_scenario *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->sensors; i++)
		scn_sensor_free(&s->sensor[i]);
	free(s->path);
	free(s->board);
	free(s->firmware);
	free(s->model);
	free(s->labels);
	free(s->sensor);
	free(s->fault);
	free(s->feed);
	scn_lines_free(s->line, s->lines);
	free(s->line);
	free(s->expectation);
	free(s->budget);
	free(s);
}

const char *scn_scenario_label(const struct scn_scenario *s, unsigned index)
{
	const char *label = s->labels;
	if (index >= s->label_count)
		return NULL;
	while (index--)
		label += strlen(label) + 1;
	return label;
}

bool scn_scenario_stream(const struct scn_scenario *s, unsigned index, uint64_t seed,
			 struct scn_stream **ret_stream, struct err *err)
{
	return scn_stream_create(s->sensor, index, s->fault, s->faults, s->duration_ps, seed, ret_stream, err);
}
