/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board file. docs/boards.md explains its keys to people.
 *
 * What is checked beyond each value: no two memories (aliases included) and devices claim the same address, no two
 * devices the same interrupt; arena, console and device types exist; the FPU is one the core can have. Options of
 * devices are kept as written: their types judge them.
 */
#include "sim/board_read.h"
#include "sim/device.h"

#include "base/near.h"
#include "base/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const sim_core_names[] = { "cortex-m0", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7",
				       "cortex-m33", NULL };
static const char *const fpu_names[] = { "none", "single", "double", NULL };
static const char *const kind_names[] = { "flash", "ram", NULL };
static const char *const regulator_names[] = { "ldo", "smps", NULL };
static const char *const grade_names[] = { "estimated", "calibrated", "measured", NULL };
static const char *const cache_names[] = { "none", "art", "icache", "l1", NULL };

static bool need(const struct yaml_node *map, const char *key, const struct yaml_node **ret, struct err *err)
{
	return yaml_need(map, key, ret, err);
}

static bool need_text(const struct yaml_node *map, const char *key, char *ret, size_t size, struct err *err)
{
	const struct yaml_node *node;
	return need(map, key, &node, err) && yaml_copy(node, ret, size, err);
}

static bool need_choice(const struct yaml_node *map, const char *key, const char *const *names, unsigned *ret,
			struct err *err)
{
	const struct yaml_node *node;
	return need(map, key, &node, err) && yaml_choice(node, names, ret, err);
}

static bool need_quantity(const struct yaml_node *map, const char *key, enum unit unit, int exponent, double *ret,
			  struct err *err)
{
	const struct yaml_node *node;
	return need(map, key, &node, err) && yaml_quantity(node, unit, exponent, ret, err);
}

/* A whole number in low … high. */
static bool need_whole(const struct yaml_node *map, const char *key, int64_t low, int64_t high, uint32_t *ret,
		       struct err *err)
{
	const struct yaml_node *node;
	int64_t value;
	if (!need(map, key, &node, err) || !yaml_integer(node, low, high, &value, err))
		return false;
	*ret = (uint32_t)value;
	return true;
}

static bool need_hz(const struct yaml_node *map, const char *key, uint64_t *ret, struct err *err)
{
	const struct yaml_node *node;
	uint64_t hz;
	if (!need(map, key, &node, err) || !yaml_scaled(node, UNIT_FREQUENCY, 0, &hz, err))
		return false;
	if (hz < 1000 || hz > UINT64_C(2000000000))
		return yaml_err(node, err, "'%s' is no core clock; 1kHz … 2GHz is expected", node->text);
	*ret = hz;
	return true;
}

static bool need_mv(const struct yaml_node *map, const char *key, uint32_t *ret, struct err *err)
{
	const struct yaml_node *node;
	uint64_t mv;
	if (!need(map, key, &node, err) || !yaml_scaled(node, UNIT_VOLTAGE, -3, &mv, err))
		return false;
	if (mv < 500 || mv > 20000)
		return yaml_err(node, err, "'%s' is no supply voltage; 0.5V … 20V is expected", node->text);
	*ret = (uint32_t)mv;
	return true;
}

/* low and high: how far the truth may lie from the number, in percent. */
static bool need_range(const struct yaml_node *map, double *ret_low, double *ret_high, struct err *err)
{
	const struct yaml_node *low, *high;
	double l, h;
	if (!need(map, "low", &low, err) || !yaml_quantity(low, UNIT_PERCENT, 0, &l, err) ||
	    !need(map, "high", &high, err) || !yaml_quantity(high, UNIT_PERCENT, 0, &h, err))
		return false;
	if (l < -100 || l > 0)
		return yaml_err(low, err, "'%s' is no lower bound; -100%% … 0%% is expected", low->text);
	if (h < 0 || h > 1000)
		return yaml_err(high, err, "'%s' is no upper bound; 0%% … 1000%% is expected", high->text);
	*ret_low = l;
	*ret_high = h;
	return true;
}

/* 0 if it is not there. */
static bool may_whole(const struct yaml_node *map, const char *key, int64_t low, int64_t high, uint32_t *ret,
		      struct err *err)
{
	*ret = 0;
	return !yaml_get(map, key) || need_whole(map, key, low, high, ret, err);
}

static bool may_number(const struct yaml_node *map, const char *key, double low, double high, double *ret,
		       struct err *err)
{
	*ret = 0;
	return !yaml_get(map, key) || yaml_number(yaml_get(map, key), low, high, ret, err);
}

/* Who has claimed which addresses, to find two that claim the same. */
struct claims {
	struct {
		uint32_t at, last;
		const char *who;
	} claim[SIM_MAX_MEMORIES * (1 + SIM_MAX_ALIASES) + SIM_MAX_DEVICES];
	unsigned count;
};

static bool claim(struct claims *claims, const struct yaml_node *node, const char *who, uint32_t at, uint32_t bytes,
		  struct err *err)
{
	uint32_t last = at + (bytes - 1);
	if (last < at)
		return yaml_err(node, err, "%u bytes from 0x%08x on reach past the end of the address space", bytes, at);
	if (last >= 0xE0000000u && at <= 0xE00FFFFFu)
		return yaml_err(node, err, "0x%08x … 0x%08x is not free: 0xe0000000 … 0xe00fffff belongs to the core", at,
				last);
	for (unsigned i = 0; i < claims->count; i++)
		if (at <= claims->claim[i].last && last >= claims->claim[i].at)
			return yaml_err(node, err, "'%s' at 0x%08x … 0x%08x overlaps '%s' at 0x%08x … 0x%08x", who, at, last,
					claims->claim[i].who, claims->claim[i].at, claims->claim[i].last);
	claims->claim[claims->count].at = at;
	claims->claim[claims->count].last = last;
	claims->claim[claims->count++].who = who;
	return true;
}

static bool read_aliases(const struct yaml_node *list, struct sim_memory *memory, struct claims *claims,
			 struct err *err)
{
	for (const struct yaml_node *n = yaml_items(list); n; n = yaml_item_after(list, n)) {
		if (memory->aliases == SIM_MAX_ALIASES)
			return yaml_err(n, err, "more than %d aliases", SIM_MAX_ALIASES);
		uint32_t at;
		if (!yaml_u32(n, &at, err))
			return false;
		if (at % 4096)
			return yaml_err(n, err, "an alias starts at a multiple of 4KiB");
		if (!claim(claims, n, memory->name, at, memory->bytes, err))
			return false;
		memory->alias[memory->aliases++] = at;
	}
	return true;
}

static bool read_memory(const struct yaml_node *node, struct sim_memory *memory, struct claims *claims,
			struct err *err)
{
	static const char *const keys[] = { "kind", "at", "bytes", "alias", "line_fill", "line_beat", NULL };
	const struct yaml_node *at, *bytes;
	uint64_t count;
	unsigned kind;
	if (!yaml_keys(node, keys, err) || !need_choice(node, "kind", kind_names, &kind, err) ||
	    !need(node, "at", &at, err) || !yaml_u32(at, &memory->at, err) || !need(node, "bytes", &bytes, err) ||
	    !yaml_bytes(bytes, &count, err) || !may_number(node, "line_fill", 0, 200, &memory->line_fill, err) ||
	    !may_number(node, "line_beat", 0, 50, &memory->line_beat, err))
		return false;
	if (strlen(node->key) >= sizeof memory->name)
		return yaml_err_key(node, err, "a memory's name has at most %zu characters", sizeof memory->name - 1);
	if (count < 4096 || count > UINT32_C(1) << 30 || count % 4096 || memory->at % 4096)
		return yaml_err(bytes, err, "a memory has 4KiB … 1GiB and starts and ends at a multiple of 4KiB");
	if (memory->at >> 29 == 2)
		return yaml_err(at, err, "0x%08x is no place for a memory: 0x40000000 … 0x5fffffff belongs to devices",
				memory->at);
	snprintf(memory->name, sizeof memory->name, "%s", node->key);
	memory->kind = (enum sim_memory_kind)kind;
	memory->bytes = (uint32_t)count;
	return claim(claims, at, memory->name, memory->at, memory->bytes, err) &&
	       read_aliases(yaml_get(node, "alias"), memory, claims, err);
}

static bool read_memories(const struct yaml_node *root, struct sim_board *board, struct claims *claims,
			  struct err *err)
{
	const struct yaml_node *map, *arena;
	if (!need(root, "memories", &map, err) || !yaml_shape(map, YAML_MAP, "a map of memories by name", err))
		return false;
	for (const struct yaml_node *n = map->first; n; n = n->next) {
		if (board->memories == SIM_MAX_MEMORIES)
			return yaml_err_key(n, err, "more than %d memories", SIM_MAX_MEMORIES);
		if (!read_memory(n, &board->memory[board->memories], claims, err))
			return false;
		board->memories++;
	}
	if (!need(root, "arena", &arena, err) ||
	    !yaml_copy(arena, board->arena_memory, sizeof board->arena_memory, err))
		return false;
	const char *names[SIM_MAX_MEMORIES + 1] = { NULL };
	unsigned count = 0, index;
	for (unsigned i = 0; i < board->memories; i++)
		if (board->memory[i].kind == SIM_RAM)
			names[count++] = board->memory[i].name;
	return yaml_choice(arena, names, &index, err);
}

static bool read_irqs(const struct yaml_node *list, struct sim_board *board, struct sim_placement *place,
		      struct err *err)
{
	for (const struct yaml_node *n = yaml_items(list); n; n = yaml_item_after(list, n)) {
		int64_t irq;
		if (place->irqs == SIM_MAX_IRQS)
			return yaml_err(n, err, "more than %d interrupts", SIM_MAX_IRQS);
		if (!yaml_integer(n, 0, (int64_t)board->irq_count - 1, &irq, err))
			return false;
		for (unsigned d = 0; d < board->devices; d++)
			for (unsigned i = 0; i < board->device[d].irqs; i++)
				if (board->device[d].irq[i] == irq)
					return yaml_err(n, err, "interrupt %d belongs to '%s' already", (int)irq,
							board->device[d].name);
		place->irq[place->irqs++] = (int)irq;
	}
	return true;
}

/* Every key of a device but type, at and irq is an option. */
static bool read_options(const struct yaml_node *node, struct sim_placement *place, struct err *err)
{
	for (const struct yaml_node *n = node->first; n; n = n->next) {
		if (!strcmp(n->key, "type") || !strcmp(n->key, "at") || !strcmp(n->key, "irq"))
			continue;
		if (place->options == SIM_MAX_OPTIONS)
			return yaml_err_key(n, err, "more than %d options", SIM_MAX_OPTIONS);
		struct sim_option *option = &place->option[place->options];
		if (strlen(n->key) >= sizeof option->key)
			return yaml_err_key(n, err, "an option's name has at most %zu characters",
					    sizeof option->key - 1);
		if (!yaml_copy(n, option->value, sizeof option->value, err))
			return false;
		snprintf(option->key, sizeof option->key, "%s", n->key);
		option->line = n->line;
		option->column = n->column;
		place->options++;
	}
	return true;
}

static bool check_type(const struct yaml_node *node, const char *type, struct err *err)
{
	const char *names[64] = { NULL };
	unsigned count = 0, index;
	if (sim_device_type_find(type))
		return true;
	while (sim_device_types[count] && count < 63) {
		names[count] = sim_device_types[count]->name;
		count++;
	}
	return yaml_choice(node, names, &index, err);
}

static bool read_device(const struct yaml_node *node, struct sim_board *board, struct claims *claims, struct err *err)
{
	struct sim_placement *place = &board->device[board->devices];
	const struct yaml_node *type, *at;
	if (strlen(node->key) >= sizeof place->name)
		return yaml_err_key(node, err, "a device's name has at most %zu characters", sizeof place->name - 1);
	snprintf(place->name, sizeof place->name, "%s", node->key);
	if (!need(node, "type", &type, err) || !yaml_copy(type, place->type, sizeof place->type, err) ||
	    !check_type(type, place->type, err) || !need(node, "at", &at, err) || !yaml_u32(at, &place->at, err) ||
	    !read_irqs(yaml_get(node, "irq"), board, place, err) || !read_options(node, place, err))
		return false;
	return claim(claims, at, place->name, place->at, sim_placement_bytes(place), err);
}

static bool read_devices(const struct yaml_node *root, struct sim_board *board, struct claims *claims,
			 struct err *err)
{
	const struct yaml_node *map, *console;
	if (!need(root, "devices", &map, err) || !yaml_shape(map, YAML_MAP, "a map of devices by name", err))
		return false;
	for (const struct yaml_node *n = map->first; n; n = n->next) {
		if (board->devices == SIM_MAX_DEVICES)
			return yaml_err_key(n, err, "more than %d devices", SIM_MAX_DEVICES);
		if (!read_device(n, board, claims, err))
			return false;
		board->devices++;
	}
	if (!need(root, "console", &console, err) ||
	    !yaml_copy(console, board->console, sizeof board->console, err))
		return false;
	const char *names[SIM_MAX_DEVICES + 1] = { NULL };
	unsigned count = 0, index;
	for (unsigned i = 0; i < board->devices; i++)
		if (sim_device_type_find(board->device[i].type)->receive)
			names[count++] = board->device[i].name;
	return yaml_choice(console, names, &index, err);
}

static bool read_io_port(const struct yaml_node *root, struct sim_board *board, struct err *err)
{
	const struct yaml_node *node = yaml_get(root, "io_port");
	if (node && board->core != SIM_M0PLUS)
		return yaml_err(node, err, "a %s has no single-cycle I/O port", sim_core_names[board->core]);
	return may_whole(root, "io_port", 0x40000000, 0x5FFF0000, &board->io_port, err);
}

static bool read_core(const struct yaml_node *root, struct sim_board *board, struct err *err)
{
	const struct yaml_node *node;
	unsigned core, fpu;
	if (!need_choice(root, "core", sim_core_names, &core, err) ||
	    !need_choice(root, "fpu", fpu_names, &fpu, err) || !need(root, "fpu", &node, err))
		return false;
	unsigned most = core == SIM_M7 ? SIM_FPU_DP : core == SIM_M4 || core == SIM_M33 ? SIM_FPU_SP : SIM_FPU_NONE;
	if (fpu > most)
		return yaml_err(node, err, "a %s has no %s-precision FPU", sim_core_names[core], fpu_names[fpu]);
	board->core = (enum sim_core)core;
	board->fpu = (enum sim_fpu)fpu;
	bool v6 = core == SIM_M0 || core == SIM_M0PLUS;
	/* NVIC of Armv6-M: 32 lines, 2 priority bits. */
	return need_whole(root, "interrupts", 1, v6 ? 32 : 480, &board->irq_count, err) &&
	       need_whole(root, "priority_bits", v6 ? 2 : 3, v6 ? 2 : 8, &board->priority_bits, err) &&
	       need_whole(root, "mpu_regions", 0, 16, &board->mpu_regions, err) &&
	       read_io_port(root, board, err) &&
	       need_hz(root, "clock", &board->clock_hz, err) &&
	       need_hz(root, "reset_clock", &board->reset_clock_hz, err) &&
	       need_mv(root, "supply", &board->supply_mv, err);
}

static bool read_limits(const struct yaml_node *list, struct sim_flash *flash, struct err *err)
{
	for (const struct yaml_node *n = yaml_items(list); n; n = yaml_item_after(list, n)) {
		uint64_t hz;
		if (flash->limits == SIM_MAX_WAIT_STATES)
			return yaml_err(n, err, "more than %d limits", SIM_MAX_WAIT_STATES);
		if (!yaml_scaled(n, UNIT_FREQUENCY, 0, &hz, err))
			return false;
		if (flash->limits && hz <= flash->fastest_hz[flash->limits - 1])
			return yaml_err(n, err, "each wait state more allows a higher clock");
		flash->fastest_hz[flash->limits++] = hz;
	}
	return true;
}

static bool read_flash(const struct yaml_node *root, struct sim_flash *flash, struct err *err)
{
	static const char *const keys[] = { "wait_states", "limits", "line_bytes", "cache", "prefetch", "icache_bytes",
					    "dcache_bytes", "icache_line_bytes", "icache_ways", "dcache_ways", "line_fill",
					    "art_bytes", "dcache_ecc", "source", NULL };
	const struct yaml_node *node, *line, *bytes, *ecc;
	unsigned cache;
	uint64_t icache = 0, dcache = 0, art = 0;
	if (!need(root, "flash", &node, err) || !yaml_keys(node, keys, err) ||
	    !need_whole(node, "wait_states", 0, 30, &flash->wait_states, err) ||
	    !read_limits(yaml_get(node, "limits"), flash, err) ||
	    !need(node, "line_bytes", &line, err) || !need_whole(node, "line_bytes", 4, 64, &flash->line_bytes, err) ||
	    !need_choice(node, "cache", cache_names, &cache, err) || !need(node, "prefetch", &bytes, err) ||
	    !yaml_bool(bytes, &flash->prefetch, err) || !yaml_bytes(yaml_get(node, "icache_bytes"), &icache, err) ||
	    !yaml_bytes(yaml_get(node, "dcache_bytes"), &dcache, err) ||
	    !yaml_bytes(yaml_get(node, "art_bytes"), &art, err) ||
	    ((ecc = yaml_get(node, "dcache_ecc")) && !yaml_bool(ecc, &flash->dcache_ecc, err)) ||
	    !may_whole(node, "icache_line_bytes", 0, 64, &flash->icache_line_bytes, err) ||
	    !may_whole(node, "icache_ways", 0, 16, &flash->icache_ways, err) ||
	    !may_whole(node, "dcache_ways", 0, 16, &flash->dcache_ways, err) ||
	    !may_number(node, "line_fill", 0, 200, &flash->line_fill, err) ||
	    !need_text(node, "source", flash->source, sizeof flash->source, err))
		return false;
	if (flash->line_bytes & (flash->line_bytes - 1))
		return yaml_err(line, err, "'%s' is no width of a flash; 4, 8, 16, 32 or 64 is expected", line->text);
	snprintf(flash->cache, sizeof flash->cache, "%s", cache_names[cache]);
	flash->icache_bytes = (uint32_t)icache;
	flash->dcache_bytes = (uint32_t)dcache;
	flash->art_bytes = (uint32_t)art;
	return true;
}

static bool read_current(const struct yaml_node *node, const char *state, double *ret_base_ua,
			 double *ret_ua_per_mhz, struct err *err)
{
	if (!need_quantity(node, "base", UNIT_CURRENT, -6, ret_base_ua, err) ||
	    !need_quantity(node, "per_clock", UNIT_CURRENT_PER_FREQUENCY, -12, ret_ua_per_mhz, err))
		return false;
	return (*ret_base_ua >= 0 && *ret_ua_per_mhz >= 0) || yaml_err(node, err, "a current in '%s' is negative", state);
}

static bool read_power_ranges(const struct yaml_node *list, const char *state, struct sim_power *power,
			      struct err *err)
{
	static const char *const keys[] = { "up_to", "base", "per_clock", NULL };
	for (const struct yaml_node *n = yaml_items(list); n; n = yaml_item_after(list, n)) {
		struct sim_power_range *range = &power->range[power->ranges];
		if (power->ranges == SIM_MAX_POWER_RANGES)
			return yaml_err(n, err, "more than %d ranges", SIM_MAX_POWER_RANGES);
		if (!yaml_shape(n, YAML_MAP, "a range", err) || !yaml_keys(n, keys, err) ||
		    !need_hz(n, "up_to", &range->up_to_hz, err) ||
		    !read_current(n, state, &range->base_ua, &range->ua_per_mhz, err))
			return false;
		if (power->ranges && range->up_to_hz <= range[-1].up_to_hz)
			return yaml_err(n, err, "ranges come by clock, the lowest first");
		power->ranges++;
	}
	return true;
}

/* The discount of a core that waits for memory; a board without one has none. */
static bool read_stall(const struct yaml_node *node, struct sim_stall *stall, struct err *err)
{
	static const char *const keys[] = { "discount", "share", "grade", "source", NULL };
	unsigned grade;
	if (!node)
		return true;
	if (!yaml_keys(node, keys, err) ||
	    !need_quantity(node, "discount", UNIT_PERCENT, 0, &stall->discount_pct, err) ||
	    !need_quantity(node, "share", UNIT_PERCENT, 0, &stall->share_pct, err) ||
	    !need_choice(node, "grade", grade_names, &grade, err) ||
	    !need_text(node, "source", stall->source, sizeof stall->source, err))
		return false;
	stall->grade = (enum sim_grade)grade;
	return (stall->discount_pct >= 0 && stall->discount_pct < 100 && stall->share_pct >= 0 && stall->share_pct <= 100) ||
	       yaml_err(node, err, "a discount is 0%% … 99%%, a share 0%% … 100%%");
}

static bool read_power_state(const struct yaml_node *map, const char *state, struct sim_power *power, struct err *err)
{
	static const char *const keys[] = { "base", "per_clock", "ranges", "at", "per_volt", "low", "high", "grade", "source",
					    NULL };
	static const char *const run_keys[] = { "base", "per_clock", "ranges", "at", "per_volt", "low", "high", "grade",
						"source", "stall", NULL };
	const struct yaml_node *node;
	unsigned grade;
	if (!need(map, state, &node, err) || !yaml_keys(node, strcmp(state, "run") ? keys : run_keys, err) ||
	    !read_current(node, state, &power->base_ua, &power->ua_per_mhz, err) ||
	    !read_power_ranges(yaml_get(node, "ranges"), state, power, err) ||
	    !need_mv(node, "at", &power->at_mv, err) ||
	    !yaml_quantity(yaml_get(node, "per_volt"), UNIT_PERCENT, 0, &power->per_volt_pct, err) ||
	    !need_range(node, &power->low_pct, &power->high_pct, err) ||
	    !need_choice(node, "grade", grade_names, &grade, err) ||
	    !need_text(node, "source", power->source, sizeof power->source, err))
		return false;
	power->grade = (enum sim_grade)grade;
	return true;
}

static bool read_power(const struct yaml_node *root, struct sim_board *board, struct err *err)
{
	static const char *const keys[] = { "regulator", "run", "sleep", "stop", NULL };
	static const char *const battery_keys[] = { "capacity", "voltage", NULL };
	const struct yaml_node *node, *battery = yaml_get(root, "battery");
	unsigned regulator;
	uint32_t mv;
	if (!need(root, "power", &node, err) || !yaml_keys(node, keys, err) ||
	    !need_choice(node, "regulator", regulator_names, &regulator, err) ||
	    !read_power_state(node, "run", &board->power[SIM_POWER_RUN], err) ||
	    !read_power_state(node, "sleep", &board->power[SIM_POWER_SLEEP], err) ||
	    !read_power_state(node, "stop", &board->power[SIM_POWER_STOP], err))
		return false;
	board->regulator = (enum sim_regulator)regulator;
	if (!read_stall(yaml_get(yaml_get(node, "run"), "stall"), &board->stall, err))
		return false;
	if (!battery)
		return true;
	if (!yaml_keys(battery, battery_keys, err) ||
	    !need_quantity(battery, "capacity", UNIT_CHARGE, -3, &board->battery_mah, err) ||
	    !need_mv(battery, "voltage", &mv, err))
		return false;
	board->battery_mv = mv;
	return board->battery_mah > 0 || yaml_err(battery, err, "a battery's capacity is more than 0mAh");
}

static bool read_fitted(const struct yaml_node *timing, struct sim_fit *fit, struct err *err)
{
	static const char *const constants[] = { "bus_line_fill", NULL }, *const keys[] = { "prior", "width", "source", NULL };
	const struct yaml_node *all = yaml_get(timing, "fitted"), *node = yaml_get(all, "bus_line_fill"), *prior, *width;
	if (all && !yaml_keys(all, constants, err))
		return false;
	if (!node)
		return true;
	if (!yaml_keys(node, keys, err) || !need(node, "prior", &prior, err) || !need(node, "width", &width, err) ||
	    !yaml_number(prior, 0, 200, &fit->prior, err) || !yaml_number(width, 0.01, 200, &fit->width, err) ||
	    !need_text(node, "source", fit->source, sizeof fit->source, err))
		return false;
	fit->fitted = true;
	return true;
}

static bool read_timing(const struct yaml_node *root, struct sim_board *board, struct err *err)
{
	static const char *const keys[] = { "grade", "low", "high", "what", "fitted", "source", NULL };
	const struct yaml_node *node;
	unsigned grade;
	if (!need(root, "timing", &node, err) || !yaml_keys(node, keys, err) ||
	    !need_choice(node, "grade", grade_names, &grade, err) ||
	    !need_range(node, &board->timing_low_pct, &board->timing_high_pct, err) ||
	    !need_text(node, "what", board->timing_grade_text, sizeof board->timing_grade_text, err) ||
	    !need_text(node, "source", board->timing_source, sizeof board->timing_source, err) ||
	    !read_fitted(node, &board->bus_fit, err))
		return false;
	board->timing_grade = (enum sim_grade)grade;
	return true;
}

/* What the rest of the file rests on, as "memories: RM0432 table 2": by topic, so that no number is without. */
static bool read_sources(const struct yaml_node *root, struct sim_board *board, struct err *err)
{
	static const char *const keys[] = { "core", "clocks", "memories", "interrupts", "devices", "sensors", "battery",
					    "board", NULL };
	const struct yaml_node *map, *node;
	if (!need(root, "sources", &map, err) || !yaml_keys(map, keys, err))
		return false;
	for (unsigned i = 0; i < 5; i++)
		if (!need(map, keys[i], &node, err))
			return false;
	if (board->battery_mah > 0 && !need(map, "battery", &node, err))
		return false;
	for (const struct yaml_node *n = map->first; n; n = n->next) {
		const char *text;
		char *out = board->source[board->sources];
		if (!yaml_string(n, &text, err))
			return false;
		if (snprintf(out, sizeof board->source[0], "%s: %s", n->key, text) >= (int)sizeof board->source[0])
			return yaml_err(n, err, "a source has at most %zu characters",
					sizeof board->source[0] - strlen(n->key) - 3);
		board->sources++;
	}
	return true;
}

static bool read_board(const struct yaml_node *root, struct sim_board *board, struct claims *claims, struct err *err)
{
	static const char *const keys[] = { "name", "chip", "summary", "core", "fpu", "clock", "reset_clock", "supply",
					    "interrupts", "priority_bits", "mpu_regions", "io_port", "memories", "arena",
					    "devices", "console", "flash", "power", "battery", "timing", "sources",
					    NULL };
	return yaml_keys(root, keys, err) && need_text(root, "name", board->name, sizeof board->name, err) &&
	       need_text(root, "chip", board->chip, sizeof board->chip, err) &&
	       need_text(root, "summary", board->summary, sizeof board->summary, err) &&
	       read_core(root, board, err) && read_memories(root, board, claims, err) &&
	       read_devices(root, board, claims, err) && read_flash(root, &board->flash, err) &&
	       read_power(root, board, err) && read_timing(root, board, err) && read_sources(root, board, err);
}

static bool read_doc(struct yaml_doc *doc, const char *path, struct sim_board *ret_board, struct err *err)
{
	/* Too large for the stack of a thread; the claims point into the board. */
	struct sim_board *board = calloc(1, sizeof *board);
	struct claims *claims = calloc(1, sizeof *claims);
	bool ok = board && claims;
	if (!ok)
		err_internal(err, "%s: out of memory", path);
	ok = ok && read_board(yaml_root(doc), board, claims, err);
	if (ok) {
		snprintf(board->path, sizeof board->path, "%s", path);
		*ret_board = *board;
	}
	free(claims);
	free(board);
	yaml_destroy(doc);
	return ok;
}

bool sim_board_read_file(const char *path, struct sim_board *ret_board, struct err *err)
{
	struct yaml_doc *doc;
	return yaml_load(path, &doc, err) && read_doc(doc, path, ret_board, err);
}

bool sim_board_read_text(const char *name, const void *bytes, size_t size, struct sim_board *ret_board,
			 struct err *err)
{
	struct yaml_doc *doc;
	return yaml_load_text(name, bytes, size, &doc, err) && read_doc(doc, name, ret_board, err);
}
