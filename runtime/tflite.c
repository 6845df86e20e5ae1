/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/tflite.h"

#include <string.h>

/* Numbers of the fields, in the order of schema.fbs. */
enum { MODEL_VERSION, MODEL_CODES, MODEL_SUBGRAPHS, MODEL_DESCRIPTION, MODEL_BUFFERS };
enum { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS };
enum {
	TENSOR_SHAPE,
	TENSOR_TYPE,
	TENSOR_BUFFER,
	TENSOR_NAME,
	TENSOR_QUANTIZATION,
	TENSOR_VARIABLE,
	TENSOR_SPARSITY
};
enum {
	QUANTIZATION_MIN,
	QUANTIZATION_MAX,
	QUANTIZATION_SCALE,
	QUANTIZATION_ZERO_POINT,
	QUANTIZATION_DETAILS_TYPE,
	QUANTIZATION_DETAILS,
	QUANTIZATION_AXIS
};
enum { CODE_OLD, CODE_CUSTOM, CODE_VERSION, CODE_BUILTIN };
enum { OPERATOR_CODE, OPERATOR_INPUTS, OPERATOR_OUTPUTS, OPERATOR_OPTIONS_TYPE, OPERATOR_OPTIONS };
enum { BUFFER_DATA };

#define MAX_TENSORS 4096u
#define MAX_TENSOR_BYTES 0x10000000u
#define MAX_MODEL_BYTES 0x3fffffffu

/* One pass over a part of the file. The first read outside it sets `bad`; from then on everything reads 0. */
struct reader {
	const uint8_t *bytes;
	uint32_t size;
	bool bad;
};

static struct reader reader_of(const struct rt_tflite *model)
{
	return (struct reader){ model->bytes, model->size, false };
}

static const uint8_t *span(struct reader *r, uint32_t at, uint32_t length)
{
	static const uint8_t zeros[8];
	if (at > r->size || length > r->size - at)
		r->bad = true;
	return r->bad ? zeros : r->bytes + at;
}

static uint32_t read_u8(struct reader *r, uint32_t at)
{
	return span(r, at, 1)[0];
}

static uint32_t read_u16(struct reader *r, uint32_t at)
{
	const uint8_t *b = span(r, at, 2);
	return b[0] | (uint32_t)b[1] << 8;
}

static uint32_t read_u32(struct reader *r, uint32_t at)
{
	const uint8_t *b = span(r, at, 4);
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static float read_f32(struct reader *r, uint32_t at)
{
	uint32_t bits = read_u32(r, at);
	float value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Where an offset stored at `at` points: forward from itself. */
static uint32_t follow(struct reader *r, uint32_t at)
{
	uint32_t offset = read_u32(r, at);
	if (offset > r->size - at) /* at <= size, or the read above went bad and offset is 0 */
		r->bad = true;
	return r->bad ? 0 : at + offset;
}

/* Position of a table's field, 0 if the table (at 0: no table) leaves it out. */
static uint32_t field_at(struct reader *r, uint32_t table, unsigned field)
{
	if (!table)
		return 0;
	uint32_t vtable = table - read_u32(r, table); /* modulo 2^32; span() judges the outcome */
	uint32_t slot = 4 + 2 * field;
	if (slot + 2 > read_u16(r, vtable))
		return 0;
	uint32_t offset = read_u16(r, vtable + slot);
	if (offset && table + offset > r->size)
		r->bad = true;
	return offset && !r->bad ? table + offset : 0;
}

static uint32_t field_u32(struct reader *r, uint32_t table, unsigned field, uint32_t otherwise)
{
	uint32_t at = field_at(r, table, field);
	return at ? read_u32(r, at) : otherwise;
}

static uint32_t field_u8(struct reader *r, uint32_t table, unsigned field)
{
	uint32_t at = field_at(r, table, field);
	return at ? read_u8(r, at) : 0;
}

static uint32_t field_table(struct reader *r, uint32_t table, unsigned field)
{
	uint32_t at = field_at(r, table, field);
	return at ? follow(r, at) : 0;
}

static struct rt_vector field_vector(struct reader *r, uint32_t table, unsigned field, uint32_t element_bytes)
{
	struct rt_vector vector = { 0, 0 };
	uint32_t at = field_at(r, table, field);
	if (!at)
		return vector;
	at = follow(r, at);
	uint32_t count = read_u32(r, at);
	if (r->bad || count > (r->size - at - 4) / element_bytes) {
		r->bad = true;
		return vector;
	}
	return (struct rt_vector){ at + 4, count };
}

/* Element i of a vector of tables. The caller keeps i below the count. */
static uint32_t element_table(struct reader *r, struct rt_vector vector, uint32_t i)
{
	return follow(r, vector.at + 4 * i);
}

static bool indices_hold(struct reader *r, struct rt_vector indices, int32_t lowest, uint32_t tensors)
{
	for (uint32_t i = 0; i < indices.count; i++) {
		int32_t tensor = (int32_t)read_u32(r, indices.at + 4 * i);
		if (tensor < lowest || tensor >= (int32_t)tensors)
			return false;
	}
	return true;
}

enum rt_status rt_tflite_open(struct rt_tflite *ret_model, const void *bytes, uint32_t size)
{
	struct reader r = { bytes, size, size < 8 || size > MAX_MODEL_BYTES };
	if (r.bad || memcmp(r.bytes + 4, "TFL3", 4) != 0)
		return RT_BAD_MODEL;
	uint32_t root = follow(&r, 0);
	struct rt_vector subgraphs = field_vector(&r, root, MODEL_SUBGRAPHS, 4);
	if (r.bad || subgraphs.count == 0)
		return RT_BAD_MODEL;
	uint32_t graph = element_table(&r, subgraphs, 0);
	struct rt_tflite model = {
		.bytes = bytes,
		.size = size,
		.codes = field_vector(&r, root, MODEL_CODES, 4),
		.buffers = field_vector(&r, root, MODEL_BUFFERS, 4),
		.tensors = field_vector(&r, graph, SUBGRAPH_TENSORS, 4),
		.operators = field_vector(&r, graph, SUBGRAPH_OPERATORS, 4),
		.inputs = field_vector(&r, graph, SUBGRAPH_INPUTS, 4),
		.outputs = field_vector(&r, graph, SUBGRAPH_OUTPUTS, 4),
	};
	if (r.bad || model.tensors.count > MAX_TENSORS || model.operators.count > MAX_TENSORS ||
	    !indices_hold(&r, model.inputs, 0, model.tensors.count) ||
	    !indices_hold(&r, model.outputs, 0, model.tensors.count))
		return RT_BAD_MODEL;
	*ret_model = model;
	return RT_OK;
}

static uint32_t type_bytes(uint32_t type)
{
	switch (type) {
	case RT_TYPE_FLOAT32:
	case RT_TYPE_INT32:
		return 4;
	case RT_TYPE_INT64:
		return 8;
	case RT_TYPE_INT16:
		return 2;
	case RT_TYPE_INT8:
	case RT_TYPE_UINT8:
	case RT_TYPE_BOOL:
		return 1;
	default:
		return 0;
	}
}

static enum rt_status read_shape(struct reader *r, uint32_t table, struct rt_tensor *tensor)
{
	struct rt_vector shape = field_vector(r, table, TENSOR_SHAPE, 4);
	if (shape.count > RT_MAX_RANK)
		return RT_UNSUPPORTED;
	uint64_t elements = 1;
	for (uint32_t i = 0; i < shape.count; i++) {
		tensor->dims[i] = (int32_t)read_u32(r, shape.at + 4 * i);
		if (tensor->dims[i] < 1)
			return RT_BAD_SHAPE;
		elements *= (uint32_t)tensor->dims[i];
		if (elements > MAX_TENSOR_BYTES)
			return RT_BAD_SHAPE;
	}
	tensor->rank = (uint8_t)shape.count;
	tensor->elements = (uint32_t)elements;
	uint32_t size = type_bytes(tensor->type);
	if (!size)
		return RT_UNSUPPORTED;
	tensor->bytes = tensor->elements * size;
	return RT_OK;
}

static enum rt_status read_data(struct reader *r, const struct rt_tflite *model, uint32_t table,
				struct rt_tensor *tensor)
{
	uint32_t index = field_u32(r, table, TENSOR_BUFFER, 0);
	if (index == 0) /* the schema's "no data" */
		return RT_OK;
	if (index >= model->buffers.count)
		return RT_BAD_MODEL;
	struct rt_vector data = field_vector(r, element_table(r, model->buffers, index), BUFFER_DATA, 1);
	if (data.count == 0)
		return RT_OK;
	if (data.count != tensor->bytes)
		return RT_BAD_MODEL;
	tensor->data = data.at;
	return RT_OK;
}

static enum rt_status read_quantization(struct reader *r, uint32_t table, struct rt_tensor *tensor)
{
	uint32_t quantization = field_table(r, table, TENSOR_QUANTIZATION);
	tensor->scales = field_vector(r, quantization, QUANTIZATION_SCALE, 4);
	struct rt_vector zeros = field_vector(r, quantization, QUANTIZATION_ZERO_POINT, 8);
	tensor->axis = (int32_t)field_u32(r, quantization, QUANTIZATION_AXIS, 0);
	if (tensor->scales.count)
		tensor->scale = read_f32(r, tensor->scales.at);
	if (zeros.count) {
		tensor->zero_point = (int32_t)read_u32(r, zeros.at);
		if (read_u32(r, zeros.at + 4) != (tensor->zero_point < 0 ? 0xffffffffu : 0))
			return RT_BAD_MODEL;
	}
	return RT_OK;
}

enum rt_status rt_tflite_tensor(const struct rt_tflite *model, int32_t index, struct rt_tensor *ret_tensor)
{
	if (index < 0 || (uint32_t)index >= model->tensors.count)
		return RT_BAD_MODEL;
	struct reader r = reader_of(model);
	uint32_t table = element_table(&r, model->tensors, (uint32_t)index);
	struct rt_tensor tensor = { .type = (uint8_t)field_u8(&r, table, TENSOR_TYPE) };
	bool plain = !field_u8(&r, table, TENSOR_VARIABLE) && !field_at(&r, table, TENSOR_SPARSITY);
	enum rt_status status = read_shape(&r, table, &tensor);
	if (status == RT_OK)
		status = read_data(&r, model, table, &tensor);
	if (status == RT_OK)
		status = read_quantization(&r, table, &tensor);
	if (r.bad)
		return RT_BAD_MODEL;
	if (status == RT_OK && !plain)
		return RT_UNSUPPORTED;
	if (status == RT_OK)
		*ret_tensor = tensor;
	return status;
}

enum rt_status rt_tflite_operator(const struct rt_tflite *model, uint32_t index,
				  struct rt_operator *ret_operator)
{
	if (index >= model->operators.count)
		return RT_BAD_MODEL;
	struct reader r = reader_of(model);
	uint32_t table = element_table(&r, model->operators, index);
	uint32_t code_index = field_u32(&r, table, OPERATOR_CODE, 0);
	if (r.bad || code_index >= model->codes.count)
		return RT_BAD_MODEL;
	/* Codes up to 127 stand in the old one-byte field; writers since 2020 fill both. */
	uint32_t code = element_table(&r, model->codes, code_index);
	uint32_t old = field_u8(&r, code, CODE_OLD), builtin = field_u32(&r, code, CODE_BUILTIN, 0);
	struct rt_operator op = {
		.op = old > builtin ? old : builtin,
		.inputs = field_vector(&r, table, OPERATOR_INPUTS, 4),
		.outputs = field_vector(&r, table, OPERATOR_OUTPUTS, 4),
		.options = field_table(&r, table, OPERATOR_OPTIONS),
	};
	if (!indices_hold(&r, op.inputs, -1, model->tensors.count) ||
	    !indices_hold(&r, op.outputs, 0, model->tensors.count) || r.bad)
		return RT_BAD_MODEL;
	*ret_operator = op;
	return RT_OK;
}

int32_t rt_tflite_i32(const struct rt_tflite *model, struct rt_vector vector, uint32_t i, int32_t otherwise)
{
	struct reader r = reader_of(model);
	return i < vector.count ? (int32_t)read_u32(&r, vector.at + 4 * i) : otherwise;
}

float rt_tflite_f32(const struct rt_tflite *model, struct rt_vector vector, uint32_t i)
{
	struct reader r = reader_of(model);
	return i < vector.count ? read_f32(&r, vector.at + 4 * i) : 0;
}

int32_t rt_tflite_option_i32(const struct rt_tflite *model, const struct rt_operator *op, unsigned field,
			     int32_t otherwise)
{
	struct reader r = reader_of(model);
	return (int32_t)field_u32(&r, op->options, field, (uint32_t)otherwise);
}

int32_t rt_tflite_option_i8(const struct rt_tflite *model, const struct rt_operator *op, unsigned field)
{
	struct reader r = reader_of(model);
	return (int8_t)field_u8(&r, op->options, field);
}

float rt_tflite_option_f32(const struct rt_tflite *model, const struct rt_operator *op, unsigned field)
{
	struct reader r = reader_of(model);
	uint32_t at = field_at(&r, op->options, field);
	return at ? read_f32(&r, at) : 0;
}
