/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two wires of a UART: bytes leave and arrive one frame time apart. Knows no registers: the UARTs embed it.
 *
 *   frame = start + data + stop bits; its time in ps = half_bits * ticks_256 * 10^12 / (512 * kernel_hz)
 *
 * A change of the clock or of the baud rate holds from the next byte on; the byte on the wire keeps its time (on
 * silicon it would be garbled).
 */
#ifndef SIM_DEVICES_UART_LINE_H
#define SIM_DEVICES_UART_LINE_H

#include "sim/device.h"

#define SIM_UART_DEPTH 16 /* the deepest FIFO of the UARTs here */

struct sim_uart_line {
	struct sim_device *device;
	struct sim_event sent, arrived;
	uint64_t frame_ps;
	uint8_t fifo[SIM_UART_DEPTH]; /* to be sent, behind the byte that is on the wire */
	unsigned queued;
	bool sending;
	uint8_t shifter;
	uint8_t *coming; /* from outside, not yet arrived */
	size_t coming_at, coming_count, coming_room;
	bool idle_wait;
	/* Told when a byte has left and the next one, if any, has moved up. */
	void (*tx_moved)(struct sim_device *device);
	void (*rx_byte)(struct sim_device *device, uint8_t byte);
	/* Told one frame time after the last byte, if no other came. */
	void (*rx_idle)(struct sim_device *device);
};

/* Callbacks are set by the caller; all three are needed. */
void sim_uart_line_init(struct sim_uart_line *line, struct sim_device *device);
void sim_uart_line_free(struct sim_uart_line *line);

/*
 *   half_bits   of a frame, in half bits (8N1: 20)
 *   ticks_256   kernel clock ticks of a bit, times 256; 0: as 115,200 baud
 */
void sim_uart_line_set_rate(struct sim_uart_line *line, uint64_t kernel_hz, uint32_t ticks_256, unsigned half_bits);

/* Puts a byte behind those waiting, at most `depth`; false: no room. Sends it at once if the wire is free. */
bool sim_uart_line_send(struct sim_uart_line *line, uint8_t byte, unsigned depth);
void sim_uart_line_drop_queue(struct sim_uart_line *line); /* what waits; the byte on the wire goes on */
void sim_uart_line_abort(struct sim_uart_line *line);      /* the byte on the wire too */

/* Bytes from outside, to arrive at the pace of the line. */
void sim_uart_line_receive(struct sim_uart_line *line, const uint8_t *bytes, size_t count);

/* .receive and .free of a device whose state begins with its line. */
void sim_uart_device_receive(struct sim_device *device, const uint8_t *bytes, size_t count);
void sim_uart_device_free(struct sim_device *device);

#endif
