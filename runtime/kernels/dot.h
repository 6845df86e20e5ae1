/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner loops of the plain kernels:  sum += sum over i of (in[i] + offset) * weight[i],  one input run
 * against one or several output channels' weights.
 */
#ifndef RUNTIME_KERNELS_DOT_H
#define RUNTIME_KERNELS_DOT_H

#include <stdint.h>

/* How many output channels share an input value: as many sums as there are registers for. */
#if defined(__thumb__) && !defined(__thumb2__)
#define RT_DOT_CHANNELS 2
#else
#define RT_DOT_CHANNELS 4
#endif

/* One output channel; returns the sum. */
int32_t rt_dot(const int8_t *in, int32_t offset, const int8_t *weight, int32_t length);

/* RT_DOT_CHANNELS output channels, whose weights lie `step` bytes apart. */
void rt_dot_channels(const int8_t *in, int32_t offset, const int8_t *weight, uint32_t step, int32_t length,
		     int32_t *sum);

static inline void rt_dot_bias(const int32_t *bias, uint32_t c, int32_t *ret_sum)
{
	for (int i = 0; i < RT_DOT_CHANNELS; i++)
		ret_sum[i] = bias ? bias[c + (uint32_t)i] : 0;
}

#endif
