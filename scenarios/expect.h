/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expectations and budgets as a scenario writes them. What they mean is scenarios/judge.h's. */
#ifndef SCENARIOS_EXPECT_H
#define SCENARIOS_EXPECT_H

#include "base/yaml.h"
#include "scenarios/judge.h"

#define SCN_MAX_EXPECTATIONS 128

/*
 * The scenario's list `expect`. labels (NULL-terminated; NULL: not known) are the names a label may have: a
 * misspelt label would never come, and {never: true} would always hold.
 */
bool scn_expectations_read(const struct yaml_node *node, const char *const *labels,
			   struct scn_expectation *ret_expectations, unsigned *ret_count, struct err *err);

#define SCN_MAX_BUDGETS 32

/* The scenario's map `budgets`. */
bool scn_budgets_read(const struct yaml_node *node, struct scn_budget *ret_budgets, unsigned *ret_count,
		      struct err *err);

#endif
