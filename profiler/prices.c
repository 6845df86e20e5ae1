/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A board's power as a table: the one place where energy meets the board. */
#include "profiler/energy.h"

#include <string.h>

/* A board's figures of state run hold for code that waits as the measured code did; a price is without waits. */
static void line(const struct sim_board *board, enum sim_power_state state, uint64_t hz, uint32_t supply_mv,
		 double *ret_base_uw, double *ret_uw_per_mhz)
{
	double factor = state == SIM_POWER_RUN ? sim_board_stall_factor(board, 0) : 1;
	sim_board_power_line(board, state, hz, supply_mv, ret_base_uw, ret_uw_per_mhz);
	*ret_base_uw *= factor;
	*ret_uw_per_mhz *= factor;
}

void prof_prices_of_board(const struct sim_board *board, uint32_t supply_mv, struct prof_prices *ret_prices)
{
	memset(ret_prices, 0, sizeof *ret_prices);
	ret_prices->supply_mv = supply_mv ? supply_mv : board->supply_mv;
	for (int s = 0; s < SIM_POWER_STATES; s++) {
		const struct sim_power *power = &board->power[s];
		struct prof_price *price = &ret_prices->state[s];
		line(board, s, UINT64_MAX, ret_prices->supply_mv, &price->base_uw, &price->uw_per_mhz);
		for (unsigned r = 0; r < power->ranges; r++) {
			struct prof_price_range *range = &price->range[price->ranges++];
			range->up_to_mhz = (double)power->range[r].up_to_hz / 1e6;
			line(board, s, power->range[r].up_to_hz, ret_prices->supply_mv, &range->base_uw,
			     &range->uw_per_mhz);
		}
		price->stall_discount_pct = s == SIM_POWER_RUN ? board->stall.discount_pct : 0;
		price->low_pct = power->low_pct;
		price->high_pct = power->high_pct;
		price->grade = power->grade;
		memcpy(price->source, power->source, sizeof price->source);
	}
}
