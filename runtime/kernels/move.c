/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operators that only move bytes: RESHAPE, PAD, PADV2. */
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/simple.h"

#include <string.h>

struct rt_reshape {
	uint32_t bytes;
};

enum rt_status rt_prepare_reshape(struct rt_prepare *p)
{
	if (p->input_count < 1 || p->in[0].type != p->out.type)
		return RT_UNSUPPORTED;
	if (p->in[0].elements != p->out.elements)
		return RT_BAD_SHAPE;
	struct rt_reshape *reshape = rt_prepare_params(p, sizeof *reshape);
	if (!reshape)
		return RT_NO_MEMORY;
	reshape->bytes = p->out.bytes;
	return RT_OK;
}

void rt_run_reshape(const void *params, const struct rt_operands *o)
{
	const struct rt_reshape *p = params;
	if (o->in[0] != o->out) /* the planner gives both one place where it can */
		memcpy(o->out, o->in[0], p->bytes);
}

/*
 * Amount `side` (0 before, 1 after) of padding of dimension `i`, -1 if it is negative or beyond any tensor.
 */
static int32_t amount(const struct rt_prepare *p, int i, int side)
{
	struct rt_vector paddings = { p->in[1].data, p->in[1].elements };
	int32_t value = rt_tflite_i32(p->model, paddings, (uint32_t)(2 * i + side), -1);
	return value < 0x10000000 ? value : -1;
}

static bool value_fits(const struct rt_prepare *p)
{
	const struct rt_tensor *value = &p->in[2], *out = &p->out;
	if (p->input_count < 3)
		return true;
	return value->type == out->type && value->elements == 1 &&
	       (out->type != RT_TYPE_INT8 ||
		(value->zero_point == out->zero_point && value->scale == out->scale));
}

enum rt_status rt_prepare_pad(struct rt_prepare *p)
{
	const struct rt_tensor *in = &p->in[0], *paddings = &p->in[1], *out = &p->out;
	if (p->input_count < 2 || in->rank > 4 || in->type != out->type || paddings->type != RT_TYPE_INT32 ||
	    !paddings->data || !value_fits(p) ||
	    (in->type != RT_TYPE_INT8 && in->type != RT_TYPE_FLOAT32 && in->type != RT_TYPE_INT32))
		return RT_UNSUPPORTED;
	if (in->rank != out->rank || paddings->elements != 2u * in->rank)
		return RT_BAD_SHAPE;
	struct rt_pad *pad = rt_prepare_params(p, sizeof *pad);
	if (!pad)
		return RT_NO_MEMORY;
	*pad = (struct rt_pad){ .in = { 1, 1, 1, 1 }, .element = out->bytes / out->elements };
	for (int i = 0; i < in->rank; i++) {
		int32_t before = amount(p, i, 0), after = amount(p, i, 1), at = 4 - in->rank + i;
		if (before < 0 || after < 0 || before + in->dims[i] + after != out->dims[i])
			return RT_BAD_SHAPE;
		pad->in[at] = (uint32_t)in->dims[i];
		pad->before[at] = (uint32_t)before;
		pad->after[at] = (uint32_t)after;
	}
	if (in->type == RT_TYPE_INT8)
		pad->value = (uint8_t)out->zero_point;
	return RT_OK;
}

static uint8_t *fill(uint8_t *out, const uint8_t *value, uint32_t element, uint32_t count)
{
	if (element == 1) {
		memset(out, value[0], count);
		return out + count;
	}
	for (; count > 0; count--, out += element)
		memcpy(out, value, element);
	return out;
}

/* Elements of padding at one level are whole planes of all the levels below. */
static uint8_t *pad_level(const struct rt_pad *p, int level, const uint8_t **in, const uint8_t *value,
			  uint8_t *out)
{
	uint32_t plane = 1;
	for (int i = level + 1; i < 4; i++)
		plane *= p->before[i] + p->in[i] + p->after[i];
	out = fill(out, value, p->element, p->before[level] * plane);
	if (level == 3) {
		uint32_t bytes = p->in[3] * p->element;
		memcpy(out, *in, bytes);
		*in += bytes;
		out += bytes;
	} else {
		for (uint32_t i = 0; i < p->in[level]; i++)
			out = pad_level(p, level + 1, in, value, out);
	}
	return fill(out, value, p->element, p->after[level] * plane);
}

void rt_pad(const struct rt_pad *p, const void *in, const void *value, void *ret_out)
{
	const uint8_t *from = in;
	uint8_t bytes[4] = { (uint8_t)p->value, (uint8_t)(p->value >> 8), (uint8_t)(p->value >> 16),
			     (uint8_t)(p->value >> 24) };
	pad_level(p, 0, &from, value ? value : bytes, ret_out);
}

void rt_run_pad(const void *params, const struct rt_operands *o)
{
	rt_pad(params, o->in[0], o->in[2], o->out);
}
