/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operators that look at one element at a time: QUANTIZE, DEQUANTIZE, RELU, RELU6, LOGISTIC. */
#include "runtime/fixed.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/simple.h"

#include <float.h>

static struct rt_map *prepare_map(struct rt_prepare *p, enum rt_status *ret_status)
{
	*ret_status = RT_OK;
	if (p->input_count < 1)
		*ret_status = RT_UNSUPPORTED;
	else if (p->in[0].elements != p->out.elements)
		*ret_status = RT_BAD_SHAPE;
	if (*ret_status != RT_OK)
		return NULL;
	struct rt_map *map = rt_prepare_params(p, sizeof *map);
	if (!map) {
		*ret_status = RT_NO_MEMORY;
		return NULL;
	}
	*map = (struct rt_map){
		.elements = p->out.elements,
		.in_zero = p->in[0].zero_point,
		.out_zero = p->out.zero_point,
		.low = -128,
		.high = 127,
	};
	return map;
}

static enum rt_status write_factor(struct rt_map *map, double value)
{
	return rt_factor(value, &map->factor.multiplier, &map->factor.shift) ? RT_OK : RT_UNSUPPORTED;
}

enum rt_status rt_prepare_quantize(struct rt_prepare *p)
{
	enum rt_status status;
	struct rt_map *map = prepare_map(p, &status);
	if (!map)
		return status;
	if (!rt_is_int8(&p->out) || p->out.scales.count != 1)
		return RT_UNSUPPORTED;
	map->scale = p->out.scale;
	map->from_float = p->in[0].type == RT_TYPE_FLOAT32;
	if (map->from_float)
		return RT_OK;
	return rt_is_int8(&p->in[0]) ? write_factor(map, (double)p->in[0].scale / (double)p->out.scale)
				     : RT_UNSUPPORTED;
}

enum rt_status rt_prepare_dequantize(struct rt_prepare *p)
{
	enum rt_status status;
	struct rt_map *map = prepare_map(p, &status);
	if (!map)
		return status;
	map->scale = p->in[0].scale;
	return rt_is_int8(&p->in[0]) && p->out.type == RT_TYPE_FLOAT32 ? RT_OK : RT_UNSUPPORTED;
}

static struct rt_map *prepare_int8(struct rt_prepare *p, enum rt_status *ret_status)
{
	if (p->input_count < 1 || !rt_is_int8(&p->in[0]) || !rt_is_int8(&p->out)) {
		*ret_status = RT_UNSUPPORTED;
		return NULL;
	}
	return prepare_map(p, ret_status);
}

enum rt_status rt_prepare_relu(struct rt_prepare *p)
{
	enum rt_status status;
	struct rt_map *map = prepare_int8(p, &status);
	if (!map)
		return status;
	map->low = (int8_t)p->out.zero_point;
	return write_factor(map, (double)(p->in[0].scale / p->out.scale)); /* divided in single precision */
}

/* As the reference, RELU6 only clips, in the input's scale; the output's is taken to be the same. */
enum rt_status rt_prepare_relu6(struct rt_prepare *p)
{
	enum rt_status status;
	struct rt_map *map = prepare_int8(p, &status);
	if (!map)
		return status;
	const struct rt_tensor *in = &p->in[0];
	int32_t six = rt_clamp(rt_round((double)(6.0f / in->scale)), 0, 1000) + in->zero_point;
	map->low = (int8_t)in->zero_point;
	map->high = (int8_t)rt_clamp(six, -128, 127);
	return RT_OK;
}

enum rt_status rt_prepare_logistic(struct rt_prepare *p)
{
	enum rt_status status;
	struct rt_map *map = prepare_int8(p, &status);
	if (!map)
		return status;
	if (p->out.zero_point != -128)
		return RT_UNSUPPORTED;
	status = write_factor(map, (double)p->in[0].scale * (1 << 27));
	if (status == RT_OK && (map->factor.shift < 0 || map->factor.multiplier == 0))
		return RT_UNSUPPORTED; /* one step of the input is below the arithmetic's resolution */
	map->radius = (int32_t)((15ll << 27) >> map->factor.shift);
	return status;
}

void rt_map(const struct rt_map *p, const int8_t *in, int8_t *ret_out)
{
	for (uint32_t i = 0; i < p->elements; i++) {
		int32_t value = rt_multiply(in[i] - p->in_zero, p->factor.multiplier, p->factor.shift);
		ret_out[i] = (int8_t)rt_clamp(value + p->out_zero, p->low, p->high);
	}
}

void rt_clip(const struct rt_map *p, const int8_t *in, int8_t *ret_out)
{
	for (uint32_t i = 0; i < p->elements; i++)
		ret_out[i] = (int8_t)rt_clamp(in[i], p->low, p->high);
}

void rt_logistic(const struct rt_map *p, const int8_t *in, int8_t *ret_out)
{
	for (uint32_t i = 0; i < p->elements; i++) {
		int32_t x = in[i] - p->in_zero, value = x <= -p->radius ? -128 : 127;
		if (x > -p->radius && x < p->radius) {
			int32_t q4 = rt_multiply(x, p->factor.multiplier, p->factor.shift);
			value = rt_shift_right(rt_logistic_q4(q4), 23) - 128;
		}
		ret_out[i] = (int8_t)rt_clamp(value, -128, 127);
	}
}

void rt_quantize_f32(const struct rt_map *p, const float *in, int8_t *ret_out)
{
	for (uint32_t i = 0; i < p->elements; i++) {
		int32_t steps = rt_clamp(rt_round((double)(in[i] / p->scale)), -1000, 1000);
		ret_out[i] = (int8_t)rt_clamp(steps + p->out_zero, -128, 127);
	}
}

void rt_dequantize_f32(const struct rt_map *p, const int8_t *in, float *ret_out)
{
	for (uint32_t i = 0; i < p->elements; i++)
		ret_out[i] = (float)((double)p->scale * (in[i] - p->in_zero));
}

void rt_run_quantize(const void *params, const struct rt_operands *o)
{
	const struct rt_map *p = params;
	if (p->from_float)
		rt_quantize_f32(p, o->in[0], o->out);
	else
		rt_map(p, o->in[0], o->out);
}

void rt_run_dequantize(const void *params, const struct rt_operands *o)
{
	rt_dequantize_f32(params, o->in[0], o->out);
}

void rt_run_relu(const void *params, const struct rt_operands *o)
{
	rt_map(params, o->in[0], o->out);
}

void rt_run_relu6(const void *params, const struct rt_operands *o)
{
	rt_clip(params, o->in[0], o->out);
}

void rt_run_logistic(const void *params, const struct rt_operands *o)
{
	rt_logistic(params, o->in[0], o->out);
}
