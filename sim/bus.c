/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices by address. Peripheral addresses where no device is placed, and registers that a device does not
 * model, behave like memory and are counted: firmware gets by, and the honesty report says on what it stood.
 *
 * On Cortex-M3 and M4 the bit-band aliases are served here too (Armv7-M: 0x22000000, 0x42000000).
 */
#include "sim/machine_state.h"

#include <stdlib.h>
#include <string.h>

#define PERIPHERALS 0x40000000u
#define PERIPHERALS_BYTES 0x20000000u
#define PRIVATE 0xE0000000u
#define PRIVATE_BYTES 0x00100000u
#define IO_PORT_BYTES 0x10000u
#define POLL_WINDOW 2000 /* cycles: reads of one stub closer than this are a loop that waits for it */

static struct sim_device *find(const struct sim_machine *machine, uint32_t at)
{
	const struct sim_bus *bus = &machine->bus;
	if (bus->last && at - bus->last->place->at < bus->last->bytes)
		return bus->last;
	unsigned low = 0, high = bus->devices;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (bus->by_address[middle]->place->at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || at - bus->by_address[low - 1]->place->at >= bus->by_address[low - 1]->bytes)
		return NULL;
	return bus->by_address[low - 1];
}

bool sim_bus_answers(const struct sim_machine *machine, uint32_t at)
{
	for (unsigned i = 0; i < machine->mmios; i++)
		if (at - machine->mmio[i].base < machine->mmio[i].bytes)
			return true;
	return false;
}

/* --- words nobody models ------------------------------------------------------------------------------------- */

static struct sim_stub_word *stub_word(struct sim_machine *machine, uint32_t at)
{
	struct sim_bus *bus = &machine->bus;
	for (uint32_t i = at * 2654435761u >> 20;; i++) {
		struct sim_stub_word *word = &bus->stub[i % SIM_STUB_WORDS];
		if (word->at == at && (word->reads || word->writes))
			return word;
		if (!word->reads && !word->writes) {
			if (bus->stubs >= SIM_STUB_WORDS - 1)
				return NULL; /* full: further words read 0 and forget */
			bus->stubs++;
			word->at = at;
			return word;
		}
	}
}

static struct sim_stub_word *count_stub(struct sim_machine *machine, const struct sim_device *device, uint32_t at,
					bool write)
{
	struct sim_bus *bus = &machine->bus;
	struct sim_stub_word *word = stub_word(machine, at);
	if (!word)
		return NULL;
	word->device = device;
	if (write) {
		word->writes++;
	} else {
		word->reads++;
		uint64_t now = machine->clock.cycle;
		if (bus->poll_at == at && now - bus->poll_cycle < POLL_WINDOW)
			bus->polled_cycles += now - bus->poll_cycle;
		bus->poll_at = at;
		bus->poll_cycle = now;
	}
	return word;
}

static void unmodelled(void *context, const struct sim_device *device, uint32_t offset, bool write, bool guessed)
{
	struct sim_stub_word *word = count_stub(context, device, device->place->at + (offset & ~3u), write);
	if (word)
		word->guessed = word->guessed || guessed;
}

static uint32_t stub_read(struct sim_machine *machine, uint32_t at, unsigned size)
{
	struct sim_stub_word *word = count_stub(machine, NULL, at & ~3u, false);
	if (!word)
		return 0;
	word->guessed = word->guessed || !word->writes; /* 0 was made up */
	return size == 4 ? word->value : word->value >> (8 * (at & 3)) & (size == 2 ? 0xFFFFu : 0xFFu);
}

static void stub_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value)
{
	struct sim_stub_word *word = count_stub(machine, NULL, at & ~3u, true);
	if (!word)
		return;
	uint32_t mask = size == 4 ? 0xFFFFFFFFu : (size == 2 ? 0xFFFFu : 0xFFu) << (8 * (at & 3));
	word->value = (word->value & ~mask) | (value << (8 * (at & 3)) & mask);
}

/* --- bit-banding ------------------------------------------------------------------------------------------------ */

static bool has_bit_band(const struct sim_machine *machine)
{
	return machine->board.core == SIM_M3 || machine->board.core == SIM_M4;
}

static bool bit_band(const struct sim_machine *machine, uint32_t at, uint32_t *ret_at, unsigned *ret_bit)
{
	uint32_t base = at & 0xF0000000u, offset = at & 0x0FFFFFFFu;
	if (!has_bit_band(machine) || offset < 0x02000000 || offset >= 0x04000000 ||
	    (base != 0x20000000u && base != 0x40000000u))
		return false;
	offset -= 0x02000000;
	*ret_at = base + offset / 32;
	*ret_bit = offset / 4 % 8;
	return true;
}

static uint32_t plain_read(struct sim_machine *machine, uint32_t at, unsigned size);
static void plain_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value);

static uint32_t read_bit(struct sim_machine *machine, uint32_t at, unsigned bit)
{
	const uint8_t *host = sim_space_host(&machine->space, at, 1);
	uint32_t byte = host ? *host : plain_read(machine, at & ~3u, 4) >> (8 * (at & 3));
	return byte >> bit & 1;
}

static void write_bit(struct sim_machine *machine, uint32_t at, unsigned bit, uint32_t value)
{
	const uint8_t *host = sim_space_host(&machine->space, at, 1);
	if (host) {
		uint8_t byte = (uint8_t)((*host & ~(1u << bit)) | (value & 1) << bit);
		sim_core_write(machine, at, &byte, 1);
		return;
	}
	bit += 8 * (at & 3);
	uint32_t word = plain_read(machine, at & ~3u, 4);
	plain_write(machine, at & ~3u, 4, (word & ~(1u << bit)) | (value & 1) << bit);
}

/* --- access ------------------------------------------------------------------------------------------------------- */

static uint32_t plain_read(struct sim_machine *machine, uint32_t at, unsigned size)
{
	struct sim_device *device = find(machine, at);
	if (!device)
		return stub_read(machine, at, size);
	machine->bus.last = device;
	machine->bus.touched[device - machine->bus.device] = true;
	return device->type->read(device, at - device->place->at, size);
}

static void plain_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value)
{
	struct sim_device *device = find(machine, at);
	if (!device) {
		stub_write(machine, at, size, value);
		return;
	}
	machine->bus.last = device;
	machine->bus.touched[device - machine->bus.device] = true;
	device->type->write(device, at - device->place->at, size, value);
}

/* Loads and stores at M0+'s I/O port take 1 cycle, not the 2 of their price (DDI0484C table 3-1, note). */
static void quicken(struct sim_machine *machine, uint32_t at)
{
	uint32_t port = machine->board.io_port;
	if (port == 0 || at - port >= IO_PORT_BYTES)
		return;
	machine->clock.cycle--;
	machine->previous->stall--;
}

uint32_t sim_bus_read(struct sim_machine *machine, uint32_t at, unsigned size)
{
	uint32_t to;
	unsigned bit;
	if (at - PRIVATE < PRIVATE_BYTES)
		return sim_scs_read(machine, at, size);
	if (bit_band(machine, at, &to, &bit))
		return read_bit(machine, to, bit);
	uint32_t value = plain_read(machine, at, size);
	quicken(machine, at);
	return value;
}

void sim_bus_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value)
{
	uint32_t to;
	unsigned bit;
	if (at - PRIVATE < PRIVATE_BYTES)
		sim_scs_write(machine, at, size, value);
	else if (bit_band(machine, at, &to, &bit))
		write_bit(machine, to, bit, value);
	else
		plain_write(machine, at, size, value);
	quicken(machine, at);
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

static int by_address(const void *a, const void *b)
{
	uint32_t left = (*(struct sim_device *const *)a)->place->at, right = (*(struct sim_device *const *)b)->place->at;
	return left < right ? -1 : left > right;
}

static void add_mmio(struct sim_machine *machine, uint32_t base, uint32_t bytes)
{
	if (machine->mmios < SIM_MAX_MMIOS)
		machine->mmio[machine->mmios++] = (struct sim_mmio){machine, base, bytes};
}

/* The peripheral addresses, but for memories that some chips place among them (backup RAM). */
static void add_peripherals(struct sim_machine *machine)
{
	uint32_t from = PERIPHERALS, end = PERIPHERALS + PERIPHERALS_BYTES;
	while (from < end) {
		const struct sim_region *nearest = NULL;
		for (unsigned i = 0; i < machine->space.regions; i++) {
			const struct sim_region *region = &machine->space.region[i];
			if (region->at >= from && region->at < end && (!nearest || region->at < nearest->at))
				nearest = region;
		}
		uint32_t to = nearest ? nearest->at : end;
		if (to > from)
			add_mmio(machine, from, to - from);
		from = nearest ? nearest->at + nearest->bytes : end;
	}
}

static void set_irq(void *context, int irq, bool level)
{
	struct sim_machine *machine = context;
	sim_nvic_line(&machine->nvic, SIM_EXC_IRQ0 + (unsigned)irq, level);
	if (level)
		sim_clock_kick(&machine->clock);
}

static void uart_sent(void *context, const struct sim_device *from, uint8_t byte)
{
	struct sim_machine *machine = context;
	if (machine->observer.uart)
		machine->observer.uart(machine->observer.context, sim_machine_when(machine, machine->clock.cycle),
				       from->place->name, byte);
}

static void pins(void *context, const struct sim_device *from, uint32_t levels)
{
	struct sim_machine *machine = context;
	if (machine->observer.pins)
		machine->observer.pins(machine->observer.context,
				       sim_machine_when(machine, sim_visit_exact_cycle(machine)), from->place->name, levels);
}

static void port(void *context, const struct sim_device *from, uint32_t old, uint32_t levels)
{
	struct sim_machine *machine = context;
	for (unsigned i = 0; i < machine->bus.devices; i++)
		if (machine->bus.device[i].type->port_changed)
			machine->bus.device[i].type->port_changed(&machine->bus.device[i], from, old, levels);
}

static void sampled(void *context, const struct sim_device *from, const int16_t *counts, unsigned channels, bool lost)
{
	struct sim_machine *machine = context;
	if (machine->observer.sample)
		machine->observer.sample(machine->observer.context, sim_machine_when(machine, machine->clock.cycle),
					 from->place->name, counts, channels, lost);
}

/* Silicon would read what is not there yet; here it is only said. */
void sim_bus_check_flash(struct sim_machine *machine)
{
	const struct sim_flash *flash = &machine->board.flash;
	unsigned has = machine->memory.flash.wait_states;
	if (!flash->limits || machine->too_fast_hz)
		return;
	if (machine->clock.hz <= flash->fastest_hz[has < flash->limits ? has : flash->limits - 1])
		return;
	machine->too_fast_hz = machine->clock.hz;
	machine->too_few_wait_states = has;
}

static void set_memory(void *context, enum sim_memory_knob knob, unsigned value)
{
	struct sim_machine *machine = context;
	sim_memory_set(&machine->memory, knob, value);
	sim_bus_check_flash(machine);
}

static void set_clock(void *context, uint64_t hz)
{
	struct sim_machine *machine = context;
	if (hz == machine->clock.hz) /* a bus's clock has changed */
		machine->clock.changed(machine->clock.context, hz);
	else
		sim_clock_set_hz(&machine->clock, hz);
	sim_bus_check_flash(machine);
	sim_machine_set_power(machine, machine->power);
}

static void set_deep_state(void *context, enum sim_power_state state)
{
	((struct sim_machine *)context)->deep_state = state;
}

static void ask_reset(void *context)
{
	struct sim_machine *machine = context;
	machine->reset_asked = true;
	sim_machine_attend(machine);
}

static bool master_read(void *context, uint32_t at, unsigned size, uint32_t *ret_value)
{
	struct sim_machine *machine = context;
	const uint8_t *host = sim_space_host(&machine->space, at, size);
	uint32_t value = 0;
	if (host)
		memcpy(&value, host, size);
	else if (at - PRIVATE >= PRIVATE_BYTES && sim_bus_answers(machine, at))
		value = plain_read(machine, at, size);
	else
		return false;
	*ret_value = value;
	return true;
}

static bool master_write(void *context, uint32_t at, unsigned size, uint32_t value)
{
	struct sim_machine *machine = context;
	const struct sim_region *region = sim_space_find(&machine->space, at);
	if (region) /* code that a bus master changes under the core's feet is not translated again */
		return region->writable && sim_machine_write(machine, at, &value, size);
	if (at - PRIVATE < PRIVATE_BYTES || !sim_bus_answers(machine, at))
		return false;
	plain_write(machine, at, size, value);
	return true;
}

static bool dma_request(void *context, uint32_t at, bool write)
{
	struct sim_machine *machine = context;
	for (unsigned i = 0; i < machine->bus.devices; i++) {
		struct sim_device *device = &machine->bus.device[i];
		if (device->type->dma_transfer && device->type->dma_transfer(device, at, write))
			return true;
	}
	return false;
}

static void dma_ready(void *context, uint32_t at)
{
	struct sim_device *device = find(context, at);
	if (device && device->type->dma_poll)
		device->type->dma_poll(device);
}

static bool place(struct sim_machine *machine, const struct sim_placement *where, struct err *err)
{
	struct sim_bus *bus = &machine->bus;
	struct sim_device *device = &bus->device[bus->devices];
	const struct sim_device_type *type = sim_device_type_find(where->type);
	if (!type)
		return err_input(err, "%s: device %s: there is no device type '%s'", machine->board.path, where->name,
				 where->type);
	*device = (struct sim_device){.type = type, .place = where, .bytes = sim_placement_bytes(where),
				      .board = &machine->board, .wires = &machine->wires};
	device->state = calloc(1, type->state_bytes ? type->state_bytes : 1);
	if (!device->state)
		return err_internal(err, "out of memory");
	bus->by_address[bus->devices++] = device;
	if (where->at - PERIPHERALS >= PERIPHERALS_BYTES && !sim_bus_answers(machine, where->at))
		add_mmio(machine, where->at & ~0xFFFu, (device->bytes + (where->at & 0xFFF) + 0xFFF) & ~0xFFFu);
	return !type->init || type->init(device, err);
}

bool sim_bus_create(struct sim_machine *machine, struct err *err)
{
	struct sim_bus *bus = &machine->bus;
	unsigned most = machine->board.devices ? machine->board.devices : 1;
	machine->wires = (struct sim_wires){
		.machine = machine, .clock = &machine->clock, .buses = &machine->bus_clocks, .seed = machine->seed,
		.set_irq = set_irq, .uart_sent = uart_sent, .sampled = sampled, .set_clock = set_clock,
		.set_deep_state = set_deep_state, .reset = ask_reset, .bus_read = master_read, .bus_write = master_write,
		.dma_request = dma_request, .dma_ready = dma_ready,
		.unmodelled = unmodelled, .set_memory = set_memory, .pins = pins, .port = port, .reset_cause = &machine->reset_cause,
	};
	bus->device = calloc(most, sizeof *bus->device);
	bus->by_address = calloc(most, sizeof *bus->by_address);
	bus->touched = calloc(most, sizeof *bus->touched);
	bus->stub = calloc(SIM_STUB_WORDS, sizeof *bus->stub);
	if (!bus->device || !bus->by_address || !bus->touched || !bus->stub)
		return err_internal(err, "out of memory");
	add_peripherals(machine);
	add_mmio(machine, PRIVATE, PRIVATE_BYTES);
	if (has_bit_band(machine) && !sim_space_find(&machine->space, 0x22000000))
		add_mmio(machine, 0x22000000, 0x02000000);
	for (unsigned i = 0; i < machine->board.devices; i++)
		if (!place(machine, &machine->board.device[i], err))
			return false;
	qsort(bus->by_address, bus->devices, sizeof *bus->by_address, by_address);
	return true;
}

void sim_bus_reset(struct sim_machine *machine)
{
	for (unsigned i = 0; i < machine->bus.devices; i++)
		if (machine->bus.device[i].type->reset)
			machine->bus.device[i].type->reset(&machine->bus.device[i]);
}

void sim_bus_destroy(struct sim_machine *machine)
{
	struct sim_bus *bus = &machine->bus;
	for (unsigned i = 0; i < bus->devices; i++) {
		if (bus->device[i].type->free)
			bus->device[i].type->free(&bus->device[i]);
		free(bus->device[i].state);
	}
	free(bus->device);
	free(bus->by_address);
	free(bus->touched);
	free(bus->stub);
}
