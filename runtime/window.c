/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/window.h"
#include "runtime/fixed.h"

#define MAX_FRAMES 65535u /* so that a sum of counts fits 32 bits */

static bool fits(const struct rt_tensor *input, uint32_t channels)
{
	const int32_t *dims = input->dims, last = (int32_t)channels;
	if (last < 1 || input->elements % channels != 0 || input->rank < 2 || dims[0] != 1)
		return false;
	switch (input->rank) {
	case 2:
		return true;
	case 3:
		return dims[2] == last;
	case 4:
		return dims[3] == last || (dims[2] == last && dims[3] == 1);
	default:
		return false;
	}
}

enum rt_status rt_window_open(struct rt_window *ret_window, const struct rt_tensor *input, uint32_t channels,
			      uint32_t scale)
{
	if (input->type != RT_TYPE_INT8 || !(input->scale > 0))
		return RT_UNSUPPORTED;
	if (!fits(input, channels) || input->elements / channels > MAX_FRAMES)
		return RT_BAD_SENSOR;
	struct rt_window window = {
		.frames = input->elements / channels,
		.channels = channels,
		.zero_point = input->zero_point,
	};
	if (!rt_factor(scale * (1.0 / 4294967296.0) / (double)input->scale, &window.multiplier,
		       &window.shift))
		return RT_UNSUPPORTED;
	/* Any difference but 0 leaves the int8 range: the same bytes, and no overflow. */
	if (window.shift > 13)
		window.shift = 13;
	*ret_window = window;
	return RT_OK;
}

uint64_t rt_window_arena_bytes(const struct rt_window *window, uint32_t plan_bytes, uint32_t depth)
{
	uint64_t ring = ((uint64_t)window->frames + depth) * window->channels * sizeof(int16_t);
	return (((uint64_t)plan_bytes + 15) & ~(uint64_t)15) + ring;
}

static int32_t mean_of(const struct rt_window *w, const int16_t *ring, uint32_t ring_frames, uint32_t first,
		       uint32_t c)
{
	int32_t sum = 0, count = (int32_t)w->frames;
	for (uint32_t f = 0, at = first; f < w->frames; f++, at = at + 1 < ring_frames ? at + 1 : 0)
		sum += ring[at * w->channels + c];
	return sum >= 0 ? (int32_t)(((uint32_t)sum + (uint32_t)count / 2) / (uint32_t)count)
			: -(int32_t)(((uint32_t)-sum + (uint32_t)count / 2) / (uint32_t)count);
}

void rt_window_quantize(const struct rt_window *w, const int16_t *ring, uint32_t ring_frames, uint32_t first,
			int8_t *ret_in)
{
	for (uint32_t c = 0; c < w->channels; c++) {
		int32_t mean = mean_of(w, ring, ring_frames, first, c);
		uint32_t at = first;
		for (uint32_t f = 0; f < w->frames; f++, at = at + 1 < ring_frames ? at + 1 : 0) {
			int32_t q = rt_multiply(ring[at * w->channels + c] - mean, w->multiplier, w->shift);
			ret_in[f * w->channels + c] = (int8_t)rt_clamp(w->zero_point + q, -128, 127);
		}
	}
}
