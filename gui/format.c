/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gui/format.h"

#include "gui/palette.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Three digits that count: 4.09, 34.1, 418. */
static void three_digits(double value, char *ret_text, size_t size)
{
	double size_of = fabs(value);
	/* What rounds up to the next digit has one decimal less: 9.996 is 10.0. */
	int decimals = size_of < 9.995 ? 2 : size_of < 99.95 ? 1 : 0;
	snprintf(ret_text, size, "%.*f", value == 0 ? 0 : decimals, value);
}

static struct gui_figure scaled(double value, const double *factor, const char *const *unit, int units)
{
	int i = 0;
	while (i + 1 < units && fabs(value) * factor[i + 1] >= 0.9995)
		i++;
	/* Units go from the smallest (largest factor) up: the last whose value is still at least one. */
	struct gui_figure figure = {.unit = unit[i]};
	three_digits(value * factor[i], figure.value, sizeof figure.value);
	return figure;
}

struct gui_figure gui_format_time(double seconds)
{
	static const double factor[] = {1e9, 1e6, 1e3, 1};
	static const char *const unit[] = {"ns", "µs", "ms", "s"};
	return scaled(seconds, factor, unit, 4);
}

struct gui_figure gui_format_energy(double joules)
{
	static const double factor[] = {1e9, 1e6, 1e3, 1};
	static const char *const unit[] = {"nJ", "µJ", "mJ", "J"};
	return scaled(joules, factor, unit, 4);
}

struct gui_figure gui_format_power(double watts)
{
	static const double factor[] = {1e6, 1e3, 1};
	static const char *const unit[] = {"µW", "mW", "W"};
	return scaled(watts, factor, unit, 3);
}

struct gui_figure gui_format_bytes(double bytes)
{
	static const double factor[] = {1, 1.0 / 1024, 1.0 / 1048576};
	static const char *const unit[] = {"B", "KiB", "MiB"};
	struct gui_figure figure = scaled(bytes, factor, unit, 3);
	if (figure.unit == unit[0])
		snprintf(figure.value, sizeof figure.value, "%.0f", bytes);
	return figure;
}

struct gui_figure gui_format_count(double count)
{
	static const double factor[] = {1, 1e-3, 1e-6, 1e-9};
	static const char *const unit[] = {"", "k", "M", "G"};
	struct gui_figure figure = scaled(count, factor, unit, 4);
	if (figure.unit == unit[0])
		snprintf(figure.value, sizeof figure.value, "%.0f", count);
	return figure;
}

struct gui_figure gui_format_days(double days)
{
	static const double factor[] = {24, 1, 1 / 365.25};
	static const char *const unit[] = {"hours", "days", "years"};
	/* "418 days" is easier to compare than "1.14 years"; from three years on it is not. */
	return scaled(days, factor, unit, days < 1096 ? 2 : 3);
}

struct gui_figure gui_format_trim(struct gui_figure figure)
{
	size_t n = strlen(figure.value);
	if (!strchr(figure.value, '.'))
		return figure;
	while (figure.value[n - 1] == '0')
		n--;
	figure.value[figure.value[n - 1] == '.' ? n - 1 : n] = 0;
	return figure;
}

void gui_format_join(struct gui_figure figure, char *ret_text, size_t size)
{
	snprintf(ret_text, size, "%s%s%s", figure.value, *figure.unit ? " " : "", figure.unit);
}

/* Two digits that count, as the report's page and the terminal say it. */
static double percent_of(double difference, double value)
{
	double percent = difference / value * 100, size = fabs(percent);
	return size < 10 ? round(percent * 10) / 10 : size < 100 ? round(percent) : round(percent / 10) * 10;
}

void gui_format_quality(const struct gui_metric *metric, char *ret_text, size_t size)
{
	double down = metric->value - metric->low, up = metric->high - metric->value;
	if (!metric->ranged || !(metric->value > 0))
		snprintf(ret_text, size, "%s", metric->grade);
	else if (metric->high <= metric->low)
		snprintf(ret_text, size, "exact");
	else if (fabs(up - down) < 0.05 * (up + down))
		snprintf(ret_text, size, "± %g %%", percent_of((up + down) / 2, metric->value));
	else
		snprintf(ret_text, size, "−%g/+%g %%", percent_of(down, metric->value),
			 percent_of(up, metric->value));
}

static const struct {
	unsigned op;
	const char *name;
	uint32_t colour;
} op_table[] = {
	{0, "ADD", GUI_GREEN},
	{1, "AVERAGE_POOL_2D", GUI_VIOLET},
	{2, "CONCATENATION", GUI_SAND},
	{3, "CONV_2D", GUI_BLUE},
	{4, "DEPTHWISE_CONV_2D", GUI_TEAL},
	{6, "DEQUANTIZE", GUI_SAND},
	{9, "FULLY_CONNECTED", GUI_AMBER},
	{14, "LOGISTIC", GUI_RED},
	{17, "MAX_POOL_2D", GUI_VIOLET},
	{18, "MUL", GUI_GREEN},
	{19, "RELU", GUI_GREEN},
	{21, "RELU6", GUI_GREEN},
	{22, "RESHAPE", GUI_SAND},
	{25, "SOFTMAX", GUI_RED},
	{28, "TANH", GUI_RED},
	{34, "PAD", GUI_SAND},
	{39, "TRANSPOSE", GUI_SAND},
	{40, "MEAN", GUI_VIOLET},
	{41, "SUB", GUI_GREEN},
	{43, "SQUEEZE", GUI_SAND},
	{45, "STRIDED_SLICE", GUI_SAND},
	{49, "SPLIT", GUI_SAND},
	{56, "ARG_MAX", GUI_RED},
	{70, "EXPAND_DIMS", GUI_SAND},
	{83, "PACK", GUI_SAND},
	{98, "LEAKY_RELU", GUI_GREEN},
	{114, "QUANTIZE", GUI_SAND},
	{117, "HARD_SWISH", GUI_GREEN},
};

void gui_format_op(unsigned op, char *ret_text, size_t size)
{
	for (size_t i = 0; i < sizeof op_table / sizeof *op_table; i++)
		if (op_table[i].op == op) {
			snprintf(ret_text, size, "%s", op_table[i].name);
			return;
		}
	snprintf(ret_text, size, "OP %u", op);
}

uint32_t gui_format_op_colour(const char *name)
{
	for (size_t i = 0; i < sizeof op_table / sizeof *op_table; i++)
		if (!strcmp(op_table[i].name, name))
			return op_table[i].colour;
	return GUI_PINK;
}
