/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System control space and its neighbours on the private peripheral bus:
 *
 *   0xE0000000  ITM (itm.c)
 *   0xE0001000  DWT: CTRL, CYCCNT, LAR
 *   0xE000E010  SysTick      0xE000E100  NVIC      0xE000ED00  SCB, debug, FPU (MPU: mpu.c)
 *
 * Sources: Armv7-M ARM (DDI 0403) B3.2 … B3.5, C1.6, C1.8; Armv6-M ARM (DDI 0419) B3; Cortex-M7 TRM (DDI 0489) 4.
 * Not modelled: DWT comparators and the other counters; cache maintenance does nothing (memory is coherent).
 */
#include "sim/machine_state.h"

#include <string.h>

#define STK_ENABLE 1u
#define STK_TICKINT 2u
#define STK_CLKSOURCE 4u
#define STK_COUNTFLAG (1u << 16)

static const uint32_t CPUID[SIM_CORES] = {
	[SIM_M0] = 0x410CC200, [SIM_M0PLUS] = 0x410CC601, [SIM_M3] = 0x412FC231,
	[SIM_M4] = 0x410FC241, [SIM_M7] = 0x411FC271,     [SIM_M33] = 0x410FD214,
};

static bool v6m(const struct sim_machine *machine)
{
	return machine->board.core <= SIM_M0PLUS;
}

/* --- SysTick ------------------------------------------------------------------------------------------------ */

/* Core cycles of one tick: the reference clock of ST's chips is HCLK / 8. */
static uint64_t tick_cycles(const struct sim_scs *scs)
{
	return scs->syst_csr & STK_CLKSOURCE ? 1 : 8;
}

static void syst_arm(struct sim_machine *machine)
{
	struct sim_scs *scs = &machine->scs;
	bool stopped = machine->sleeping && machine->power == SIM_POWER_STOP; /* its clock with the core's */
	if ((scs->syst_csr & STK_ENABLE) && scs->syst_rvr && !stopped)
		sim_clock_at_cycle(&machine->clock, &scs->syst_event, scs->syst_zero);
	else
		sim_clock_cancel(&machine->clock, &scs->syst_event);
}

static struct sim_machine *machine_of_syst(struct sim_event *event)
{
	return (struct sim_machine *)((char *)event - offsetof(struct sim_machine, scs.syst_event));
}

static void syst_fire(struct sim_event *event, uint64_t due_ps)
{
	struct sim_machine *machine = machine_of_syst(event);
	struct sim_scs *scs = &machine->scs;
	scs->syst_csr |= STK_COUNTFLAG;
	if (scs->syst_csr & STK_TICKINT)
		sim_nvic_put(machine->nvic.pending, SIM_EXC_SYSTICK, true);
	scs->syst_began = scs->syst_zero;
	scs->syst_zero += ((uint64_t)scs->syst_rvr + 1) * tick_cycles(scs);
	syst_arm(machine);
}

/* Inside a block the event waits for its end: what is read or written there must find it done. Returns the cycle. */
static uint64_t syst_catch_up(struct sim_machine *machine)
{
	struct sim_scs *scs = &machine->scs;
	uint64_t cycle = sim_visit_exact_cycle(machine);
	while (scs->syst_event.set && scs->syst_zero <= cycle) {
		sim_clock_cancel(&machine->clock, &scs->syst_event);
		syst_fire(&scs->syst_event, 0);
		sim_clock_kick(&machine->clock); /* it may interrupt */
	}
	return cycle;
}

static uint32_t syst_value(const struct sim_scs *scs, uint64_t cycle)
{
	if (!(scs->syst_csr & STK_ENABLE))
		return scs->syst_held;
	uint64_t tick = tick_cycles(scs), period = (uint64_t)scs->syst_rvr + 1;
	if (cycle <= scs->syst_zero) {
		uint64_t left = (scs->syst_zero - cycle + tick - 1) / tick;
		return left > 0xFFFFFF || (left == period && cycle - scs->syst_began < tick) ? 0 : (uint32_t)left;
	}
	uint64_t past = (cycle - scs->syst_zero) / tick % period;
	return past ? (uint32_t)(period - past) : 0;
}

static void syst_start(struct sim_machine *machine, uint64_t cycle, uint32_t from)
{
	struct sim_scs *scs = &machine->scs;
	scs->syst_began = cycle;
	scs->syst_zero = cycle + tick_cycles(scs) * (from ? from : (uint64_t)scs->syst_rvr + 1);
	syst_arm(machine);
}

static void syst_write_csr(struct sim_machine *machine, uint32_t value)
{
	struct sim_scs *scs = &machine->scs;
	uint64_t cycle = syst_catch_up(machine);
	uint32_t held = syst_value(scs, cycle);
	scs->syst_csr = (scs->syst_csr & STK_COUNTFLAG) | (value & (STK_ENABLE | STK_TICKINT | STK_CLKSOURCE));
	scs->syst_held = held;
	if (scs->syst_csr & STK_ENABLE)
		syst_start(machine, cycle, held);
	else
		syst_arm(machine);
}

void sim_scs_clock_changed(struct sim_machine *machine)
{
	syst_arm(machine); /* its cycle stands; the time of that cycle has moved */
}

/* --- DWT --------------------------------------------------------------------------------------------------- */

static bool cyccnt_runs(const struct sim_machine *machine)
{
	return !v6m(machine) && (machine->scs.demcr & 1u << 24) && (machine->scs.dwt_ctrl & 1);
}

static uint32_t cyccnt(struct sim_machine *machine)
{
	uint64_t active = sim_visit_exact_cycle(machine) - machine->asleep_cycles;
	return cyccnt_runs(machine) ? (uint32_t)(active - machine->scs.cyccnt_base) : machine->scs.cyccnt_held;
}

static void cyccnt_set(struct sim_machine *machine, uint32_t value)
{
	machine->scs.cyccnt_held = value;
	machine->scs.cyccnt_base = sim_visit_exact_cycle(machine) - machine->asleep_cycles - value;
}

static uint32_t dwt_read(struct sim_machine *machine, uint32_t at)
{
	if (v6m(machine))
		return 0;
	switch (at & 0xFFF) {
	case 0x000: return machine->scs.dwt_ctrl | 0x40000000u; /* four comparators, cycle counter present */
	case 0x004: return cyccnt(machine);
	case 0xFB4: return machine->board.core == SIM_M7 ? (machine->scs.dwt_lar ? 1u : 3u) : 0;
	default: return 0;
	}
}

static void dwt_write(struct sim_machine *machine, uint32_t at, uint32_t value)
{
	struct sim_scs *scs = &machine->scs;
	if ((at & 0xFFF) == 0xFB0) {
		scs->dwt_lar = value == 0xC5ACCE55u;
		return;
	}
	if (v6m(machine) || (machine->board.core == SIM_M7 && !scs->dwt_lar))
		return; /* M7: writes need the lock opened */
	uint32_t now = cyccnt(machine);
	if ((at & 0xFFF) == 0x000)
		scs->dwt_ctrl = value & 0x007F1FFFu;
	cyccnt_set(machine, (at & 0xFFF) == 0x004 ? value : now);
}

/* --- NVIC ---------------------------------------------------------------------------------------------------- */

static uint32_t nvic_word(const struct sim_machine *machine, const uint64_t *set, uint32_t at)
{
	unsigned word = (at & 0x7F) / 4, value = 0;
	for (unsigned i = 0; i < 32; i++) {
		unsigned n = SIM_EXC_IRQ0 + word * 32 + i;
		if (n < machine->nvic.exceptions && sim_nvic_bit(set, n))
			value |= 1u << i;
	}
	return value;
}

static void nvic_write_word(struct sim_machine *machine, uint64_t *set, uint32_t at, uint32_t value, bool to)
{
	unsigned word = (at & 0x7F) / 4;
	for (; value; value &= value - 1) {
		unsigned n = SIM_EXC_IRQ0 + word * 32 + (unsigned)__builtin_ctz(value);
		if (n < machine->nvic.exceptions)
			sim_nvic_put(set, n, to);
	}
	sim_clock_kick(&machine->clock);
}

static uint32_t nvic_read(struct sim_machine *machine, uint32_t at)
{
	struct sim_nvic *nvic = &machine->nvic;
	if (at < 0xE000E200)
		return nvic_word(machine, nvic->enabled, at);
	if (at < 0xE000E300)
		return nvic_word(machine, nvic->pending, at);
	if (at < 0xE000E380)
		return nvic_word(machine, nvic->active, at);
	uint32_t value = 0;
	for (unsigned i = 0; i < 4 && at >= 0xE000E400; i++) {
		unsigned n = SIM_EXC_IRQ0 + (at - 0xE000E400) + i;
		if (n < nvic->exceptions)
			value |= (uint32_t)(nvic->priority[n] & 0xFF) << (8 * i);
	}
	return value;
}

static void nvic_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value)
{
	struct sim_nvic *nvic = &machine->nvic;
	if (at >= 0xE000E400) {
		for (unsigned i = 0; i < size; i++)
			sim_nvic_set_priority(nvic, SIM_EXC_IRQ0 + (at - 0xE000E400) + i, (uint8_t)(value >> (8 * i)));
		sim_clock_kick(&machine->clock);
	} else if (at < 0xE000E200) {
		nvic_write_word(machine, nvic->enabled, at, value, at < 0xE000E180);
	} else if (at < 0xE000E300) {
		nvic_write_word(machine, nvic->pending, at, value, at < 0xE000E280);
		if (at >= 0xE000E280) { /* a line that is up pends again at once */
			for (unsigned w = 0; w < SIM_EXCEPTIONS / 64; w++)
				nvic->pending[w] |= nvic->level[w] & ~nvic->active[w];
		}
	}
}

/* --- SCB ------------------------------------------------------------------------------------------------------ */

static void check_fpu(struct sim_machine *machine)
{
	bool off = machine->board.fpu != SIM_FPU_NONE && (machine->scs.cpacr >> 20 & 5) != 5;
	if (off != machine->fpu_off) {
		machine->fpu_off = off;
		machine->retranslate = true;
		sim_clock_kick(&machine->clock);
	}
	sim_visit_update_checks(machine);
}

static void write_ccr(struct sim_machine *machine, uint32_t value)
{
	if (v6m(machine))
		return;
	uint32_t changed = machine->scs.ccr ^ value;
	machine->scs.ccr = value & (CCR_NONBASETHRDENA | CCR_USERSETMPEND | CCR_UNALIGN_TRP | CCR_DIV_0_TRP |
				    CCR_BFHFNMIGN | CCR_STKALIGN);
	if (machine->board.core == SIM_M7)
		machine->scs.ccr |= (value & (CCR_DC | CCR_IC)) | CCR_BP | CCR_STKALIGN;
	if (machine->board.core == SIM_M33)
		machine->scs.ccr |= CCR_STKALIGN;
	if (machine->board.core == SIM_M7) {
		sim_memory_set(&machine->memory, SIM_KNOB_CACHE, value >> 17 & 1);
		sim_memory_set(&machine->memory, SIM_KNOB_DATA_CACHE, value >> 16 & 1);
	}
	if (changed & (CCR_UNALIGN_TRP | CCR_DIV_0_TRP)) {
		machine->retranslate = true;
		sim_clock_kick(&machine->clock);
	}
}

static uint32_t icsr(struct sim_machine *machine)
{
	struct sim_nvic *nvic = &machine->nvic;
	syst_catch_up(machine);
	uint32_t active = sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF, pending = sim_nvic_most_urgent(nvic);
	uint32_t value = active | pending << 12;
	unsigned others = 0;
	for (unsigned n = 1; n < nvic->exceptions; n++)
		others += n != active && sim_nvic_bit(nvic->active, n);
	value |= others == 0 ? 1u << 11 : 0;
	uint64_t irqs = nvic->pending[0] & ~UINT64_C(0xFFFF);
	for (unsigned w = 1; w < SIM_EXCEPTIONS / 64; w++)
		irqs |= nvic->pending[w];
	value |= irqs ? 1u << 22 : 0; /* any, whether or not it could be taken */
	value |= sim_nvic_bit(nvic->pending, SIM_EXC_SYSTICK) ? 1u << 26 : 0;
	value |= sim_nvic_bit(nvic->pending, SIM_EXC_PENDSV) ? 1u << 28 : 0;
	value |= sim_nvic_bit(nvic->pending, SIM_EXC_NMI) ? 1u << 31 : 0;
	return value;
}

static void write_icsr(struct sim_machine *machine, uint32_t value)
{
	uint64_t *pending = machine->nvic.pending;
	syst_catch_up(machine);
	if (value & 1u << 31)
		sim_nvic_put(pending, SIM_EXC_NMI, true);
	if (value & (1u << 28 | 1u << 27))
		sim_nvic_put(pending, SIM_EXC_PENDSV, value & 1u << 28);
	if (value & (1u << 26 | 1u << 25))
		sim_nvic_put(pending, SIM_EXC_SYSTICK, value & 1u << 26);
	sim_clock_kick(&machine->clock);
}

static const struct {
	uint8_t exception, active, pended; /* bit numbers in SHCSR; 0xFF: none */
} SHCSR_BITS[] = {
	{SIM_EXC_MEMMANAGE, 0, 13}, {SIM_EXC_BUSFAULT, 1, 14},   {SIM_EXC_USAGEFAULT, 3, 12},  {SIM_EXC_SVCALL, 7, 15},
	{SIM_EXC_DEBUGMON, 8, 0xFF}, {SIM_EXC_PENDSV, 10, 0xFF}, {SIM_EXC_SYSTICK, 11, 0xFF},
};

static uint32_t shcsr(const struct sim_machine *machine)
{
	uint32_t value = machine->scs.shcsr & 0x00070000u;
	for (unsigned i = 0; i < sizeof SHCSR_BITS / sizeof *SHCSR_BITS; i++) {
		if (sim_nvic_bit(machine->nvic.active, SHCSR_BITS[i].exception))
			value |= 1u << SHCSR_BITS[i].active;
		if (SHCSR_BITS[i].pended != 0xFF && sim_nvic_bit(machine->nvic.pending, SHCSR_BITS[i].exception))
			value |= 1u << SHCSR_BITS[i].pended;
	}
	return value;
}

static void write_shcsr(struct sim_machine *machine, uint32_t value)
{
	machine->scs.shcsr = value & 0x00070000u;
	for (unsigned i = 0; i < sizeof SHCSR_BITS / sizeof *SHCSR_BITS; i++) {
		sim_nvic_put(machine->nvic.active, SHCSR_BITS[i].exception, value >> SHCSR_BITS[i].active & 1);
		if (SHCSR_BITS[i].pended != 0xFF)
			sim_nvic_put(machine->nvic.pending, SHCSR_BITS[i].exception, value >> SHCSR_BITS[i].pended & 1);
	}
	sim_clock_kick(&machine->clock);
}

/* Cache size ID: 32-byte lines; instruction cache 2 ways, data cache 4 (Cortex-M7 TRM 4.3.3). */
static uint32_t ccsidr(const struct sim_machine *machine)
{
	bool instruction = machine->scs.csselr & 1;
	uint32_t bytes = instruction ? machine->board.flash.icache_bytes : machine->board.flash.dcache_bytes;
	uint32_t ways = instruction ? 2 : 4, sets = bytes / 32 / ways;
	return sets ? 0xF0000000u | (sets - 1) << 13 | (ways - 1) << 3 | 1 : 0;
}

/* 0xE000ED40 to ED70: PFR0 PFR1 DFR0 AFR0 MMFR0 to 3 ISAR0 to 4; the manuals' tables of the SCB (M33: no security). */
static uint32_t identification(enum sim_core core, unsigned index)
{
	static const uint32_t SAME[8] = {0x30, 0x200, 0x00100000, 0, 0x00100030, 0, 0x01000000, 0};
	static const uint32_t ISAR[SIM_CORES][5] = {
		[SIM_M3] = {0x01101110, 0x02111000, 0x21112231, 0x01111110, 0x01310102},
		[SIM_M4] = {0x01141110, 0x02112000, 0x21232231, 0x01111131, 0x01310132},
		[SIM_M7] = {0x01101110, 0x02112000, 0x20232231, 0x01111131, 0x01310132},
		[SIM_M33] = {0x01101110, 0x02212000, 0x20232232, 0x01111131, 0x01310132},
	};
	if (core == SIM_M33 && index == 2)
		return 0x00200000;
	if (core == SIM_M33 && index == 4)
		return 0x00101F40;
	return index < 8 ? SAME[index] : ISAR[core][index - 8];
}

static uint32_t feature_register(const struct sim_machine *machine, uint32_t at)
{
	if (at >= 0xE000ED40 && at <= 0xE000ED70)
		return identification(machine->board.core, (at - 0xE000ED40) / 4);
	if (at == 0xE000EF40 && machine->board.fpu)
		return machine->board.fpu == SIM_FPU_DP ? 0x10110221 : 0x10110021;
	if (at == 0xE000EF44 && machine->board.fpu)
		return machine->board.core == SIM_M4 ? 0x11000011 : 0x12000011;
	if (at == 0xE000EF48 && machine->board.fpu && machine->board.core != SIM_M4)
		return 0x40;
	if (machine->board.core == SIM_M7) {
		if (at == 0xE000ED78)
			return 0x09000003;
		if (at == 0xE000ED7C)
			return 0x8303C003;
		if (at == 0xE000ED80)
			return ccsidr(machine);
	}
	return 0;
}

static uint32_t scb_read(struct sim_machine *machine, uint32_t at)
{
	const struct sim_scs *scs = &machine->scs;
	if (at >= 0xE000ED18 && at < 0xE000ED24) {
		uint32_t value = 0;
		for (unsigned i = 0; i < 4; i++)
			value |= (uint32_t)(machine->nvic.priority[4 + at - 0xE000ED18 + i] & 0xFF) << (8 * i);
		return value;
	}
	if (at >= 0xE000ED90 && at <= 0xE000EDC4)
		return sim_mpu_read(machine, at);
	if (v6m(machine) && (at >= 0xE000ED28 && at <= 0xE000ED88))
		return 0; /* no fault status, no CPACR */
	if (at >= 0xE000EF34 && at <= 0xE000EF3C && machine->board.fpu == SIM_FPU_NONE)
		return 0;
	switch (at) {
	case 0xE000E004: return (machine->nvic.exceptions - SIM_EXC_IRQ0 + 31) / 32 - 1;
	case 0xE000ED00: return CPUID[machine->board.core];
	case 0xE000ED04: return icsr(machine);
	case 0xE000ED08: return scs->vtor;
	case 0xE000ED0C: return 0xFA050000u | (uint32_t)machine->nvic.prigroup << 8;
	case 0xE000ED10: return scs->scr;
	case 0xE000ED14: return scs->ccr;
	case 0xE000ED24: return shcsr(machine);
	case 0xE000ED28: return scs->cfsr;
	case 0xE000ED2C: return scs->hfsr;
	case 0xE000ED34: return scs->mmfar;
	case 0xE000ED38: return scs->bfar;
	case 0xE000ED84: return scs->csselr;
	case 0xE000ED88: return scs->cpacr;
	case 0xE000EDFC: return scs->demcr;
	case 0xE000EF34: return sim_exception_fpccr(machine);
	case 0xE000EF38: return scs->fpcar;
	case 0xE000EF3C: return scs->fpdscr;
	default: return feature_register(machine, at);
	}
}

static void write_aircr(struct sim_machine *machine, uint32_t value)
{
	if (value >> 16 != 0x05FA)
		return;
	if (!v6m(machine))
		machine->nvic.prigroup = value >> 8 & 7;
	if (value & 4) { /* SYSRESETREQ */
		machine->reset_cause = SIM_RESET_SOFTWARE;
		machine->reset_asked = true;
		sim_machine_attend(machine);
	}
	sim_clock_kick(&machine->clock);
}

/* Of the exceptions in SHPR1 to 3, those that exist. */
static bool has_priority(const struct sim_machine *machine, unsigned exception)
{
	switch (exception) {
	case SIM_EXC_SVCALL:
	case SIM_EXC_PENDSV:
	case SIM_EXC_SYSTICK: return true;
	case SIM_EXC_MEMMANAGE:
	case SIM_EXC_BUSFAULT:
	case SIM_EXC_USAGEFAULT:
	case SIM_EXC_DEBUGMON: return !v6m(machine);
	default: return false;
	}
}

static void scb_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value)
{
	struct sim_scs *scs = &machine->scs;
	if (at >= 0xE000ED18 && at < 0xE000ED24) {
		for (unsigned i = 0; i < size; i++)
			if (has_priority(machine, 4 + at - 0xE000ED18 + i))
				sim_nvic_set_priority(&machine->nvic, 4 + at - 0xE000ED18 + i, (uint8_t)(value >> (8 * i)));
		sim_clock_kick(&machine->clock);
		return;
	}
	if (at >= 0xE000ED94 && at <= 0xE000EDC4) {
		sim_mpu_write(machine, at, value);
		return;
	}
	switch (at) {
	case 0xE000ED04: write_icsr(machine, value); break;
	case 0xE000ED08:
		if (machine->board.core != SIM_M0)
			scs->vtor = value & (v6m(machine) ? 0xFFFFFF00u : 0xFFFFFF80u);
		break;
	case 0xE000ED0C: write_aircr(machine, value); break;
	case 0xE000ED10: scs->scr = value & (SCR_SLEEPONEXIT | SCR_SLEEPDEEP | SCR_SEVONPEND); break;
	case 0xE000ED14: write_ccr(machine, value); break;
	case 0xE000ED24: write_shcsr(machine, value); break;
	case 0xE000ED28: scs->cfsr &= ~value; break;
	case 0xE000ED2C: scs->hfsr &= ~value; break;
	case 0xE000ED34: scs->mmfar = value; break;
	case 0xE000ED38: scs->bfar = value; break;
	case 0xE000ED84: scs->csselr = value & 0xF; break;
	case 0xE000ED88:
		scs->cpacr = machine->board.fpu == SIM_FPU_NONE ? 0 : value & 0x00F00000u;
		check_fpu(machine);
		break;
	case 0xE000EDFC: {
		uint32_t now = cyccnt(machine);
		scs->demcr = value & 0x010F07F1u;
		cyccnt_set(machine, now);
		break;
	}
	case 0xE000EF00:
		if (!v6m(machine) && (value & 0x1FF) + SIM_EXC_IRQ0 < machine->nvic.exceptions)
			sim_nvic_put(machine->nvic.pending, SIM_EXC_IRQ0 + (value & 0x1FF), true);
		sim_clock_kick(&machine->clock);
		break;
	case 0xE000EF34: scs->fpccr = value & (FPCCR_ASPEN | FPCCR_LSPEN | FPCCR_LSPACT); break;
	case 0xE000EF38: scs->fpcar = value & ~7u; break;
	case 0xE000EF3C: scs->fpdscr = value & 0x07C00000u; break;
	default: break;
	}
}

/* --- the whole space ---------------------------------------------------------------------------------------- */

static uint32_t syst_read(struct sim_machine *machine, uint32_t at)
{
	struct sim_scs *scs = &machine->scs;
	uint64_t cycle = syst_catch_up(machine);
	uint32_t value = scs->syst_csr;
	switch (at) {
	case 0xE000E010:
		scs->syst_csr &= ~STK_COUNTFLAG;
		return value;
	case 0xE000E014: return scs->syst_rvr;
	case 0xE000E018: return syst_value(scs, cycle);
	default: return 0x40000000u; /* CALIB: no exact 10 ms value */
	}
}

static void syst_write(struct sim_machine *machine, uint32_t at, uint32_t value)
{
	struct sim_scs *scs = &machine->scs;
	uint64_t cycle = at == 0xE000E010 ? 0 : syst_catch_up(machine);
	if (at == 0xE000E010) {
		syst_write_csr(machine, value);
	} else if (at == 0xE000E014) {
		scs->syst_rvr = value & 0xFFFFFF;
		syst_arm(machine);
	} else if (at == 0xE000E018) {
		scs->syst_csr &= ~STK_COUNTFLAG;
		scs->syst_held = 0;
		if (scs->syst_csr & STK_ENABLE)
			syst_start(machine, cycle, 0);
	}
}

uint32_t sim_scs_read(struct sim_machine *machine, uint32_t at, unsigned size)
{
	uint32_t word = at & ~3u, value;
	if (word < 0xE0001000)
		value = sim_itm_read(machine, word);
	else if (word < 0xE0002000)
		value = dwt_read(machine, word);
	else if (word >= 0xE000E010 && word < 0xE000E020)
		value = syst_read(machine, word);
	else if (word >= 0xE000E100 && word < 0xE000E800)
		value = nvic_read(machine, word);
	else
		value = scb_read(machine, word);
	return size == 4 ? value : value >> (8 * (at & 3)) & (size == 2 ? 0xFFFFu : 0xFFu);
}

void sim_scs_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value)
{
	bool bytewise = (at >= 0xE000E400 && at < 0xE000E800) || (at >= 0xE000ED18 && at < 0xE000ED24);
	uint32_t word = at & ~3u;
	if (word < 0xE0001000) {
		sim_itm_write(machine, at, size, value);
		return;
	}
	if (size != 4 && !bytewise) {
		/* Part of a register: the rest keeps its value, and where 1 clears it gets 0. */
		uint32_t mask = (size == 2 ? 0xFFFFu : 0xFFu) << (8 * (at & 3));
		bool clears = word == 0xE000ED28 || word == 0xE000ED2C;
		uint32_t rest = clears ? 0 : sim_scs_read(machine, word, 4) & ~mask;
		value = rest | (value << (8 * (at & 3)) & mask);
	}
	if (word < 0xE0002000) {
		dwt_write(machine, word, value);
	} else if (word >= 0xE000E010 && word < 0xE000E020) {
		syst_write(machine, word, value);
	} else if (word >= 0xE000E100 && word < 0xE000E800) {
		nvic_write(machine, bytewise ? at : word, size, value);
	} else {
		scb_write(machine, bytewise ? at : word, size, value);
	}
}

void sim_scs_reset(struct sim_machine *machine)
{
	struct sim_scs *scs = &machine->scs;
	sim_clock_cancel(&machine->clock, &scs->syst_event);
	uint32_t vtor = scs->vtor;
	*scs = (struct sim_scs){.vtor = vtor, .ccr = CCR_STKALIGN | (v6m(machine) ? CCR_UNALIGN_TRP : 0) |
								      (machine->board.core == SIM_M7 ? CCR_BP : 0),
				  .fpccr = FPCCR_ASPEN | FPCCR_LSPEN, .syst_event.fire = syst_fire};
	sim_itm_reset(machine);
	check_fpu(machine);
	sim_mpu_changed(machine);
}
