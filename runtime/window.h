/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From sensor counts to the model's input tensor. A training tool that does the same integer arithmetic sees
 * the same bytes:
 *
 *   count[f][c]              W frames of C channels, -32768 … 32767
 *   s                        the sensor's SCALE register
 *   input scale, zero point  of the model's input
 *
 *   factor   = s * 2^-32 / input scale                           in double precision
 *   (M, n)   = rt_factor(factor): M = round(factor * 2^(31 - n)), halves up, 2^30 <= M < 2^31; 0 below 2^-32
 *   mean[c]  = round(sum over f of count[f][c] / W)              halves away from zero
 *   d        = count[f][c] - mean[c]
 *   t        = floor((d * 2^max(n, 0) * M + 2^30) / 2^31)
 *   q        = round(t / 2^max(-n, 0))                           halves away from zero
 *   input[f][c] = clamp(zero point + q, -128, 127)
 *
 * Taking the mean away removes gravity from an accelerometer and bias from a microphone.
 */
#ifndef RUNTIME_WINDOW_H
#define RUNTIME_WINDOW_H

#include "runtime/status.h"
#include "runtime/tflite.h"

#include <stdint.h>

struct rt_window {
	uint32_t frames, channels;
	int32_t multiplier, shift, zero_point;
};

/*
 * The window that fills `input`, an int8 tensor of one of these shapes (H * W' = W):
 *
 *   [1, W, C]  [1, W, 1, C]  [1, H, W', C]  [1, W, C, 1]  [1, W * C]
 *
 * RT_BAD_SENSOR: none of these with the sensor's channels for C, or W > 65535.
 * RT_UNSUPPORTED: another type, or a factor that cannot be written.
 */
enum rt_status rt_window_open(struct rt_window *ret_window, const struct rt_tensor *input, uint32_t channels,
			      uint32_t scale);

/*
 * (plan_bytes rounded up to 16) + (frames + depth) * channels * 2
 *
 * The arena for a plan and, behind it, the ring in which a FIFO of `depth` frames is emptied.
 */
uint64_t rt_window_arena_bytes(const struct rt_window *window, uint32_t plan_bytes, uint32_t depth);

/*
 *   ring     [ring_frames][channels]; the window begins at frame `first` < ring_frames and wraps at the end
 *   ret_in   [frames][channels]
 */
void rt_window_quantize(const struct rt_window *window, const int16_t *ring, uint32_t ring_frames,
			uint32_t first, int8_t *ret_in);

#endif
