/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes small .tflite models for tests: one subgraph, every table with all its fields in 4-byte slots.
 * Objects are written in the order in which they are linked, since a FlatBuffer's offsets point forward.
 */
#ifndef TESTS_RT_BUILDER_H
#define TESTS_RT_BUILDER_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define BUILDER_BYTES (1u << 20)
#define BUILDER_SLOTS 8

struct builder {
	_Alignas(16) uint8_t bytes[BUILDER_BYTES];
	uint32_t size;
};

struct tensor_spec {
	int type, rank;
	int32_t dims[6];
	int scale_count; /* 0: not quantised */
	const float *scales;
	int32_t zero_point, axis;
	const void *data; /* NULL: an activation */
	uint32_t data_bytes;
};

struct op_spec {
	int code;
	int input_count;
	int32_t inputs[3];
	int32_t output;
	uint32_t options[BUILDER_SLOTS];
};

struct model_spec {
	int tensor_count, op_count, input_count, output_count;
	struct tensor_spec tensors[40];
	struct op_spec ops[20];
	int32_t inputs[3], outputs[3];
};

static inline void put_u32(struct builder *b, uint32_t at, uint32_t value)
{
	memcpy(b->bytes + at, &value, 4);
}

static inline uint32_t put_space(struct builder *b, uint32_t bytes, uint32_t align)
{
	uint32_t at = (b->size + align - 1) & ~(align - 1);
	assert(at + bytes <= BUILDER_BYTES);
	memset(b->bytes + b->size, 0, at + bytes - b->size);
	b->size = at + bytes;
	return at;
}

/* A table with `slots` fields, all present; `link` is the slot that points to it. Returns its first slot. */
static inline uint32_t put_table(struct builder *b, uint32_t link, uint32_t slots)
{
	uint32_t vtable = put_space(b, 4 + 2 * slots, 4);
	uint16_t head[2 + 64] = { (uint16_t)(4 + 2 * slots), (uint16_t)(4 + 4 * slots) };
	for (uint32_t i = 0; i < slots; i++)
		head[2 + i] = (uint16_t)(4 + 4 * i);
	memcpy(b->bytes + vtable, head, 4 + 2 * slots);
	uint32_t table = put_space(b, 4 + 4 * slots, 4);
	put_u32(b, table, table - vtable);
	put_u32(b, link, table - link);
	return table + 4;
}

/* Makes a slot's field absent. */
static inline void put_absent(struct builder *b, uint32_t first_slot, uint32_t slot)
{
	uint32_t back, table = first_slot - 4;
	memcpy(&back, b->bytes + table, 4);
	memset(b->bytes + table - back + 4 + 2 * slot, 0, 2);
}

static inline uint32_t put_vector(struct builder *b, uint32_t link, uint32_t count, uint32_t element,
				  const void *data)
{
	uint32_t align = element < 4 ? 16 : 8; /* of the elements: buffers are aligned to 16 */
	uint32_t at = ((b->size + 4 + align - 1) & ~(align - 1)) - 4;
	put_space(b, at - b->size + 4 + count * element, 1);
	put_u32(b, link, at - link);
	put_u32(b, at, count);
	if (data)
		memcpy(b->bytes + at + 4, data, count * element);
	return at + 4;
}

static inline void put_tensor(struct builder *b, uint32_t link, const struct tensor_spec *tensor,
			      uint32_t buffer)
{
	uint32_t slot = put_table(b, link, 5);
	put_vector(b, slot, (uint32_t)tensor->rank, 4, tensor->dims);
	put_u32(b, slot + 4, (uint32_t)tensor->type);
	put_u32(b, slot + 8, buffer);
	put_vector(b, slot + 12, 4, 1, "name");
	if (!tensor->scale_count) {
		put_absent(b, slot, 4);
		return;
	}
	uint32_t quantization = put_table(b, slot + 16, 7);
	for (uint32_t absent = 0; absent < 6; absent++)
		if (absent != 2 && absent != 3)
			put_absent(b, quantization, absent);
	put_vector(b, quantization + 8, (uint32_t)tensor->scale_count, 4, tensor->scales);
	int64_t zeros[64];
	for (int i = 0; i < tensor->scale_count; i++)
		zeros[i] = tensor->zero_point;
	put_vector(b, quantization + 12, (uint32_t)tensor->scale_count, 8, zeros);
	put_u32(b, quantization + 24, (uint32_t)tensor->axis);
}

static inline void put_operator(struct builder *b, uint32_t link, const struct op_spec *op, uint32_t index)
{
	uint32_t slot = put_table(b, link, 5);
	put_u32(b, slot, index);
	put_vector(b, slot + 4, (uint32_t)op->input_count, 4, op->inputs);
	put_vector(b, slot + 8, 1, 4, &op->output);
	put_u32(b, slot + 12, 1); /* which member of the options' union: not looked at */
	uint32_t options = put_table(b, slot + 16, BUILDER_SLOTS);
	for (uint32_t i = 0; i < BUILDER_SLOTS; i++)
		put_u32(b, options + 4 * i, op->options[i]);
}

/* Buffer 0 is empty, buffer i + 1 belongs to tensor i; operator code i belongs to operator i. */
static inline void build_model(struct builder *b, const struct model_spec *m)
{
	b->size = 0;
	uint32_t head = put_space(b, 8, 4), tensors = (uint32_t)m->tensor_count, ops = (uint32_t)m->op_count;
	memcpy(b->bytes + head + 4, "TFL3", 4);
	uint32_t model = put_table(b, head, 5);
	put_u32(b, model, 3);
	put_absent(b, model, 3);
	uint32_t codes = put_vector(b, model + 4, ops, 4, NULL);
	for (uint32_t i = 0; i < ops; i++) {
		uint32_t slot = put_table(b, codes + 4 * i, 4);
		put_absent(b, slot, 1);
		put_u32(b, slot, (uint32_t)m->ops[i].code < 127 ? (uint32_t)m->ops[i].code : 127);
		put_u32(b, slot + 8, 1);
		put_u32(b, slot + 12, (uint32_t)m->ops[i].code);
	}
	uint32_t graph = put_table(b, put_vector(b, model + 8, 1, 4, NULL), 4);
	uint32_t entries = put_vector(b, graph, tensors, 4, NULL);
	for (uint32_t i = 0; i < tensors; i++)
		put_tensor(b, entries + 4 * i, &m->tensors[i], m->tensors[i].data ? i + 1 : 0);
	put_vector(b, graph + 4, (uint32_t)m->input_count, 4, m->inputs);
	put_vector(b, graph + 8, (uint32_t)m->output_count, 4, m->outputs);
	entries = put_vector(b, graph + 12, ops, 4, NULL);
	for (uint32_t i = 0; i < ops; i++)
		put_operator(b, entries + 4 * i, &m->ops[i], i);
	entries = put_vector(b, model + 16, tensors + 1, 4, NULL);
	for (uint32_t i = 0; i <= tensors; i++) {
		uint32_t slot = put_table(b, entries + 4 * i, 1);
		if (i > 0 && m->tensors[i - 1].data)
			put_vector(b, slot, m->tensors[i - 1].data_bytes, 1, m->tensors[i - 1].data);
		else
			put_absent(b, slot, 0);
	}
}

#endif
