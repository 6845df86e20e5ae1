/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 USART and LPUART with separate RDR and TDR (F7, G0, H7, L4, U5). RM0432 (L4+) chapters 47 and 48.
 *
 *   00 CR1   04 CR2   08 CR3   0C BRR   10 GTPR   14 RTOR   18 RQR   1C ISR   20 ICR   24 RDR   28 TDR   2C PRESC
 *
 *   option kernel_hz: clock of the baud generator        bus: 1, 2, 3: that clock is the APB bus's
 *   option kernel_div: where no clock controller says, core clock / N (1)
 *   option low_power: true for an LPUART (BRR in 1/256)   fifo: bytes of the FIFO mode (8; 0: CR1.FIFOEN is reserved)
 *   interrupt 0: any enabled flag
 *
 * Modelled: DMA requests, baud timing, FIFO mode with thresholds, overrun, idle line, receiver time-out, character match.
 * Not modelled: parity and framing errors, synchronous, smartcard, LIN, IrDA and
 * auto-baud modes. One known licence: a byte written to TDR while the transmitter is off goes out all the same
 * (reported as guessed), so that firmware which relies on a boot loader's set-up is heard.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"
#include "sim/devices/uart_line.h"

#include <string.h>

enum { CR1 = 0x00, CR2 = 0x04, CR3 = 0x08, BRR = 0x0C, GTPR = 0x10, RTOR = 0x14, RQR = 0x18, ISR = 0x1C, ICR = 0x20,
       RDR = 0x24, TDR = 0x28, PRESC = 0x2C };

#define CR1_UE (1u << 0)
#define CR1_RE (1u << 2)
#define CR1_TE (1u << 3)
#define CR1_IDLEIE (1u << 4)
#define CR1_RXNEIE (1u << 5)
#define CR1_TCIE (1u << 6)
#define CR1_TXEIE (1u << 7)
#define CR1_PCE (1u << 10)
#define CR1_M0 (1u << 12)
#define CR1_CMIE (1u << 14)
#define CR1_OVER8 (1u << 15)
#define CR1_RTOIE (1u << 26)
#define CR1_M1 (1u << 28)
#define CR1_FIFOEN (1u << 29)
#define CR1_TXFEIE (1u << 30)
#define CR1_RXFFIE (1u << 31)
#define CR2_RTOEN (1u << 23)
#define CR3_EIE (1u << 0)
#define CR3_DMAR (1u << 6)
#define CR3_DMAT (1u << 7)
#define CR3_OVRDIS (1u << 12)
#define CR3_TXFTIE (1u << 23)
#define CR3_RXFTIE (1u << 28)
#define ISR_ORE (1u << 3)
#define ISR_IDLE (1u << 4)
#define ISR_RXNE (1u << 5)
#define ISR_TC (1u << 6)
#define ISR_TXE (1u << 7)
#define ISR_RTOF (1u << 11)
#define ISR_CMF (1u << 17)
#define ISR_TEACK (1u << 21)
#define ISR_REACK (1u << 22)
#define ISR_TXFE (1u << 23)
#define ISR_RXFF (1u << 24)
#define ISR_RXFT (1u << 26)
#define ISR_TXFT (1u << 27)
#define STICKY (ISR_ORE | ISR_IDLE | ISR_RTOF | ISR_CMF) /* held until ICR; TC is held apart, it starts as 1 */

struct usart {
	struct sim_uart_line line; /* first */
	struct sim_event timeout;
	struct sim_device *device;
	uint64_t kernel_hz, kernel_div, bus;
	uint64_t fifo_depth;
	bool low_power;
	uint32_t cr1, cr2, cr3, brr, gtpr, rtor, presc;
	uint32_t sticky;
	bool complete; /* TC */
	bool in_dma;   /* a DMA channel reads RDR or writes TDR just now */
	uint8_t received[SIM_UART_DEPTH];
	unsigned waiting;
};

static bool fifo_mode(const struct usart *u)
{
	return u->fifo_depth > 0 && (u->cr1 & CR1_FIFOEN);
}

static unsigned depth(const struct usart *u)
{
	return fifo_mode(u) ? (unsigned)u->fifo_depth : 1;
}

/* CR3's 3-bit threshold code: eighths of the FIFO 1, 2, 4, 6, 7, 8. */
static unsigned threshold(const struct usart *u, uint32_t code)
{
	static const uint8_t eighths[8] = { 1, 2, 4, 6, 7, 8, 8, 8 };
	unsigned bytes = eighths[code & 7] * (unsigned)u->fifo_depth / 8;
	return bytes ? bytes : 1;
}

static uint32_t isr(const struct usart *u)
{
	uint32_t flags = u->sticky;
	flags |= u->waiting ? ISR_RXNE : 0;
	flags |= u->complete ? ISR_TC : 0;
	flags |= u->line.queued < depth(u) ? ISR_TXE : 0;
	if (u->cr1 & CR1_UE)
		flags |= (u->cr1 & CR1_TE ? ISR_TEACK : 0) | (u->cr1 & CR1_RE ? ISR_REACK : 0);
	if (fifo_mode(u)) {
		flags |= u->line.queued == 0 ? ISR_TXFE : 0;
		flags |= u->waiting == depth(u) ? ISR_RXFF : 0;
		flags |= u->waiting >= threshold(u, u->cr3 >> 25) ? ISR_RXFT : 0;
		flags |= depth(u) - u->line.queued >= threshold(u, u->cr3 >> 29) ? ISR_TXFT : 0;
	}
	return flags;
}

static void update_irq(struct usart *u)
{
	static const struct {
		uint32_t cr1, cr3, isr;
	} line[] = {
		{ CR1_IDLEIE, 0, ISR_IDLE }, { CR1_RXNEIE, 0, ISR_RXNE | ISR_ORE }, { CR1_TCIE, 0, ISR_TC },
		{ CR1_TXEIE, 0, ISR_TXE },   { CR1_CMIE, 0, ISR_CMF },              { CR1_RTOIE, 0, ISR_RTOF },
		{ CR1_TXFEIE, 0, ISR_TXFE }, { CR1_RXFFIE, 0, ISR_RXFF },           { 0, CR3_EIE, ISR_ORE },
		{ 0, CR3_TXFTIE, ISR_TXFT }, { 0, CR3_RXFTIE, ISR_RXFT },
	};
	uint32_t flags = isr(u);
	bool level = false;
	for (unsigned i = 0; i < sizeof line / sizeof *line; i++)
		level |= ((u->cr1 & line[i].cr1) || (u->cr3 & line[i].cr3)) && (flags & line[i].isr);
	sim_device_irq(u->device, 0, level && (u->cr1 & CR1_UE));
}

/* Asks the DMA for as long as it answers: it reads RDR and writes TDR as the core would. */
static void serve_dma(struct usart *u)
{
	const struct sim_wires *wires = u->device->wires;
	uint32_t base = u->device->place->at;
	if (u->in_dma || !(u->cr1 & CR1_UE) || !(u->cr3 & (CR3_DMAR | CR3_DMAT)))
		return;
	u->in_dma = true;
	while ((u->cr3 & CR3_DMAR) && u->waiting > 0 && wires->dma_request(wires->machine, base + RDR, false))
		;
	while ((u->cr3 & CR3_DMAT) && (u->cr1 & CR1_TE) && u->line.queued < depth(u) &&
	       wires->dma_request(wires->machine, base + TDR, true))
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

static unsigned half_bits(const struct usart *u)
{
	static const uint8_t stop[4] = { 2, 1, 4, 3 };
	unsigned data = u->cr1 & CR1_M1 ? 7 : u->cr1 & CR1_M0 ? 9 : 8;
	return 2 * (1 + data) + stop[u->cr2 >> 12 & 3];
}

/* Kernel clock ticks of one bit, times 256; 0 while BRR is not set up. */
static uint32_t ticks_256(const struct usart *u)
{
	static const uint16_t prescaler[16] = { 1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256, 256, 256, 256, 256 };
	uint32_t by = prescaler[u->presc & 15];
	if (u->low_power)
		return (u->brr & 0xFFFFF) * by;
	if (u->cr1 & CR1_OVER8) /* two samples a tick: USARTDIV counts half ticks, its lowest bit is not in BRR */
		return ((u->brr & 0xFFF0) | (u->brr & 7) << 1) * by * 128;
	return (u->brr & 0xFFFF) * by * 256;
}

static uint64_t kernel_hz(const struct usart *u)
{
	uint64_t div = sim_device_bus_div(u->device, u->bus, false, u->kernel_div);
	return u->kernel_hz ? u->kernel_hz : u->device->wires->clock->hz / div;
}

static void update_rate(struct usart *u)
{
	sim_uart_line_set_rate(&u->line, kernel_hz(u), ticks_256(u), half_bits(u));
}

static void start_timeout(struct usart *u)
{
	struct sim_clock *clock = u->device->wires->clock;
	if (!(u->cr2 & CR2_RTOEN))
		return;
	uint64_t bit_ps = 2 * u->line.frame_ps / half_bits(u);
	sim_clock_at_ps(clock, &u->timeout, sim_clock_now_ps(clock) + bit_ps * (u->rtor & 0xFFFFFF));
}

static void timed_out(struct sim_event *event, uint64_t due_ps)
{
	struct usart *u = (struct usart *)((char *)event - offsetof(struct usart, timeout));
	u->sticky |= ISR_RTOF;
	update_irq(u);
}

static void rx_byte(struct sim_device *device, uint8_t byte)
{
	struct usart *u = device->state;
	if (!(u->cr1 & CR1_UE) || !(u->cr1 & CR1_RE))
		return; /* nobody listens */
	if ((u->cr1 & CR1_PCE) && !(u->cr1 & (CR1_M0 | CR1_M1)))
		byte &= 0x7F; /* the eighth bit is the parity */
	if (u->waiting < depth(u)) {
		u->received[u->waiting++] = byte;
	} else if (u->cr3 & CR3_OVRDIS) {
		u->received[u->waiting - 1] = byte;
	} else {
		u->sticky |= ISR_ORE; /* the new byte is lost, the old ones stay */
	}
	if (byte == u->cr2 >> 24)
		u->sticky |= ISR_CMF;
	start_timeout(u);
	serve_dma(u); /* before the interrupt: with DMA on, nobody sees RXNE */
	update_irq(u);
}

static void rx_idle(struct sim_device *device)
{
	struct usart *u = device->state;
	if ((u->cr1 & CR1_UE) && (u->cr1 & CR1_RE))
		u->sticky |= ISR_IDLE;
	update_irq(u);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = { "kernel_hz", "kernel_div", "bus", "low_power", "fifo", NULL };
	struct usart *u = device->state;
	u->device = device;
	u->timeout.fire = timed_out;
	u->line.tx_moved = tx_moved;
	u->line.rx_byte = rx_byte;
	u->line.rx_idle = rx_idle;
	sim_uart_line_init(&u->line, device);
	return sim_device_options_known(device, known, err) &&
	       sim_device_option_number(device, "kernel_hz", 0, 1, 1000000000, &u->kernel_hz, err) &&
	       sim_device_option_number(device, "kernel_div", 1, 1, 4096, &u->kernel_div, err) &&
	       sim_device_option_number(device, "bus", 0, 1, SIM_BUSES, &u->bus, err) &&
	       sim_device_option_number(device, "fifo", 8, 0, SIM_UART_DEPTH, &u->fifo_depth, err) &&
	       sim_device_option_bool(device, "low_power", false, &u->low_power, err);
}

static void reset(struct sim_device *device)
{
	struct usart *u = device->state;
	sim_uart_line_abort(&u->line);
	sim_clock_cancel(device->wires->clock, &u->timeout);
	u->cr1 = u->cr2 = u->cr3 = u->brr = u->gtpr = u->rtor = u->presc = 0;
	u->sticky = 0;
	u->complete = true;
	u->waiting = 0;
	update_rate(u);
	update_irq(u);
}

static void free_usart(struct sim_device *device)
{
	struct usart *u = device->state;
	sim_clock_cancel(device->wires->clock, &u->timeout);
	sim_uart_line_free(&u->line);
}

static uint32_t pop_received(struct usart *u)
{
	uint8_t byte = u->received[0]; /* an empty register keeps its last byte */
	if (u->waiting > 0) {
		u->waiting--;
		if (u->waiting > 0)
			memmove(u->received, u->received + 1, u->waiting);
		update_irq(u);
	}
	return byte;
}

static uint32_t read_register(struct sim_device *device, uint32_t offset)
{
	struct usart *u = device->state;
	switch (offset) {
	case CR1:
		return u->cr1;
	case CR2:
		return u->cr2;
	case CR3:
		return u->cr3;
	case BRR:
		return u->brr;
	case GTPR:
		return u->gtpr;
	case RTOR:
		return u->rtor;
	case ISR:
		return isr(u);
	case RDR:
		return pop_received(u);
	case PRESC:
		return u->presc;
	case RQR:
	case ICR:
	case TDR:
		return 0;
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
		wires->unmodelled(wires->machine, u->device, TDR, true, true);
	u->complete = false;
	if (!sim_uart_line_send(&u->line, byte, depth(u)) && !fifo_mode(u))
		u->line.fifo[0] = byte; /* TDR is written over; a full FIFO takes nothing */
}

static void set_cr1(struct usart *u, uint32_t value)
{
	bool off = (u->cr1 & CR1_UE) && !(value & CR1_UE);
	u->cr1 = value;
	if (off) { /* what was under way is given up, the configuration stays */
		sim_uart_line_abort(&u->line);
		sim_clock_cancel(u->device->wires->clock, &u->timeout);
		u->sticky = 0;
		u->waiting = 0;
		u->complete = true;
	}
}

static void request(struct usart *u, uint32_t value)
{
	if (value & 1u << 3)
		u->waiting = 0;
	if (value & 1u << 4) {
		sim_uart_line_drop_queue(&u->line);
		u->complete |= !u->line.sending;
	}
	if (value & 7) /* auto-baud, break, mute */
		u->device->wires->unmodelled(u->device->wires->machine, u->device, RQR, true, false);
}

static uint32_t *plain(struct usart *u, uint32_t offset)
{
	switch (offset) {
	case CR2:
		return &u->cr2;
	case CR3:
		return &u->cr3;
	case BRR:
		return &u->brr;
	case GTPR:
		return &u->gtpr;
	case RTOR:
		return &u->rtor;
	case PRESC:
		return &u->presc;
	default:
		return NULL;
	}
}

static void write_usart(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct usart *u = device->state;
	uint32_t at = offset & ~3u;
	uint32_t *reg = plain(u, at);
	value = sim_register_merge(reg ? *reg : at == CR1 ? u->cr1 : 0, offset, size, value);
	if (reg)
		*reg = value;
	else if (at == CR1)
		set_cr1(u, value);
	else if (at == RQR)
		request(u, value);
	else if (at == ICR) {
		u->sticky &= ~(value & STICKY);
		u->complete &= !(value & ISR_TC);
	} else if (at == TDR)
		send(u, (uint8_t)value);
	if (at == GTPR || at > PRESC)
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

const struct sim_device_type sim_stm32_usart_v2_type = {
	.name = "stm32-usart",
	.what = "STM32 USART and LPUART with ISR, RDR and TDR (F7, G0, H7, L4, U5)",
	.bytes = 0x400,
	.state_bytes = sizeof(struct usart),
	.init = init,
	.reset = reset,
	.free = free_usart,
	.read = read_usart,
	.write = write_usart,
	.receive = sim_uart_device_receive,
	.listens = listens,
	.clock_changed = clock_changed,
	.dma_poll = dma_poll,
};
