/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of each budget is used. Over it is red; the last seventh is amber. */
#include "gui/panel.h"

#include <stdio.h>
#include <string.h>

int gui_panel_budget_rows(const struct gui_frame *frame)
{
	return frame->report.budgets;
}

static const struct known {
	const char *metric, *name;
	struct gui_figure (*format)(double);
	double factor; /* to the unit that `format` takes */
	struct gui_metric (*so_far)(const struct gui_frame *frame);
} known[] = {
	{"latency_ms", "latency", gui_format_time, 1e-3, gui_frame_latency_ms},
	{"latency_ms_mean", "mean latency", gui_format_time, 1e-3, NULL},
	{"latency_ms_p99", "latency, 99 %", gui_format_time, 1e-3, NULL},
	{"cycles_per_inference", "cycles", gui_format_count, 1, NULL},
	{"energy_uj_per_inference", "energy", gui_format_energy, 1e-6, gui_frame_energy_uj},
	{"arena_bytes", "arena", gui_format_bytes, 1, gui_frame_arena_bytes},
	{"average_mw", "mean power", gui_format_power, 1e-3, NULL},
	{"ram_bytes", "RAM", gui_format_bytes, 1, NULL},
	{"flash_bytes", "flash", gui_format_bytes, 1, NULL},
	{"stack_bytes", "stack", gui_format_bytes, 1, NULL},
	{"heap_bytes", "heap", gui_format_bytes, 1, NULL},
	{"total_mj", "energy in all", gui_format_energy, 1e-3, NULL},
	{"inferences", "inferences", gui_format_count, 1, NULL},
	{"battery_days", "battery", gui_format_days, 1, NULL},
};

static const struct known *find(const char *metric)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i].metric, metric))
			return &known[i];
	return NULL;
}

/* While the run goes on, the budget's own number is not there yet: what the record says stands in. */
static bool actual_of(const struct gui_frame *frame, const struct gui_report_budget *budget,
		      const struct known *k, double *ret_actual)
{
	struct gui_metric metric = {0};
	*ret_actual = budget->actual;
	if (budget->known)
		return true;
	if (!strcmp(budget->metric, "average_mw") && frame->report.priced) {
		*ret_actual = gui_frame_mean_mw(frame);
		return frame->series.now_ps > 0;
	}
	if (k && k->so_far)
		metric = k->so_far(frame);
	*ret_actual = metric.value;
	return metric.known;
}

static void format(const struct known *k, double value, bool trim, char *ret_text, size_t size)
{
	if (!k) {
		snprintf(ret_text, size, "%.4g", value);
		return;
	}
	struct gui_figure figure = k->format(value * k->factor);
	gui_format_join(trim ? gui_format_trim(figure) : figure, ret_text, size);
}

/* Those that must not fall short; all others must not be exceeded. */
static bool is_least(const char *metric)
{
	return !strcmp(metric, "battery_days") || !strcmp(metric, "inferences");
}

static void draw_budget(struct gui_frame *frame, struct gui_rect row, const struct gui_report_budget *budget)
{
	const struct known *k = find(budget->metric);
	double actual, part;
	char limit[40], value[40], text[96];
	bool there = actual_of(frame, budget, k, &actual);
	format(k, budget->limit, true, limit, sizeof limit);
	format(k, actual, false, value, sizeof value);
	part = there && budget->limit > 0 ? actual / budget->limit : 0;
	bool least = is_least(budget->metric);
	bool failed = !budget->pass || (!budget->known && there && (least ? part < 1 : part > 1));
	uint32_t colour = failed ? GUI_RED : !least && part > 6.0 / 7 ? GUI_AMBER : GUI_GREEN;
	snprintf(text, sizeof text, there ? "%s of %s" : "%.0sof %s", value, limit);
	float wide = gui_panel_text(frame, GUI_FONT_BODY, GUI_RIGHT, row.x + row.w, row.y + 12, row.w * 0.62f,
				    failed ? GUI_RED : GUI_SOFT, text);
	gui_panel_text(frame, GUI_FONT_BODY, GUI_LEFT, row.x, row.y + 12, row.w - wide - 10, GUI_INK,
		       k ? k->name : budget->metric);
	gui_panel_gauge(frame, (struct gui_rect){row.x, row.y + 18, row.w, 4}, part, colour);
}

void gui_panel_budgets(struct gui_frame *frame, struct gui_rect rect)
{
	int rows = gui_panel_budget_rows(frame), failed = 0;
	char remark[32] = "";
	float row = (rect.h - 18) / (float)(rows ? rows : 1);
	for (int i = 0; i < rows; i++)
		failed += !frame->report.budget[i].pass;
	if (failed)
		snprintf(remark, sizeof remark, "%d failed", failed);
	gui_panel_title(frame, rect, "budgets", remark);
	for (int i = 0; i < rows; i++)
		draw_budget(frame, (struct gui_rect){rect.x, rect.y + 20 + row * (float)i, rect.w, row},
			    &frame->report.budget[i]);
}
