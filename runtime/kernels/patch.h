/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CONV_2D without a copied patch: where the taps of one output pixel lie in the input. The taps of one kernel
 * row that are side by side in the input (no dilation along the row, one group) form a run of values.
 */
#ifndef RUNTIME_KERNELS_PATCH_H
#define RUNTIME_KERNELS_PATCH_H

#include "runtime/kernels/conv.h"

/* `rows` runs of `length` values. */
struct rt_patch {
	const int8_t *in;
	uint32_t weight; /* offset of the first tap inside one output channel's weights */
	int rows, length;
	uint32_t in_step, weight_step; /* from run to run */
};

static inline bool rt_has_runs(const struct rt_conv *p)
{
	return p->dilation_w == 1 && p->group_c == p->in_c;
}

/* The pixel whose first tap (inside the picture or not) is row y, column x; `rows` are those inside. */
static inline struct rt_patch rt_patch_at(const struct rt_conv *p, const int8_t *in, struct rt_span rows,
					  int y, int x)
{
	struct rt_span taps = { 0, p->k_w };
	if (x < 0 || x + p->k_w > p->in_w) /* in the middle of the picture, no division */
		taps = rt_taps_inside(x, p->k_w, 1, p->in_w);
	y += rows.first * p->dilation_h;
	return (struct rt_patch){
		.in = in + (uint32_t)((y * p->in_w + x + taps.first) * p->in_c),
		.weight = (uint32_t)((rows.first * p->k_w + taps.first) * p->in_c),
		.rows = rows.end - rows.first,
		.length = (taps.end - taps.first) * p->in_c,
		.in_step = (uint32_t)p->dilation_h * p->in_w * p->in_c,
		.weight_step = (uint32_t)p->k_w * p->in_c,
	};
}

/* Any dilation and grouping, tap by tap; for both twins. x, y, rows: as above. */
void rt_conv_scattered(const struct rt_conv *p, const int8_t *in, struct rt_span rows, int y, int x,
		       const int8_t *weight, const int32_t *bias, int8_t *ret_out);

#endif
