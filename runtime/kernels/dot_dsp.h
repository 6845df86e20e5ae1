/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner loops for cores with the DSP extension:  sum += sum over i of (in[i] + offset) * w[i]
 *
 * Four values at a time: their bytes are widened to two words of two 16-bit lanes (the input's with its
 * offset added on the way), and each pair of words costs one SMLAD. Values past a multiple of four go one by
 * one. `offset` is the input's offset in both lanes.
 */
#ifndef RUNTIME_KERNELS_DOT_DSP_H
#define RUNTIME_KERNELS_DOT_DSP_H

#include <stdint.h>

/* 1 input run, 1 output channel; returns the sum. */
int32_t rt_dot_1x1(const int8_t *in, uint32_t offset, const int8_t *w, uint32_t length);

/* 1 input run, 2 output channels */
void rt_dot_1x2(const int8_t *in, uint32_t offset, const int8_t *w0, const int8_t *w1, uint32_t length,
		int32_t *sum);

#endif
