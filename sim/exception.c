/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exception entry and return: stacking, EXC_RETURN, tail-chaining, and what they cost.
 *
 * Sources: Armv7-M ARM (DDI 0403) B1.5.6 … B1.5.8, Armv8-M ARM (DDI 0553) B3.18 … B3.22. Cycles: Technical
 * Reference Manuals of the cores (entry, tail-chain); return from measurements others published (10 to 12).
 *
 * Floating-point registers are stacked at once when the frame has room for them; with lazy stacking on
 * (FPCCR.LSPEN) no time is charged for it. Real silicon writes them at the first floating-point
 * instruction of the handler: the bytes are the same, their moment is not modelled.
 */
#include "sim/machine_state.h"

#include <string.h>

#define XPSR_FLAGS 0xF80F0000u /* N Z C V Q, GE */
#define XPSR_THUMB (1u << 24)
#define BASIC_FRAME 0x20u
#define EXTENDED_FRAME 0x68u

enum { EXC_RETURN_SPSEL = 4, EXC_RETURN_THREAD = 8, EXC_RETURN_BASIC = 0x10 };
enum { CONTROL_NPRIV = 1, CONTROL_SPSEL = 2, CONTROL_FPCA = 4 };

/* Zero wait states; entry to the first instruction of the handler. */
static const struct {
	uint8_t entry, tail_chain, ret;
} CYCLES[SIM_CORES] = {
	[SIM_M0] = {16, 8, 10}, [SIM_M0PLUS] = {15, 8, 10}, [SIM_M3] = {12, 6, 10},
	[SIM_M4] = {12, 6, 10}, [SIM_M7] = {12, 6, 10},     [SIM_M33] = {12, 6, 10},
};

static const int R[] = {UC_ARM_REG_R0, UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R12, UC_ARM_REG_LR};

void sim_exception_sync_masks(struct sim_machine *machine)
{
	int regs[] = {UC_ARM_REG_PRIMASK, UC_ARM_REG_BASEPRI, UC_ARM_REG_FAULTMASK};
	uint32_t value[3] = {0};
	void *into[] = {&value[0], &value[1], &value[2]};
	uc_reg_read_batch(machine->uc, regs, into, 3);
	bool v6m = machine->board.core <= SIM_M0PLUS; /* has neither BASEPRI nor FAULTMASK */
	machine->nvic.primask = value[0] & 1;
	machine->nvic.basepri = v6m ? 0 : (uint8_t)value[1];
	machine->nvic.faultmask = !v6m && (value[2] & 1);
}

/* Thread or handler mode, its stack and privilege, in an order that the library's own checks let through. */
static void set_mode(struct sim_machine *machine, uint32_t flags, unsigned exception, uint32_t control)
{
	if (exception) { /* CONTROL.SPSEL reads as written only in thread mode, and is 0 in a handler */
		sim_core_set(machine, UC_ARM_REG_CONTROL, control & ~(uint32_t)(CONTROL_SPSEL | CONTROL_NPRIV));
		sim_core_set(machine, UC_ARM_REG_XPSR, (flags & XPSR_FLAGS) | XPSR_THUMB | exception);
		sim_core_settle(machine);
		if (control & CONTROL_NPRIV)
			sim_core_set(machine, UC_ARM_REG_CONTROL, control & ~(uint32_t)CONTROL_SPSEL);
	} else {
		sim_core_set(machine, UC_ARM_REG_CONTROL, 0);
		sim_core_set(machine, UC_ARM_REG_XPSR, (flags & XPSR_FLAGS) | XPSR_THUMB);
		sim_core_settle(machine);
		sim_core_set(machine, UC_ARM_REG_CONTROL, control & ~(uint32_t)CONTROL_NPRIV);
	}
}

/* From an unprivileged thread the library ignores writes to CONTROL: become a privileged one first. */
static void gain_privilege(struct sim_machine *machine, uint32_t xpsr, unsigned exception, uint32_t control)
{
	if (!(control & CONTROL_NPRIV) || (xpsr & 0x1FF))
		return;
	sim_core_set(machine, UC_ARM_REG_XPSR, (xpsr & XPSR_FLAGS) | XPSR_THUMB | exception);
	sim_core_settle(machine);
	sim_core_set(machine, UC_ARM_REG_CONTROL, 0);
	sim_core_set(machine, UC_ARM_REG_XPSR, (xpsr & XPSR_FLAGS) | XPSR_THUMB);
	sim_core_settle(machine);
	sim_core_set(machine, UC_ARM_REG_CONTROL, control & (CONTROL_SPSEL | CONTROL_FPCA));
}

static void low_mark(uint32_t *low, uint32_t sp)
{
	if (sp < *low)
		*low = sp;
}

/* Writes the frame below SP and moves SP. False: nothing is there; SP moved all the same. */
static bool push_frame(struct sim_machine *machine, uint32_t xpsr, uint32_t control)
{
	bool extended = control & CONTROL_FPCA;
	uint32_t size = extended ? EXTENDED_FRAME : BASIC_FRAME;
	uint32_t sp = sim_core_get(machine, UC_ARM_REG_SP);
	bool align8 = machine->board.core <= SIM_M0PLUS || machine->board.core == SIM_M33 ||
		      (machine->scs.ccr & 1u << 9);
	bool padded = align8 && (sp & 4);
	uint32_t frame[EXTENDED_FRAME / 4] = {0}, at = (sp - size) & ~(align8 ? 7u : 3u);
	for (unsigned i = 0; i < 6; i++)
		frame[i] = sim_core_get(machine, R[i]);
	frame[6] = machine->pc;
	frame[7] = (xpsr & ~(1u << 9)) | XPSR_THUMB | (padded ? 1u << 9 : 0);
	if (extended) {
		for (unsigned i = 0; i < 16; i++)
			frame[8 + i] = sim_core_get(machine, UC_ARM_REG_S0 + (int)i);
		frame[24] = sim_core_get(machine, UC_ARM_REG_FPSCR);
	}
	uint8_t *host = sim_space_host(&machine->space, at, size);
	struct sim_region *region = sim_space_find(&machine->space, at);
	bool ok = host && region->writable;
	if (ok)
		memcpy(host, frame, size);
	sim_core_set(machine, UC_ARM_REG_SP, at);
	bool process = !(xpsr & 0x1FF) && (control & CONTROL_SPSEL);
	low_mark(process ? &machine->stacks.process_low : &machine->stacks.main_low, at);
	machine->process_stack = machine->process_stack || process;
	if (process && (machine->stacks.process_top == UINT32_MAX || sp > machine->stacks.process_top))
		machine->stacks.process_top = sp;
	return ok;
}

static uint32_t exc_return_value(const struct sim_machine *machine, bool thread, bool process, bool extended)
{
	uint32_t value = 0xFFFFFFE1u | (extended ? 0 : EXC_RETURN_BASIC) | (thread ? EXC_RETURN_THREAD : 0) |
			 (process ? EXC_RETURN_SPSEL : 0);
	/* Armv8-M without the Security Extension: S, DCRS and ES read 0, 1, 0. */
	return machine->board.core == SIM_M33 ? (value & ~0x41u) : value;
}

static void tell(struct sim_machine *machine, unsigned exception, bool entry)
{
	if (machine->observer.exception)
		machine->observer.exception(machine->observer.context,
					    sim_machine_when(machine, machine->clock.cycle), (int)exception, entry);
}

/* Lands in the handler; registers and mode are set by then. */
static void jump_to_handler(struct sim_machine *machine, unsigned exception)
{
	uint32_t vector = 0;
	const uint8_t *host = sim_space_host(&machine->space, machine->scs.vtor + 4 * exception, 4);
	if (host)
		memcpy(&vector, host, 4);
	machine->previous = &machine->nowhere;
	machine->previous_end = 0;
	machine->pc = vector & ~1u;
	if (!host) {
		sim_fault_lockup(machine, "vector %u at 0x%08x cannot be read", exception,
				 machine->scs.vtor + 4 * exception);
	} else if (!(vector & 1)) {
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVSTATE, 0,
				"vector %u is 0x%08x: no Thumb bit, no handler", exception, vector);
	} else if (machine->observed) {
		uint32_t from = machine->function;
		machine->function = machine->observer.function_of
					    ? machine->observer.function_of(machine->observer.context, machine->pc)
					    : SIM_NO_FUNCTION;
		if (machine->observer.edge)
			machine->observer.edge(machine->observer.context,
					       sim_machine_when(machine, machine->clock.cycle), SIM_EDGE_EXCEPTION, from,
					       machine->function, machine->pc, sim_core_get(machine, UC_ARM_REG_SP));
	}
}

static void enter(struct sim_machine *machine, unsigned exception)
{
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR), control = sim_core_get(machine, UC_ARM_REG_CONTROL);
	bool thread = !(xpsr & 0x1FF), process = thread && (control & CONTROL_SPSEL);
	gain_privilege(machine, xpsr, exception, control);
	bool stacked = push_frame(machine, xpsr, control);
	set_mode(machine, xpsr, exception, control & CONTROL_NPRIV);
	sim_core_set(machine, UC_ARM_REG_LR,
		     exc_return_value(machine, thread, process, control & CONTROL_FPCA));
	sim_nvic_entered(&machine->nvic, exception);
	machine->clock.cycle += CYCLES[machine->board.core].entry;
	if ((control & CONTROL_FPCA) && !(machine->scs.fpccr & 1u << 30))
		machine->clock.cycle += 17; /* S0-S15 and FPSCR, a cycle each */
	machine->event_register = true;
	tell(machine, exception, true);
	if (!stacked)
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_STKERR, 0,
				"exception %u could not save registers: the stack pointer is at 0x%08x", exception,
				sim_core_get(machine, UC_ARM_REG_SP));
	if (!machine->locked_up)
		jump_to_handler(machine, exception);
}

void sim_exception_service(struct sim_machine *machine)
{
	unsigned next;
	sim_exception_sync_masks(machine);
	while (!machine->locked_up && (next = sim_nvic_next(&machine->nvic)) != 0) {
		enter(machine, next);
		sim_exception_sync_masks(machine);
	}
	machine->polling = sim_nvic_most_urgent(&machine->nvic) != 0;
	if (machine->polling) {
		machine->poll_deadline = machine->clock.deadline;
		machine->poll_due_ps = sim_clock_next_ps(&machine->clock);
		sim_clock_kick(&machine->clock);
	}
}

static bool return_is_legal(const struct sim_machine *machine, uint32_t value, unsigned exception)
{
	if (!sim_nvic_bit(machine->nvic.active, exception))
		return false;
	if (machine->board.core == SIM_M33)
		return (value & 0xFFFFFF00u) == 0xFFFFFF00u;
	uint32_t kind = value & 0xFu;
	return (value & 0xFFFFFFE0u) == 0xFFFFFFE0u && (kind == 1 || kind == 9 || kind == 13);
}

/* Takes the next exception on the frame of the one that just ended. */
static void tail_chain(struct sim_machine *machine, unsigned exception, uint32_t exc_return)
{
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR);
	set_mode(machine, xpsr, exception, sim_core_get(machine, UC_ARM_REG_CONTROL) & CONTROL_NPRIV);
	sim_core_set(machine, UC_ARM_REG_LR, exc_return);
	sim_nvic_entered(&machine->nvic, exception);
	machine->clock.cycle += CYCLES[machine->board.core].tail_chain;
	tell(machine, exception, true);
	jump_to_handler(machine, exception);
}

static bool pop_frame(struct sim_machine *machine, bool extended, uint32_t *ret_pc, uint32_t *ret_xpsr)
{
	uint32_t size = extended ? EXTENDED_FRAME : BASIC_FRAME, frame[EXTENDED_FRAME / 4];
	uint32_t sp = sim_core_get(machine, UC_ARM_REG_SP);
	const uint8_t *host = sim_space_host(&machine->space, sp, size);
	if (!host)
		return false;
	memcpy(frame, host, size);
	for (unsigned i = 0; i < 6; i++)
		sim_core_set(machine, R[i], frame[i]);
	if (extended) {
		for (unsigned i = 0; i < 16; i++)
			sim_core_set(machine, UC_ARM_REG_S0 + (int)i, frame[8 + i]);
		sim_core_set(machine, UC_ARM_REG_FPSCR, frame[24]);
	}
	sim_core_set(machine, UC_ARM_REG_SP, sp + size + (frame[7] & 1u << 9 ? 4 : 0));
	*ret_pc = frame[6] & ~1u;
	*ret_xpsr = frame[7];
	return true;
}

static void tell_return(struct sim_machine *machine)
{
	if (!machine->observed)
		return;
	uint32_t from = machine->function;
	machine->function = machine->observer.function_of
				    ? machine->observer.function_of(machine->observer.context, machine->pc)
				    : SIM_NO_FUNCTION;
	if (machine->observer.edge)
		machine->observer.edge(machine->observer.context, sim_machine_when(machine, machine->clock.cycle),
				       SIM_EDGE_EXCEPTION_RETURN, from, machine->function, machine->pc,
				       sim_core_get(machine, UC_ARM_REG_SP));
}

void sim_exception_return(struct sim_machine *machine, uint32_t exc_return)
{
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR), control = sim_core_get(machine, UC_ARM_REG_CONTROL);
	unsigned exception = xpsr & 0x1FF;
	machine->pc = exc_return & ~1u;
	if (!return_is_legal(machine, exc_return, exception)) {
		sim_nvic_put(machine->nvic.active, exception, false);
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVPC, 0,
				"exception return with 0x%08x, which fits nothing that is active", exc_return);
		return;
	}
	if (exception != SIM_EXC_NMI && machine->board.core > SIM_M0PLUS)
		sim_core_set(machine, UC_ARM_REG_FAULTMASK, 0);
	sim_nvic_returned(&machine->nvic, exception);
	tell(machine, exception, false);
	machine->event_register = true;
	sim_exception_sync_masks(machine);
	unsigned next = sim_nvic_next(&machine->nvic);
	if (next) {
		tail_chain(machine, next, exc_return);
		return;
	}
	bool thread = exc_return & EXC_RETURN_THREAD, process = exc_return & EXC_RETURN_SPSEL;
	bool extended = !(exc_return & EXC_RETURN_BASIC);
	uint32_t back = (process ? CONTROL_SPSEL : 0u) | (extended ? CONTROL_FPCA : 0u);
	if (thread)
		set_mode(machine, xpsr, 0, back);
	uint32_t pc = 0, frame_xpsr = 0;
	if (!pop_frame(machine, extended, &pc, &frame_xpsr)) {
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_UNSTKERR, 0,
				"exception return could not restore registers: the stack pointer is at 0x%08x",
				sim_core_get(machine, UC_ARM_REG_SP));
		return;
	}
	/* Exception number, flags and IT state; then what depends on the mode. */
	sim_core_set(machine, UC_ARM_REG_XPSR_NZCVQG, (frame_xpsr & ~(1u << 9)) | XPSR_THUMB);
	sim_core_settle(machine);
	sim_core_set(machine, UC_ARM_REG_CONTROL, (thread ? back : back & CONTROL_FPCA) | (control & CONTROL_NPRIV));
	machine->clock.cycle += CYCLES[machine->board.core].ret;
	machine->pc = pc;
	machine->previous = &machine->nowhere;
	machine->previous_end = 0;
	sim_core_settle(machine);
	tell_return(machine);
	if (thread && (machine->scs.scr & 2)) /* SLEEPONEXIT */
		machine->sleeping = true;
}
