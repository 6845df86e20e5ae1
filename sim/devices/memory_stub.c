/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block nobody models: its registers behave like memory, and every access is told, so that the honesty report
 * can name it. A few of its bits may follow others, which is what start-up code polls for:
 *
 *   bytes: 0x400                   size, 4 … 1 MiB, a multiple of 4
 *   reset.0x00: 0x00000083         value of the register at 0x00 after reset (0 where none is given)
 *   reset.rest: 0                  all others are 0 after reset, says the manual: reading them is no guess
 *   follow.0x00: 1<-0 25<-24       bit 1 reads as bit 0 was written, bit 25 as bit 24
 *   follow.0x08: 3<-1 2<-0         (a "switch status" that follows its "switch")
 *   follow.0x14: 13<-0x10.5        a bit of another register
 *   set.0x04: 0x00002000           these bits read 1 whatever was written (ready, always)
 *   clear.0x10: 0x80000000         these bits read 0 whatever was written (a command bit that ends at once)
 *
 * A read of a register that was never written and has no reset value is a guess, and told as one.
 */
#include "sim/devices/memory_stub.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The register's offset in `reset.0x10`; false: no such register. */
static bool parse_offset(const struct sim_stub *stub, const char *text, uint32_t *ret_offset)
{
	uint64_t offset;
	if (!sim_device_parse_number(text, &offset) || offset >= stub->bytes || offset % 4)
		return false;
	*ret_offset = (uint32_t)offset;
	return true;
}

/* One `1<-0` or `13<-0x10.5` at *text; moves *text behind it. */
static bool parse_follow(struct sim_stub *stub, uint32_t to, const char **text)
{
	unsigned to_bit, from = to, from_bit;
	int used = 0;
	if (sscanf(*text, " %2u<-0x%5x.%2u%n", &to_bit, &from, &from_bit, &used) != 3 || used == 0) {
		from = to;
		used = 0;
		if (sscanf(*text, " %2u<-%2u%n", &to_bit, &from_bit, &used) != 2 || used == 0)
			return false;
	}
	*text += used;
	if (to_bit > 31 || from_bit > 31 || from >= stub->bytes || from % 4 || stub->follows == SIM_STUB_FOLLOWS ||
	    (**text != 0 && **text != ' '))
		return false;
	stub->follow[stub->follows++] = (struct sim_stub_follow){
		.to = to, .from = from, .to_bit = (uint8_t)to_bit, .from_bit = (uint8_t)from_bit };
	stub->given[from / 4] = 1;
	return true;
}

static bool take_option(struct sim_stub *stub, struct sim_device *device, const struct sim_option *option,
			struct err *err)
{
	uint32_t at;
	uint64_t value;
	const char *dot = strchr(option->key, '.'), *text = option->value;
	if (strcmp(option->key, "bytes") == 0)
		return true;
	if (strcmp(option->key, "reset.rest") == 0 && strcmp(option->value, "0") == 0) {
		memset(stub->given, 1, stub->bytes / 4);
		return true;
	}
	size_t word = dot ? (size_t)(dot - option->key) : 0;
	bool is_reset = word == 5 && strncmp(option->key, "reset", 5) == 0;
	bool is_clear = word == 5 && strncmp(option->key, "clear", 5) == 0;
	bool is_set = word == 3 && strncmp(option->key, "set", 3) == 0;
	bool is_follow = word == 6 && strncmp(option->key, "follow", 6) == 0;
	if ((!is_reset && !is_clear && !is_set && !is_follow) || !parse_offset(stub, dot + 1, &at))
		return err_input_at(err, device->board->path, option->line, option->column,
				    "'%s' is no option of a stub of %u bytes; it has: bytes, reset.OFFSET, follow.OFFSET, "
				    "set.OFFSET, clear.OFFSET", option->key, stub->bytes);
	stub->given[at / 4] = 1;
	if (is_follow) {
		while (*text) {
			if (!parse_follow(stub, at, &text))
				return err_input_at(err, device->board->path, option->line, option->column,
						    "'%s' is not of the form '1<-0 13<-0x10.5' (bit <- bit, or register.bit)",
						    option->value);
		}
		return true;
	}
	if (!sim_device_parse_number(text, &value) || value > UINT32_MAX)
		return err_input_at(err, device->board->path, option->line, option->column,
				    "'%s' is not a register's value; a number of 32 bits is expected", text);
	uint32_t *registers = is_reset ? stub->start : is_set ? stub->set : stub->clear;
	registers[at / 4] = (uint32_t)value;
	return true;
}

static bool is_one_of(const char *key, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(key, *list) == 0)
			return true;
	return false;
}

bool sim_stub_init(struct sim_stub *stub, struct sim_device *device, const char *const *others, struct err *err)
{
	uint64_t bytes;
	if (!sim_device_option_number(device, "bytes", SIM_STUB_BYTES, 4, SIM_STUB_MAX_BYTES, &bytes, err))
		return false;
	stub->bytes = (uint32_t)bytes & ~3u;
	size_t registers = stub->bytes / 4;
	stub->value = calloc(registers, sizeof *stub->value);
	stub->start = calloc(registers, sizeof *stub->start);
	stub->set = calloc(registers, sizeof *stub->set);
	stub->clear = calloc(registers, sizeof *stub->clear);
	stub->known = calloc(registers, 1);
	stub->given = calloc(registers, 1);
	if (!stub->value || !stub->start || !stub->set || !stub->clear || !stub->known || !stub->given)
		return err_internal(err, "out of memory for the %zu registers of '%s'", registers, device->place->name);
	for (unsigned i = 0; i < device->place->options; i++)
		if (!is_one_of(device->place->option[i].key, others) &&
		    !take_option(stub, device, &device->place->option[i], err))
			return false;
	return true;
}

void sim_stub_reset(struct sim_stub *stub)
{
	memcpy(stub->value, stub->start, stub->bytes);
	memcpy(stub->known, stub->given, stub->bytes / 4);
}

void sim_stub_free(struct sim_stub *stub)
{
	free(stub->value);
	free(stub->start);
	free(stub->set);
	free(stub->clear);
	free(stub->known);
	free(stub->given);
	memset(stub, 0, sizeof *stub);
}

uint32_t sim_stub_value(const struct sim_stub *stub, uint32_t at)
{
	if (at >= stub->bytes)
		return 0;
	uint32_t value = stub->value[at / 4];
	for (unsigned i = 0; i < stub->follows; i++) {
		const struct sim_stub_follow *f = &stub->follow[i];
		uint32_t bit = UINT32_C(1) << f->to_bit;
		if (f->to == at)
			value = stub->value[f->from / 4] >> f->from_bit & 1 ? value | bit : value & ~bit;
	}
	return (value | stub->set[at / 4]) & ~stub->clear[at / 4];
}

void sim_stub_put(struct sim_stub *stub, uint32_t offset, unsigned size, uint32_t value)
{
	uint32_t at = offset & ~3u;
	if (at >= stub->bytes)
		return;
	stub->value[at / 4] = sim_register_merge(stub->value[at / 4], offset, size, value);
	stub->known[at / 4] = 1;
}

bool sim_stub_guesses(const struct sim_stub *stub, uint32_t at)
{
	return at < stub->bytes && !stub->known[at / 4];
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const others[] = { NULL };
	return sim_stub_init(device->state, device, others, err);
}

static void reset(struct sim_device *device)
{
	sim_stub_reset(device->state);
}

static void free_stub(struct sim_device *device)
{
	sim_stub_free(device->state);
}

static uint32_t read_stub(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct sim_stub *stub = device->state;
	uint32_t at = offset & ~3u;
	if (at >= stub->bytes)
		return 0;
	device->wires->unmodelled(device->wires->machine, device, at, false, sim_stub_guesses(stub, at));
	return sim_register_part(sim_stub_value(stub, at), offset, size);
}

static void write_stub(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct sim_stub *stub = device->state;
	if (offset >= stub->bytes)
		return;
	device->wires->unmodelled(device->wires->machine, device, offset & ~3u, true, false);
	sim_stub_put(stub, offset, size, value);
}

const struct sim_device_type sim_stub_type = {
	.name = "stub",
	.what = "registers that behave like memory, some bits following others; every access is reported",
	.bytes = 0, /* by option: sim_placement_bytes */
	.state_bytes = sizeof(struct sim_stub),
	.init = init,
	.reset = reset,
	.free = free_stub,
	.read = read_stub,
	.write = write_stub,
};
