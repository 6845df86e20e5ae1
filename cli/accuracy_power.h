/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power and energy of replayed images: against what was measured, where a point has a measured power.
 */
#ifndef CLI_ACCURACY_POWER_H
#define CLI_ACCURACY_POWER_H

#include "cli/accuracy_table.h"

#include <jansson.h>

/* Nothing if no image that ran has a measured power. */
void cli_accuracy_print_power(const struct cli_accuracy_table *table);

/*
 * {waiting_pct, mw, uj_per_inference, error_bar_pct, supply_v, measured_mw, error_pct, measured_on}: a new reference. The
 * last four are null where nothing was measured; measured_on also if it was on this very image. The image ran.
 */
json_t *cli_accuracy_power_json(const struct cli_accuracy_row *row);

#endif
