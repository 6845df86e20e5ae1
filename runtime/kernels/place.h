/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the twins of DEPTHWISE_CONV_2D share: the walk over output pixels. Four neighbouring output channels
 * are summed at a time, whose weights and (with one output per input channel) inputs lie side by side.
 */
#ifndef RUNTIME_KERNELS_PLACE_H
#define RUNTIME_KERNELS_PLACE_H

#include "runtime/kernels/conv.h"

/* One output pixel's place: its taps inside the picture, and the first of them for channel 0. */
struct rt_place {
	int rows, taps;
	const int8_t *in, *weight;
	uint32_t in_tap;	      /* step from tap to tap; the weights' is out_c */
	int32_t in_skip, weight_skip; /* further, from the end of a row's taps to the next row's first */
};

/*
 * A function that writes output channels c … c + 3 of one pixel. `in` is at->in moved to the first one's
 * input channel; `shared`: it is the input of all four, otherwise of each its own.
 */
#define RT_FOUR_CHANNELS(name)                                                                               \
	void (*name)(const struct rt_conv *p, const struct rt_place *at, const int8_t *in, bool shared,      \
		     uint32_t c, const int32_t *bias, int8_t *ret_out)

/* Output channel c alone, from input channel in_c. */
void rt_depthwise_channel(const struct rt_conv *p, const struct rt_place *at, uint32_t in_c, uint32_t c,
			  const int32_t *bias, int8_t *ret_out);

static inline void rt_depthwise_pixel(const struct rt_conv *p, const struct rt_place *at, const int32_t *bias,
				      int8_t *ret_out, RT_FOUR_CHANNELS(four))
{
	uint32_t c = 0, multiple = 1;
	const uint32_t out_c = p->out_c;
	const bool shared = p->in_c == 1, own = p->in_c == out_c;
	if (own)
		for (; c + 4 <= out_c; c += 4)
			four(p, at, at->in + c, false, c, bias, ret_out);
	else if (shared)
		for (; c + 4 <= out_c; c += 4)
			four(p, at, at->in, true, c, bias, ret_out);
	if (c < out_c && !own)
		multiple = out_c / p->in_c;
	for (; c < out_c; c++)
		rt_depthwise_channel(p, at, c / multiple, c, bias, ret_out);
}

static inline void rt_depthwise(const struct rt_conv *p, const int8_t *in, const int8_t *weight,
				const int32_t *bias, int8_t *ret_out, RT_FOUR_CHANNELS(four))
{
	const int32_t in_row = p->dilation_h * p->in_w * p->in_c;
	struct rt_place at = { .in_tap = (uint32_t)p->dilation_w * p->in_c };
	const int reach = (p->k_w - 1) * p->dilation_w;
	for (uint32_t b = 0; b < p->batch; b++, in += (uint32_t)p->in_h * p->in_w * p->in_c)
		for (int oy = 0; oy < p->out_h; oy++) {
			int y = oy * p->stride_h - p->pad_top, x = -p->pad_left;
			struct rt_span rows = rt_taps_inside(y, p->k_h, p->dilation_h, p->in_h);
			at.rows = rows.end - rows.first;
			y += rows.first * p->dilation_h;
			for (int ox = 0; ox < p->out_w; ox++, x += p->stride_w, ret_out += p->out_c) {
				struct rt_span taps = { 0, p->k_w };
				if (x < 0 || x + reach >= p->in_w) /* elsewhere, no division */
					taps = rt_taps_inside(x, p->k_w, p->dilation_w, p->in_w);
				int first = x + taps.first * p->dilation_w;
				at.taps = taps.end - taps.first;
				at.in_skip = in_row - at.taps * (int32_t)at.in_tap; /* negative if dilated */
				at.weight_skip = (p->k_w - at.taps) * p->out_c;
				at.in = in + (uint32_t)((y * p->in_w + first) * p->in_c);
				at.weight =
					weight + (uint32_t)((rows.first * p->k_w + taps.first) * p->out_c);
				rt_depthwise_pixel(p, &at, bias, ret_out, four);
			}
		}
}

#endif
