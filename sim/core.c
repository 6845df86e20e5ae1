/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unicorn as a Cortex-M core: registers, callbacks, and why it stopped. What a block costs is sim/visit.c's.
 *
 * Nothing ever stops the emulator from within a memory or device callback; those only set the clock's deadline
 * to 0, and the next block hook stops before its block.
 */
#include "sim/machine_state.h"

#include <stdlib.h>
#include <string.h>

static const int CPU_MODEL[SIM_CORES] = {
	[SIM_M0] = UC_CPU_ARM_CORTEX_M0,     [SIM_M0PLUS] = UC_CPU_ARM_CORTEX_M0, [SIM_M3] = UC_CPU_ARM_CORTEX_M3,
	[SIM_M4] = UC_CPU_ARM_CORTEX_M4,     [SIM_M7] = UC_CPU_ARM_CORTEX_M7,     [SIM_M33] = UC_CPU_ARM_CORTEX_M33,
};

uint32_t sim_core_get(const struct sim_machine *machine, int reg)
{
	uint32_t value = 0;
	uc_reg_read(machine->uc, reg, &value);
	return value;
}

void sim_core_set(struct sim_machine *machine, int reg, uint32_t value)
{
	uc_reg_write(machine->uc, reg, &value);
}

void sim_core_settle(struct sim_machine *machine)
{
	/* Writing the flags is the one public call that rebuilds the library's derived state. */
	sim_core_set(machine, UC_ARM_REG_APSR_NZCV, sim_core_get(machine, UC_ARM_REG_XPSR) & 0xF0000000u);
}

static int register_id(unsigned r)
{
	return r < SIM_SP ? UC_ARM_REG_R0 + (int)r : r == SIM_SP ? UC_ARM_REG_SP : UC_ARM_REG_LR;
}

uint32_t sim_core_r(const struct sim_machine *machine, unsigned r)
{
	return sim_core_get(machine, register_id(r));
}

void sim_core_set_r(struct sim_machine *machine, unsigned r, uint32_t value)
{
	sim_core_set(machine, register_id(r), value);
}

void sim_core_reset(struct sim_machine *machine, uint32_t msp)
{
	/* The library ignores writes to special registers from unprivileged threads: become a handler first. */
	sim_core_set(machine, UC_ARM_REG_XPSR, 1u << 24 | SIM_EXC_HARDFAULT);
	sim_core_settle(machine);
	const int zero[] = {UC_ARM_REG_CONTROL, UC_ARM_REG_PRIMASK, UC_ARM_REG_FAULTMASK, UC_ARM_REG_BASEPRI};
	for (unsigned i = 0; i < (machine->board.core <= SIM_M0PLUS ? 2 : 4); i++)
		sim_core_set(machine, zero[i], 0);
	sim_core_set(machine, UC_ARM_REG_XPSR, 1u << 24);
	sim_core_settle(machine);
	for (unsigned r = 0; r < SIM_SP; r++)
		sim_core_set_r(machine, r, 0);
	sim_core_set(machine, UC_ARM_REG_PSP, 0);
	sim_core_set(machine, UC_ARM_REG_SP, msp);
	sim_core_set(machine, UC_ARM_REG_LR, 0xFFFFFFFFu);
	if (machine->board.fpu != SIM_FPU_NONE)
		sim_core_set(machine, UC_ARM_REG_FPSCR, 0);
	sim_takeover_clear_limits(&machine->takeover);
}

void sim_core_step_over(struct sim_machine *machine, uint32_t bytes)
{
	machine->pc += bytes;
	machine->previous_end = machine->pc;
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR);
	uint32_t it = (xpsr >> 25 & 3) | (xpsr >> 8 & 0xFC);
	if (!it)
		return;
	it = it & 7 ? (it & 0xE0) | (it << 1 & 0x1F) : 0;
	sim_core_set(machine, UC_ARM_REG_XPSR, (xpsr & ~XPSR_IT) | (it & 3) << 25 | (it & 0xFC) << 8);
	sim_core_settle(machine);
}

/* --- other callbacks ---------------------------------------------------------------------------------------- */

static void on_interrupt(uc_engine *uc, uint32_t number, void *context)
{
	struct sim_machine *machine = context;
	machine->interrupt = (int)number;
	uc_emu_stop(uc);
}

static bool on_invalid(uc_engine *uc, void *context)
{
	((struct sim_machine *)context)->invalid = true;
	return true;
}

static bool refuse(struct sim_machine *machine, enum access_why why, uint32_t at, bool write)
{
	machine->access_fault = true;
	machine->access_why = why;
	machine->access_write = write;
	machine->access_at = at;
	return false;
}

static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t at, int size, int64_t value, void *context)
{
	return refuse(context, ACCESS_NOTHING, (uint32_t)at, type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT);
}

/* Of the private bus, what unprivileged code may use: the trace ports, and STIR if CCR says so. */
static bool for_all(const struct sim_machine *machine, uint32_t at, bool write)
{
	bool stir = at == 0xE000EF00 && write && (machine->scs.ccr & CCR_USERSETMPEND);
	return stir || (at < 0xE0000100u && machine->board.core > SIM_M0PLUS);
}

static bool allowed(void *context, uint32_t at, unsigned bytes, bool write, bool privileged)
{
	struct sim_machine *machine = context;
	if (machine->takeover.guarded) {
		enum sim_access access = write ? SIM_WRITE : SIM_READ;
		if (!sim_mpu_allows(machine, at, access, privileged) ||
		    !sim_mpu_allows(machine, at + bytes - 1, access, privileged))
			return refuse(machine, ACCESS_FORBIDDEN, at, write);
	}
	const struct sim_region *region = sim_space_find(&machine->space, at);
	if (region)
		return ((!write || region->writable) && at + bytes - 1 - region->at < region->bytes) ||
		       refuse(machine, ACCESS_NOTHING, at, write);
	if (!sim_bus_answers(machine, at))
		return refuse(machine, ACCESS_NOTHING, at, write);
	if (!privileged && at - 0xE0000000u < 0x00100000u && !for_all(machine, at, write))
		return refuse(machine, ACCESS_NOTHING, at, write);
	return !(at & (bytes - 1) & 3) || refuse(machine, ACCESS_UNALIGNED, at, write); /* Device memory */
}

static unsigned page(void *context, uint32_t at, uint32_t bytes, bool privileged)
{
	return sim_mpu_page(context, at, bytes, privileged);
}

static struct sim_special special(void *context, uint32_t pc)
{
	const struct sim_machine *machine = context;
	const struct sim_region *region = sim_space_find(&machine->space, pc);
	struct sim_special special = {.size = 2};
	if (!region)
		return special;
	struct sim_insn insn;
	sim_decode(region->host + (pc - region->at), region->bytes - (pc - region->at), pc, &insn);
	bool fp = insn.arch & (SIM_ARCH_FP_SP | SIM_ARCH_FP_DP | SIM_ARCH_FPV5);
	special.size = insn.size;
	special.trap = !sim_insn_legal(&insn, machine->arch) || (machine->fpu_off && fp) ||
		       (insn.cls == SIM_CLASS_DIVIDE && (machine->scs.ccr & CCR_DIV_0_TRP));
	bool many = insn.cls == SIM_CLASS_LOAD_DUAL || insn.cls == SIM_CLASS_STORE_DUAL ||
		    insn.cls == SIM_CLASS_LOAD_MANY || insn.cls == SIM_CLASS_STORE_MANY;
	bool one = insn.cls == SIM_CLASS_LOAD || insn.cls == SIM_CLASS_STORE;
	special.align_word = many || (one && fp); /* Armv7-M ARM A3.2.1: whatever UNALIGN_TRP says */
	special.align_access = one && !fp && (insn.exclusive || (machine->scs.ccr & CCR_UNALIGN_TRP));
	return special;
}

static void on_translated(void *context, uint32_t pc)
{
	struct sim_machine *machine = context;
	struct sim_region *region = sim_space_find(&machine->space, pc);
	if (region && (region->writable || region->patched))
		region->blocks[(pc - region->at) >> 1].bytes = 0; /* priced anew at its next visit */
}

static void on_generated(uc_engine *uc, uc_tb *block, uc_tb *previous, void *context)
{
	on_translated(context, (uint32_t)block->pc);
}

static uint64_t on_read(uc_engine *uc, uint64_t offset, unsigned size, void *context)
{
	const struct sim_mmio *mmio = context;
	uint32_t at = mmio->base + (uint32_t)offset;
	struct sim_machine *machine = mmio->machine;
	machine->in_access = true;
	uint64_t value = size <= 4 ? sim_bus_read(machine, at, size)
				   : sim_bus_read(machine, at, 4) | (uint64_t)sim_bus_read(machine, at + 4, 4) << 32;
	machine->in_access = false;
	return value;
}

static void on_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *context)
{
	const struct sim_mmio *mmio = context;
	uint32_t at = mmio->base + (uint32_t)offset;
	struct sim_machine *machine = mmio->machine;
	machine->in_access = true;
	sim_bus_write(machine, at, size <= 4 ? size : 4, (uint32_t)value);
	if (size > 4)
		sim_bus_write(machine, at + 4, 4, (uint32_t)(value >> 32));
	machine->in_access = false;
}

/* --- life ------------------------------------------------------------------------------------------------------ */

static bool map_all(struct sim_machine *machine, struct err *err)
{
	for (unsigned i = 0; i < machine->space.regions; i++) {
		struct sim_region *region = &machine->space.region[i];
		uint32_t protection = region->writable ? UC_PROT_ALL : UC_PROT_READ | UC_PROT_EXEC;
		uc_err e = uc_mem_map_ptr(machine->uc, region->at, region->bytes, protection, region->host);
		if (e)
			return err_input(err, "board %s: memory %s at 0x%08x cannot be mapped: %s",
					 machine->board.name, region->memory->name, region->at, uc_strerror(e));
	}
	for (unsigned i = 0; i < machine->mmios; i++) {
		struct sim_mmio *mmio = &machine->mmio[i];
		uc_err e = uc_mmio_map(machine->uc, mmio->base, mmio->bytes, on_read, mmio, on_write, mmio);
		if (e)
			return err_input(err, "board %s: devices at 0x%08x cannot be mapped: %s", machine->board.name,
					 mmio->base, uc_strerror(e));
	}
	return true;
}

static bool add_hooks(struct sim_machine *machine)
{
	uc_hook hook;
	bool ok = !uc_hook_add(machine->uc, &hook, UC_HOOK_BLOCK, sim_visit_hook(machine), machine, 1, 0) &&
		  !uc_hook_add(machine->uc, &hook, UC_HOOK_INTR, (void *)on_interrupt, machine, 1, 0) &&
		  !uc_hook_add(machine->uc, &hook, UC_HOOK_INSN_INVALID, (void *)on_invalid, machine, 1, 0) &&
		  !uc_hook_add(machine->uc, &hook, UC_HOOK_MEM_INVALID, (void *)on_unmapped, machine, 1, 0);
	if (ok && !sim_takeover_available())
		ok = !uc_hook_add(machine->uc, &hook, UC_HOOK_EDGE_GENERATED, (void *)on_generated, machine, 1, 0);
	return ok;
}

bool sim_core_create(struct sim_machine *machine, struct err *err)
{
	/* Not UC_MODE_MCLASS: that forces a Cortex-M33 whatever model is asked for. */
	uc_err e = uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &machine->uc);
	if (!e)
		e = uc_ctl_set_cpu_model(machine->uc, CPU_MODEL[machine->board.core]);
	if (e)
		return err_internal(err, "the emulator does not start: %s", uc_strerror(e));
	machine->takeover.context = machine;
	machine->takeover.allowed = allowed;
	machine->takeover.page = page;
	machine->takeover.translated = on_translated;
	machine->takeover.special = special;
	sim_access_create(machine);
	bool path = machine->board.core == SIM_M7 || machine->board.core == SIM_M33;
	if (!sim_takeover_init(&machine->takeover) || (path && !sim_path_create(&machine->path)))
		return err_internal(err, "out of memory");
	if (!map_all(machine, err))
		return false;
	return add_hooks(machine) ? true : err_internal(err, "the emulator takes no hooks");
}

void sim_core_destroy(struct sim_machine *machine)
{
	if (machine->uc)
		uc_close(machine->uc);
	sim_takeover_free(&machine->takeover);
	sim_path_destroy(&machine->path);
	sim_visit_destroy(machine);
}

static void clear_stop(struct sim_machine *machine)
{
	machine->stop_before_block = false;
	machine->interrupt = -1;
	machine->invalid = false;
	machine->checked = NULL;
	machine->access_fault = false;
	machine->fetch_fault = false;
	machine->forbidden = false;
}

/* The library's state begins with R0 to R15: believed only once all of them are found there. */
static void prove_registers(struct sim_machine *machine)
{
	const uint32_t *r = machine->takeover.env;
	if (machine->takeover.registers || !r)
		return;
	for (int i = 0; i < 13; i++)
		if (r[i] != sim_core_get(machine, UC_ARM_REG_R0 + i))
			return;
	if (r[SIM_SP] == sim_core_get(machine, UC_ARM_REG_SP) && r[SIM_LR] == sim_core_get(machine, UC_ARM_REG_LR))
		machine->takeover.registers = machine->takeover.env;
}

/* Range by range: the library's flush of everything first clears the GiB of memory it keeps for code. */
static void forget_translations(struct sim_machine *machine)
{
	machine->retranslate = false;
	for (unsigned i = 0; machine->takeover.cpu && i < machine->space.regions; i++) {
		const struct sim_region *region = &machine->space.region[i];
		uc_ctl_remove_cache(machine->uc, (uint64_t)region->at, (uint64_t)region->at + region->bytes);
	}
}

void sim_core_changed(struct sim_machine *machine, uint32_t at, uint32_t bytes)
{
	struct sim_region *region = sim_space_find(&machine->space, at);
	if (region)
		region->patched = true;
	if (sim_takeover_available() && !sim_takeover_holds_code(&machine->takeover, at, bytes))
		return;
	if (machine->in_access) { /* the code that runs may be what changed: between blocks */
		machine->retranslate = true;
		sim_clock_kick(&machine->clock);
	} else {
		sim_takeover_enter(&machine->takeover); /* it looks the page up, and what it finds is kept */
		uc_ctl_remove_cache(machine->uc, (uint64_t)at, (uint64_t)at + bytes);
		sim_takeover_enter(NULL);
	}
}

bool sim_core_write(struct sim_machine *machine, uint32_t at, const void *bytes, uint32_t count)
{
	struct sim_region *region = sim_space_find(&machine->space, at);
	uint8_t *host = sim_space_host(&machine->space, at, count);
	if (!host || !region->writable)
		return false;
	memcpy(host, bytes, count);
	sim_takeover_wrote(&machine->takeover, at, count);
	sim_core_changed(machine, at, count);
	return true;
}

/* A jump through NULL: where the library was told to stop, and must not. */
static uc_err run_from_null(struct sim_machine *machine)
{
	if (!sim_space_find(&machine->space, 0))
		return UC_ERR_FETCH_UNMAPPED;
	uc_ctl_remove_cache(machine->uc, (uint64_t)0, (uint64_t)2);
	return uc_emu_start(machine->uc, 1, 1, 0, 0); /* no instruction is at an odd address */
}

void sim_core_run(struct sim_machine *machine)
{
	clear_stop(machine);
	sim_takeover_enter(&machine->takeover);
	if (machine->retranslate)
		forget_translations(machine);
	if (machine->forget_pages)
		sim_takeover_forget_pages(&machine->takeover);
	machine->forget_pages = false;
	/* until = 0: another address would cost a flush at each start. */
	uc_err e = machine->pc ? uc_emu_start(machine->uc, machine->pc | 1, 0, 0, 0) : run_from_null(machine);
	sim_takeover_enter(NULL);
	if (!machine->stop_before_block)
		sim_visit_settle(machine); /* a block that was left in its midst has read what it was going to */
	prove_registers(machine);
	if (machine->stop_before_block)
		return;
	if (machine->pc || e == UC_ERR_OK)
		machine->pc = sim_core_get(machine, UC_ARM_REG_PC) & ~1u;
	machine->fetch_fault = e == UC_ERR_FETCH_UNMAPPED || e == UC_ERR_FETCH_PROT;
}
