/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports as text and by path: for those who have a report but no run. */
#include "profiler/report.h"

#include <stdlib.h>
#include <string.h>

char *prof_report_text(const json_t *report)
{
	char *text = json_dumps(report, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
	size_t length = text ? strlen(text) : 0;
	char *line = text ? realloc(text, length + 2) : NULL;
	if (!line) {
		free(text);
		return NULL;
	}
	memcpy(line + length, "\n", 2);
	return line;
}

bool prof_report_number(const json_t *report, const char *path, double *ret_value)
{
	const json_t *at = report;
	char key[64];
	while (at && *path) {
		size_t length = strcspn(path, ".");
		if (length == 0 || length >= sizeof key)
			return false;
		memcpy(key, path, length);
		key[length] = 0;
		at = json_object_get(at, key);
		path += length + (path[length] == '.');
	}
	if (!json_is_number(at))
		return false;
	*ret_value = json_number_value(at);
	return true;
}

static void read_ranges(const json_t *ranges, struct prof_price *price)
{
	const json_t *range;
	size_t r;
	json_array_foreach(ranges, r, range) {
		if (r == SIM_MAX_POWER_RANGES)
			return;
		price->range[price->ranges++] = (struct prof_price_range){
			.up_to_mhz = json_number_value(json_object_get(range, "up_to_mhz")),
			.base_uw = json_number_value(json_object_get(range, "base_uw")),
			.uw_per_mhz = json_number_value(json_object_get(range, "uw_per_mhz"))};
	}
}

void prof_prices_of_report(const json_t *report, struct prof_prices *ret_prices)
{
	const json_t *model = json_object_get(report, "power_model");
	memset(ret_prices, 0, sizeof *ret_prices);
	ret_prices->supply_mv = (uint32_t)json_number_value(json_object_get(model, "supply_mv"));
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		const json_t *state = json_object_get(model, prof_power_state_name(s));
		struct prof_price *price = &ret_prices->state[s];
		price->base_uw = json_number_value(json_object_get(state, "base_uw"));
		price->uw_per_mhz = json_number_value(json_object_get(state, "uw_per_mhz"));
		read_ranges(json_object_get(state, "ranges"), price);
		price->stall_discount_pct = json_number_value(json_object_get(state, "stall_discount_pct"));
		price->low_pct = json_number_value(json_object_get(state, "low_pct"));
		price->high_pct = json_number_value(json_object_get(state, "high_pct"));
	}
}
