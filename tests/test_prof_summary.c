/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/summary.h"
#include "profiler/units.h"

static const char report_text[] =
	"{'scenario':'keyword\\u001b[2J-spotting','board':'nucleo-l4r5zi','core':'cortex-m4','clock_hz':"
	"120000000,"
	"'simulated_s':10.0,'instructions':34200000,'sleep_s':9.42,"
	"'inferences':{'count':10,'cycles':{'mean':7002180.0},'latency_ms':{'mean':58.351,'min':58.31,'p99':"
	"58.4,'max':58.4},"
	"'energy_uj':{'mean':2410.5}},"
	"'energy':{'total_mj':31.96,'average_mw':3.196,'battery':{'capacity_mah':220,'days':8.6}},"
	"'memory':{'flash_bytes':123456,'ram_bytes':45200,'arena_bytes':23980,'arena_capacity_bytes':32768,"
	"'stack_peak_bytes':1240,'heap_peak_bytes':null},"
	"'layers':[{'name':'0 CONV_2D','cycles':100},{'name':'1 SOFTMAX','cycles':5},{'name':'2 "
	"MEAN','cycles':300}],"
	"'expectations':[{'name':'yes','pass':true,'detail':''},{'name':'never "
	"no','pass':false,'detail':'seen at 2.1 s'}],"
	"'budgets':[{'metric':'latency_ms','limit':50,'actual':58.351,'pass':false},{'metric':'heap_bytes','limit':9,'actual':null,'pass':false}],"
	"'validity':{'level':'degraded','issues':[{'code':'timing-estimated','text':'a guess'}]},"
	"'quality':{'inferences.latency_ms.mean':{'low':56.01696,'high':60.68504},"
	"'inferences.energy_uj.mean':{'low':2169.45,'high':2892.6},'memory.arena_bytes':{'low':23980,'high':"
	"23980}}}";

static char *summary(bool colour)
{
	char *json = strdup(report_text), *text = NULL;
	size_t size;
	for (char *c = json; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	json_error_t error;
	json_t *report = json_loads(json, 0, &error);
	assert_non_null(report);
	FILE *out = open_memstream(&text, &size);
	prof_summary_print(report, out, colour);
	fclose(out);
	json_decref(report);
	free(json);
	return text;
}

static void a_run_reads_in_thirty_lines(void **state)
{
	char *text = summary(false);
	static const char expected[] =
		"keyword?[2J-spotting on nucleo-l4r5zi  cortex-m4, 120.0 MHz\n"
		"ran 10.00 s: 34.20 M instructions, asleep 94.2 % of the time\n"
		"\n"
		"  inferences     10\n"
		"  latency        58.35 ms     \u00b14 %           min 58.31 ms, p99 58.40 ms, max 58.40 ms\n"
		"  cycles         7.002 M                     per inference\n"
		"  energy         2.410 mJ     -10/+20 %      per inference\n"
		"  average power  3.196 mW                    31.96 mJ in all\n"
		"  battery        8.600 days                  of 220 mAh\n"
		"\n"
		"  flash          120.6 KiB\n"
		"  RAM            44.14 KiB\n"
		"    arena        23.42 KiB                   of 32.00 KiB\n"
		"    stack        1.211 KiB\n"
		"\n"
		"  layer                                     cycles   share\n"
		"  2 MEAN                                       300   74.1 %\n"
		"  0 CONV_2D                                    100   24.7 %\n"
		"  1 SOFTMAX                                      5    1.2 %\n"
		"\n"
		"  expectations   1 of 2 held\n"
		"    failed  never no: seen at 2.1 s\n"
		"  budgets        0 of 2 held\n"
		"    failed  latency_ms: 58.351, limit 50\n"
		"    failed  heap_bytes: this run has no such number, limit 9\n"
		"  validity       degraded\n"
		"    timing-estimated: a guess\n";
	assert_string_equal(text, expected);
	free(text);
}

static void colour_is_all_that_colour_adds(void **state)
{
	char *plain = summary(false), *colour = summary(true), *to = colour;
	for (const char *from = colour; *from;) {
		if (*from == '\033')
			from = strchr(from, 'm') + 1;
		else
			*to++ = *from++;
	}
	*to = 0;
	assert_string_equal(plain, colour);
	free(plain);
	free(colour);
}

static void units_scale_to_four_digits(void **state)
{
	static const struct {
		enum prof_unit unit;
		double value;
		const char *text;
	} example[] = {
		{PROF_SECONDS, 0.0583512, "58.35 ms"},  {PROF_SECONDS, 0, "0 s"},
		{PROF_SECONDS, 0.00099996, "1.000 ms"}, {PROF_JOULES, 2.4105e-3, "2.410 mJ"},
		{PROF_JOULES, 3e-13, "0.300 pJ"},       {PROF_BYTES, 1000, "1000 B"},
		{PROF_BYTES, 1024, "1.000 KiB"},        {PROF_COUNT, 12345, "12345"},
		{PROF_COUNT, 162734, "162.7 k"},        {PROF_COUNT, 99999, "99999"},
		{PROF_COUNT, 34200000, "34.20 M"},      {PROF_WATTS, -0.5, "-500.0 mW"},
		{PROF_HERTZ, 16e6, "16.00 MHz"},        {PROF_DAYS, 731, "2.001 years"},
	};
	char text[48];
	for (size_t i = 0; i < sizeof example / sizeof *example; i++)
		assert_string_equal(prof_unit_text(example[i].unit, example[i].value, text, sizeof text),
				    example[i].text);
	assert_string_equal(prof_range_text(100, 100, 100, text, sizeof text), "");
	assert_string_equal(prof_range_text(100, 95, 105, text, sizeof text), "\u00b15 %");
	assert_string_equal(prof_range_text(100, 90, 125, text, sizeof text), "-10/+25 %");
	assert_string_equal(prof_range_text(100, 71, 257, text, sizeof text), "-29/+160 %");
}

static void an_empty_report_is_no_harm(void **state)
{
	json_t *report = json_object();
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	prof_summary_print(report, out, false);
	fclose(out);
	assert_true(size > 0);
	json_decref(report);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_reads_in_thirty_lines),
		cmocka_unit_test(colour_is_all_that_colour_adds),
		cmocka_unit_test(units_scale_to_four_digits),
		cmocka_unit_test(an_empty_report_is_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
