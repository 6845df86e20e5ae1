/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest did wrong, as a story: one sentence, where, with which registers, and how it came there.
 *
 * Sources: Armv7-M ARM B1.5.14 (faults and escalation), B1.5.15 (lock-up), B3.2.15 (status registers).
 */
#include "sim/machine_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Whether a call instruction ends at `at`. */
static bool follows_call(const struct sim_machine *machine, uint32_t at)
{
	const uint8_t *code = at >= 4 ? sim_space_host(&machine->space, at - 4, 4) : NULL;
	if (!code)
		return false;
	uint16_t first = (uint16_t)(code[0] | code[1] << 8), second = (uint16_t)(code[2] | code[3] << 8);
	bool bl = (first & 0xF800) == 0xF000 && (second & 0xD000) == 0xD000;
	bool blx = (second & 0xFF87) == 0x4780;
	return bl || blx;
}

/*
 * Return addresses found on the stack: words that point, with the Thumb bit, behind a call. Heuristic: a stale
 * word can look like one; there is no unwinding information in most firmware.
 */
static unsigned backtrace(const struct sim_machine *machine, const struct sim_fault *fault, uint32_t *ret_frames,
			  unsigned most)
{
	unsigned depth = 0;
	ret_frames[depth++] = fault->pc;
	uint32_t lr = fault->r[14];
	if ((lr & 1) && follows_call(machine, lr & ~1u))
		ret_frames[depth++] = lr & ~1u;
	for (uint32_t at = fault->r[13] & ~3u, words = 0; depth < most && words < 1024; at += 4, words++) {
		uint32_t word;
		const uint8_t *host = sim_space_host(&machine->space, at, 4);
		if (!host)
			break;
		memcpy(&word, host, 4);
		if ((word & 1) && follows_call(machine, word & ~1u) && ret_frames[depth - 1] != (word & ~1u))
			ret_frames[depth++] = word & ~1u;
	}
	return depth;
}

static void tell(struct sim_machine *machine, int exception, uint32_t address, const char *what, bool lockup)
{
	struct sim_fault fault = {
		.when = sim_machine_when(machine, machine->clock.cycle), .pc = machine->pc, .address = address,
		.exception = exception, .lockup = lockup, .cfsr = machine->scs.cfsr, .hfsr = machine->scs.hfsr,
		.mmfar = machine->scs.mmfar, .bfar = machine->scs.bfar,
	};
	snprintf(fault.what, sizeof fault.what, "%s", what);
	for (int i = 0; i < 13; i++)
		fault.r[i] = sim_core_get(machine, UC_ARM_REG_R0 + i);
	fault.r[13] = sim_core_get(machine, UC_ARM_REG_SP);
	fault.r[14] = sim_core_get(machine, UC_ARM_REG_LR);
	fault.r[15] = machine->pc;
	fault.xpsr = sim_core_get(machine, UC_ARM_REG_XPSR);
	fault.msp = sim_core_get(machine, UC_ARM_REG_MSP);
	fault.psp = sim_core_get(machine, UC_ARM_REG_PSP);
	fault.control = sim_core_get(machine, UC_ARM_REG_CONTROL);
	fault.depth = backtrace(machine, &fault, fault.backtrace, sizeof fault.backtrace / sizeof *fault.backtrace);
	if (machine->observer.fault)
		machine->observer.fault(machine->observer.context, &fault);
}

static void lock_up(struct sim_machine *machine, uint32_t address, const char *what)
{
	machine->locked_up = true;
	sim_machine_attend(machine);
	tell(machine, 0, address, what, true);
}

void sim_fault_lockup(struct sim_machine *machine, const char *format, ...)
{
	char what[160];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	lock_up(machine, machine->pc, what);
}

/* Whether `exception` can be taken now: enabled in SHCSR, and more urgent than what runs. */
static bool can_take(const struct sim_machine *machine, enum sim_exception exception)
{
	const uint32_t enable[] = {
		[SIM_EXC_MEMMANAGE] = 1u << 16, [SIM_EXC_BUSFAULT] = 1u << 17, [SIM_EXC_USAGEFAULT] = 1u << 18};
	if (machine->board.core <= SIM_M0PLUS && exception != SIM_EXC_SVCALL)
		return false;
	if (exception < SIM_EXC_SVCALL && !(machine->scs.shcsr & enable[exception]))
		return false;
	return sim_nvic_group(&machine->nvic, machine->nvic.priority[exception]) <
	       sim_nvic_execution_priority(&machine->nvic);
}

static void raise_hard(struct sim_machine *machine, uint32_t hfsr_bits, uint32_t address, const char *what)
{
	sim_exception_sync_masks(machine);
	if (sim_nvic_execution_priority(&machine->nvic) <= -1) {
		lock_up(machine, address, what);
		return;
	}
	machine->scs.hfsr |= hfsr_bits;
	sim_nvic_put(machine->nvic.pending, SIM_EXC_HARDFAULT, true);
	sim_clock_kick(&machine->clock);
	tell(machine, SIM_EXC_HARDFAULT, address, what, false);
}

void sim_fault_raise(struct sim_machine *machine, enum sim_exception exception, uint32_t cfsr_bits, uint32_t address,
		     const char *format, ...)
{
	char what[160];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	machine->scs.cfsr |= cfsr_bits;
	if (cfsr_bits & CFSR_MMARVALID)
		machine->scs.mmfar = address;
	if (cfsr_bits & CFSR_BFARVALID)
		machine->scs.bfar = address;
	sim_exception_sync_masks(machine);
	if (!can_take(machine, exception)) {
		raise_hard(machine, HFSR_FORCED, address, what);
		return;
	}
	sim_nvic_put(machine->nvic.pending, exception, true);
	sim_clock_kick(&machine->clock);
	if (exception != SIM_EXC_SVCALL)
		tell(machine, exception, address, what, false);
}

void sim_fault_stacking(struct sim_machine *machine, unsigned exception, uint32_t cfsr_bit)
{
	static const char format[] = "exception %u could not save registers: the stack pointer is at 0x%08x";
	uint32_t sp = sim_core_get(machine, UC_ARM_REG_SP);
	if (exception > SIM_EXC_HARDFAULT) {
		sim_fault_raise(machine,
				cfsr_bit == CFSR_MSTKERR ? SIM_EXC_MEMMANAGE
				: cfsr_bit == CFSR_STKOF ? SIM_EXC_USAGEFAULT : SIM_EXC_BUSFAULT,
				cfsr_bit, 0, format, exception, sp);
		return;
	}
	char what[160];
	snprintf(what, sizeof what, format, exception, sp);
	machine->scs.cfsr |= cfsr_bit;
	tell(machine, (int)exception, machine->pc, what, false);
}

void sim_fault_hard(struct sim_machine *machine, uint32_t hfsr_bits, const char *format, ...)
{
	char what[160];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	raise_hard(machine, hfsr_bits, machine->pc, what);
}
