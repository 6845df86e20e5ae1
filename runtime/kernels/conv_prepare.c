/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prepares CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED. */
#include "runtime/kernels/conv.h"

#include <float.h>

enum { PADDING_SAME, PADDING_VALID };

/* Fields of Conv2DOptions and DepthwiseConv2DOptions, which differ from the fourth on. */
struct window {
	int32_t padding, stride_w, stride_h, activation, dilation_w, dilation_h;
};

static struct window read_window(const struct rt_prepare *p, unsigned activation_field)
{
	return (struct window){
		.padding = rt_tflite_option_i8(p->model, &p->op, 0),
		.stride_w = rt_tflite_option_i32(p->model, &p->op, 1, 0),
		.stride_h = rt_tflite_option_i32(p->model, &p->op, 2, 0),
		.activation = rt_tflite_option_i8(p->model, &p->op, activation_field),
		.dilation_w = rt_tflite_option_i32(p->model, &p->op, activation_field + 1, 1),
		.dilation_h = rt_tflite_option_i32(p->model, &p->op, activation_field + 2, 1),
	};
}

static bool in_u16(int32_t low, int32_t x)
{
	return x >= low && x <= 0x7fff;
}

/*
 * The output's size along one side must be what TensorFlow computes; then the leading padding is half the
 * rest.
 */
static bool fit_side(int32_t padding, int32_t in, int32_t out, int32_t k, int32_t stride, int32_t dilation,
		     int16_t *ret_pad)
{
	if (!in_u16(1, in) || !in_u16(1, out) || !in_u16(1, k) || !in_u16(1, stride) || !in_u16(1, dilation))
		return false;
	int64_t reach = (int64_t)(k - 1) * dilation + 1;
	int64_t expected =
		padding == PADDING_SAME ? (in + stride - 1) / stride : (in - reach + stride) / stride;
	int64_t rest = (int64_t)(out - 1) * stride + reach - in;
	if (expected != out || (padding == PADDING_VALID && rest > 0) || rest / 2 > 0x7fff || reach > 0x7fff)
		return false;
	*ret_pad = rest > 0 ? (int16_t)(rest / 2) : 0;
	return true;
}

static bool bias_fits(const struct rt_prepare *p, int32_t channels)
{
	if (p->input_count < 3)
		return true;
	const struct rt_tensor *bias = &p->in[2];
	return bias->elements == (uint32_t)channels && bias->type == RT_TYPE_INT32;
}

/* Weights are symmetric: their zero points are 0 (the quantisation specification says so). */
static bool weights_fit(const struct rt_prepare *p, int32_t axis, int32_t channels)
{
	const struct rt_tensor *weight = &p->in[1];
	if (weight->type != RT_TYPE_INT8 || weight->zero_point != 0 || weight->scales.count == 0)
		return false;
	return weight->scales.count == 1 ||
	       (weight->scales.count == (uint32_t)channels && weight->axis == axis && channels <= 0xffff);
}

/*
 * The factor of channel `i`. CONV and DEPTHWISE multiply the scales in double precision; a FULLY_CONNECTED
 * with one scale does it in single precision (`narrow`). Both are TensorFlow Lite's ways, and both are needed
 * bit for bit.
 */
static bool write_factor(const struct rt_prepare *p, struct rt_output *output, uint32_t i, bool narrow)
{
	float weight = rt_tflite_f32(p->model, p->in[1].scales, i);
	if (!(weight >= 0 && weight <= FLT_MAX))
		return false;
	float product = p->in[0].scale * weight;
	double factor = narrow ? (double)product : (double)p->in[0].scale * (double)weight;
	int32_t multiplier, shift;
	if (!rt_factor(factor / (double)p->out.scale, &multiplier, &shift))
		return false;
	output->multiplier[i] = multiplier;
	((int8_t *)(output->multiplier + output->factors))[i] = (int8_t)shift;
	return true;
}

static uint32_t factor_bytes(const struct rt_prepare *p)
{
	return p->in[1].scales.count * 5;
}

static enum rt_status write_output(const struct rt_prepare *p, struct rt_output *output, int32_t activation,
				   bool narrow)
{
	output->zero = (int16_t)p->out.zero_point;
	output->in_offset = (int16_t)-p->in[0].zero_point;
	output->factors = (uint16_t)p->in[1].scales.count;
	for (uint32_t i = 0; i < output->factors; i++)
		if (!write_factor(p, output, i, narrow && output->factors == 1))
			return RT_UNSUPPORTED;
	return rt_activation_range(activation, &p->out, &output->low, &output->high);
}

static enum rt_status prepare_window(struct rt_prepare *p, const struct window *window, int32_t out_c,
				     bool depthwise)
{
	const struct rt_tensor *in = &p->in[0], *weight = &p->in[1], *out = &p->out;
	int16_t pad_top, pad_left;
	if (!fit_side(window->padding, in->dims[1], out->dims[1], weight->dims[1], window->stride_h,
		      window->dilation_h, &pad_top) ||
	    !fit_side(window->padding, in->dims[2], out->dims[2], weight->dims[2], window->stride_w,
		      window->dilation_w, &pad_left))
		return RT_BAD_SHAPE;
	struct rt_conv *conv = rt_prepare_params(p, (uint32_t)sizeof *conv + factor_bytes(p));
	if (!conv)
		return RT_NO_MEMORY;
	conv->batch = (uint16_t)in->dims[0];
	conv->in_h = (uint16_t)in->dims[1];
	conv->in_w = (uint16_t)in->dims[2];
	conv->in_c = (uint16_t)in->dims[3];
	conv->out_h = (uint16_t)out->dims[1];
	conv->out_w = (uint16_t)out->dims[2];
	conv->out_c = (uint16_t)out_c;
	conv->k_h = (uint16_t)weight->dims[1];
	conv->k_w = (uint16_t)weight->dims[2];
	conv->group_c = depthwise ? 1 : (uint16_t)weight->dims[3];
	conv->stride_h = (uint16_t)window->stride_h;
	conv->stride_w = (uint16_t)window->stride_w;
	conv->dilation_h = (uint16_t)window->dilation_h;
	conv->dilation_w = (uint16_t)window->dilation_w;
	conv->pad_top = pad_top;
	conv->pad_left = pad_left;
	p->macs = out->elements * conv->k_h * conv->k_w * conv->group_c;
	if (conv->k_h == 1 && conv->k_w == 1 && conv->stride_h == 1 && conv->stride_w == 1 &&
	    conv->in_h > 1 && in->elements / conv->in_c / conv->batch <= 0x7fff) {
		conv->in_w = conv->out_w = (uint16_t)(conv->in_h * conv->in_w); /* pointwise: one long row */
		conv->in_h = conv->out_h = 1;
	}
	return write_output(p, &conv->output, window->activation, false);
}

static bool int8_pictures(const struct rt_prepare *p)
{
	return p->input_count >= 2 && rt_is_int8(&p->in[0]) && rt_is_int8(&p->out);
}

static bool picture_shapes(const struct rt_prepare *p)
{
	const struct rt_tensor *in = &p->in[0], *out = &p->out;
	return in->rank == 4 && out->rank == 4 && p->in[1].rank == 4 && in->dims[0] == out->dims[0] &&
	       in_u16(1, in->dims[0]) && in_u16(1, in->dims[3]) && in_u16(1, out->dims[3]);
}

enum rt_status rt_prepare_conv(struct rt_prepare *p)
{
	const struct rt_tensor *weight = &p->in[1];
	if (!int8_pictures(p))
		return RT_UNSUPPORTED;
	if (!picture_shapes(p) || p->out.dims[3] != weight->dims[0] ||
	    p->in[0].dims[3] % weight->dims[3] != 0 ||
	    weight->dims[0] % (p->in[0].dims[3] / weight->dims[3]) != 0 || !bias_fits(p, weight->dims[0]))
		return RT_BAD_SHAPE;
	if (!weights_fit(p, 0, weight->dims[0]))
		return RT_UNSUPPORTED;
	struct window window = read_window(p, 3);
	return prepare_window(p, &window, weight->dims[0], false);
}

enum rt_status rt_prepare_depthwise(struct rt_prepare *p)
{
	const struct rt_tensor *weight = &p->in[1];
	if (!int8_pictures(p))
		return RT_UNSUPPORTED;
	if (!picture_shapes(p) || weight->dims[0] != 1 || p->out.dims[3] != weight->dims[3] ||
	    weight->dims[3] % p->in[0].dims[3] != 0 || !bias_fits(p, weight->dims[3]))
		return RT_BAD_SHAPE;
	if (!weights_fit(p, 3, weight->dims[3]))
		return RT_UNSUPPORTED;
	/* Field 3 is the depth multiplier, which the shapes tell too. */
	struct window window = read_window(p, 4);
	return prepare_window(p, &window, weight->dims[3], true);
}

static bool is_f32(const struct rt_prepare *p)
{
	bool all = p->out.type == RT_TYPE_FLOAT32;
	for (uint32_t i = 0; i < p->input_count; i++)
		all = all && p->in[i].type == RT_TYPE_FLOAT32;
	return all;
}

enum rt_status rt_prepare_fully_connected(struct rt_prepare *p)
{
	const struct rt_tensor *weight = &p->in[1];
	if (p->input_count < 2 || rt_tflite_option_i8(p->model, &p->op, 1) != 0) /* shuffled weights */
		return RT_UNSUPPORTED;
	bool f32 = is_f32(p);
	if (!f32 && !int8_pictures(p))
		return RT_UNSUPPORTED;
	if (weight->rank != 2 || p->in[0].elements % (uint32_t)weight->dims[1] != 0)
		return RT_BAD_SHAPE;
	uint32_t batch = p->in[0].elements / (uint32_t)weight->dims[1];
	if ((uint64_t)batch * (uint32_t)weight->dims[0] != p->out.elements ||
	    (p->input_count > 2 && p->in[2].elements != (uint32_t)weight->dims[0]))
		return RT_BAD_SHAPE;
	if (!f32 && (!weights_fit(p, 0, weight->dims[0]) || !bias_fits(p, weight->dims[0])))
		return RT_UNSUPPORTED;
	struct rt_fully_connected *full =
		rt_prepare_params(p, (uint32_t)sizeof *full + (f32 ? 0 : factor_bytes(p)));
	if (!full)
		return RT_NO_MEMORY;
	full->batch = batch;
	full->depth = (uint32_t)weight->dims[1];
	full->out_c = (uint32_t)weight->dims[0];
	full->output.factors = 0;
	p->macs = p->out.elements * full->depth;
	int32_t activation = rt_tflite_option_i8(p->model, &p->op, 0);
	enum rt_status status = rt_activation_range_f32(activation, &full->low, &full->high);
	return status != RT_OK || f32 ? status : write_output(p, &full->output, activation, true);
}
