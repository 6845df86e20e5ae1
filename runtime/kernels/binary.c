/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/fixed.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/simple.h"

/* Both inputs are widened by this many bits before they are brought to a common scale. */
#define ADD_WIDEN 20

/*
 * The elements' steps of `in` along the dimensions of `out`, aligned at the last. False: does not broadcast.
 */
static bool broadcast(const struct rt_tensor *in, const struct rt_tensor *out, int32_t *ret_step)
{
	int32_t step = 1;
	if (in->rank > out->rank)
		return false;
	for (int i = 0; i < 4; i++) {
		int from_in = in->rank - 1 - i, from_out = out->rank - 1 - i;
		int32_t in_dim = from_in >= 0 ? in->dims[from_in] : 1;
		int32_t out_dim = from_out >= 0 ? out->dims[from_out] : 1;
		if (in_dim != out_dim && in_dim != 1)
			return false;
		ret_step[3 - i] = in_dim == 1 ? 0 : step;
		step *= in_dim;
	}
	return true;
}

/* Two inputs of the output's own shape are one long row. */
static void flatten(struct rt_binary *binary, const struct rt_tensor *out)
{
	for (int i = 0; i < 3; i++)
		binary->dims[i] = 1;
	binary->dims[3] = (int32_t)out->elements;
	binary->step_a[3] = binary->step_b[3] = 1;
}

static enum rt_status prepare_binary(struct rt_prepare *p, struct rt_binary **ret_binary)
{
	const struct rt_tensor *a = &p->in[0], *b = &p->in[1], *out = &p->out;
	if (p->input_count != 2 || !rt_is_int8(a) || !rt_is_int8(b) || !rt_is_int8(out) || out->rank > 4)
		return RT_UNSUPPORTED;
	struct rt_binary *binary = rt_prepare_params(p, sizeof *binary);
	if (!binary)
		return RT_NO_MEMORY;
	if (!broadcast(a, out, binary->step_a) || !broadcast(b, out, binary->step_b))
		return RT_BAD_SHAPE;
	/* The output must be as large as the larger input along each dimension, not larger. */
	uint32_t covered = 1;
	for (int i = 0; i < 4; i++) {
		int at = out->rank - 4 + i;
		binary->dims[i] = at >= 0 ? out->dims[at] : 1;
		if (binary->step_a[i] || binary->step_b[i])
			covered *= (uint32_t)binary->dims[i];
	}
	if (covered != out->elements)
		return RT_BAD_SHAPE;
	if (rt_same_shape(a, out) && rt_same_shape(b, out))
		flatten(binary, out);
	binary->offset_a = (int16_t)-a->zero_point;
	binary->offset_b = (int16_t)-b->zero_point;
	binary->out_zero = (int16_t)out->zero_point;
	*ret_binary = binary;
	return rt_activation_range(rt_tflite_option_i8(p->model, &p->op, 0), out, &binary->low,
				   &binary->high);
}

static bool factor(double value, struct rt_factor *ret_factor)
{
	return rt_factor(value, &ret_factor->multiplier, &ret_factor->shift);
}

enum rt_status rt_prepare_add(struct rt_prepare *p)
{
	struct rt_binary *add;
	enum rt_status status = prepare_binary(p, &add);
	if (status != RT_OK)
		return status;
	double a = (double)p->in[0].scale, b = (double)p->in[1].scale;
	double twice = 2 * (a > b ? a : b), out = twice / ((1 << ADD_WIDEN) * (double)p->out.scale);
	if (!factor(a / twice, &add->a) || !factor(b / twice, &add->b) || !factor(out, &add->out) ||
	    add->out.shift > 0)
		return RT_UNSUPPORTED;
	return RT_OK;
}

enum rt_status rt_prepare_mul(struct rt_prepare *p)
{
	struct rt_binary *mul;
	enum rt_status status = prepare_binary(p, &mul);
	if (status != RT_OK)
		return status;
	double value = (double)p->in[0].scale * (double)p->in[1].scale / (double)p->out.scale;
	return factor(value, &mul->out) ? RT_OK : RT_UNSUPPORTED;
}

static inline int8_t sum_of(const struct rt_binary *p, int32_t a, int32_t b)
{
	a = rt_multiply((a + p->offset_a) * (1 << ADD_WIDEN), p->a.multiplier, p->a.shift);
	b = rt_multiply((b + p->offset_b) * (1 << ADD_WIDEN), p->b.multiplier, p->b.shift);
	int32_t value = rt_multiply(a + b, p->out.multiplier, p->out.shift) + p->out_zero;
	return (int8_t)rt_clamp(value, p->low, p->high);
}

static inline int8_t product_of(const struct rt_binary *p, int32_t a, int32_t b)
{
	int32_t product = (a + p->offset_a) * (b + p->offset_b);
	int32_t value = rt_multiply(product, p->out.multiplier, p->out.shift) + p->out_zero;
	return (int8_t)rt_clamp(value, p->low, p->high);
}

static inline void each(const struct rt_binary *p, const int8_t *a, const int8_t *b, int8_t *ret_out,
			int8_t (*of)(const struct rt_binary *, int32_t, int32_t))
{
	const int32_t step_a = p->step_a[3], step_b = p->step_b[3];
	for (int32_t i = 0; i < p->dims[0]; i++)
		for (int32_t j = 0; j < p->dims[1]; j++)
			for (int32_t k = 0; k < p->dims[2]; k++) {
				const int8_t *x = a + i * p->step_a[0] + j * p->step_a[1] + k * p->step_a[2];
				const int8_t *y = b + i * p->step_b[0] + j * p->step_b[1] + k * p->step_b[2];
				for (int32_t l = p->dims[3]; l > 0; l--, x += step_a, y += step_b)
					*ret_out++ = of(p, *x, *y);
			}
}

void rt_add(const struct rt_binary *p, const int8_t *a, const int8_t *b, int8_t *ret_out)
{
	each(p, a, b, ret_out, sum_of);
}

void rt_mul(const struct rt_binary *p, const int8_t *a, const int8_t *b, int8_t *ret_out)
{
	each(p, a, b, ret_out, product_of);
}

void rt_run_add(const void *params, const struct rt_operands *o)
{
	rt_add(params, o->in[0], o->in[1], o->out);
}

void rt_run_mul(const void *params, const struct rt_operands *o)
{
	rt_mul(params, o->in[0], o->in[1], o->out);
}
