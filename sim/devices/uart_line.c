/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/devices/uart_line.h"

#include <stdlib.h>
#include <string.h>

#define FALLBACK_BAUD 115200u /* of a UART that was never set up, as a boot loader would have done */

static void start_next(struct sim_uart_line *line)
{
	struct sim_clock *clock = line->device->wires->clock;
	line->sending = line->queued > 0;
	if (!line->sending)
		return;
	line->shifter = line->fifo[0];
	memmove(line->fifo, line->fifo + 1, --line->queued);
	sim_clock_at_ps(clock, &line->sent, sim_clock_now_ps(clock) + line->frame_ps);
}

static void byte_sent(struct sim_event *event, uint64_t due_ps)
{
	struct sim_uart_line *line = (struct sim_uart_line *)((char *)event - offsetof(struct sim_uart_line, sent));
	const struct sim_wires *wires = line->device->wires;
	uint8_t byte = line->shifter;
	line->sending = line->queued > 0;
	if (line->sending) {
		/* From the due time, not from now: the frames of a full FIFO lie back to back. */
		line->shifter = line->fifo[0];
		memmove(line->fifo, line->fifo + 1, --line->queued);
		sim_clock_at_ps(wires->clock, &line->sent, due_ps + line->frame_ps);
	}
	wires->uart_sent(wires->machine, line->device, byte);
	line->tx_moved(line->device);
}

static void byte_arrived(struct sim_event *event, uint64_t due_ps)
{
	struct sim_uart_line *line =
		(struct sim_uart_line *)((char *)event - offsetof(struct sim_uart_line, arrived));
	if (line->idle_wait) {
		line->idle_wait = false;
		line->rx_idle(line->device);
		return;
	}
	uint8_t byte = line->coming[line->coming_at++];
	line->idle_wait = line->coming_at == line->coming_count;
	sim_clock_at_ps(line->device->wires->clock, &line->arrived, due_ps + line->frame_ps);
	line->rx_byte(line->device, byte);
}

void sim_uart_line_init(struct sim_uart_line *line, struct sim_device *device)
{
	line->device = device;
	line->sent.fire = byte_sent;
	line->arrived.fire = byte_arrived;
	line->frame_ps = 10 * SIM_PS_PER_S / FALLBACK_BAUD;
}

void sim_uart_line_free(struct sim_uart_line *line)
{
	sim_clock_cancel(line->device->wires->clock, &line->sent);
	sim_clock_cancel(line->device->wires->clock, &line->arrived);
	free(line->coming);
	line->coming = NULL;
	line->coming_at = line->coming_count = line->coming_room = 0;
}

void sim_uart_line_set_rate(struct sim_uart_line *line, uint64_t kernel_hz, uint32_t ticks_256, unsigned half_bits)
{
	if (ticks_256 == 0 || kernel_hz == 0) {
		line->frame_ps = half_bits * SIM_PS_PER_S / (2 * FALLBACK_BAUD);
		return;
	}
	unsigned __int128 ps = (unsigned __int128)half_bits * ticks_256 * SIM_PS_PER_S / 512 / kernel_hz;
	line->frame_ps = ps > SIM_PS_PER_S * 1000 ? SIM_PS_PER_S * 1000 : (uint64_t)ps;
}

bool sim_uart_line_send(struct sim_uart_line *line, uint8_t byte, unsigned depth)
{
	if (line->queued >= depth)
		return false;
	line->fifo[line->queued++] = byte;
	if (!line->sending)
		start_next(line);
	return true;
}

void sim_uart_line_drop_queue(struct sim_uart_line *line)
{
	line->queued = 0;
}

void sim_uart_line_abort(struct sim_uart_line *line)
{
	line->queued = 0;
	line->sending = false;
	sim_clock_cancel(line->device->wires->clock, &line->sent);
}

/* Room for `count` more; what has arrived is forgotten first. False: out of memory. */
static bool make_room(struct sim_uart_line *line, size_t count)
{
	size_t left = line->coming_count - line->coming_at;
	if (line->coming_at > 0) {
		memmove(line->coming, line->coming + line->coming_at, left);
		line->coming_at = 0;
		line->coming_count = left;
	}
	if (count <= line->coming_room - left)
		return true;
	size_t room = 2 * line->coming_room > left + count ? 2 * line->coming_room : left + count + 64;
	uint8_t *more = realloc(line->coming, room);
	if (!more)
		return false;
	line->coming = more;
	line->coming_room = room;
	return true;
}

void sim_uart_line_receive(struct sim_uart_line *line, const uint8_t *bytes, size_t count)
{
	struct sim_clock *clock = line->device->wires->clock;
	if (count == 0 || !make_room(line, count)) /* a line may lose bytes; that is all that can be done here */
		return;
	bool quiet = line->coming_count == 0;
	memcpy(line->coming + line->coming_count, bytes, count);
	line->coming_count += count;
	if (quiet) {
		/* Whether the line was idle for less than a frame or for long, the next byte takes a frame from now. */
		line->idle_wait = false;
		sim_clock_at_ps(clock, &line->arrived, sim_clock_now_ps(clock) + line->frame_ps);
	}
}

void sim_uart_device_receive(struct sim_device *device, const uint8_t *bytes, size_t count)
{
	sim_uart_line_receive(device->state, bytes, count);
}

void sim_uart_device_free(struct sim_device *device)
{
	sim_uart_line_free(device->state);
}
