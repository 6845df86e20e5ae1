/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arm's CMSDK APB UART (MPS2 boards). DDI 0479D, section 4.3.
 *
 *   00 DATA   04 STATE   08 CTRL   0C INTSTATUS / INTCLEAR   10 BAUDDIV   FD0 … FFC identification
 *
 *   option kernel_hz: clock of the baud generator (core clock)
 *   interrupts 0: receive   1: transmit   2: overruns
 *
 * A buffer of one byte each way. 8N1 always; a bit takes BAUDDIV ticks. The high-speed test mode is not modelled.
 */
#include "sim/devices/cmsdk.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"
#include "sim/devices/uart_line.h"

enum { DATA = 0x00, STATE = 0x04, CTRL = 0x08, INTSTATUS = 0x0C, BAUDDIV = 0x10 };

#define STATE_TX_FULL (1u << 0)
#define STATE_RX_FULL (1u << 1)
#define STATE_OVERRUNS (3u << 2) /* 2 transmit, 3 receive; written 1 to clear */
#define CTRL_TX (1u << 0)
#define CTRL_RX (1u << 1)
/* An interrupt is pending by bit n of INTSTATUS and enabled by bit n + 2 of CTRL. */
#define INT_TX (1u << 0)
#define INT_RX (1u << 1)
#define INT_TX_OVERRUN (1u << 2)
#define INT_RX_OVERRUN (1u << 3)

struct uart {
	struct sim_uart_line line; /* first */
	struct sim_device *device;
	uint64_t kernel_hz;
	uint32_t ctrl, baud, overruns, pending;
	bool full;
	uint8_t received;
};

static void update_irq(struct uart *u)
{
	uint32_t now = u->pending | u->overruns;
	sim_device_irq(u->device, 0, now & INT_RX);
	sim_device_irq(u->device, 1, now & INT_TX);
	sim_device_irq(u->device, 2, now & u->ctrl >> 2 & (INT_TX_OVERRUN | INT_RX_OVERRUN));
}

/* Transmit interrupt: the buffer was full and is free again. */
static void tx_moved(struct sim_device *device)
{
	struct uart *u = device->state;
	if (u->line.sending && (u->ctrl >> 2 & INT_TX))
		u->pending |= INT_TX;
	update_irq(u);
}

static void rx_byte(struct sim_device *device, uint8_t byte)
{
	struct uart *u = device->state;
	if (!(u->ctrl & CTRL_RX))
		return;
	if (u->full)
		u->overruns |= 1u << 3;
	u->received = byte;
	u->full = true;
	if (u->ctrl >> 2 & INT_RX)
		u->pending |= INT_RX;
	update_irq(u);
}

static void rx_idle(struct sim_device *device)
{
}

static void update_rate(struct uart *u)
{
	uint64_t hz = u->kernel_hz ? u->kernel_hz : u->device->wires->clock->hz;
	sim_uart_line_set_rate(&u->line, hz, (u->baud & 0xFFFFF) * 256, 20);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = { "kernel_hz", NULL };
	struct uart *u = device->state;
	u->device = device;
	u->line.tx_moved = tx_moved;
	u->line.rx_byte = rx_byte;
	u->line.rx_idle = rx_idle;
	sim_uart_line_init(&u->line, device);
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "kernel_hz", 0, 1, 1000000000, &u->kernel_hz, err);
}

static void reset(struct sim_device *device)
{
	struct uart *u = device->state;
	sim_uart_line_abort(&u->line);
	u->ctrl = u->baud = u->overruns = u->pending = 0;
	u->full = false;
	update_rate(u);
	update_irq(u);
}

static uint32_t read_register(struct sim_device *device, uint32_t offset)
{
	struct uart *u = device->state;
	switch (offset) {
	case DATA:
		u->full = false;
		return u->received;
	case STATE:
		return (u->line.queued ? STATE_TX_FULL : 0) | (u->full ? STATE_RX_FULL : 0) | u->overruns;
	case CTRL:
		return u->ctrl;
	case INTSTATUS:
		return u->pending | (u->overruns & u->ctrl >> 2 & STATE_OVERRUNS);
	case BAUDDIV:
		return u->baud;
	default:
		if (offset >= SIM_CMSDK_PID4)
			return sim_cmsdk_identity(offset, 0x821);
		device->wires->unmodelled(device->wires->machine, device, offset, false, true);
		return 0;
	}
}

static uint32_t read_uart(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void send(struct uart *u, uint8_t byte)
{
	const struct sim_wires *wires = u->device->wires;
	if (!(u->ctrl & CTRL_TX))
		wires->unmodelled(wires->machine, u->device, DATA, true, true);
	if (!sim_uart_line_send(&u->line, byte, 1))
		u->overruns |= 1u << 2;
}

static void write_uart(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct uart *u = device->state;
	uint32_t at = offset & ~3u;
	value = sim_register_merge(at == CTRL ? u->ctrl : at == BAUDDIV ? u->baud : 0, offset, size, value);
	switch (at) {
	case DATA:
		send(u, (uint8_t)value);
		break;
	case STATE:
		u->overruns &= ~value;
		break;
	case CTRL:
		u->ctrl = value & 0x7F;
		break;
	case INTSTATUS:
		u->pending &= ~value;
		u->overruns &= ~(value & STATE_OVERRUNS);
		break;
	case BAUDDIV:
		u->baud = value & 0xFFFFF;
		break;
	default:
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	}
	update_rate(u);
	update_irq(u);
}

static bool listens(const struct sim_device *device)
{
	const struct uart *u = device->state;
	return u->ctrl & CTRL_RX;
}

static void clock_changed(struct sim_device *device, uint64_t old_hz)
{
	update_rate(device->state);
}

const struct sim_device_type sim_cmsdk_uart_type = {
	.name = "cmsdk-uart",
	.what = "Arm CMSDK APB UART (MPS2)",
	.bytes = 0x1000,
	.state_bytes = sizeof(struct uart),
	.init = init,
	.reset = reset,
	.free = sim_uart_device_free,
	.read = read_uart,
	.write = write_uart,
	.receive = sim_uart_device_receive,
	.listens = listens,
	.clock_changed = clock_changed,
};
