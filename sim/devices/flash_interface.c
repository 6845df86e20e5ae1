/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers that set up flash and the caches before it: a stub (sim/devices/memory_stub.c) some of whose fields say
 * how fast memory answers. The board file says where they are, as register and bits:
 *
 *   wait_states: 0x00 3:0
 *   prefetch: 0x00 8
 *   icache: 0x00 9            instruction cache on
 *   dcache: 0x00 10           data cache on
 *   two_ways: 0x00 2          1: two ways of the instruction cache, 0: one
 *   art: 0x00 9               M7: the accelerator of flash on the ITCM bus on
 *
 * Until firmware writes the register, memory answers as the board file's `flash` section says.
 */
#include "sim/devices/memory_stub.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *key;
	enum sim_memory_knob knob;
} FIELDS[] = {
	{"wait_states", SIM_KNOB_WAIT_STATES}, {"prefetch", SIM_KNOB_PREFETCH}, {"icache", SIM_KNOB_CACHE},
	{"dcache", SIM_KNOB_DATA_CACHE},       {"two_ways", SIM_KNOB_WAYS},
	{"art", SIM_KNOB_ART},
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS };

struct interface {
	struct sim_stub stub;
	struct field {
		uint32_t at;
		unsigned low, bits; /* bits 0: this chip has none */
	} field[FIELD_COUNT];
};

static bool read_field(struct sim_device *device, const struct sim_option *option, struct field *ret, struct err *err)
{
	const struct interface *interface = device->state;
	unsigned high = 0, low = 0, at = 0;
	int used = 0;
	if (sscanf(option->value, "%x %2u:%2u%n", &at, &high, &low, &used) != 3 || option->value[used]) {
		used = 0;
		if (sscanf(option->value, "%x %2u%n", &at, &low, &used) == 2 && !option->value[used])
			high = low;
		else
			high = 32;
	}
	if (high > 31 || low > high || at % 4 || at >= interface->stub.bytes)
		return err_input_at(err, device->board->path, option->line, option->column,
				    "'%s' is not of the form '0x00 3:0' or '0x00 8' (register, bits)", option->value);
	*ret = (struct field){.at = at, .low = low, .bits = high - low + 1};
	return true;
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const own[] = {"wait_states", "prefetch", "icache", "dcache", "two_ways", "art", NULL};
	struct interface *interface = device->state;
	if (!sim_stub_init(&interface->stub, device, own, err))
		return false;
	for (unsigned o = 0; o < device->place->options; o++)
		for (unsigned i = 0; own[i]; i++)
			if (strcmp(device->place->option[o].key, FIELDS[i].key) == 0 &&
			    !read_field(device, &device->place->option[o], &interface->field[i], err))
				return false;
	return true;
}

static void reset(struct sim_device *device)
{
	sim_stub_reset(&((struct interface *)device->state)->stub);
}

static void free_interface(struct sim_device *device)
{
	sim_stub_free(&((struct interface *)device->state)->stub);
}

static bool is_modelled(const struct interface *interface, uint32_t at)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		if (interface->field[i].bits && interface->field[i].at == at)
			return true;
	return false;
}

static uint32_t read_interface(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct interface *interface = device->state;
	uint32_t at = offset & ~3u;
	if (!is_modelled(interface, at))
		device->wires->unmodelled(device->wires->machine, device, at, false,
					  sim_stub_guesses(&interface->stub, at));
	return sim_register_part(sim_stub_value(&interface->stub, at), offset, size);
}

static void write_interface(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct interface *interface = device->state;
	const struct sim_wires *wires = device->wires;
	uint32_t at = offset & ~3u;
	sim_stub_put(&interface->stub, offset, size, value);
	if (!is_modelled(interface, at))
		wires->unmodelled(wires->machine, device, at, true, false);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		const struct field *field = &interface->field[i];
		if (!field->bits || field->at != at || !wires->set_memory)
			continue;
		unsigned is = sim_stub_value(&interface->stub, at) >> field->low & ((UINT64_C(1) << field->bits) - 1);
		wires->set_memory(wires->machine, FIELDS[i].knob, FIELDS[i].knob == SIM_KNOB_WAYS ? is + 1 : is);
	}
}

const struct sim_device_type sim_flash_interface_type = {
	.name = "flash-interface",
	.what = "registers of flash and caches; wait states, prefetch and caches follow what firmware sets up",
	.bytes = 0, /* by option: sim_placement_bytes */
	.state_bytes = sizeof(struct interface),
	.init = init,
	.reset = reset,
	.free = free_interface,
	.read = read_interface,
	.write = write_interface,
};
