/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/expect.h"
#include "base/near.h"

#include <stdio.h>
#include <string.h>

/* [2.0s, 3.0s] */
static bool read_between(const struct yaml_node *node, struct scn_expectation *x, struct err *err)
{
	if (!node)
		return true;
	if (!yaml_shape(node, YAML_LIST, "two times such as [2s, 3s]", err))
		return false;
	if (node->count != 2)
		return yaml_err(node, err, "two times such as [2s, 3s] are expected here, not %u", node->count);
	if (!yaml_time_ps(node->first, &x->from_ps, err) || !yaml_time_ps(node->first->next, &x->to_ps, err))
		return false;
	if (x->to_ps < x->from_ps)
		return yaml_err(node, err, "%s comes after %s", node->first->text, node->first->next->text);
	return true;
}

/* 3, or [1, 5] */
static bool read_count(const struct yaml_node *node, struct scn_expectation *x, struct err *err)
{
	if (!node)
		return true;
	if (node->shape == YAML_LIST && node->count != 2)
		return yaml_err(node, err, "a number, or two such as [1, 5], are expected here");
	const struct yaml_node *low = yaml_items(node), *high = node->shape == YAML_LIST ? low->next : low;
	if (!yaml_unsigned(low, UINT32_MAX, &x->low, err) || !yaml_unsigned(high, UINT32_MAX, &x->high, err))
		return false;
	return x->low <= x->high ? true : yaml_err(node, err, "%s is more than %s", low->text, high->text);
}

/* When and how often: the keys that labels and UART texts share. */
static bool read_when(const struct yaml_node *node, struct scn_expectation *x, struct err *err)
{
	const struct yaml_node *between = yaml_get(node, "between"), *within = yaml_get(node, "within"),
			       *never = yaml_get(node, "never"), *count = yaml_get(node, "count");
	bool not_once = false;
	if (between && within)
		return yaml_err_key(within, err, "'within' beside 'between': one of them is expected");
	if (never && count)
		return yaml_err_key(count, err, "'count' beside 'never': one of them is expected");
	x->low = 1;
	x->high = UINT64_MAX;
	if (!read_between(between, x, err) || !yaml_time_ps(within, &x->to_ps, err) ||
	    !yaml_bool(never, &not_once, err) || !read_count(count, x, err))
		return false;
	if (not_once)
		x->low = x->high = 0;
	return true;
}

static bool known_label(const struct yaml_node *node, const char *const *labels, struct err *err)
{
	char list[256];
	for (const char *const *l = labels; l && *l; l++)
		if (!strcmp(*l, node->text))
			return true;
	if (!labels)
		return true;
	const char *near = near_name(node->text, labels);
	return yaml_err(node, err, "'%.64s' is none of the model's labels;%s%s%s they are: %s", node->text,
			near ? " did you mean '" : "", near ? near : "", near ? "'?" : "",
			near_list(labels, list, sizeof list));
}

static bool read_label(const struct yaml_node *node, const struct yaml_node *label, const char *const *labels,
		       struct scn_expectation *x, struct err *err)
{
	static const char *const keys[] = {"label", "between", "within", "never", "count", "min_score", NULL};
	if (!yaml_keys(node, keys, err) || !yaml_copy(label, x->text, sizeof x->text, err) ||
	    !known_label(label, labels, err) || !read_when(node, x, err) ||
	    !yaml_number(yaml_get(node, "min_score"), 0, 1, &x->min_score, err))
		return false;
	x->length = (uint32_t)label->length;
	return true;
}

static bool read_uart(const struct yaml_node *node, const struct yaml_node *text, struct scn_expectation *x,
		      struct err *err)
{
	static const char *const keys[] = {"uart", "between", "within", "never", "count", "port", NULL};
	if (!yaml_keys(node, keys, err) || !yaml_shape(text, YAML_TEXT, "text", err))
		return false;
	if (text->length == 0 || text->length >= sizeof x->text)
		return yaml_err(text, err, "%zu bytes of text; 1 to %zu are accepted", text->length,
				sizeof x->text - 1);
	memcpy(x->text, text->text, text->length);
	x->length = (uint32_t)text->length;
	return read_when(node, x, err) && yaml_copy(yaml_get(node, "port"), x->port, sizeof x->port, err);
}

static bool read_exit(const struct yaml_node *node, const struct yaml_node *status, struct scn_expectation *x,
		      struct err *err)
{
	static const char *const keys[] = {"exit", NULL};
	int64_t value = 0;
	if (!yaml_keys(node, keys, err) || !yaml_integer(status, INT32_MIN, INT32_MAX, &value, err))
		return false;
	x->exit_status = (int)value;
	return true;
}

static bool read_expectation(const struct yaml_node *node, const char *const *labels, struct scn_expectation *ret,
			     struct err *err)
{
	struct scn_expectation x = {.to_ps = UINT64_MAX};
	if (!yaml_shape(node, YAML_MAP, "an expectation such as {label: yes, between: [2s, 3s]}", err))
		return false;
	const struct yaml_node *label = yaml_get(node, "label"), *uart = yaml_get(node, "uart"),
			       *status = yaml_get(node, "exit");
	bool ok;
	x.kind = label ? SCN_EXPECT_LABEL : uart ? SCN_EXPECT_UART : SCN_EXPECT_EXIT;
	if (label)
		ok = read_label(node, label, labels, &x, err);
	else if (uart)
		ok = read_uart(node, uart, &x, err);
	else if (status)
		ok = read_exit(node, status, &x, err);
	else
		return yaml_err(node, err, "an expectation needs one of label, uart, exit");
	if (ok)
		*ret = x;
	return ok;
}

bool scn_expectations_read(const struct yaml_node *node, const char *const *labels,
			   struct scn_expectation *ret_expectations, unsigned *ret_count, struct err *err)
{
	unsigned count = 0;
	if (!yaml_shape(node, YAML_LIST, "a list of expectations such as {label: yes, between: [2s, 3s]}", err))
		return false;
	for (const struct yaml_node *n = node ? node->first : NULL; n; n = n->next) {
		if (count == SCN_MAX_EXPECTATIONS)
			return yaml_err(n, err, "more than %d expectations", SCN_MAX_EXPECTATIONS);
		if (!read_expectation(n, labels, &ret_expectations[count++], err))
			return false;
	}
	*ret_count = count;
	return true;
}

/*
 * A budget's name, the number of the report it limits, and the unit in which both stand. A latency is a deadline:
 * the longest counts. What an inference costs is a mean.
 */
static const struct {
	const char *name, *path;
	enum scn_direction direction;
	enum unit unit;
	int exponent;
} budgets[] = {
	{"latency_ms", "inferences.latency_ms.max", SCN_AT_MOST, UNIT_TIME, -3},
	{"latency_ms_mean", "inferences.latency_ms.mean", SCN_AT_MOST, UNIT_TIME, -3},
	{"latency_ms_p99", "inferences.latency_ms.p99", SCN_AT_MOST, UNIT_TIME, -3},
	{"cycles_per_inference", "inferences.cycles.mean", SCN_AT_MOST, UNIT_NUMBER, 0},
	{"energy_uj_per_inference", "inferences.energy_uj.mean", SCN_AT_MOST, UNIT_ENERGY, -6},
	{"inferences", "inferences.count", SCN_AT_LEAST, UNIT_NUMBER, 0},
	{"arena_bytes", "memory.arena_bytes", SCN_AT_MOST, UNIT_BYTES, 0},
	{"stack_bytes", "memory.stack_peak_bytes", SCN_AT_MOST, UNIT_BYTES, 0},
	{"heap_bytes", "memory.heap_peak_bytes", SCN_AT_MOST, UNIT_BYTES, 0},
	{"ram_bytes", "memory.ram_bytes", SCN_AT_MOST, UNIT_BYTES, 0},
	{"flash_bytes", "memory.flash_bytes", SCN_AT_MOST, UNIT_BYTES, 0},
	{"average_mw", "energy.average_mw", SCN_AT_MOST, UNIT_POWER, -3},
	{"total_mj", "energy.total_mj", SCN_AT_MOST, UNIT_ENERGY, -3},
	{"battery_days", "energy.battery.days", SCN_AT_LEAST, UNIT_NUMBER, 0},
};

#define BUDGETS (sizeof budgets / sizeof *budgets)
_Static_assert(BUDGETS <= SCN_MAX_BUDGETS, "every budget may be asked for");

static bool read_budget(const struct yaml_node *node, struct scn_budget *ret_budget, struct err *err)
{
	size_t i = 0;
	while (strcmp(budgets[i].name, node->key) != 0)
		i++;
	/* The name says the unit, so a plain number will do; one with a unit is converted. */
	bool plain = node->shape != YAML_TEXT || !units_has(node->text, budgets[i].unit);
	double limit = 0;
	if (!yaml_quantity(node, plain ? UNIT_NUMBER : budgets[i].unit, plain ? 0 : budgets[i].exponent, &limit,
			   err))
		return false;
	if (limit < 0)
		return yaml_err(node, err, "%s is negative; a limit of 0 or more is expected", node->text);
	*ret_budget = (struct scn_budget){budgets[i].name, budgets[i].path, budgets[i].direction, limit};
	return true;
}

bool scn_budgets_read(const struct yaml_node *node, struct scn_budget *ret_budgets, unsigned *ret_count,
		      struct err *err)
{
	const char *names[BUDGETS + 1] = {0};
	unsigned count = 0;
	for (size_t i = 0; i < BUDGETS; i++)
		names[i] = budgets[i].name;
	if (!yaml_keys(node, names, err))
		return false;
	for (const struct yaml_node *n = node ? node->first : NULL; n; n = n->next)
		if (!read_budget(n, &ret_budgets[count++], err))
			return false;
	*ret_count = count;
	return true;
}
