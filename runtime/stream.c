/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RT_MODE_STREAM. The sensor's interrupt moves frames from its FIFO into a ring in the arena, behind the
 * plan; the main loop sleeps until a window ends, copies it into the model's input, infers and prints `label
 * score`.
 *
 *   window k: frames k * hop … k * hop + frames - 1 since the start, or since the last loss
 *
 * The interrupt keeps running during an inference, so a slow model does not overrun the FIFO. A model slower
 * than the hop falls behind: it then takes the newest window and prints `late N`, the frames passed over.
 * When the FIFO did overrun, the broken window is dropped, a new one fills, and `lost N` tells how many
 * frames are missing.
 */
#include "runtime/app.h"
#include "runtime/fixed.h"
#include "runtime/hal/hal.h"
#include "runtime/window.h"

#include <string.h>

#define SENSOR_ID 0x53575454u

/* Written by the interrupt; the main loop looks with interrupts masked. */
static struct {
	int16_t *ring;
	uint32_t ring_frames, head; /* head: where the next frame goes */
	uint32_t arrived, due; /* frames since the start; how many end the next window (both modulo 2^32) */
	uint32_t lost, lost_before; /* not yet told; the port's count at that time */
	uint32_t frames, channels, hop, depth;
} stream;

static volatile uint32_t *sensor(uint32_t offset)
{
	return rt_register(rt_config.sensor_base, offset);
}

/* Wake up when the next window ends, or before the FIFO is full. */
static void set_watermark(void)
{
	uint32_t need = stream.due - stream.arrived;
	if (need - 1 >= 0x7fffffffu) /* it is over already: the main loop is at work */
		need = stream.hop;
	*sensor(RT_SENSOR_WATERMARK) = need < stream.depth ? need : stream.depth;
}

static void begin_anew(void)
{
	stream.head = stream.arrived = 0;
	stream.due = stream.frames;
	*sensor(RT_SENSOR_CTRL) = RT_SENSOR_CTRL_RUN | RT_SENSOR_CTRL_IRQ | RT_SENSOR_CTRL_FLUSH;
	*sensor(RT_SENSOR_STATUS) = RT_SENSOR_STATUS_OVERRUN;
	set_watermark();
}

static void take_frames(uint32_t count)
{
	volatile uint32_t *data = sensor(RT_SENSOR_DATA);
	stream.arrived += count;
	for (; count > 0; count--) {
		int16_t *to = stream.ring + stream.head * stream.channels;
		for (uint32_t c = stream.channels; c > 0; c--)
			*to++ = (int16_t)*data;
		if (++stream.head == stream.ring_frames)
			stream.head = 0;
	}
}

static void interrupt(void)
{
	uint32_t status = *sensor(RT_SENSOR_STATUS);
	if (status & RT_SENSOR_STATUS_OVERRUN) {
		uint32_t lost = *sensor(RT_SENSOR_LOST);
		stream.lost += lost - stream.lost_before;
		stream.lost_before = lost;
		begin_anew();
		return;
	}
	take_frames(status & 0xffff);
	set_watermark();
}

static uint32_t text_length(const char *text, uint32_t limit)
{
	uint32_t length = 0;
	while (length < limit && text[length])
		length++;
	return length;
}

static char *put_number(char *to, uint32_t value, int digits)
{
	char reversed[10];
	int count = 0;
	for (; value || count < digits; value /= 10)
		reversed[count++] = (char)('0' + value % 10);
	while (count > 0)
		*to++ = reversed[--count];
	return to;
}

static void print_count(const char *what, uint32_t count)
{
	char line[24], *end = line;
	while (*what)
		*end++ = *what++;
	end = put_number(end, count, 1);
	*end++ = '\n';
	rt_uart_write(line, (uint32_t)(end - line));
}

/* Name number `index`, or the number itself if the labels end before. */
static void print_label(uint32_t index)
{
	const char *label = (const char *)rt_config.labels_at, *end = label + rt_config.labels_bytes;
	for (uint32_t i = 0; i < index && label < end; i++)
		label += text_length(label, (uint32_t)(end - label)) + 1;
	uint32_t length = label < end ? text_length(label, (uint32_t)(end - label)) : 0;
	char number[10];
	if (length == 0) {
		label = number;
		length = (uint32_t)(put_number(number, index, 1) - number);
	}
	rt_uart_write(label, length);
}

static void print_score(int32_t hundredths)
{
	char text[20], *end = text;
	*end++ = ' ';
	if (hundredths < 0)
		*end++ = '-';
	uint32_t size = hundredths < 0 ? -(uint32_t)hundredths : (uint32_t)hundredths;
	end = put_number(end, size / 100, 1);
	*end++ = '.';
	end = put_number(end, size % 100, 2);
	*end++ = '\n';
	rt_uart_write(text, (uint32_t)(end - text));
}

struct scores {
	uint32_t tensor, count;
	int32_t zero_point;
	float scale;
	int32_t thousand[2], hundred[2]; /* multiplier and shift to 1/1000 and 1/100 */
};

static enum rt_status open_scores(const struct rt_interpreter *rt, struct scores *ret_scores)
{
	struct rt_tensor info;
	if (rt->model.outputs.count < 1)
		return RT_UNSUPPORTED;
	ret_scores->tensor = rt_output_tensor(rt, 0);
	enum rt_status status = rt_tflite_tensor(&rt->model, (int32_t)ret_scores->tensor, &info);
	if (status != RT_OK)
		return status;
	double scale = (double)info.scale;
	ret_scores->count = info.elements;
	ret_scores->zero_point = info.zero_point;
	ret_scores->scale = info.scale;
	if (!rt_is_int8(&info) || scale > 100 ||
	    !rt_factor(scale * 1000, &ret_scores->thousand[0], &ret_scores->thousand[1]) ||
	    !rt_factor(scale * 100, &ret_scores->hundred[0], &ret_scores->hundred[1]))
		return RT_UNSUPPORTED;
	return RT_OK;
}

static void tell_result(const struct rt_interpreter *rt, const struct scores *scores)
{
	const int8_t *score = rt_tensor_data(rt, scores->tensor);
	uint32_t best = 0;
	for (uint32_t i = 1; i < scores->count; i++)
		if (score[i] > score[best])
			best = i;
	int32_t steps = score[best] - scores->zero_point;
	print_label(best);
	print_score(rt_multiply(steps, scores->hundred[0], scores->hundred[1]));
	struct rt_mark mark = {
		.kind = RT_MARK_RESULT,
		.index = best,
		.op = (uint32_t)scores->zero_point,
		.at = (uint32_t)(uintptr_t)score,
		.bytes = scores->count,
		.value = (uint32_t)rt_multiply(steps, scores->thousand[0], scores->thousand[1]),
	};
	memcpy(&mark.tensor, &scores->scale, sizeof mark.tensor);
	rt_mark(&mark);
}

static void tell_late(uint32_t frames)
{
	struct rt_mark mark = { .kind = RT_MARK_LATE, .value = frames };
	rt_mark(&mark);
	print_count("late ", frames);
}

static enum rt_status open_sensor(struct rt_interpreter *rt, struct rt_window *ret_window)
{
	struct rt_tensor input;
	if (rt_config.sensor_base == 0 || *sensor(RT_SENSOR_ID) != SENSOR_ID || rt->model.inputs.count != 1)
		return RT_BAD_SENSOR;
	enum rt_status status = rt_tflite_tensor(&rt->model, (int32_t)rt_input_tensor(rt, 0), &input);
	if (status == RT_OK)
		status = rt_window_open(ret_window, &input, *sensor(RT_SENSOR_CHANNELS),
					*sensor(RT_SENSOR_SCALE));
	if (status != RT_OK)
		return status;
	stream.frames = ret_window->frames;
	stream.channels = ret_window->channels;
	stream.hop = rt_config.hop_frames ? rt_config.hop_frames : stream.frames;
	stream.depth = *sensor(RT_SENSOR_DEPTH);
	stream.ring_frames = stream.frames + stream.depth;
	uint32_t at = (rt->arena_needed + 15) & ~15u;
	uint64_t end = rt_window_arena_bytes(ret_window, rt->arena_needed, stream.depth);
	if (stream.depth < 1 || stream.depth > 0xffff || stream.hop > 0x3fffffff)
		return RT_BAD_SENSOR;
	rt_mark_arena(end < RT_NONE ? (uint32_t)end : RT_NONE);
	stream.ring = (int16_t *)(void *)(rt->arena + at);
	return end <= rt->arena_bytes ? RT_OK : RT_NO_MEMORY;
}

/* Sleeps until a window is there. Returns the ring's frame at which it begins, and the frames passed over. */
static uint32_t wait_for_window(uint32_t *ret_late)
{
	rt_mask();
	while (stream.lost || (int32_t)(stream.arrived - stream.due) < 0) {
		uint32_t lost = stream.lost;
		stream.lost = 0;
		if (!lost)
			rt_sleep();
		rt_unmask();
		if (lost)
			print_count("lost ", lost);
		rt_mask();
	}
	uint32_t late = stream.arrived - stream.due;
	*ret_late = late > stream.depth / 2 ? late : 0;
	stream.due += *ret_late;
	/* Frames from the window's begin to the head. */
	uint32_t behind = stream.arrived - stream.due + stream.frames;
	uint32_t first =
		stream.head >= behind ? stream.head - behind : stream.head + stream.ring_frames - behind;
	rt_unmask();
	return first;
}

/* The window is copied: the next one is awaited. False if frames of it were overwritten or lost meanwhile. */
static bool window_held(void)
{
	rt_mask();
	bool held = !stream.lost && stream.arrived - stream.due <= stream.depth;
	if (!stream.lost) {
		stream.due += stream.hop;
		set_watermark();
	}
	rt_unmask();
	return held;
}

_Noreturn void rt_stream(struct rt_interpreter *rt)
{
	struct rt_window window;
	struct scores scores;
	enum rt_status status = open_sensor(rt, &window);
	if (status == RT_OK)
		status = open_scores(rt, &scores);
	if (status != RT_OK)
		rt_stop(status, RT_NONE, 0);
	stream.lost_before = *sensor(RT_SENSOR_LOST);
	begin_anew();
	rt_interrupt_enable(rt_config.sensor_irq, interrupt);
	for (uint32_t index = 0;;) {
		uint32_t late, first = wait_for_window(&late);
		rt_mark_inference(RT_MARK_INFERENCE_BEGIN, index);
		rt_window_quantize(&window, stream.ring, stream.ring_frames, first,
				   rt_tensor_data(rt, rt_input_tensor(rt, 0)));
		if (!window_held())
			continue; /* the next BEGIN has the same index and replaces this one */
		rt_invoke(rt);
		rt_mark_inference(RT_MARK_INFERENCE_END, index++);
		tell_result(rt, &scores);
		if (late)
			tell_late(late);
	}
}
