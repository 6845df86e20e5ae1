/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/fixed.h"
#include "runtime/kernels/kernel.h"

#include <float.h>

enum { ACTIVATION_NONE, ACTIVATION_RELU, ACTIVATION_RELU_N1_TO_1, ACTIVATION_RELU6 };

void *rt_prepare_params(struct rt_prepare *p, uint32_t bytes)
{
	if (bytes > p->free_bytes || p->free_bytes - bytes < 3)
		return NULL;
	p->params_bytes = (bytes + 3) & ~3u;
	return p->free;
}

bool rt_is_int8(const struct rt_tensor *tensor)
{
	return tensor->type == RT_TYPE_INT8 && tensor->scale > 0 && tensor->scale <= FLT_MAX &&
	       tensor->zero_point >= -128 && tensor->zero_point <= 127;
}

bool rt_same_shape(const struct rt_tensor *a, const struct rt_tensor *b)
{
	bool same = a->rank == b->rank;
	for (unsigned i = 0; same && i < a->rank; i++)
		same = a->dims[i] == b->dims[i];
	return same;
}

/* zero point + round(real / scale), in single precision as TensorFlow Lite's Quantize() */
static int32_t quantized(const struct rt_tensor *tensor, float real)
{
	int32_t steps = rt_round((double)(real / tensor->scale));
	return tensor->zero_point + rt_clamp(steps, -1000, 1000); /* the int8 range clamps anyway */
}

enum rt_status rt_activation_range(int32_t activation, const struct rt_tensor *out, int8_t *ret_low,
				   int8_t *ret_high)
{
	int32_t low = -128, high = 127;
	switch (activation) {
	case ACTIVATION_NONE:
		break;
	case ACTIVATION_RELU:
		low = quantized(out, 0);
		break;
	case ACTIVATION_RELU6:
		low = quantized(out, 0);
		high = quantized(out, 6);
		break;
	case ACTIVATION_RELU_N1_TO_1:
		low = quantized(out, -1);
		high = quantized(out, 1);
		break;
	default:
		return RT_UNSUPPORTED;
	}
	*ret_low = (int8_t)rt_clamp(low, -128, 127);
	*ret_high = (int8_t)rt_clamp(high, -128, 127);
	return RT_OK;
}

enum rt_status rt_activation_range_f32(int32_t activation, float *ret_low, float *ret_high)
{
	switch (activation) {
	case ACTIVATION_NONE:
		*ret_low = -FLT_MAX;
		*ret_high = FLT_MAX;
		return RT_OK;
	case ACTIVATION_RELU:
		*ret_low = 0;
		*ret_high = FLT_MAX;
		return RT_OK;
	case ACTIVATION_RELU6:
		*ret_low = 0;
		*ret_high = 6;
		return RT_OK;
	case ACTIVATION_RELU_N1_TO_1:
		*ret_low = -1;
		*ret_high = 1;
		return RT_OK;
	default:
		return RT_UNSUPPORTED;
	}
}
