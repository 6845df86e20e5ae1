/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/units.h"

#include <math.h>
#include <stdio.h>

struct step {
	double at; /* what it is divided by, and from which size on */
	const char *name;
	double from; /* …unless it starts later */
};

static const struct step seconds[] = {{86400, "days"}, {1, "s"},     {1e-3, "ms"},
				      {1e-6, "us"},    {1e-9, "ns"}, {0, NULL}};
static const struct step joules[] = {{1, "J"},     {1e-3, "mJ"},  {1e-6, "uJ"},
				     {1e-9, "nJ"}, {1e-12, "pJ"}, {0, NULL}};
static const struct step watts[] = {{1, "W"}, {1e-3, "mW"}, {1e-6, "uW"}, {1e-9, "nW"}, {0, NULL}};
static const struct step bytes[] = {{1048576, "MiB"}, {1024, "KiB"}, {1, "B"}, {0, NULL}};
static const struct step hertz[] = {{1e9, "GHz"}, {1e6, "MHz"},  {1e3, "kHz"},
				    {1, "Hz"},    {1e-3, "mHz"}, {0, NULL}};
static const struct step counts[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k", 1e5}, {1, ""}, {0, NULL}};
static const struct step days[] = {{365.25, "years"}, {1, "days"}, {1.0 / 24, "hours"}, {0, NULL}};

const char *prof_unit_text(enum prof_unit unit, double value, char *text, size_t room)
{
	static const struct step *const table[] = {
		[PROF_SECONDS] = seconds, [PROF_JOULES] = joules, [PROF_WATTS] = watts, [PROF_BYTES] = bytes,
		[PROF_HERTZ] = hertz, [PROF_COUNT] = counts, [PROF_DAYS] = days};
	const struct step *step = table[unit];
	double size = fabs(value);
	while (step[1].name && size < (step->from ? step->from : step->at * 0.99995))
		step++;
	if (size == 0)
		for (step = table[unit]; step->at > 1 && step[1].name; step++)
			;
	double scaled = value / step->at;
	int digits = fabs(scaled) >= 999.95 ? 0 : fabs(scaled) >= 99.995 ? 1 : fabs(scaled) >= 9.9995 ? 2 : 3;
	if (size == 0 ||
	    (step->at == 1 && (unit == PROF_BYTES || unit == PROF_COUNT) && value == floor(value)))
		digits = 0;
	snprintf(text, room, "%.*f%s%s", digits, scaled, step->name[0] ? " " : "", step->name);
	return text;
}

/* Two digits that count: 4.2, 35, 160. */
static double rounded(double percent)
{
	double size = fabs(percent);
	return size < 10 ? round(percent * 10) / 10 : size < 100 ? round(percent) : round(percent / 10) * 10;
}

const char *prof_range_text(double value, double low, double high, char *text, size_t room)
{
	text[0] = 0;
	if (value == 0 || (low == value && high == value))
		return text;
	double down = (low / value - 1) * 100, up = (high / value - 1) * 100;
	if (fabs(down + up) < 0.05 * fabs(up - down))
		snprintf(text, room, "\u00b1%g %%", rounded((up - down) / 2));
	else
		snprintf(text, room, "%+g/%+g %%", rounded(down), rounded(up));
	return text;
}
