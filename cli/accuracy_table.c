/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/accuracy_table.h"
#include "cli/accuracy_power.h"

#include "base/file.h"
#include "sim/board.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers -------------------------------------------------------------------------------------------------- */

struct errors {
	double *pct, *left_out_pct; /* absolute; room for as many as there are points */
	size_t count, left_out_count;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Absolute errors of the images of a core (NULL: all), sorted. */
static void collect(const struct cli_accuracy_table *table, const char *core, struct errors *errors)
{
	errors->count = errors->left_out_count = 0;
	for (size_t i = 0; i < table->rows; i++) {
		const struct cli_accuracy_row *row = &table->row[i];
		if (row->replay->state != SESSION_REPLAY_RAN || (core && strcmp(core, row->replay->core) != 0))
			continue;
		errors->pct[errors->count++] = fabs(row->replay->error_pct);
		if (!isnan(row->left_out_pct))
			errors->left_out_pct[errors->left_out_count++] = fabs(row->left_out_pct);
	}
	qsort(errors->pct, errors->count, sizeof *errors->pct, by_size);
	qsort(errors->left_out_pct, errors->left_out_count, sizeof *errors->left_out_pct, by_size);
}

static double worst(const double *sorted, size_t count)
{
	return count ? sorted[count - 1] : 0;
}

static double median(const double *sorted, size_t count)
{
	if (count == 0)
		return 0;
	return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

/* --- order ---------------------------------------------------------------------------------------------------- */

struct order {
	unsigned compared, wrong; /* pairs of images that share their board or their model, and differ in the other */
	const struct cli_accuracy_row *a, *b; /* the first wrong pair */
};

static struct order find_order(const struct cli_accuracy_table *table)
{
	struct order order = {0};
	for (size_t i = 0; i < table->rows; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct cli_accuracy_row *a = &table->row[j], *b = &table->row[i];
			bool board = strcmp(a->point->board, b->point->board) == 0;
			bool model = strcmp(a->point->benchmark, b->point->benchmark) == 0;
			if (board == model || a->replay->state != SESSION_REPLAY_RAN || b->replay->state != SESSION_REPLAY_RAN)
				continue;
			order.compared++;
			if ((a->point->measured_us < b->point->measured_us) ==
			    (a->replay->simulated_us < b->replay->simulated_us))
				continue;
			if (order.wrong++ == 0) {
				order.a = a;
				order.b = b;
			}
		}
	}
	return order;
}

/* Images whose measured latency lies within the error bar around the simulated one. */
static size_t count_inside(const struct cli_accuracy_table *table)
{
	size_t inside = 0;
	for (size_t i = 0; i < table->rows; i++) {
		const struct session_replay *replay = table->row[i].replay;
		if (replay->state != SESSION_REPLAY_RAN)
			continue;
		double off_pct = (table->row[i].point->measured_us / replay->simulated_us - 1) * 100;
		inside += off_pct >= replay->low_pct && off_pct <= replay->high_pct;
	}
	return inside;
}

/* --- printing ------------------------------------------------------------------------------------------------- */

static const char *verdict(const struct session_replay *replay, char text[40])
{
	if (replay->compared == 0)
		return "not compared";
	snprintf(text, 40, "%u of %u %s", replay->matched, replay->compared,
		 replay->matched == replay->compared ? "match" : "match, DIFFERS");
	return text;
}

static void print_summary(const struct errors *errors)
{
	printf("median %.2f %%, worst %.2f %%", median(errors->pct, errors->count), worst(errors->pct, errors->count));
	if (errors->left_out_count > 0)
		printf("; left out: median %.2f %%, worst %.2f %%", median(errors->left_out_pct, errors->left_out_count),
		       worst(errors->left_out_pct, errors->left_out_count));
	printf("\n");
}

static void print_order(const struct cli_accuracy_table *table)
{
	struct order order = find_order(table);
	if (order.compared == 0)
		return;
	printf("order of models on a board and of boards for a model: %u of %u pairs right", order.compared - order.wrong,
	       order.compared);
	if (order.wrong)
		printf("; not %s %s and %s %s", order.a->point->board, order.a->point->benchmark, order.b->point->board,
		       order.b->point->benchmark);
	printf("\n");
}

static void print_row(const struct cli_accuracy_row *row)
{
	char outputs[40], left_out[24] = "–";
	bool known = !isnan(row->left_out_pct);
	if (known)
		snprintf(left_out, sizeof left_out, "%+.2f %%", row->left_out_pct);
	printf("  %-16s %-8s %14.2f %14.2f %+9.2f %% %*s   %s\n", row->point->board, row->point->benchmark,
	       row->point->measured_us, row->replay->simulated_us, row->replay->error_pct, known ? 11 : 13, left_out,
	       verdict(row->replay, outputs));
}

static void print_core(const struct cli_accuracy_table *table, const char *core, struct errors *errors)
{
	collect(table, core, errors);
	if (errors->count == 0)
		return;
	printf("%s: ", core);
	print_summary(errors);
	for (size_t i = 0; i < table->rows; i++)
		if (table->row[i].replay->state == SESSION_REPLAY_RAN && strcmp(table->row[i].replay->core, core) == 0)
			print_row(&table->row[i]);
}

static void print_notes(const struct cli_accuracy_table *table)
{
	static const char *const STATE[] = {"", "missing", "differs", "FAILED"};
	for (size_t i = 0; i < table->rows; i++) {
		const struct session_mlperf_point *point = table->row[i].point;
		const struct session_replay *replay = table->row[i].replay;
		if (replay->state != SESSION_REPLAY_RAN)
			printf("%s: %s %s: %s: %s\n", STATE[replay->state], point->board, point->benchmark, point->image,
			       replay->why);
		else if (replay->outputs_why[0] && table->inputs)
			printf("outputs: %s %s: %s\n", point->board, point->benchmark, replay->outputs_why);
	}
}

static void print_all(const struct cli_accuracy_table *table, struct errors *errors)
{
	collect(table, NULL, errors);
	if (errors->count > 0) {
		printf("  %-16s %-8s %14s %14s %11s %11s   %s\n", "board", "model", "measured us", "simulated us", "error",
		       "left out", "outputs");
		for (enum sim_core core = 0; core < SIM_CORES; core++)
			print_core(table, sim_core_name(core), errors);
		collect(table, NULL, errors);
		printf("all %zu images: ", errors->count);
		print_summary(errors);
		printf("measured latency within the board's error bar: %zu of %zu\n", count_inside(table), errors->count);
		print_order(table);
		if (table->left_out)
			printf("left out: with the board's fitted constant (thumbwatt boards BOARD), if it has one, fitted without that image\n");
	}
	cli_accuracy_print_power(table);
	print_notes(table);
	if (!table->inputs)
		printf("outputs were not compared: --inputs names the folder of the inputs (github.com/eembc/energyrunner, datasets)\n");
}

/* --- JSON ----------------------------------------------------------------------------------------------------- */

static json_t *number_or_null(bool known, double value)
{
	return known ? json_real(value) : json_null();
}

static json_t *image_json(const struct cli_accuracy_row *row)
{
	const struct session_mlperf_point *point = row->point;
	const struct session_replay *replay = row->replay;
	bool ran = replay->state == SESSION_REPLAY_RAN;
	json_t *o = json_pack("{s:s, s:s, s:s, s:f, s:o, s:o, s:o}", "image", point->image, "board", point->board,
			      "benchmark", point->benchmark, "measured_us", point->measured_us,
			      "simulated_us", number_or_null(ran, replay->simulated_us),
			      "error_pct", number_or_null(ran, replay->error_pct),
			      "outputs_match", ran && replay->compared ? json_boolean(replay->matched == replay->compared)
								       : json_null());
	if (!o)
		return NULL;
	if (ran) {
		json_object_set_new(o, "error_bar_pct", json_pack("[f, f]", replay->low_pct, replay->high_pct));
		json_object_set_new(o, "left_out_error_pct", number_or_null(!isnan(row->left_out_pct), row->left_out_pct));
		json_object_set_new(o, "outputs_compared", json_integer(replay->compared));
		json_object_set_new(o, "inferences", json_integer(replay->inferences));
		json_object_set_new(o, "power", cli_accuracy_power_json(row));
	} else {
		json_object_set_new(o, "failure", json_string(replay->why));
	}
	if (replay->outputs_why[0])
		json_object_set_new(o, "outputs_note", json_string(replay->outputs_why));
	return o;
}

static json_t *summary_json(const struct errors *errors)
{
	size_t count = errors->count, left = errors->left_out_count;
	return json_pack("{s:i, s:o, s:o, s:o, s:o}", "images", (int)count,
			 "median_abs_error_pct", number_or_null(count, median(errors->pct, count)),
			 "max_abs_error_pct", number_or_null(count, worst(errors->pct, count)),
			 "left_out_median_abs_error_pct", number_or_null(left, median(errors->left_out_pct, left)),
			 "left_out_max_abs_error_pct", number_or_null(left, worst(errors->left_out_pct, left)));
}

/* An image that ran or failed is in `images`; one that is not there, or not the one meant, in `missing`. */
static json_t *all_json(const struct cli_accuracy_table *table, struct errors *errors)
{
	json_t *images = json_array(), *missing = json_array(), *cores = json_object();
	for (size_t i = 0; i < table->rows; i++) {
		const struct cli_accuracy_row *row = &table->row[i];
		if (row->replay->state == SESSION_REPLAY_RAN || row->replay->state == SESSION_REPLAY_FAILED)
			json_array_append_new(images, image_json(row));
		else
			json_array_append_new(missing, json_pack("{s:s, s:s, s:s, s:s}", "image", row->point->image, "board",
								 row->point->board, "benchmark", row->point->benchmark,
								 "why", row->replay->why));
	}
	for (enum sim_core core = 0; core < SIM_CORES; core++) {
		collect(table, sim_core_name(core), errors);
		if (errors->count > 0)
			json_object_set_new(cores, sim_core_name(core), summary_json(errors));
	}
	collect(table, NULL, errors);
	json_t *all = json_pack("{s:s}", "schema", "thumbwatt.accuracy/1"), *summary = summary_json(errors);
	json_object_update(all, summary);
	json_decref(summary);
	struct order order = find_order(table);
	json_object_set_new(all, "within_error_bar", json_integer((json_int_t)count_inside(table)));
	json_object_set_new(all, "order", json_pack("{s:i, s:i}", "pairs", (int)order.compared, "right",
						    (int)(order.compared - order.wrong)));
	json_object_set_new(all, "images", images);
	json_object_set_new(all, "missing", missing);
	json_object_set_new(all, "by_core", cores);
	return all;
}

/* --- both ----------------------------------------------------------------------------------------------------- */

static bool open_errors(const struct cli_accuracy_table *table, struct errors *ret_errors, struct err *err)
{
	*ret_errors = (struct errors){.pct = calloc(table->rows, sizeof *ret_errors->pct),
				      .left_out_pct = calloc(table->rows, sizeof *ret_errors->left_out_pct)};
	return (ret_errors->pct && ret_errors->left_out_pct) || err_internal(err, "out of memory");
}

static void close_errors(struct errors *errors)
{
	free(errors->pct);
	free(errors->left_out_pct);
}

bool cli_accuracy_print(const struct cli_accuracy_table *table, struct err *err)
{
	struct errors errors;
	bool ok = open_errors(table, &errors, err);
	if (ok)
		print_all(table, &errors);
	close_errors(&errors);
	return ok;
}

bool cli_accuracy_write_json(const struct cli_accuracy_table *table, const char *path, struct err *err)
{
	struct errors errors;
	bool ok = open_errors(table, &errors, err);
	json_t *all = ok ? all_json(table, &errors) : NULL;
	char *text = all ? json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
	if (ok)
		ok = text ? file_write(path, text, strlen(text), err) : err_internal(err, "out of memory");
	free(text);
	json_decref(all);
	close_errors(&errors);
	return ok;
}
