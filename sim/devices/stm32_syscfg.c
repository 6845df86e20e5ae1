/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 system configuration (F1: alternate function I/O): which port an interrupt line listens to.
 *
 *   EXTICR1 … 4   08 … 14   4 bits a line, 4 lines each: 0 port A, 1 port B, …; sim/devices/stm32_exti.c reads them
 *
 * Offsets: ST's CMSIS headers (AFIO of stm32f103xb.h; SYSCFG of f746xx, l4r5xx, h7a3xx). The others (remapping of
 * memories and functions, compensation cells, …) are memory, by the options of a stub, and reported as not modelled.
 */
#include "sim/devices/memory_stub.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

struct syscfg {
	struct sim_stub stub;
};

static bool is_choice(uint32_t at)
{
	return at >= 0x08 && at <= 0x14;
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const others[] = {NULL};
	return sim_stub_init(&((struct syscfg *)device->state)->stub, device, others, err);
}

static void reset(struct sim_device *device)
{
	sim_stub_reset(&((struct syscfg *)device->state)->stub);
}

static void free_syscfg(struct sim_device *device)
{
	sim_stub_free(&((struct syscfg *)device->state)->stub);
}

static uint32_t read_syscfg(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct syscfg *s = device->state;
	uint32_t at = offset & ~3u;
	if (!is_choice(at))
		device->wires->unmodelled(device->wires->machine, device, at, false, sim_stub_guesses(&s->stub, at));
	return sim_register_part(sim_stub_value(&s->stub, at), offset, size);
}

static void write_syscfg(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct syscfg *s = device->state;
	uint32_t at = offset & ~3u;
	if (!is_choice(at))
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	sim_stub_put(&s->stub, offset, size, value);
}

const struct sim_device_type sim_stm32_syscfg_type = {
	.name = "stm32-syscfg",
	.what = "STM32 SYSCFG and AFIO: which port an interrupt line listens to",
	.bytes = 0x400,
	.state_bytes = sizeof(struct syscfg),
	.init = init,
	.reset = reset,
	.free = free_syscfg,
	.read = read_syscfg,
	.write = write_syscfg,
};
