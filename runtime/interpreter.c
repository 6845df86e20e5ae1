/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/interpreter.h"
#include "runtime/planner.h"

#include <string.h>

/* Places: an offset into the arena or, with this bit, into the model; or another tensor's place. */
#define IN_MODEL 0x80000000u
#define SAME_AS 0x40000000u
#define NOWHERE 0xffffffffu

struct rt_node {
	uint32_t bytes; /* with the parameters behind it */
	uint32_t macs;
	uint32_t out_bytes;
	uint16_t op;
	uint16_t kernel; /* index */
	int16_t in[RT_MAX_INPUTS], out;
};

static uint32_t align_up(uint32_t x, uint32_t to)
{
	return (x + to - 1) & ~(to - 1);
}

static uint32_t *places(const struct rt_interpreter *rt)
{
	return (uint32_t *)(void *)rt->arena;
}

static struct rt_node *node_at(const struct rt_interpreter *rt, uint32_t at)
{
	return (struct rt_node *)(void *)(rt->arena + at);
}

void *rt_tensor_data(const struct rt_interpreter *rt, uint32_t tensor)
{
	uint32_t place = places(rt)[tensor];
	if (place == NOWHERE)
		return NULL;
	if (place & IN_MODEL)
		return (void *)(uintptr_t)(rt->model.bytes + (place & ~IN_MODEL));
	return rt->arena + place;
}

uint32_t rt_input_tensor(const struct rt_interpreter *rt, uint32_t i)
{
	return (uint32_t)rt_tflite_i32(&rt->model, rt->model.inputs, i, -1);
}

uint32_t rt_output_tensor(const struct rt_interpreter *rt, uint32_t i)
{
	return (uint32_t)rt_tflite_i32(&rt->model, rt->model.outputs, i, -1);
}

static const struct rt_kernel *kernel_for(const struct rt_interpreter *rt, uint32_t op)
{
	const struct rt_kernel *kernel = rt->kernels;
	while (kernel->run && kernel->op != op)
		kernel++;
	return kernel->run ? kernel : NULL;
}

/*
 * Reads one operator's tensors. A left out middle input, or a second output, is nothing we have a kernel for.
 */
static enum rt_status read_operands(struct rt_prepare *p, int16_t *ret_in, int16_t *ret_out)
{
	if (p->op.inputs.count > RT_MAX_INPUTS || p->op.outputs.count != 1)
		return RT_UNSUPPORTED;
	for (uint32_t i = 0; i < RT_MAX_INPUTS; i++) {
		int32_t tensor = rt_tflite_i32(p->model, p->op.inputs, i, -1);
		ret_in[i] = (int16_t)tensor;
		if (tensor < 0)
			continue;
		if (p->input_count != i)
			return RT_UNSUPPORTED;
		enum rt_status status = rt_tflite_tensor(p->model, tensor, &p->in[i]);
		if (status != RT_OK)
			return status;
		uint32_t element = p->in[i].bytes / p->in[i].elements;
		if (p->in[i].data & ((element < 4 ? element : 4) - 1))
			return RT_UNALIGNED;
		p->input_count++;
	}
	int32_t out = rt_tflite_i32(p->model, p->op.outputs, 0, -1);
	*ret_out = (int16_t)out;
	enum rt_status status = rt_tflite_tensor(p->model, out, &p->out);
	return status == RT_OK && p->out.data ? RT_BAD_MODEL : status;
}

/* Appends operator `index` at *at, and moves *at behind it. */
static enum rt_status add_node(struct rt_interpreter *rt, uint32_t index, uint32_t *at)
{
	struct rt_prepare p = { .model = &rt->model };
	enum rt_status status = rt_tflite_operator(&rt->model, index, &p.op);
	if (status != RT_OK)
		return status;
	rt->stopped_op = p.op.op;
	const struct rt_kernel *kernel = kernel_for(rt, p.op.op);
	if (!kernel)
		return RT_UNSUPPORTED;
	if (rt->arena_bytes - *at < sizeof(struct rt_node))
		return RT_NO_MEMORY;
	struct rt_node *node = node_at(rt, *at);
	status = read_operands(&p, node->in, &node->out);
	if (status != RT_OK)
		return status;
	p.free = (uint8_t *)(node + 1);
	p.free_bytes = rt->arena_bytes - *at - (uint32_t)sizeof *node;
	status = kernel->prepare(&p);
	if (status != RT_OK)
		return status;
	node->bytes = (uint32_t)sizeof *node + p.params_bytes;
	node->macs = p.macs;
	node->out_bytes = p.out.bytes;
	node->op = (uint16_t)p.op.op;
	node->kernel = (uint16_t)(kernel - rt->kernels);
	*at += node->bytes;
	return RT_OK;
}

static enum rt_status add_nodes(struct rt_interpreter *rt)
{
	uint32_t at = rt->first_node;
	for (uint32_t i = 0; i < rt->model.operators.count; i++) {
		rt->stopped_at = i;
		enum rt_status status = add_node(rt, i, &at);
		if (status != RT_OK)
			return status;
	}
	rt->stopped_at = rt->stopped_op = RT_NONE;
	rt->nodes_end = at;
	return RT_OK;
}

/* A constant gets its place in the model at once; of any other tensor the life is extended to `now`. */
static enum rt_status use(struct rt_interpreter *rt, struct rt_life *lives, int32_t tensor, uint32_t now)
{
	uint32_t *place = places(rt);
	uint32_t root = place[tensor] != NOWHERE && !(place[tensor] & IN_MODEL) ? place[tensor] & ~SAME_AS
										: (uint32_t)tensor;
	if (lives[root].bytes) {
		lives[root].last = (uint16_t)now;
		return RT_OK;
	}
	struct rt_tensor info;
	enum rt_status status = rt_tflite_tensor(&rt->model, tensor, &info);
	if (status != RT_OK)
		return status;
	if (!info.data) /* read before anything wrote it */
		return RT_BAD_MODEL;
	place[tensor] = IN_MODEL | info.data;
	return RT_OK;
}

static enum rt_status begin(struct rt_interpreter *rt, struct rt_life *lives, int32_t tensor, uint32_t bytes,
			    uint32_t now)
{
	if (lives[tensor].bytes || places(rt)[tensor] != NOWHERE)
		return RT_BAD_MODEL; /* written twice */
	lives[tensor] = (struct rt_life){ bytes, (uint16_t)now, (uint16_t)now };
	return RT_OK;
}

/*
 * Lives of one operator's tensors. RESHAPE of an activation moves nothing: its output is its input's place.
 */
static enum rt_status live_node(struct rt_interpreter *rt, struct rt_life *lives, const struct rt_node *node,
				uint32_t now)
{
	uint32_t *place = places(rt);
	for (unsigned i = 0; i < RT_MAX_INPUTS; i++) {
		if (node->in[i] < 0)
			continue;
		enum rt_status status = use(rt, lives, node->in[i], now);
		if (status != RT_OK)
			return status;
	}
	uint32_t in = node->in[0] < 0 ? NOWHERE : place[node->in[0]];
	if (node->op != RT_OP_RESHAPE || (in != NOWHERE && in & IN_MODEL))
		return begin(rt, lives, node->out, node->out_bytes, now);
	if (lives[node->out].bytes || place[node->out] != NOWHERE)
		return RT_BAD_MODEL;
	place[node->out] = in != NOWHERE ? in : SAME_AS | (uint32_t)node->in[0];
	return RT_OK;
}

static enum rt_status find_lives(struct rt_interpreter *rt, struct rt_life *lives)
{
	struct rt_tensor info;
	enum rt_status status = RT_OK;
	for (uint32_t i = 0; i < rt->model.tensors.count; i++) {
		places(rt)[i] = NOWHERE;
		lives[i] = (struct rt_life){ 0, 0, 0 };
	}
	for (uint32_t i = 0; i < rt->model.inputs.count && status == RT_OK; i++) {
		status = rt_tflite_tensor(&rt->model, (int32_t)rt_input_tensor(rt, i), &info);
		if (status == RT_OK && info.data)
			status = RT_BAD_MODEL;
		if (status == RT_OK)
			status = begin(rt, lives, (int32_t)rt_input_tensor(rt, i), info.bytes, 0);
	}
	uint32_t now = 0;
	for (uint32_t at = rt->first_node; at < rt->nodes_end && status == RT_OK;
	     at += node_at(rt, at)->bytes)
		status = live_node(rt, lives, node_at(rt, at), now++);
	for (uint32_t i = 0; i < rt->model.outputs.count && status == RT_OK; i++)
		status = use(rt, lives, (int32_t)rt_output_tensor(rt, i), now);
	return status;
}

/* rt_plan's offsets start at the activations; constants and shared places were known before. */
static void merge_places(struct rt_interpreter *rt, const uint32_t *planned, uint32_t activations)
{
	uint32_t *place = places(rt);
	for (uint32_t i = 0; i < rt->model.tensors.count; i++)
		if (planned[i] != RT_NOT_PLACED)
			place[i] = activations + planned[i];
	for (uint32_t i = 0; i < rt->model.tensors.count; i++)
		if (place[i] != NOWHERE && !(place[i] & IN_MODEL) && place[i] & SAME_AS)
			place[i] = place[place[i] & ~SAME_AS];
}

static enum rt_status plan(struct rt_interpreter *rt)
{
	uint32_t count = rt->model.tensors.count, activations = align_up(rt->nodes_end, RT_PLAN_ALIGN);
	uint32_t scratch = count * (uint32_t)(sizeof(struct rt_life) + sizeof(uint32_t));
	rt->arena_needed = activations + scratch;
	if (rt->arena_needed > rt->arena_bytes)
		return RT_NO_MEMORY;
	struct rt_life *lives = (struct rt_life *)(void *)(rt->arena + activations);
	uint32_t *planned = (uint32_t *)(lives + count);
	enum rt_status status = find_lives(rt, lives);
	if (status != RT_OK)
		return status;
	uint64_t needed = 0; /* an upper bound that keeps rt_plan's sums below 2^32 */
	for (uint32_t i = 0; i < count; i++)
		needed += lives[i].bytes + RT_PLAN_ALIGN;
	if (needed >= SAME_AS - activations)
		return RT_NO_MEMORY;
	uint32_t bytes = rt_plan(lives, count, planned);
	merge_places(rt, planned, activations);
	if (activations + bytes > rt->arena_needed)
		rt->arena_needed = activations + bytes;
	return rt->arena_needed <= rt->arena_bytes ? RT_OK : RT_NO_MEMORY;
}

enum rt_status rt_model_open(struct rt_interpreter *rt, const void *model, uint32_t model_bytes, void *arena,
			     uint32_t arena_bytes, const struct rt_kernel *kernels)
{
	memset(rt, 0, sizeof *rt);
	rt->kernels = kernels;
	rt->stopped_at = rt->stopped_op = RT_NONE;
	rt->arena = arena;
	rt->arena_bytes = arena_bytes < SAME_AS ? arena_bytes : SAME_AS - 1;
	if (((uintptr_t)model | (uintptr_t)arena) & 15)
		return RT_UNALIGNED;
	enum rt_status status = rt_tflite_open(&rt->model, model, model_bytes);
	if (status != RT_OK)
		return status;
	rt->first_node = rt->model.tensors.count * 4;
	if (rt->first_node > rt->arena_bytes)
		return RT_NO_MEMORY;
	status = add_nodes(rt);
	return status == RT_OK ? plan(rt) : status;
}

uint64_t rt_model_macs(const struct rt_interpreter *rt)
{
	uint64_t macs = 0;
	for (uint32_t at = rt->first_node; at < rt->nodes_end; at += node_at(rt, at)->bytes)
		macs += node_at(rt, at)->macs;
	return macs;
}

static void *operand(const struct rt_interpreter *rt, int16_t tensor)
{
	return tensor < 0 ? NULL : rt_tensor_data(rt, (uint32_t)tensor);
}

static void announce(struct rt_interpreter *rt, const struct rt_node *node, uint32_t index, uint32_t kind)
{
	struct rt_mark mark = { .kind = kind, .index = index, .op = node->op };
	if (kind == RT_MARK_LAYER_END) {
		mark.tensor = (uint32_t)node->out;
		mark.at = (uint32_t)(uintptr_t)operand(rt, node->out);
		mark.bytes = node->out_bytes;
		mark.value = node->macs;
	}
	rt->on_layer(rt, &mark);
}

void rt_invoke(struct rt_interpreter *rt)
{
	uint32_t index = 0;
	for (uint32_t at = rt->first_node; at < rt->nodes_end; index++) {
		const struct rt_node *node = node_at(rt, at);
		struct rt_operands operands = { .out = operand(rt, node->out) };
		for (unsigned i = 0; i < RT_MAX_INPUTS; i++)
			operands.in[i] = operand(rt, node->in[i]);
		if (rt->on_layer)
			announce(rt, node, index, RT_MARK_LAYER_BEGIN);
		rt->kernels[node->kernel].run(node + 1, &operands);
		if (rt->on_layer)
			announce(rt, node, index, RT_MARK_LAYER_END);
		at += node->bytes;
	}
}
