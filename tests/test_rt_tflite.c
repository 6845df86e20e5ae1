/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader, and what opening a model refuses. The model is the test's own, so every byte of it is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/interpreter.h"
#include "tests/rt_builder.h"

#define ARENA_BYTES 8192

static struct builder builder;
static struct model_spec spec;

static const float scale = 0.05f, probability = 1.0f / 256;
static int8_t weights[3 * 3 * 2 * 4], full[3 * 64];
static int32_t bias[4];

static struct tensor_spec tensor(int type, int rank, const int32_t *dims, const float *scales)
{
	struct tensor_spec t = {
		.type = type, .rank = rank, .scale_count = scales ? 1 : 0, .scales = scales
	};
	memcpy(t.dims, dims, (size_t)rank * 4);
	return t;
}

/* [1,4,4,2] → CONV_2D 3x3 → [1,4,4,4] → RESHAPE [1,64] → FULLY_CONNECTED [1,3] → SOFTMAX */
static void describe(void)
{
	const int32_t in[] = { 1, 4, 4, 2 }, kernel[] = { 4, 3, 3, 2 }, four[] = { 4 },
		      map[] = { 1, 4, 4, 4 };
	const int32_t flat[] = { 1, 64 }, matrix[] = { 3, 64 }, out[] = { 1, 3 };
	float beta = 1;
	memset(&spec, 0, sizeof spec);
	spec.tensors[0] = tensor(RT_TYPE_INT8, 4, in, &scale);
	spec.tensors[1] = tensor(RT_TYPE_INT8, 4, kernel, &scale);
	spec.tensors[1].data = weights;
	spec.tensors[1].data_bytes = sizeof weights;
	spec.tensors[2] = tensor(RT_TYPE_INT32, 1, four, NULL);
	spec.tensors[2].data = bias;
	spec.tensors[2].data_bytes = sizeof bias;
	spec.tensors[3] = tensor(RT_TYPE_INT8, 4, map, &scale);
	spec.tensors[4] = tensor(RT_TYPE_INT8, 2, flat, &scale);
	spec.tensors[5] = tensor(RT_TYPE_INT8, 2, matrix, &scale);
	spec.tensors[5].data = full;
	spec.tensors[5].data_bytes = sizeof full;
	spec.tensors[6] = tensor(RT_TYPE_INT8, 2, out, &scale);
	spec.tensors[7] = tensor(RT_TYPE_INT8, 2, out, &probability);
	spec.tensors[7].zero_point = -128;
	spec.tensor_count = 8;
	spec.ops[0] = (struct op_spec){ RT_OP_CONV_2D, 3, { 0, 1, 2 }, 3, { 0, 1, 1, 1, 1, 1 } };
	spec.ops[1] = (struct op_spec){ RT_OP_RESHAPE, 1, { 3 }, 4, { 0 } };
	spec.ops[2] = (struct op_spec){ RT_OP_FULLY_CONNECTED, 2, { 4, 5 }, 6, { 0 } };
	spec.ops[3] = (struct op_spec){ RT_OP_SOFTMAX, 1, { 6 }, 7, { 0 } };
	memcpy(&spec.ops[3].options[0], &beta, 4);
	spec.op_count = 4;
	spec.input_count = spec.output_count = 1;
	spec.outputs[0] = 7;
}

static struct rt_interpreter rt;

/* A copy of exactly `size` bytes, so that a sanitiser sees the first byte too far. */
static enum rt_status open_copy(const uint8_t *bytes, uint32_t size, uint32_t arena_bytes)
{
	void *copy = NULL, *arena = NULL;
	assert_int_equal(posix_memalign(&copy, 16, size), 0);
	assert_int_equal(posix_memalign(&arena, 16, arena_bytes), 0);
	memcpy(copy, bytes, size);
	enum rt_status status = rt_model_open(&rt, copy, size, arena, arena_bytes, rt_kernels_plain);
	if (status == RT_OK)
		rt_invoke(&rt);
	free(copy);
	free(arena);
	return status;
}

static enum rt_status open_spec(void)
{
	build_model(&builder, &spec);
	return open_copy(builder.bytes, builder.size, ARENA_BYTES);
}

static void a_whole_model_opens_and_runs(void **state)
{
	describe();
	assert_int_equal(open_spec(), RT_OK);
	assert_int_equal(rt.stopped_at, RT_NONE);
}

static void every_truncation_is_an_error(void **state)
{
	describe();
	memset(full, 0x5c, sizeof full);
	build_model(&builder, &spec);
	/* behind the last weights come only the empty buffers of activations, which nobody looks at */
	uint8_t *last = memmem(builder.bytes, builder.size, full, sizeof full);
	assert_non_null(last);
	for (uint32_t size = 0; size < (uint32_t)(last - builder.bytes) + sizeof full; size++)
		assert_int_not_equal(open_copy(builder.bytes, size, ARENA_BYTES), RT_OK);
}

static void a_flipped_bit_is_an_error_or_another_model_never_a_fault(void **state)
{
	unsigned errors = 0;
	describe();
	build_model(&builder, &spec);
	for (uint32_t bit = 0; bit < builder.size * 8; bit++) {
		builder.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		errors += open_copy(builder.bytes, builder.size, ARENA_BYTES) != RT_OK;
		builder.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(errors > 1000);
	assert_int_equal(open_copy(builder.bytes, builder.size, ARENA_BYTES), RT_OK);
}

static void overwritten_words_are_never_a_fault(void **state)
{
	static const uint32_t values[] = {
		0, 1, 4, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x00ffffff
	};
	describe();
	build_model(&builder, &spec);
	for (uint32_t at = 0; at + 4 <= builder.size; at += 4)
		for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
			uint32_t kept;
			memcpy(&kept, builder.bytes + at, 4);
			memcpy(builder.bytes + at, &values[i], 4);
			open_copy(builder.bytes, builder.size, ARENA_BYTES);
			memcpy(builder.bytes + at, &kept, 4);
		}
	assert_int_equal(open_copy(builder.bytes, builder.size, ARENA_BYTES), RT_OK);
}

static void an_unknown_operator_is_named(void **state)
{
	describe();
	spec.ops[2].code = 83;
	assert_int_equal(open_spec(), RT_UNSUPPORTED);
	assert_int_equal(rt.stopped_at, 2);
	assert_int_equal(rt.stopped_op, 83);
	spec.ops[2].code = 150; /* beyond the one-byte field */
	assert_int_equal(open_spec(), RT_UNSUPPORTED);
	assert_int_equal(rt.stopped_op, 150);
}

static void uint8_and_hybrid_operators_are_unsupported(void **state)
{
	describe();
	spec.tensors[0].type = RT_TYPE_UINT8;
	assert_int_equal(open_spec(), RT_UNSUPPORTED);
	assert_int_equal(rt.stopped_at, 0);
	describe();
	spec.tensors[4].type = spec.tensors[3].type = spec.tensors[0].type = RT_TYPE_FLOAT32;
	assert_int_equal(open_spec(), RT_UNSUPPORTED);
}

static void shapes_that_do_not_fit_are_refused(void **state)
{
	describe();
	spec.tensors[3].dims[1] = 5;
	assert_int_equal(open_spec(), RT_BAD_SHAPE);
	assert_int_equal(rt.stopped_at, 0);
	describe();
	spec.tensors[4].dims[1] = 63;
	assert_int_equal(open_spec(), RT_BAD_SHAPE);
	assert_int_equal(rt.stopped_at, 1);
	describe();
	spec.ops[0].options[1] = 0; /* stride */
	assert_int_equal(open_spec(), RT_BAD_SHAPE);
	describe();
	spec.tensors[0].dims[1] = 0x10000;
	spec.tensors[0].dims[2] = 0x10000;
	assert_int_equal(open_spec(), RT_BAD_SHAPE);
}

static void a_constant_shorter_than_its_tensor_is_refused(void **state)
{
	describe();
	spec.tensors[5].data_bytes--;
	assert_int_equal(open_spec(), RT_BAD_MODEL);
}

static void a_tensor_read_before_it_is_written_is_refused(void **state)
{
	describe();
	spec.ops[3].inputs[0] = 7;
	assert_int_not_equal(open_spec(), RT_OK);
	describe();
	spec.inputs[0] = 6; /* and the convolution's input is nobody's */
	assert_int_equal(open_spec(), RT_BAD_MODEL);
	describe();
	spec.ops[2].output = 7; /* written twice */
	spec.ops[3].inputs[0] = 7;
	assert_int_not_equal(open_spec(), RT_OK);
}

static void the_arena_needed_is_exact(void **state)
{
	describe();
	assert_int_equal(open_spec(), RT_OK);
	uint32_t needed = rt.arena_needed;
	assert_int_equal(open_copy(builder.bytes, builder.size, needed), RT_OK);
	for (uint32_t less = 0; less < needed; less++)
		assert_int_equal(open_copy(builder.bytes, builder.size, less), RT_NO_MEMORY);
}

static void an_unaligned_model_or_arena_is_refused(void **state)
{
	static _Alignas(16) uint8_t arena[ARENA_BYTES];
	describe();
	build_model(&builder, &spec);
	assert_int_equal(
		rt_model_open(&rt, builder.bytes, builder.size, arena + 4, ARENA_BYTES - 4, rt_kernels_plain),
		RT_UNALIGNED);
	memmove(builder.bytes + 4, builder.bytes, builder.size);
	assert_int_equal(
		rt_model_open(&rt, builder.bytes + 4, builder.size, arena, ARENA_BYTES, rt_kernels_plain),
		RT_UNALIGNED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_model_opens_and_runs),
		cmocka_unit_test(every_truncation_is_an_error),
		cmocka_unit_test(a_flipped_bit_is_an_error_or_another_model_never_a_fault),
		cmocka_unit_test(overwritten_words_are_never_a_fault),
		cmocka_unit_test(an_unknown_operator_is_named),
		cmocka_unit_test(uint8_and_hybrid_operators_are_unsupported),
		cmocka_unit_test(shapes_that_do_not_fit_are_refused),
		cmocka_unit_test(a_constant_shorter_than_its_tensor_is_refused),
		cmocka_unit_test(a_tensor_read_before_it_is_written_is_refused),
		cmocka_unit_test(the_arena_needed_is_exact),
		cmocka_unit_test(an_unaligned_model_or_arena_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
