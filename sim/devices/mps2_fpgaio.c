/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FPGA system control and I/O of the MPS2 boards. AN385 (DAI 0385D), section 4.8.
 *
 *   00 LED0   08 BUTTON   10 CLK1HZ   14 CLK100HZ   18 COUNTER   1C PRESCALE   20 PSCNTR   4C MISC
 *
 * CLK1HZ and CLK100HZ count time; COUNTER counts core cycles / (PRESCALE + 1), PSCNTR runs down between. All of them
 * can be written. Buttons are not pressed. LED0 and MISC (display control) are memory.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

enum { LED0 = 0x00, BUTTON = 0x08, CLK1HZ = 0x10, CLK100HZ = 0x14, COUNTER = 0x18, PRESCALE = 0x1C, PSCNTR = 0x20,
       MISC = 0x4C };

struct fpgaio {
	uint32_t led, prescale, misc;
	uint64_t zero_1hz, zero_100hz;  /* ticks of virtual time at which the counters were 0, modulo 2^64 */
	uint32_t count, down;           /* COUNTER and PSCNTR … */
	uint64_t since;                 /* … at this cycle */
};

static uint64_t ticks(const struct sim_device *device, uint64_t hz)
{
	return sim_clock_now_ps(device->wires->clock) / (SIM_PS_PER_S / hz);
}

/* Every cycle counts PSCNTR down; where it would pass 0, it is PRESCALE again and COUNTER goes on. */
static void settle(struct sim_device *device)
{
	struct fpgaio *f = device->state;
	uint64_t now = device->wires->clock->cycle, passed = now - f->since, period = (uint64_t)f->prescale + 1;
	f->since = now;
	if (passed <= f->down) {
		f->down -= (uint32_t)passed;
		return;
	}
	passed -= (uint64_t)f->down + 1;
	f->count += (uint32_t)(1 + passed / period);
	f->down = (uint32_t)(f->prescale - passed % period);
}

static void reset(struct sim_device *device)
{
	struct fpgaio *f = device->state;
	*f = (struct fpgaio){.since = device->wires->clock->cycle};
	f->zero_1hz = ticks(device, 1);
	f->zero_100hz = ticks(device, 100);
}

static uint32_t read_register(struct sim_device *device, uint32_t at)
{
	struct fpgaio *f = device->state;
	settle(device);
	switch (at) {
	case LED0:
		return f->led;
	case BUTTON:
		return 0;
	case CLK1HZ:
		return (uint32_t)(ticks(device, 1) - f->zero_1hz);
	case CLK100HZ:
		return (uint32_t)(ticks(device, 100) - f->zero_100hz);
	case COUNTER:
		return f->count;
	case PRESCALE:
		return f->prescale;
	case PSCNTR:
		return f->down;
	case MISC:
		return f->misc;
	default:
		device->wires->unmodelled(device->wires->machine, device, at, false, true);
		return 0;
	}
}

static uint32_t read_fpgaio(struct sim_device *device, uint32_t offset, unsigned size)
{
	return sim_register_part(read_register(device, offset & ~3u), offset, size);
}

static void write_fpgaio(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct fpgaio *f = device->state;
	uint32_t at = offset & ~3u;
	value = sim_register_merge(size == 4 ? 0 : read_register(device, at), offset, size, value);
	settle(device);
	if (at == LED0)
		f->led = value & 3;
	else if (at == CLK1HZ)
		f->zero_1hz = ticks(device, 1) - value;
	else if (at == CLK100HZ)
		f->zero_100hz = ticks(device, 100) - value;
	else if (at == COUNTER)
		f->count = value;
	else if (at == PRESCALE)
		f->prescale = value;
	else if (at == PSCNTR)
		f->down = value;
	else if (at == MISC)
		f->misc = value & 0x3FF;
	else if (at != BUTTON)
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
}

const struct sim_device_type sim_mps2_fpgaio_type = {
	.name = "mps2-fpgaio",
	.what = "MPS2 FPGA I/O: LEDs, buttons, free-running counters",
	.bytes = 0x1000,
	.state_bytes = sizeof(struct fpgaio),
	.reset = reset,
	.read = read_fpgaio,
	.write = write_fpgaio,
};
