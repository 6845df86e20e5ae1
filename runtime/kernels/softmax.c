/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/fixed.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/simple.h"

/* A Q5.26 difference as low as this stands for exp() = 0; in steps of the input it is `least`. */
#define DEEPEST ((31 * 67108864.0)) /* (2^5 - 1) * 2^26 */

enum rt_status rt_prepare_softmax(struct rt_prepare *p)
{
	const struct rt_tensor *in = &p->in[0], *out = &p->out;
	if (p->input_count < 1 || !rt_is_int8(in) || !rt_is_int8(out) || out->zero_point != -128 ||
	    out->scale != 1.0f / 256 || in->rank < 1 ||
	    in->dims[in->rank - 1] > 4095) /* the sum of more would not fit Q12.19 */
		return RT_UNSUPPORTED;
	if (!rt_same_shape(in, out))
		return RT_BAD_SHAPE;
	struct rt_softmax *softmax = rt_prepare_params(p, sizeof *softmax);
	if (!softmax)
		return RT_NO_MEMORY;
	softmax->depth = (uint32_t)in->dims[in->rank - 1];
	softmax->rows = in->elements / softmax->depth;
	double factor = (double)rt_tflite_option_f32(p->model, &p->op, 0) * (double)in->scale * (1 << 26);
	if (!(factor > 1)) /* a temperature at which all classes are the same: the reference refuses it too */
		return RT_UNSUPPORTED;
	if (factor > 2147483647.0)
		factor = 2147483647.0;
	if (!rt_factor(factor, &softmax->factor.multiplier, &softmax->factor.shift))
		return RT_UNSUPPORTED;
	softmax->least = -(int32_t)(DEEPEST / (double)(1ll << softmax->factor.shift));
	return RT_OK;
}

static int32_t exp_of(const struct rt_softmax *p, int32_t difference)
{
	return rt_exp_q5(rt_multiply(difference, p->factor.multiplier, p->factor.shift));
}

static void row(const struct rt_softmax *p, const int8_t *in, int8_t *ret_out)
{
	int32_t largest = -128;
	for (uint32_t i = 0; i < p->depth; i++)
		largest = in[i] > largest ? in[i] : largest;
	int32_t sum = 0; /* Q12.19 */
	for (uint32_t i = 0; i < p->depth; i++)
		if (in[i] - largest >= p->least)
			sum += rt_shift_right(exp_of(p, in[i] - largest), 12);
	/*
	 * 1/sum as a mantissa in (1/2, 1] and a shift; the largest value's exp() is 1, so the sum has a bit
	 * set
	 */
	int headroom = __builtin_clz((uint32_t)sum);
	int32_t scale = rt_reciprocal_q0((int32_t)(((uint32_t)sum << headroom) - (1u << 31)));
	int places = 12 - headroom + 31 - 8;
	for (uint32_t i = 0; i < p->depth; i++) {
		int32_t value = 0;
		if (in[i] - largest >= p->least && places <= 31) /* more than 511 equals: each rounds to 0 */
			value = rt_shift_right(rt_mul_saturating(scale, exp_of(p, in[i] - largest)), places);
		ret_out[i] = (int8_t)rt_clamp(value - 128, -128, 127);
	}
}

void rt_softmax(const struct rt_softmax *p, const int8_t *in, int8_t *ret_out)
{
	for (uint32_t r = 0; r < p->rows; r++, in += p->depth, ret_out += p->depth)
		row(p, in, ret_out);
}

void rt_run_softmax(const void *params, const struct rt_operands *o)
{
	rt_softmax(params, o->in[0], o->out);
}
