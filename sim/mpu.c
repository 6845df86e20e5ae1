/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory Protection Unit: who may read, write and execute where.
 *
 *   E000ED90 TYPE   94 CTRL   98 RNR   9C RBAR   A0 RASR (v6-M, v7-M) or RLAR (v8-M)   A4 … B8 aliases
 *
 * Sources: Armv7-M ARM (DDI 0403) B3.5, Armv8-M ARM (DDI 0553) B10. While it is on, pages that are not free for
 * all are kept out of translated code's fast path, so every access there comes by sim_mpu_allows; while it is off
 * nothing is asked. Memory attributes (cacheable, shareable) matter to time alone, on M7 (B3.5.9 TEX, C, B, S; what is
 * shared is not cached, DDI0489 5.9): memory is coherent.
 */
#include "sim/machine_state.h"

enum { CTRL_ENABLE = 1, CTRL_HFNMIENA = 2, CTRL_PRIVDEFENA = 4 };
enum { AP_RO = 1, AP_RW = 2 };

bool sim_mpu_on(const struct sim_machine *machine)
{
	const struct sim_scs *scs = &machine->scs;
	if (!(scs->mpu_ctrl & CTRL_ENABLE) || !machine->board.mpu_regions)
		return false;
	bool negative = sim_nvic_bit(machine->nvic.active, SIM_EXC_NMI) ||
			sim_nvic_bit(machine->nvic.active, SIM_EXC_HARDFAULT);
	return !negative || (scs->mpu_ctrl & CTRL_HFNMIENA);
}

/* Rights by AP of RASR: privileged, unprivileged. */
static unsigned v7_rights(unsigned ap, bool privileged)
{
	static const uint8_t RIGHTS[8][2] = {{0, 0}, {AP_RW, 0}, {AP_RW, AP_RO}, {AP_RW, AP_RW},
					     {0, 0}, {AP_RO, 0}, {AP_RO, AP_RO}, {AP_RO, AP_RO}};
	return RIGHTS[ap & 7][!privileged];
}

/* Whether region n holds `at`; then its rights. */
static bool v7_region(const struct sim_scs *scs, unsigned n, uint32_t at, bool privileged, unsigned *ret_rights,
		      bool *ret_never)
{
	uint32_t rasr = scs->mpu_rasr[n], bits = (rasr >> 1 & 31) + 1;
	if (!(rasr & 1) || bits < 5)
		return false;
	uint64_t bytes = UINT64_C(1) << bits;
	uint32_t base = scs->mpu_rbar[n] & (uint32_t)~(bytes - 1);
	if ((uint64_t)(at - base) >= bytes || at < base)
		return false;
	unsigned eighth = (unsigned)((uint64_t)(at - base) * 8 / bytes);
	if (bits >= 8 && (rasr >> (8 + eighth) & 1))
		return false;
	*ret_rights = v7_rights(rasr >> 24, privileged);
	*ret_never = rasr >> 28 & 1;
	return true;
}

static bool v8_region(const struct sim_scs *scs, unsigned n, uint32_t at, bool privileged, unsigned *ret_rights,
		      bool *ret_never)
{
	uint32_t rbar = scs->mpu_rbar[n], rlar = scs->mpu_rasr[n];
	if (!(rlar & 1) || at < (rbar & ~31u) || at > (rlar | 31u))
		return false;
	bool any = rbar & 2, read_only = rbar & 4;
	*ret_rights = privileged || any ? (read_only ? AP_RO : AP_RW) : 0;
	*ret_never = rbar & 1;
	return true;
}

static bool never_by_map(uint32_t at)
{
	return (at >= 0x40000000u && at < 0x60000000u) || at >= 0xA0000000u;
}

bool sim_mpu_allows(const struct sim_machine *machine, uint32_t at, enum sim_access access, bool privileged)
{
	const struct sim_scs *scs = &machine->scs;
	bool v8 = machine->board.core == SIM_M33, found = false, never = false;
	unsigned rights = 0, regions = machine->board.mpu_regions;
	if (at >= 0xE0000000u && at < 0xE0100000u && access != SIM_EXECUTE)
		return true; /* the private bus is not subject to it */
	if (!sim_mpu_on(machine))
		return access != SIM_EXECUTE || !never_by_map(at);
	for (unsigned n = regions < 16 ? regions : 16; n-- > 0;) {
		unsigned one = 0;
		bool one_never = false;
		bool hit = v8 ? v8_region(scs, n, at, privileged, &one, &one_never)
			      : v7_region(scs, n, at, privileged, &one, &one_never);
		if (hit && found)
			return false; /* v8-M: regions that overlap let nothing through */
		if (!hit)
			continue;
		found = true;
		rights = one;
		never = one_never;
		if (!v8) /* v7-M: the highest number decides */
			break;
	}
	if (!found) {
		rights = privileged && (scs->mpu_ctrl & CTRL_PRIVDEFENA) ? AP_RW : 0;
		never = never_by_map(at);
	}
	if (access == SIM_EXECUTE)
		return rights && !never && !never_by_map(at);
	return rights >= (access == SIM_WRITE ? AP_RW : AP_RO);
}

unsigned sim_mpu_page(const struct sim_machine *machine, uint32_t at, uint32_t bytes, bool privileged)
{
	bool read = sim_mpu_allows(machine, at, SIM_READ, privileged);
	bool write = sim_mpu_allows(machine, at, SIM_WRITE, privileged);
	for (uint32_t i = 32; i < bytes; i += 32) /* the smallest region */
		if (sim_mpu_allows(machine, at + i, SIM_READ, privileged) != read ||
		    sim_mpu_allows(machine, at + i, SIM_WRITE, privileged) != write)
			return SIM_PAGE_MIXED;
	return (read ? 0 : SIM_PAGE_NO_READ) | (write ? 0 : SIM_PAGE_NO_WRITE);
}

static enum sim_caching kind_by_map(uint32_t at)
{
	static const uint8_t KINDS[8] = {SIM_CACHING_THROUGH, SIM_CACHING_BACK, SIM_CACHING_DEVICE, SIM_CACHING_BACK,
					 SIM_CACHING_THROUGH, SIM_CACHING_DEVICE, SIM_CACHING_DEVICE, SIM_CACHING_DEVICE};
	return KINDS[at >> 29];
}

static enum sim_caching kind_by_bits(uint32_t rasr)
{
	unsigned type = rasr >> 19 & 7, cb = rasr >> 16 & 3;
	static const uint8_t INNER[4] = {SIM_CACHING_NONE, SIM_CACHING_BACK, SIM_CACHING_THROUGH,
					 SIM_CACHING_BACK_READ};
	enum sim_caching kind = INNER[cb];
	if (type == 0)
		kind = cb == 0 ? SIM_CACHING_ORDERED : cb == 1 ? SIM_CACHING_DEVICE : (enum sim_caching)INNER[cb];
	else if (type == 1)
		kind = cb == 3 ? SIM_CACHING_BACK : SIM_CACHING_NONE;
	else if (type == 2)
		kind = SIM_CACHING_DEVICE;
	return rasr >> 18 & 1 && kind < SIM_CACHING_NONE ? SIM_CACHING_NONE : kind;
}

enum sim_caching sim_mpu_caching(const void *context, uint32_t at)
{
	const struct sim_machine *machine = context;
	unsigned rights;
	bool never;
	for (unsigned n = machine->board.mpu_regions < 16 ? machine->board.mpu_regions : 16; n-- > 0;)
		if (v7_region(&machine->scs, n, at, true, &rights, &never))
			return kind_by_bits(machine->scs.mpu_rasr[n]);
	return kind_by_map(at);
}

/* Below there is nothing that is cached and written to: flash, which many systems call write-through, and ITCM. */
static bool reaches_ram(const struct sim_scs *scs, unsigned n)
{
	unsigned bits = (scs->mpu_rasr[n] >> 1 & 31) + 1;
	uint64_t bytes = UINT64_C(1) << bits;
	return (scs->mpu_rbar[n] & ~(bytes - 1)) + bytes > 0x20000000u;
}

static void tell_kinds(struct sim_machine *machine, bool on)
{
	bool through = false;
	uint32_t uncached = 0;
	if (machine->memory.model != &sim_memory_l1)
		return;
	for (unsigned n = 0; on && n < 16; n++) {
		uint32_t rasr = machine->scs.mpu_rasr[n];
		if (!(rasr & 1))
			continue;
		through = through || (kind_by_bits(rasr) == SIM_CACHING_THROUGH && reaches_ram(&machine->scs, n));
		if (kind_by_bits(rasr) >= SIM_CACHING_NONE) /* tasks' own regions come and go, these stay */
			uncached = (uncached ^ machine->scs.mpu_rbar[n] ^ rasr) * 0x01000193u + n + 1;
	}
	sim_memory_set_caching(&machine->memory, on ? sim_mpu_caching : NULL, machine, through, uncached);
}

void sim_mpu_changed(struct sim_machine *machine)
{
	tell_kinds(machine, sim_mpu_on(machine));
	bool on = sim_mpu_on(machine);
	if (!on && !machine->takeover.guarded)
		return;
	machine->takeover.guarded = on;
	machine->forget_pages = true;
	sim_visit_update_checks(machine);
	sim_clock_kick(&machine->clock);
}

uint32_t sim_mpu_read(const struct sim_machine *machine, uint32_t at)
{
	const struct sim_scs *scs = &machine->scs;
	unsigned n = scs->mpu_rnr & 15;
	switch (at) {
	case 0xE000ED90: return machine->board.mpu_regions << 8;
	case 0xE000ED94: return scs->mpu_ctrl;
	case 0xE000ED98: return scs->mpu_rnr;
	case 0xE000EDC0: return scs->mpu_mair[0];
	case 0xE000EDC4: return scs->mpu_mair[1];
	default: break;
	}
	unsigned pair = (at - 0xE000ED9C) / 8; /* 0: the region itself; 1 to 3: aliases */
	if (machine->board.core == SIM_M33 && pair)
		n = (n & ~3u & 15) | pair;
	if ((at - 0xE000ED9C) % 8)
		return scs->mpu_rasr[n];
	return machine->board.core == SIM_M33 ? scs->mpu_rbar[n] : scs->mpu_rbar[n] | n;
}

static void write_region(struct sim_machine *machine, uint32_t at, uint32_t value)
{
	struct sim_scs *scs = &machine->scs;
	unsigned pair = (at - 0xE000ED9C) / 8, n = scs->mpu_rnr & 15;
	bool base = (at - 0xE000ED9C) % 8 == 0;
	if (machine->board.core == SIM_M33) {
		n = pair ? (n & ~3u & 15) | pair : n;
		*(base ? &scs->mpu_rbar[n] : &scs->mpu_rasr[n]) = value;
		return;
	}
	if (!base) {
		scs->mpu_rasr[n] = value & 0x173FFF3Fu;
		return;
	}
	if (value & 0x10) /* VALID: the number comes with it */
		scs->mpu_rnr = n = value & 15;
	scs->mpu_rbar[n] = value & ~0x1Fu;
}

void sim_mpu_write(struct sim_machine *machine, uint32_t at, uint32_t value)
{
	struct sim_scs *scs = &machine->scs;
	if (!machine->board.mpu_regions)
		return;
	if (at == 0xE000ED94)
		scs->mpu_ctrl = value & 7;
	else if (at == 0xE000ED98)
		scs->mpu_rnr = value & 0xFF;
	else if (at == 0xE000EDC0 || at == 0xE000EDC4)
		scs->mpu_mair[at == 0xE000EDC4] = value;
	else if (at >= 0xE000ED9C && at <= 0xE000EDB8)
		write_region(machine, at, value);
	sim_mpu_changed(machine);
}
