/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where each buffer lies: buffers whose lives overlap do not overlap in memory. Knows no tensors.
 * The largest buffer is placed first, at the lowest offset that is free during its life.
 */
#ifndef RUNTIME_PLANNER_H
#define RUNTIME_PLANNER_H

#include <stdint.h>

#define RT_PLAN_ALIGN 16u
#define RT_NOT_PLACED 0xffffffffu

struct rt_life {
	uint32_t bytes;	      /* 0: needs no place */
	uint16_t first, last; /* operators, both included */
};

/*
 * ret_at[i] becomes the offset of lives[i], a multiple of RT_PLAN_ALIGN (RT_NOT_PLACED where bytes is 0).
 * Returns the bytes needed in all. The same lives always get the same places.
 */
uint32_t rt_plan(const struct rt_life *lives, uint32_t count, uint32_t *ret_at);

#endif
