/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "a.b.c" below `at`; NULL if any part is missing. */
static const json_t *get(const json_t *at, const char *path)
{
	char key[64];
	while (at && *path) {
		size_t n = strcspn(path, ".");
		snprintf(key, sizeof key, "%.*s", (int)n, path);
		at = json_object_get(at, key);
		path += n + (path[n] == '.');
	}
	return at;
}

static bool number(const json_t *root, const char *path, double *ret_value)
{
	const json_t *value = get(root, path);
	if (!json_is_number(value))
		return false;
	*ret_value = json_number_value(value);
	return true;
}

static void string(const json_t *root, const char *path, char *ret_text, size_t size)
{
	const json_t *value = get(root, path);
	if (json_is_string(value))
		snprintf(ret_text, size, "%s", json_string_value(value));
}

static void metric(const json_t *root, const char *path, struct gui_metric *ret)
{
	ret->known = number(root, path, &ret->value);
	/* The entry's key is the whole path, dots and all. */
	const json_t *quality = json_object_get(get(root, "quality"), path);
	string(quality, "grade", ret->grade, sizeof ret->grade);
	ret->ranged = number(quality, "low", &ret->low) && number(quality, "high", &ret->high);
}

static void read_layers(struct gui_report *report, const json_t *list)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item) {
		if (report->layers == GUI_REPORT_LAYERS)
			return;
		struct gui_report_layer *layer = &report->layer[report->layers++];
		double index = (double)i;
		number(item, "index", &index);
		layer->index = (int)index;
		string(item, "op", layer->op, sizeof layer->op);
		string(item, "name", layer->name, sizeof layer->name);
		number(item, "cycles", &layer->cycles);
		number(item, "macs", &layer->macs);
		number(item, "energy_uj", &layer->energy_uj);
	}
}

static int by_cycles(const void *a, const void *b)
{
	const struct gui_report_function *fa = a, *fb = b;
	if (fa->cycles != fb->cycles)
		return fa->cycles < fb->cycles ? 1 : -1;
	return strcmp(fa->name, fb->name);
}

static void read_functions(struct gui_report *report, const json_t *list)
{
	size_t i, count = json_array_size(list);
	json_t *item;
	struct gui_report_function *all = calloc(count + 1, sizeof *all);
	if (!all)
		return;
	json_array_foreach(list, i, item) {
		string(item, "name", all[i].name, sizeof all[i].name);
		number(item, "cycles_self", &all[i].cycles);
		report->function_cycles += all[i].cycles;
	}
	qsort(all, count, sizeof *all, by_cycles);
	report->functions = count < GUI_REPORT_FUNCTIONS ? (int)count : GUI_REPORT_FUNCTIONS;
	memcpy(report->function, all, (size_t)report->functions * sizeof *all);
	free(all);
}

static void read_budgets(struct gui_report *report, const json_t *list)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item) {
		if (report->budgets == GUI_REPORT_BUDGETS)
			return;
		struct gui_report_budget *budget = &report->budget[report->budgets];
		if (!number(item, "limit", &budget->limit))
			continue;
		string(item, "metric", budget->metric, sizeof budget->metric);
		budget->known = number(item, "actual", &budget->actual);
		budget->pass = !json_is_false(json_object_get(item, "pass"));
		report->budgets++;
	}
}

static void read_labels(struct gui_report *report, const json_t *list)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item) {
		if (report->labels == GUI_REPORT_LABELS)
			return;
		snprintf(report->label[report->labels++], sizeof report->label[0], "%s",
			 json_is_string(item) ? json_string_value(item) : "");
	}
}

static void read_honesty(struct gui_report *report, const json_t *root)
{
	string(root, "validity.level", report->validity, sizeof report->validity);
	const json_t *issues = get(root, "validity.issues");
	report->issues = (int)json_array_size(issues);
	string(json_array_get(issues, 0), "text", report->issue, sizeof report->issue);
	double guessed = -1;
	number(root, "honesty.guessed", &guessed);
	report->guessed = (int)guessed;
}

static void read_power(struct gui_report *report, const json_t *root)
{
	static const char *const key[] = {"power_table.run", "power_table.sleep", "power_table.stop"};
	for (int i = 0; i < 3; i++)
		if (number(root, key[i], &report->power_mw[i]))
			report->priced = true;
}

void gui_report_read(struct gui_report *report, const char *text)
{
	memset(report, 0, sizeof *report);
	report->guessed = -1;
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;
	if (!root)
		return;
	string(root, "scenario", report->scenario, sizeof report->scenario);
	string(root, "board", report->board, sizeof report->board);
	string(root, "core", report->core, sizeof report->core);
	number(root, "clock_hz", &report->clock_hz);
	number(root, "supply_mv", &report->supply_mv);
	metric(root, "inferences.latency_ms.mean", &report->latency_ms);
	metric(root, "inferences.energy_uj.mean", &report->energy_uj);
	metric(root, "memory.arena_bytes", &report->arena_bytes);
	metric(root, "energy.battery.days", &report->battery_days);
	metric(root, "energy.average_mw", &report->average_mw);
	number(root, "inferences.count", &report->inferences);
	number(root, "host.mips", &report->mips);
	number(root, "energy.battery.capacity_mah", &report->battery_mah);
	number(root, "memory.arena_capacity_bytes", &report->arena_capacity);
	number(root, "memory.stack_peak_bytes", &report->stack_peak);
	number(root, "memory.stack_capacity_bytes", &report->stack_capacity);
	read_power(report, root);
	read_layers(report, get(root, "layers"));
	read_functions(report, get(root, "functions"));
	read_budgets(report, get(root, "budgets"));
	read_labels(report, get(root, "labels"));
	read_honesty(report, root);
	json_decref(root);
}
