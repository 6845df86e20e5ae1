/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A board's power as a table: the one place where energy meets the board. */
#include "profiler/energy.h"

#include <string.h>

void prof_prices_of_board(const struct sim_board *board, uint32_t supply_mv, struct prof_prices *ret_prices)
{
	memset(ret_prices, 0, sizeof *ret_prices);
	ret_prices->supply_mv = supply_mv ? supply_mv : board->supply_mv;
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		struct prof_price *price = &ret_prices->state[s];
		/* Power is a straight line over the clock, so two points of it are all of it. */
		price->base_uw = sim_board_power_uw(board, s, 0, ret_prices->supply_mv);
		price->uw_per_mhz =
			sim_board_power_uw(board, s, 1000000, ret_prices->supply_mv) - price->base_uw;
		price->low_pct = board->power[s].low_pct;
		price->high_pct = board->power[s].high_pct;
		price->grade = board->power[s].grade;
		memcpy(price->source, board->power[s].source, sizeof price->source);
	}
}
