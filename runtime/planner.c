/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/planner.h"

/* The largest buffer without a place; of equals the first. `count` if there is none. */
static uint32_t next_to_place(const struct rt_life *lives, uint32_t count, const uint32_t *at)
{
	uint32_t best = count;
	for (uint32_t i = 0; i < count; i++)
		if (lives[i].bytes && at[i] == RT_NOT_PLACED &&
		    (best == count || lives[i].bytes > lives[best].bytes))
			best = i;
	return best;
}

/*
 * Any offset between `from` and the end of a buffer in the way is in that buffer's way too, so stepping from
 * obstacle to obstacle finds the lowest free place.
 */
static uint32_t lowest_free(const struct rt_life *lives, uint32_t count, const uint32_t *at, uint32_t me)
{
	uint32_t from = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (at[i] == RT_NOT_PLACED || lives[i].first > lives[me].last ||
		    lives[i].last < lives[me].first)
			continue;
		if (at[i] < from + lives[me].bytes && from < at[i] + lives[i].bytes) {
			from = (at[i] + lives[i].bytes + RT_PLAN_ALIGN - 1) & ~(RT_PLAN_ALIGN - 1);
			i = UINT32_MAX; /* look at all of them again */
		}
	}
	return from;
}

uint32_t rt_plan(const struct rt_life *lives, uint32_t count, uint32_t *ret_at)
{
	uint32_t needed = 0;
	for (uint32_t i = 0; i < count; i++)
		ret_at[i] = RT_NOT_PLACED;
	for (uint32_t i; (i = next_to_place(lives, count, ret_at)) < count;) {
		uint32_t at = lowest_free(lives, count, ret_at, i);
		ret_at[i] = at;
		if (at + lives[i].bytes > needed)
			needed = at + lives[i].bytes;
	}
	return needed;
}
