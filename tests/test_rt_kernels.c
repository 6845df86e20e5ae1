/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every operator, as a model of one operator with random shape and values, through the plain and the DSP
 * twin, against a naive reference that follows TensorFlow Lite's definitions term by term.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/fixed.h"
#include "runtime/interpreter.h"
#include "tests/rt_builder.h"

#define ARENA_BYTES (1u << 19)
#define MAX_ELEMENTS 20000

static struct builder builder;
static _Alignas(16) uint8_t arena[ARENA_BYTES];
static struct model_spec spec;
static int8_t data_a[MAX_ELEMENTS], data_b[MAX_ELEMENTS], expected[MAX_ELEMENTS];
static int32_t bias[64];
static float scales_a[64], scales_b[64], scales_out[64];

static uint32_t state = 1;

static uint32_t random_below(uint32_t limit)
{
	state = state * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)state * limit >> 32);
}

static int between(int low, int high)
{
	return low + (int)random_below((uint32_t)(high - low + 1));
}

static void fill(int8_t *data, int count)
{
	for (int i = 0; i < count; i++)
		data[i] = (int8_t)between(-128, 127);
}

static float random_scale(void)
{
	return 0.002f * (1 + (float)random_below(1000) / 37.0f);
}

/* ---- the reference's arithmetic, by its definition ---- */

struct real_factor {
	int32_t multiplier;
	int shift;
};

static struct real_factor ref_factor(double real)
{
	struct real_factor f = { 0, 0 };
	if (real == 0)
		return f;
	int64_t q = (int64_t)round(frexp(real, &f.shift) * (double)(1ll << 31));
	if (q == 1ll << 31) {
		q /= 2;
		f.shift++;
	}
	if (f.shift < -31) {
		f.shift = 0;
		q = 0;
	}
	f.multiplier = (int32_t)q;
	return f;
}

static int32_t ref_multiply(int32_t x, struct real_factor f)
{
	int64_t product = (int64_t)(int32_t)((uint32_t)x << (f.shift > 0 ? f.shift : 0)) * f.multiplier;
	int64_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
	int32_t high = (int32_t)((product + nudge) / (1ll << 31)); /* towards zero */
	int places = f.shift > 0 ? 0 : -f.shift;
	int32_t mask = (int32_t)((1ll << places) - 1), rest = high & mask, half = (mask >> 1) + (high < 0);
	return (high >> places) + (rest > half);
}

static int32_t limit(int32_t x, int32_t low, int32_t high)
{
	return x < low ? low : x > high ? high : x;
}

static void ref_range(int activation, float scale, int zero, int *low, int *high)
{
	*low = activation == 1 || activation == 3 ? limit(zero + (int)roundf(0 / scale), -128, 127) : -128;
	*high = activation == 3 ? limit(zero + (int)roundf(6 / scale), -128, 127) : 127;
	if (activation == 2) {
		*low = limit(zero + (int)roundf(-1 / scale), -128, 127);
		*high = limit(zero + (int)roundf(1 / scale), -128, 127);
	}
}

/* ---- models of one operator ---- */

static int add_tensor(int type, int rank, const int32_t *dims, const float *scales, int scale_count, int zero)
{
	struct tensor_spec *t = &spec.tensors[spec.tensor_count];
	*t = (struct tensor_spec){
		.type = type, .rank = rank, .scale_count = scale_count, .scales = scales, .zero_point = zero
	};
	memcpy(t->dims, dims, (size_t)rank * 4);
	return spec.tensor_count++;
}

static int elements(int tensor)
{
	int count = 1;
	for (int i = 0; i < spec.tensors[tensor].rank; i++)
		count *= spec.tensors[tensor].dims[i];
	return count;
}

static void constant(int tensor, const void *data, int bytes)
{
	spec.tensors[tensor].data = data;
	spec.tensors[tensor].data_bytes = (uint32_t)bytes;
}

static struct op_spec *begin_model(int code)
{
	memset(&spec, 0, sizeof spec);
	spec.op_count = 1;
	spec.ops[0].code = code;
	return &spec.ops[0];
}

static struct rt_interpreter rt;

static enum rt_status open_with(const struct rt_kernel *kernels)
{
	build_model(&builder, &spec);
	return rt_model_open(&rt, builder.bytes, builder.size, arena, ARENA_BYTES, kernels);
}

/* Inputs of the operator that are no constants are the model's, with `in[i]` as their bytes. */
static void check(const void *const *in, const int *in_bytes, const void *want, int want_bytes)
{
	const struct rt_kernel *twins[] = { rt_kernels_plain, rt_kernels_dsp };
	const struct op_spec *op = &spec.ops[0];
	spec.output_count = 1;
	spec.outputs[0] = op->output;
	spec.input_count = 0;
	for (int i = 0; i < op->input_count; i++)
		if (!spec.tensors[op->inputs[i]].data)
			spec.inputs[spec.input_count++] = op->inputs[i];
	for (int twin = 0; twin < 2; twin++) {
		assert_int_equal(open_with(twins[twin]), RT_OK);
		for (int i = 0; i < spec.input_count; i++)
			memcpy(rt_tensor_data(&rt, (uint32_t)spec.inputs[i]), in[i], (size_t)in_bytes[i]);
		rt_invoke(&rt);
		assert_memory_equal(rt_tensor_data(&rt, (uint32_t)op->output), want, (size_t)want_bytes);
	}
}

static void check_one(const void *in, int in_bytes, const void *want, int want_bytes)
{
	check(&in, &in_bytes, want, want_bytes);
}

/* ---- convolutions ---- */

struct picture {
	int batch, in[2], in_c, out[2], out_c, k[2], stride[2], dilation[2], pad[2], group_c, padding,
		activation;
	bool depthwise;
};

static void random_picture(struct picture *p, bool depthwise)
{
	p->depthwise = depthwise;
	p->batch = between(1, 2);
	p->padding = between(0, 1);
	p->activation = between(0, 3);
	for (int i = 0; i < 2; i++) {
		p->k[i] = between(1, 4);
		p->stride[i] = between(1, 3);
		p->dilation[i] = between(0, 3) ? 1 : between(2, 3);
		int reach = (p->k[i] - 1) * p->dilation[i] + 1;
		p->in[i] = p->padding ? between(reach, reach + 8) : between(1, 12);
		p->out[i] = p->padding ? (p->in[i] - reach) / p->stride[i] + 1
				       : (p->in[i] + p->stride[i] - 1) / p->stride[i];
		int rest = (p->out[i] - 1) * p->stride[i] + reach - p->in[i];
		p->pad[i] = rest > 0 ? rest / 2 : 0;
	}
	int multiple = between(0, 2) ? 1 : between(2, 3), groups = between(0, 4) ? 1 : 2;
	p->in_c = between(0, 2) ? between(1, 18) : 1;
	if (depthwise) {
		p->out_c = p->in_c == 1 ? between(1, 9) : p->in_c * multiple;
		p->group_c = 1;
	} else {
		p->out_c = between(1, 9) * groups;
		p->group_c = p->in_c;
		p->in_c *= groups;
	}
}

static int32_t ref_sum(const struct picture *p, int zero, int b, int oy, int ox, int oc)
{
	int32_t sum = 0;
	for (int ky = 0; ky < p->k[0]; ky++)
		for (int kx = 0; kx < p->k[1]; kx++) {
			int y = oy * p->stride[0] - p->pad[0] + ky * p->dilation[0];
			int x = ox * p->stride[1] - p->pad[1] + kx * p->dilation[1];
			if (y < 0 || y >= p->in[0] || x < 0 || x >= p->in[1])
				continue;
			for (int i = 0; i < p->group_c; i++) {
				int group = oc / (p->out_c / (p->in_c / p->group_c));
				int ic = p->depthwise ? oc / (p->out_c / p->in_c) : group * p->group_c + i;
				int w = p->depthwise ? (ky * p->k[1] + kx) * p->out_c + oc
						     : ((oc * p->k[0] + ky) * p->k[1] + kx) * p->group_c + i;
				sum += data_b[w] *
				       (data_a[((b * p->in[0] + y) * p->in[1] + x) * p->in_c + ic] - zero);
			}
		}
	return sum;
}

static void picture_options(struct op_spec *op, const struct picture *p)
{
	int at = p->depthwise ? 4 : 3; /* a depthwise operator has its depth multiplier there */
	op->options[0] = (uint32_t)p->padding;
	op->options[1] = (uint32_t)p->stride[1];
	op->options[2] = (uint32_t)p->stride[0];
	op->options[at] = (uint32_t)p->activation;
	op->options[at + 1] = (uint32_t)p->dilation[1];
	op->options[at + 2] = (uint32_t)p->dilation[0];
}

static void try_picture(bool depthwise)
{
	struct picture p;
	random_picture(&p, depthwise);
	struct op_spec *op = begin_model(depthwise ? RT_OP_DEPTHWISE_CONV_2D : RT_OP_CONV_2D);
	int zero = between(-128, 127), out_zero = between(-128, 127), factors = between(0, 1) ? p.out_c : 1;
	bool biased = between(0, 3) != 0;
	scales_a[0] = random_scale();
	scales_out[0] = random_scale() * 20;
	for (int i = 0; i < p.out_c; i++) {
		scales_b[i] = random_scale();
		bias[i] = between(-20000, 20000);
	}
	int32_t in_dims[] = { p.batch, p.in[0], p.in[1], p.in_c },
		out_dims[] = { p.batch, p.out[0], p.out[1], p.out_c };
	int32_t weight_dims[] = { p.out_c, p.k[0], p.k[1], p.group_c },
		depthwise_dims[] = { 1, p.k[0], p.k[1], p.out_c };
	op->inputs[0] = add_tensor(RT_TYPE_INT8, 4, in_dims, scales_a, 1, zero);
	op->inputs[1] =
		add_tensor(RT_TYPE_INT8, 4, depthwise ? depthwise_dims : weight_dims, scales_b, factors, 0);
	spec.tensors[op->inputs[1]].axis = depthwise ? 3 : 0;
	op->inputs[2] = biased ? add_tensor(RT_TYPE_INT32, 1, &p.out_c, NULL, 0, 0) : -1;
	op->input_count = between(0, 1) || biased ? 3 : 2;
	op->output = add_tensor(RT_TYPE_INT8, 4, out_dims, scales_out, 1, out_zero);
	picture_options(op, &p);
	fill(data_a, elements(op->inputs[0]));
	fill(data_b, elements(op->inputs[1]));
	constant(op->inputs[1], data_b, elements(op->inputs[1]));
	if (biased)
		constant(op->inputs[2], bias, p.out_c * 4);
	op->input_count = biased ? 3 : 2;
	int low, high, at = 0;
	ref_range(p.activation, scales_out[0], out_zero, &low, &high);
	for (int b = 0; b < p.batch; b++)
		for (int oy = 0; oy < p.out[0]; oy++)
			for (int ox = 0; ox < p.out[1]; ox++)
				for (int oc = 0; oc < p.out_c; oc++) {
					double real = (double)scales_a[0] *
						      (double)scales_b[factors > 1 ? oc : 0] /
						      (double)scales_out[0];
					int32_t sum =
						ref_sum(&p, zero, b, oy, ox, oc) + (biased ? bias[oc] : 0);
					expected[at++] = (int8_t)limit(
						ref_multiply(sum, ref_factor(real)) + out_zero, low, high);
				}
	check_one(data_a, elements(op->inputs[0]), expected, at);
}

static void conv_gives_the_reference_bytes_through_both_twins(void **unused)
{
	for (int i = 0; i < 1500; i++)
		try_picture(false);
}

static void depthwise_gives_the_reference_bytes_through_both_twins(void **unused)
{
	for (int i = 0; i < 1500; i++)
		try_picture(true);
}

static void try_fully_connected(void)
{
	struct op_spec *op = begin_model(RT_OP_FULLY_CONNECTED);
	int batch = between(1, 3), depth = between(1, 70), out_c = between(1, 20), zero = between(-128, 127);
	int out_zero = between(-128, 127), activation = between(0, 3), factors = between(0, 1) ? out_c : 1;
	scales_a[0] = random_scale();
	scales_out[0] = random_scale() * 20;
	for (int i = 0; i < out_c; i++) {
		scales_b[i] = random_scale();
		bias[i] = between(-20000, 20000);
	}
	int32_t in_dims[] = { batch, depth }, weight_dims[] = { out_c, depth }, out_dims[] = { batch, out_c };
	op->inputs[0] = add_tensor(RT_TYPE_INT8, 2, in_dims, scales_a, 1, zero);
	op->inputs[1] = add_tensor(RT_TYPE_INT8, 2, weight_dims, scales_b, factors, 0);
	op->inputs[2] = add_tensor(RT_TYPE_INT32, 1, &out_c, NULL, 0, 0);
	op->output = add_tensor(RT_TYPE_INT8, 2, out_dims, scales_out, 1, out_zero);
	op->input_count = 3;
	op->options[0] = (uint32_t)activation;
	fill(data_a, batch * depth);
	fill(data_b, out_c * depth);
	constant(op->inputs[1], data_b, out_c * depth);
	constant(op->inputs[2], bias, out_c * 4);
	int low, high;
	ref_range(activation, scales_out[0], out_zero, &low, &high);
	for (int b = 0; b < batch; b++)
		for (int c = 0; c < out_c; c++) {
			int32_t sum = bias[c];
			for (int i = 0; i < depth; i++)
				sum += data_b[c * depth + i] * (data_a[b * depth + i] - zero);
			/* with one scale the reference multiplies the scales in single precision */
			volatile float narrow = scales_a[0] * scales_b[0];
			double real =
				factors > 1 ? (double)scales_a[0] * (double)scales_b[c] : (double)narrow;
			struct real_factor f = ref_factor(real / (double)scales_out[0]);
			expected[b * out_c + c] = (int8_t)limit(ref_multiply(sum, f) + out_zero, low, high);
		}
	check_one(data_a, batch * depth, expected, batch * out_c);
}

static void fully_connected_gives_the_reference_bytes_through_both_twins(void **unused)
{
	for (int i = 0; i < 1000; i++)
		try_fully_connected();
}

/* ---- pools ---- */

static int8_t ref_pool(const struct picture *p, bool average, int b, int oy, int ox, int c, int low, int high)
{
	int32_t sum = 0, count = 0, best = -128;
	for (int ky = 0; ky < p->k[0]; ky++)
		for (int kx = 0; kx < p->k[1]; kx++) {
			int y = oy * p->stride[0] - p->pad[0] + ky, x = ox * p->stride[1] - p->pad[1] + kx;
			if (y < 0 || y >= p->in[0] || x < 0 || x >= p->in[1])
				continue;
			int32_t value = data_a[((b * p->in[0] + y) * p->in[1] + x) * p->in_c + c];
			sum += value;
			count++;
			best = value > best ? value : best;
		}
	double mean = (double)sum / count;
	return (int8_t)limit(average ? (int32_t)round(mean) : best, low, high);
}

static void try_pool(bool average)
{
	struct picture p;
	do
		random_picture(&p, true);
	while (p.dilation[0] != 1 || p.dilation[1] != 1);
	struct op_spec *op = begin_model(average ? RT_OP_AVERAGE_POOL_2D : RT_OP_MAX_POOL_2D);
	int zero = between(-128, 127), low, high, at = 0;
	int32_t in_dims[] = { p.batch, p.in[0], p.in[1], p.in_c },
		out_dims[] = { p.batch, p.out[0], p.out[1], p.in_c };
	scales_a[0] = random_scale();
	op->inputs[0] = add_tensor(RT_TYPE_INT8, 4, in_dims, scales_a, 1, zero);
	op->output = add_tensor(RT_TYPE_INT8, 4, out_dims, scales_a, 1, zero);
	op->input_count = 1;
	uint32_t options[] = { (uint32_t)p.padding, (uint32_t)p.stride[1], (uint32_t)p.stride[0],
			       (uint32_t)p.k[1],    (uint32_t)p.k[0],	   (uint32_t)p.activation };
	memcpy(op->options, options, sizeof options);
	fill(data_a, elements(op->inputs[0]));
	ref_range(p.activation, scales_a[0], zero, &low, &high);
	for (int b = 0; b < p.batch; b++)
		for (int oy = 0; oy < p.out[0]; oy++)
			for (int ox = 0; ox < p.out[1]; ox++)
				for (int c = 0; c < p.in_c; c++)
					expected[at++] = ref_pool(&p, average, b, oy, ox, c, low, high);
	check_one(data_a, elements(op->inputs[0]), expected, at);
}

static void average_pool_is_the_rounded_mean_of_the_taps_inside(void **unused)
{
	for (int i = 0; i < 500; i++)
		try_pool(true);
}

static void max_pool_is_the_largest_tap_inside(void **unused)
{
	for (int i = 0; i < 500; i++)
		try_pool(false);
}

/* ---- element by element ---- */

static int8_t ref_add(int32_t a, int32_t b, int zero_a, int zero_b, int out_zero, int low, int high)
{
	double larger = scales_a[0] > scales_b[0] ? (double)scales_a[0] : (double)scales_b[0],
	       twice = 2 * larger;
	a = ref_multiply((a - zero_a) * (1 << 20), ref_factor((double)scales_a[0] / twice));
	b = ref_multiply((b - zero_b) * (1 << 20), ref_factor((double)scales_b[0] / twice));
	struct real_factor out = ref_factor(twice / ((1 << 20) * (double)scales_out[0]));
	return (int8_t)limit(ref_multiply(a + b, out) + out_zero, low, high);
}

static int8_t ref_mul(int32_t a, int32_t b, int zero_a, int zero_b, int out_zero, int low, int high)
{
	double real = (double)scales_a[0] * (double)scales_b[0] / (double)scales_out[0];
	return (int8_t)limit(ref_multiply((a - zero_a) * (b - zero_b), ref_factor(real)) + out_zero, low,
			     high);
}

/* Index of the broadcast operand's element for the output's element `at`. */
static int broadcast_index(const int32_t *dims, const int32_t *out_dims, int at)
{
	int index = 0, step = 1;
	for (int i = 3; i >= 0; i--) {
		if (dims[i] != 1)
			index += at % out_dims[i] * step;
		at /= out_dims[i];
		step *= dims[i];
	}
	return index;
}

static void try_binary(int code)
{
	struct op_spec *op = begin_model(code);
	int32_t a[4], b[4], out[4];
	for (int i = 0; i < 4; i++) {
		a[i] = b[i] = out[i] = between(1, 5);
		if (between(0, 5) == 0)
			a[i] = 1;
		else if (between(0, 5) == 0)
			b[i] = 1;
	}
	int zero_a = between(-128, 127), zero_b = between(-128, 127), out_zero = between(-128, 127), low,
	    high;
	int activation = between(0, 3);
	scales_a[0] = random_scale();
	scales_b[0] = random_scale();
	scales_out[0] = random_scale();
	op->inputs[0] = add_tensor(RT_TYPE_INT8, 4, a, scales_a, 1, zero_a);
	op->inputs[1] = add_tensor(RT_TYPE_INT8, 4, b, scales_b, 1, zero_b);
	op->output = add_tensor(RT_TYPE_INT8, 4, out, scales_out, 1, out_zero);
	op->input_count = 2;
	op->options[0] = (uint32_t)activation;
	fill(data_a, elements(op->inputs[0]));
	fill(data_b, elements(op->inputs[1]));
	ref_range(activation, scales_out[0], out_zero, &low, &high);
	int count = elements(op->output);
	for (int i = 0; i < count; i++)
		expected[i] = (code == RT_OP_ADD ? ref_add : ref_mul)(data_a[broadcast_index(a, out, i)],
								      data_b[broadcast_index(b, out, i)],
								      zero_a, zero_b, out_zero, low, high);
	const void *in[] = { data_a, data_b };
	int in_bytes[] = { elements(op->inputs[0]), elements(op->inputs[1]) };
	check(in, in_bytes, expected, count);
}

static void add_gives_the_reference_bytes_and_broadcasts(void **unused)
{
	for (int i = 0; i < 500; i++)
		try_binary(RT_OP_ADD);
}

static void mul_gives_the_reference_bytes_and_broadcasts(void **unused)
{
	for (int i = 0; i < 500; i++)
		try_binary(RT_OP_MUL);
}

/* A model of one operator on 256 elements that hold every int8 value; both tensors of the given type. */
static struct op_spec *begin_map(int code, int in_type, int out_type, int zero, int out_zero)
{
	struct op_spec *op = begin_model(code);
	const int32_t dims[] = { 1, 256 };
	scales_a[0] = random_scale() * 3;
	scales_out[0] = random_scale() * 3;
	op->inputs[0] = add_tensor(in_type, 2, dims, scales_a, in_type == RT_TYPE_INT8, zero);
	op->output = add_tensor(out_type, 2, dims, scales_out, out_type == RT_TYPE_INT8, out_zero);
	op->input_count = 1;
	for (int i = 0; i < 256; i++)
		data_a[i] = (int8_t)(i - 128);
	return op;
}

static void relu_requantises_and_relu6_clips(void **unused)
{
	for (int round_number = 0; round_number < 100; round_number++) {
		int zero = between(-128, 127), out_zero = between(-128, 127);
		begin_map(RT_OP_RELU, RT_TYPE_INT8, RT_TYPE_INT8, zero, out_zero);
		volatile float ratio = scales_a[0] / scales_out[0];
		for (int i = 0; i < 256; i++)
			expected[i] = (int8_t)limit(
				ref_multiply(data_a[i] - zero, ref_factor((double)ratio)) + out_zero,
				out_zero, 127);
		check_one(data_a, 256, expected, 256);
		begin_map(RT_OP_RELU6, RT_TYPE_INT8, RT_TYPE_INT8, zero, zero);
		for (int i = 0; i < 256; i++)
			expected[i] = (int8_t)limit(data_a[i], zero,
						    limit((int)round(6.0f / scales_a[0]) + zero, -128, 127));
		check_one(data_a, 256, expected, 256);
	}
}

static void quantize_and_dequantize_give_the_reference_values(void **unused)
{
	static float real[256], want[256];
	for (int round_number = 0; round_number < 100; round_number++) {
		int zero = between(-128, 127), out_zero = between(-128, 127);
		begin_map(RT_OP_QUANTIZE, RT_TYPE_INT8, RT_TYPE_INT8, zero, out_zero);
		struct real_factor f = ref_factor((double)scales_a[0] / (double)scales_out[0]);
		for (int i = 0; i < 256; i++)
			expected[i] = (int8_t)limit(ref_multiply(data_a[i] - zero, f) + out_zero, -128, 127);
		check_one(data_a, 256, expected, 256);
		begin_map(RT_OP_QUANTIZE, RT_TYPE_FLOAT32, RT_TYPE_INT8, 0, out_zero);
		for (int i = 0; i < 256; i++) {
			real[i] = (float)between(-1000, 1000) / 64.0f;
			volatile float steps = real[i] / scales_out[0];
			expected[i] = (int8_t)limit((int)roundf(steps) + out_zero, -128, 127);
		}
		check_one(real, sizeof real, expected, 256);
		begin_map(RT_OP_DEQUANTIZE, RT_TYPE_INT8, RT_TYPE_FLOAT32, zero, 0);
		for (int i = 0; i < 256; i++)
			want[i] = (float)((double)scales_a[0] * (data_a[i] - zero));
		check_one(data_a, 256, want, sizeof want);
	}
}

static void logistic_is_within_one_step_of_the_real_function(void **unused)
{
	for (int round_number = 0; round_number < 100; round_number++) {
		int zero = between(-128, 127);
		struct op_spec *op = begin_map(RT_OP_LOGISTIC, RT_TYPE_INT8, RT_TYPE_INT8, zero, -128);
		scales_out[0] = 1.0f / 256;
		spec.inputs[0] = op->inputs[0];
		spec.outputs[0] = op->output;
		spec.input_count = spec.output_count = 1;
		assert_int_equal(open_with(rt_kernels_plain), RT_OK);
		memcpy(rt_tensor_data(&rt, 0), data_a, 256);
		rt_invoke(&rt);
		const int8_t *got = rt_tensor_data(&rt, 1);
		for (int i = 0; i < 256; i++) {
			double want = 256 / (1 + exp(-(double)scales_a[0] * (data_a[i] - zero))) - 128;
			assert_true(fabs(got[i] - (want > 127 ? 127 : want)) <= 1);
		}
	}
}

static void softmax_is_within_one_step_and_sums_to_one(void **unused)
{
	for (int round_number = 0; round_number < 300; round_number++) {
		struct op_spec *op = begin_model(RT_OP_SOFTMAX);
		const int32_t dims[] = { between(1, 3), between(1, 20) };
		float beta = 1;
		scales_a[0] = random_scale() * 4;
		scales_out[0] = 1.0f / 256;
		op->inputs[0] = add_tensor(RT_TYPE_INT8, 2, dims, scales_a, 1, between(-128, 127));
		op->output = add_tensor(RT_TYPE_INT8, 2, dims, scales_out, 1, -128);
		op->input_count = 1;
		memcpy(&op->options[0], &beta, 4);
		fill(data_a, dims[0] * dims[1]);
		spec.outputs[0] = op->output;
		spec.input_count = spec.output_count = 1;
		assert_int_equal(open_with(rt_kernels_plain), RT_OK);
		memcpy(rt_tensor_data(&rt, 0), data_a, (size_t)(dims[0] * dims[1]));
		rt_invoke(&rt);
		const int8_t *got = rt_tensor_data(&rt, 1);
		for (int row = 0; row < dims[0]; row++) {
			double sum = 0;
			for (int i = 0; i < dims[1]; i++)
				sum += exp((double)scales_a[0] * data_a[row * dims[1] + i]);
			for (int i = 0; i < dims[1]; i++) {
				double want =
					256 * exp((double)scales_a[0] * data_a[row * dims[1] + i]) / sum -
					128;
				assert_true(fabs(got[row * dims[1] + i] - (want > 127 ? 127 : want)) <= 1);
			}
		}
	}
}

/* ---- moves ---- */

static void pad_surrounds_the_input_with_the_zero_point_or_the_given_value(void **unused)
{
	for (int round_number = 0; round_number < 300; round_number++) {
		bool valued = between(0, 1);
		struct op_spec *op = begin_model(valued ? RT_OP_PADV2 : RT_OP_PAD);
		int rank = between(1, 4), zero = between(-128, 127), at[4];
		int32_t dims[4], out[4], amounts[8], amount_dims[] = { rank, 2 };
		int8_t value = (int8_t)between(-128, 127);
		for (int i = 0; i < rank; i++) {
			dims[i] = between(1, 5);
			amounts[2 * i] = between(0, 3);
			amounts[2 * i + 1] = between(0, 3);
			out[i] = dims[i] + amounts[2 * i] + amounts[2 * i + 1];
		}
		scales_a[0] = random_scale();
		op->inputs[0] = add_tensor(RT_TYPE_INT8, rank, dims, scales_a, 1, zero);
		op->inputs[1] = add_tensor(RT_TYPE_INT32, 2, amount_dims, NULL, 0, 0);
		constant(op->inputs[1], amounts, rank * 8);
		if (valued) {
			op->inputs[2] = add_tensor(RT_TYPE_INT8, 0, dims, scales_a, 1, zero);
			constant(op->inputs[2], &value, 1);
		}
		op->input_count = 2 + valued;
		op->output = add_tensor(RT_TYPE_INT8, rank, out, scales_a, 1, zero);
		fill(data_a, elements(op->inputs[0]));
		for (int i = 0; i < elements(op->output); i++) {
			int from = 0;
			bool inside = true;
			for (int d = rank - 1, rest = i; d >= 0; rest /= out[d--])
				at[d] = rest % out[d] - amounts[2 * d];
			for (int d = 0; d < rank; d++) {
				inside = inside && at[d] >= 0 && at[d] < dims[d];
				from = from * dims[d] + at[d];
			}
			expected[i] = inside ? data_a[from] : valued ? value : (int8_t)zero;
		}
		check_one(data_a, elements(op->inputs[0]), expected, elements(op->output));
	}
}

static void reshape_of_an_activation_takes_no_memory(void **unused)
{
	struct op_spec *op = begin_model(RT_OP_RESHAPE);
	const int32_t dims[] = { 2, 50 }, out[] = { 1, 5, 20 };
	op->inputs[0] = add_tensor(RT_TYPE_INT8, 2, dims, scales_a, 1, 0);
	op->output = add_tensor(RT_TYPE_INT8, 3, out, scales_a, 1, 0);
	op->input_count = 1;
	fill(data_a, 100);
	check_one(data_a, 100, data_a, 100);
	assert_ptr_equal(rt_tensor_data(&rt, 0), rt_tensor_data(&rt, 1));
}

/* ---- arithmetic ---- */

static void factors_and_products_are_the_reference_s(void **unused)
{
	for (int i = 0; i < 200000; i++) {
		double real =
			ldexp(1 + random_below(1u << 31) / 2147483648.0 + random_below(1u << 20) * 0x1p-52,
			      between(-40, 20));
		struct real_factor want = ref_factor(real);
		int32_t multiplier, shift, x = (int32_t)(random_below(0xffffffffu) >> between(0, 30));
		if (between(0, 1))
			x = -x;
		assert_true(rt_factor(real, &multiplier, &shift));
		assert_int_equal(multiplier, want.multiplier);
		assert_int_equal(shift, want.shift);
		if (x != INT32_MIN)
			assert_int_equal(rt_multiply(x, multiplier, shift), ref_multiply(x, want));
	}
	int32_t multiplier = 7, shift = 7;
	assert_false(rt_factor(-1, &multiplier, &shift));
	assert_false(rt_factor(NAN, &multiplier, &shift));
	assert_false(rt_factor(INFINITY, &multiplier, &shift));
	assert_int_equal(multiplier, 7);
	assert_int_equal(shift, 7);
}

static void products_from_halves_are_the_wide_ones(void **unused)
{
	static const int32_t edges[] = {
		0,	    1,	      -1,	 0x7fff,	0x8000,	   0xffff,	  0x10000,
		-0x8000,    -0x10000, INT32_MAX, INT32_MAX - 1, INT32_MIN, INT32_MIN + 1, 0x40000000,
		-0x40000000
	};
	const int count = sizeof edges / sizeof edges[0];
	for (int i = 0; i < count; i++)
		for (int j = 0; j < count; j++)
			if (edges[j] >= 0)
				assert_int_equal(rt_mul_high_halves(edges[i], edges[j]),
						 rt_mul_high(edges[i], edges[j]));
	for (int i = 0; i < 1000000; i++) {
		int32_t a = (int32_t)random_below(0xffffffffu), b = (int32_t)random_below(0x80000000u);
		assert_int_equal(rt_mul_high_halves(a, b), rt_mul_high(a, b));
	}
}

static void rounding_is_half_away_from_zero(void **unused)
{
	assert_int_equal(rt_round(0.49999999999999994), 0);
	assert_int_equal(rt_round(2.5), 3);
	assert_int_equal(rt_round(-2.5), -3);
	assert_int_equal(rt_round(1e300), INT32_MAX);
	assert_int_equal(rt_round(-1e300), INT32_MIN);
	assert_int_equal(rt_round(NAN), 0);
	assert_int_equal(rt_mul_saturating(INT32_MIN, INT32_MIN), INT32_MAX);
}

static void exponential_and_logistic_are_accurate_to_2_to_the_minus_22(void **unused)
{
	for (int i = 0; i < 100000; i++) {
		int32_t x = -(int32_t)random_below(1u << 31);
		assert_true(fabs(rt_exp_q5(x) * 0x1p-31 - exp(x * 0x1p-26)) < 0x1p-22);
		x = (int32_t)random_below(0xffffffffu);
		assert_true(fabs(rt_logistic_q4(x) * 0x1p-31 - 1 / (1 + exp(-x * 0x1p-27))) < 0x1p-22);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conv_gives_the_reference_bytes_through_both_twins),
		cmocka_unit_test(depthwise_gives_the_reference_bytes_through_both_twins),
		cmocka_unit_test(fully_connected_gives_the_reference_bytes_through_both_twins),
		cmocka_unit_test(average_pool_is_the_rounded_mean_of_the_taps_inside),
		cmocka_unit_test(max_pool_is_the_largest_tap_inside),
		cmocka_unit_test(add_gives_the_reference_bytes_and_broadcasts),
		cmocka_unit_test(mul_gives_the_reference_bytes_and_broadcasts),
		cmocka_unit_test(relu_requantises_and_relu6_clips),
		cmocka_unit_test(quantize_and_dequantize_give_the_reference_values),
		cmocka_unit_test(logistic_is_within_one_step_of_the_real_function),
		cmocka_unit_test(softmax_is_within_one_step_and_sums_to_one),
		cmocka_unit_test(pad_surrounds_the_input_with_the_zero_point_or_the_given_value),
		cmocka_unit_test(reshape_of_an_activation_takes_no_memory),
		cmocka_unit_test(factors_and_products_are_the_reference_s),
		cmocka_unit_test(products_from_halves_are_the_wide_ones),
		cmocka_unit_test(rounding_is_half_away_from_zero),
		cmocka_unit_test(exponential_and_logistic_are_accurate_to_2_to_the_minus_22),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
