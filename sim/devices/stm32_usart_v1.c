/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 USART with one data register (F1; F2, F4 and L1 alike). RM0008 chapter 27.
 *
 *   00 SR   04 DR   08 BRR   0C CR1   10 CR2   14 CR3   18 GTPR
 *
 *   option kernel_hz: clock of the baud generator      bus: 1, 2, 3: that clock is the APB bus's
 *   option kernel_div: where no clock controller says, core clock / N (1)
 *   interrupt 0: any enabled flag
 *
 * ORE and IDLE go by the sequence "read SR, read DR". Not modelled: parity and framing errors, synchronous,
 * smartcard, LIN and IrDA modes. As in stm32_usart_v2.c, a byte written while the
 * transmitter is off goes out all the same, reported as guessed.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"
#include "sim/devices/uart_line.h"

enum { SR = 0x00, DR = 0x04, BRR = 0x08, CR1 = 0x0C, CR2 = 0x10, CR3 = 0x14, GTPR = 0x18 };

#define SR_ORE (1u << 3)
#define SR_IDLE (1u << 4)
#define SR_RXNE (1u << 5)
#define SR_TC (1u << 6)
#define SR_TXE (1u << 7)
#define CR1_RE (1u << 2)
#define CR1_TE (1u << 3)
#define CR1_IDLEIE (1u << 4)
#define CR1_RXNEIE (1u << 5)
#define CR1_TCIE (1u << 6)
#define CR1_TXEIE (1u << 7)
#define CR1_PCE (1u << 10)
#define CR1_M (1u << 12)
#define CR1_UE (1u << 13)
#define CR3_EIE (1u << 0)
#define CR3_DMAR (1u << 6)
#define CR3_DMAT (1u << 7)

struct usart {
	struct sim_uart_line line; /* first */
	struct sim_device *device;
	uint64_t kernel_hz, kernel_div, bus;
	uint32_t brr, cr1, cr2, cr3, gtpr;
	uint32_t sticky; /* ORE, IDLE */
	uint32_t seen;   /* of sticky: read in SR, cleared by the next read of DR */
	bool complete, full;
	uint8_t received;
	bool in_dma; /* a DMA channel reads or writes DR just now */
};

static uint32_t sr(const struct usart *u)
{
	return u->sticky | (u->full ? SR_RXNE : 0) | (u->complete ? SR_TC : 0) | (u->line.queued == 0 ? SR_TXE : 0);
}

static void update_irq(struct usart *u)
{
	static const uint32_t enables[][2] = {
		{ CR1_IDLEIE, SR_IDLE }, { CR1_RXNEIE, SR_RXNE | SR_ORE }, { CR1_TCIE, SR_TC }, { CR1_TXEIE, SR_TXE },
	};
	uint32_t flags = sr(u);
	/* CR3.EIE raises ORE only for reception by DMA. */
	bool level = (u->cr3 & CR3_EIE) && (u->cr3 & CR3_DMAR) && (flags & SR_ORE);
	for (unsigned i = 0; i < sizeof enables / sizeof *enables; i++)
		level |= (u->cr1 & enables[i][0]) && (flags & enables[i][1]);
	sim_device_irq(u->device, 0, level && (u->cr1 & CR1_UE));
}

/* Asks the DMA for as long as it answers: it reads and writes DR as the core would. */
static void serve_dma(struct usart *u)
{
	const struct sim_wires *wires = u->device->wires;
	uint32_t data = u->device->place->at + DR;
	if (u->in_dma || !(u->cr1 & CR1_UE) || !(u->cr3 & (CR3_DMAR | CR3_DMAT)))
		return;
	u->in_dma = true;
	while ((u->cr3 & CR3_DMAR) && u->full && wires->dma_request(wires->machine, data, false))
		;
	while ((u->cr3 & CR3_DMAT) && (u->cr1 & CR1_TE) && u->line.queued == 0 &&
	       wires->dma_request(wires->machine, data, true))
		;
	u->in_dma = false;
	update_irq(u);
}

static void dma_poll(struct sim_device *device)
{
	serve_dma(device->state);
}

static void tx_moved(struct sim_device *device)
{
	struct usart *u = device->state;
	if (!u->line.sending)
		u->complete = true;
	update_irq(u);
	serve_dma(u);
}

static void rx_byte(struct sim_device *device, uint8_t byte)
{
	struct usart *u = device->state;
	if (!(u->cr1 & CR1_UE) || !(u->cr1 & CR1_RE))
		return;
	if ((u->cr1 & CR1_PCE) && !(u->cr1 & CR1_M))
		byte &= 0x7F;
	if (u->full)
		u->sticky |= SR_ORE;
	else
		u->received = byte;
	u->full = true;
	serve_dma(u); /* before the interrupt: with DMA on, nobody sees RXNE */
	update_irq(u);
}

static void rx_idle(struct sim_device *device)
{
	struct usart *u = device->state;
	if ((u->cr1 & CR1_UE) && (u->cr1 & CR1_RE))
		u->sticky |= SR_IDLE;
	update_irq(u);
}

static void update_rate(struct usart *u)
{
	static const uint8_t stop[4] = { 2, 1, 4, 3 };
	uint64_t div = sim_device_bus_div(u->device, u->bus, false, u->kernel_div);
	uint64_t hz = u->kernel_hz ? u->kernel_hz : u->device->wires->clock->hz / div;
	unsigned half_bits = 2 * (1 + (u->cr1 & CR1_M ? 9 : 8)) + stop[u->cr2 >> 12 & 3];
	sim_uart_line_set_rate(&u->line, hz, (u->brr & 0xFFFF) * 256, half_bits);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = { "kernel_hz", "kernel_div", "bus", NULL };
	struct usart *u = device->state;
	u->device = device;
	u->line.tx_moved = tx_moved;
	u->line.rx_byte = rx_byte;
	u->line.rx_idle = rx_idle;
	sim_uart_line_init(&u->line, device);
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "kernel_hz", 0, 1, 1000000000, &u->kernel_hz, err) &&
	       sim_device_option_number(device, "kernel_div", 1, 1, 4096, &u->kernel_div, err) &&
	       sim_device_option_number(device, "bus", 0, 1, SIM_BUSES, &u->bus, err);
}

static void reset(struct sim_device *device)
{
	struct usart *u = device->state;
	sim_uart_line_abort(&u->line);
	u->brr = u->cr1 = u->cr2 = u->cr3 = u->gtpr = 0;
	u->sticky = u->seen = 0;
	u->complete = true;
	u->full = false;
	update_rate(u);
	update_irq(u);
}

static uint32_t read_data(struct usart *u)
{
	u->sticky &= ~u->seen;
	u->seen = 0;
	u->full = false;
	update_irq(u);
	return u->received;
}

static uint32_t read_register(struct sim_device *device, uint32_t offset)
{
	struct usart *u = device->state;
	switch (offset) {
	case SR:
		u->seen = u->sticky;
		return sr(u);
	case DR:
		return read_data(u);
	case BRR:
		return u->brr;
	case CR1:
		return u->cr1;
	case CR2:
		return u->cr2;
	case CR3:
		return u->cr3;
	case GTPR:
		return u->gtpr;
	default:
		device->wires->unmodelled(device->wires->machine, device, offset, false, true);
		return 0;
	}
}

static uint32_t read_usart(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void send(struct usart *u, uint8_t byte)
{
	const struct sim_wires *wires = u->device->wires;
	if (!(u->cr1 & CR1_UE) || !(u->cr1 & CR1_TE))
		wires->unmodelled(wires->machine, u->device, DR, true, true);
	u->complete = false;
	if (!sim_uart_line_send(&u->line, byte, 1))
		u->line.fifo[0] = byte;
}

static void set_cr1(struct usart *u, uint32_t value)
{
	if ((u->cr1 & CR1_UE) && !(value & CR1_UE)) {
		sim_uart_line_abort(&u->line);
		u->complete = true;
	}
	u->cr1 = value;
}

static void write_usart(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct usart *u = device->state;
	uint32_t at = offset & ~3u;
	uint32_t *reg = at == BRR ? &u->brr : at == CR2 ? &u->cr2 : at == CR3 ? &u->cr3 : at == GTPR ? &u->gtpr : NULL;
	uint32_t old = reg ? *reg : at == CR1 ? u->cr1 : at == SR ? UINT32_MAX : 0;
	value = sim_register_merge(old, offset, size, value);
	if (reg)
		*reg = value;
	else if (at == CR1)
		set_cr1(u, value);
	else if (at == DR)
		send(u, (uint8_t)value);
	else if (at == SR) { /* RXNE and TC go by writing 0 */
		u->full &= (value & SR_RXNE) != 0;
		u->complete &= (value & SR_TC) != 0;
	}
	if (at >= GTPR)
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	update_rate(u);
	update_irq(u);
	serve_dma(u);
}

static bool listens(const struct sim_device *device)
{
	const struct usart *u = device->state;
	return (u->cr1 & CR1_UE) && (u->cr1 & CR1_RE);
}

static void clock_changed(struct sim_device *device, uint64_t old_hz)
{
	update_rate(device->state);
}

const struct sim_device_type sim_stm32_usart_v1_type = {
	.name = "stm32-usart-v1",
	.what = "STM32 USART with SR and DR (F1)",
	.bytes = 0x400,
	.state_bytes = sizeof(struct usart),
	.init = init,
	.reset = reset,
	.free = sim_uart_device_free,
	.read = read_usart,
	.write = write_usart,
	.receive = sim_uart_device_receive,
	.listens = listens,
	.clock_changed = clock_changed,
	.dma_poll = dma_poll,
};
