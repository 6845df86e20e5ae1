/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/kernels/kernel.h"

#define SAME_IN_BOTH                                                                                     \
	{ RT_OP_AVERAGE_POOL_2D, rt_prepare_average_pool, rt_run_average_pool },                         \
	{ RT_OP_MAX_POOL_2D, rt_prepare_max_pool, rt_run_max_pool },                                     \
	{ RT_OP_SOFTMAX, rt_prepare_softmax, rt_run_softmax },                                           \
	{ RT_OP_RESHAPE, rt_prepare_reshape, rt_run_reshape },                                           \
	{ RT_OP_ADD, rt_prepare_add, rt_run_add },                                                       \
	{ RT_OP_MUL, rt_prepare_mul, rt_run_mul },                                                       \
	{ RT_OP_PAD, rt_prepare_pad, rt_run_pad },                                                       \
	{ RT_OP_PADV2, rt_prepare_pad, rt_run_pad },                                                     \
	{ RT_OP_QUANTIZE, rt_prepare_quantize, rt_run_quantize },                                        \
	{ RT_OP_DEQUANTIZE, rt_prepare_dequantize, rt_run_dequantize },                                  \
	{ RT_OP_RELU, rt_prepare_relu, rt_run_relu },                                                    \
	{ RT_OP_RELU6, rt_prepare_relu6, rt_run_relu6 },                                                 \
	{ RT_OP_LOGISTIC, rt_prepare_logistic, rt_run_logistic },                                        \
	{ 0, NULL, NULL }

const struct rt_kernel rt_kernels_plain[] = {
	{ RT_OP_CONV_2D, rt_prepare_conv, rt_run_conv_plain },
	{ RT_OP_DEPTHWISE_CONV_2D, rt_prepare_depthwise, rt_run_depthwise_plain },
	{ RT_OP_FULLY_CONNECTED, rt_prepare_fully_connected, rt_run_fully_connected_plain },
	SAME_IN_BOTH,
};

const struct rt_kernel rt_kernels_dsp[] = {
	{ RT_OP_CONV_2D, rt_prepare_conv, rt_run_conv_dsp },
	{ RT_OP_DEPTHWISE_CONV_2D, rt_prepare_depthwise, rt_run_depthwise_dsp },
	{ RT_OP_FULLY_CONNECTED, rt_prepare_fully_connected, rt_run_fully_connected_dsp },
	SAME_IN_BOTH,
};
