/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/kernels/simple.h"
#include "runtime/kernels/conv.h"

enum { PADDING_SAME, PADDING_VALID };

static bool side(int32_t padding, int32_t in, int32_t out, int32_t k, int32_t stride, uint16_t *ret_k,
		 uint16_t *ret_stride, int16_t *ret_pad)
{
	if (k < 1 || k > 0x7fff || stride < 1 || stride > 0x7fff || in > 0x7fff || out > 0x7fff)
		return false;
	int32_t expected = padding == PADDING_SAME ? (in + stride - 1) / stride : (in - k + stride) / stride;
	int32_t rest = (out - 1) * stride + k - in;
	if (expected != out || (padding == PADDING_VALID && rest > 0))
		return false;
	*ret_k = (uint16_t)k;
	*ret_stride = (uint16_t)stride;
	*ret_pad = rest > 0 ? (int16_t)(rest / 2) : 0;
	return true;
}

static enum rt_status prepare_pool(struct rt_prepare *p)
{
	const struct rt_tensor *in = &p->in[0], *out = &p->out;
	if (p->input_count < 1 || !rt_is_int8(in) || !rt_is_int8(out))
		return RT_UNSUPPORTED;
	float difference = in->scale - out->scale;
	if (in->zero_point != out->zero_point || difference > 1e-6f || difference < -1e-6f)
		return RT_UNSUPPORTED;
	if (in->rank != 4 || out->rank != 4 || in->dims[0] != out->dims[0] || in->dims[3] != out->dims[3] ||
	    in->dims[0] > 0x7fff || in->dims[3] > 0x7fff)
		return RT_BAD_SHAPE;
	struct rt_pool *pool = rt_prepare_params(p, sizeof *pool);
	if (!pool)
		return RT_NO_MEMORY;
	int32_t padding = rt_tflite_option_i8(p->model, &p->op, 0);
	if (!side(padding, in->dims[1], out->dims[1], rt_tflite_option_i32(p->model, &p->op, 4, 0),
		  rt_tflite_option_i32(p->model, &p->op, 2, 0), &pool->k_h, &pool->stride_h,
		  &pool->pad_top) ||
	    !side(padding, in->dims[2], out->dims[2], rt_tflite_option_i32(p->model, &p->op, 3, 0),
		  rt_tflite_option_i32(p->model, &p->op, 1, 0), &pool->k_w, &pool->stride_w, &pool->pad_left))
		return RT_BAD_SHAPE;
	pool->batch = (uint16_t)in->dims[0];
	pool->in_h = (uint16_t)in->dims[1];
	pool->in_w = (uint16_t)in->dims[2];
	pool->channels = (uint16_t)in->dims[3];
	pool->out_h = (uint16_t)out->dims[1];
	pool->out_w = (uint16_t)out->dims[2];
	return rt_activation_range(rt_tflite_option_i8(p->model, &p->op, 5), out, &pool->low, &pool->high);
}

enum rt_status rt_prepare_average_pool(struct rt_prepare *p)
{
	return prepare_pool(p);
}

enum rt_status rt_prepare_max_pool(struct rt_prepare *p)
{
	return prepare_pool(p);
}

/* The taps of one output pixel: `rows` x `taps` input pixels from `in` on, each `channels` wide. */
struct window {
	const int8_t *in;
	int rows, taps;
	uint32_t row_step;
};

static int8_t average(const struct rt_pool *p, const struct window *w, uint32_t c)
{
	int32_t sum = 0, count = w->rows * w->taps;
	const int8_t *row = w->in + c;
	for (int y = 0; y < w->rows; y++, row += w->row_step) {
		const int8_t *in = row;
		for (int x = 0; x < w->taps; x++, in += p->channels)
			sum += *in;
	}
	sum = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
	return (int8_t)rt_clamp(sum, p->low, p->high);
}

static int8_t largest(const struct rt_pool *p, const struct window *w, uint32_t c)
{
	int32_t best = -128;
	const int8_t *row = w->in + c;
	for (int y = 0; y < w->rows; y++, row += w->row_step) {
		const int8_t *in = row;
		for (int x = 0; x < w->taps; x++, in += p->channels)
			best = *in > best ? *in : best;
	}
	return (int8_t)rt_clamp(best, p->low, p->high);
}

static inline void pool(const struct rt_pool *p, const int8_t *in, int8_t *ret_out,
			int8_t (*of)(const struct rt_pool *, const struct window *, uint32_t))
{
	struct window window = { .row_step = (uint32_t)p->in_w * p->channels };
	for (uint32_t b = 0; b < p->batch; b++, in += (uint32_t)p->in_h * p->in_w * p->channels)
		for (int oy = 0; oy < p->out_h; oy++) {
			int y = oy * p->stride_h - p->pad_top, x = -p->pad_left;
			struct rt_span rows = rt_taps_inside(y, p->k_h, 1, p->in_h);
			window.rows = rows.end - rows.first;
			for (int ox = 0; ox < p->out_w; ox++, x += p->stride_w) {
				struct rt_span taps = rt_taps_inside(x, p->k_w, 1, p->in_w);
				window.taps = taps.end - taps.first;
				window.in = in + (uint32_t)(((y + rows.first) * p->in_w + x + taps.first) *
							    p->channels);
				for (uint32_t c = 0; c < p->channels; c++)
					*ret_out++ = of(p, &window, c);
			}
		}
}

void rt_average_pool(const struct rt_pool *p, const int8_t *in, int8_t *ret_out)
{
	pool(p, in, ret_out, average);
}

void rt_max_pool(const struct rt_pool *p, const int8_t *in, int8_t *ret_out)
{
	pool(p, in, ret_out, largest);
}

void rt_run_average_pool(const void *params, const struct rt_operands *o)
{
	rt_average_pool(params, o->in[0], o->out);
}

void rt_run_max_pool(const void *params, const struct rt_operands *o)
{
	rt_max_pool(params, o->in[0], o->out);
}
