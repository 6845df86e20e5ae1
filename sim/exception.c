/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exception entry and return: stacking, EXC_RETURN, tail-chaining, and what they cost.
 *
 * Sources: Armv7-M ARM (DDI 0403) B1.5.6 … B1.5.8, Armv8-M ARM (DDI 0553) B3.18 … B3.22. Cycles: Technical
 * Reference Manuals of the cores (entry, tail-chain); return from measurements others published (10 to 12).
 *
 * Floating-point registers are stacked at once when the frame has room for them. Real silicon with lazy stacking
 * (FPCCR.LSPEN) writes them at the first floating-point instruction of the handler: the bytes are the same; the time
 * for saving and restoring them is charged on return, if the handler turns out to have used the FPU.
 */
#include "sim/machine_state.h"

#include <string.h>

#define XPSR_FLAGS 0xF80F0000u /* N Z C V Q, GE */
#define BASIC_FRAME 0x20u
#define EXTENDED_FRAME 0x68u
#define FP_CYCLES 17 /* S0-S15 and FPSCR, a cycle each */

enum { EXC_RETURN_SPSEL = 4, EXC_RETURN_THREAD = 8, EXC_RETURN_BASIC = 0x10 };
enum { CONTROL_NPRIV = 1, CONTROL_SPSEL = 2, CONTROL_FPCA = 4, CONTROL_SFPA = 8 };

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

/* Writes the frame below SP and moves SP, the latter in any case. Returns 0 or what to set in CFSR. */
static uint32_t push_frame(struct sim_machine *machine, uint32_t xpsr, uint32_t control, bool extended)
{
	uint32_t size = extended ? EXTENDED_FRAME : BASIC_FRAME;
	uint32_t sp = sim_core_get(machine, UC_ARM_REG_SP);
	bool align8 = machine->board.core <= SIM_M0PLUS || machine->board.core == SIM_M33 ||
		      (machine->scs.ccr & 1u << 9);
	bool padded = align8 && (sp & 4);
	uint32_t frame[EXTENDED_FRAME / 4] = {0}, at = (sp - size) & ~(align8 ? 7u : 3u);
	for (unsigned i = 0; i < 6; i++)
		frame[i] = sim_core_get(machine, R[i]);
	frame[6] = machine->pc;
	frame[7] = (xpsr & ~(1u << 9)) | (padded ? 1u << 9 : 0);
	if (extended) {
		for (unsigned i = 0; i < 16; i++)
			frame[8 + i] = sim_core_get(machine, UC_ARM_REG_S0 + (int)i);
		frame[24] = sim_core_get(machine, UC_ARM_REG_FPSCR);
	}
	bool privileged = (xpsr & 0x1FF) || !(control & CONTROL_NPRIV);
	bool process = !(xpsr & 0x1FF) && (control & CONTROL_SPSEL);
	uint32_t limit = machine->takeover.stack_limit[process];
	if (machine->board.core == SIM_M33 && at < limit) {
		sim_core_set(machine, UC_ARM_REG_SP, limit);
		return CFSR_STKOF;
	}
	bool forbidden = !sim_mpu_allows(machine, at, SIM_WRITE, privileged) ||
			 !sim_mpu_allows(machine, at + size - 4, SIM_WRITE, privileged);
	uint32_t failed = forbidden ? CFSR_MSTKERR : sim_core_write(machine, at, frame, size) ? 0 : CFSR_STKERR;
	sim_core_set(machine, UC_ARM_REG_SP, at);
	low_mark(process ? &machine->stacks.process_low : &machine->stacks.main_low, at);
	machine->process_stack = machine->process_stack || process;
	if (process && (machine->stacks.process_top == UINT32_MAX || sp > machine->stacks.process_top))
		machine->stacks.process_top = sp;
	return failed;
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

static void tell_edge(struct sim_machine *machine, enum sim_edge edge)
{
	if (!machine->observed)
		return;
	uint32_t from = machine->function;
	machine->function = machine->observer.function_of
				    ? machine->observer.function_of(machine->observer.context, machine->pc)
				    : SIM_NO_FUNCTION;
	if (machine->observer.edge)
		machine->observer.edge(machine->observer.edge_context,
				       sim_machine_when(machine, machine->clock.cycle).active, edge, from,
				       machine->function, machine->pc, sim_core_get(machine, UC_ARM_REG_SP));
}

/* Lands in the handler; registers and mode are set by then. */
static void jump_to_handler(struct sim_machine *machine, unsigned exception)
{
	uint32_t vector = 0, at = machine->scs.vtor + 4 * exception;
	const uint8_t *host = sim_space_host(&machine->space, at, 4);
	if (host)
		memcpy(&vector, host, 4);
	machine->pc = vector & ~1u;
	if (!host)
		sim_fault_hard(machine, HFSR_VECTTBL, "vector %u at 0x%08x cannot be read", exception, at);
	else if (!(vector & 1))
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVSTATE, 0,
				"vector %u is 0x%08x: no Thumb bit, no handler", exception, vector);
	else
		tell_edge(machine, SIM_EDGE_EXCEPTION);
}

/*
 * What runs in the end when the way to `exception` takes `cycles`: something more urgent may arrive meanwhile and
 * goes first, on the same frame ("late arrival"). Nothing may have been entered yet.
 */
static unsigned arrive(struct sim_machine *machine, unsigned exception, unsigned cycles)
{
	machine->clock.cycle += cycles;
	if (machine->clock.cycle >= machine->clock.deadline)
		sim_clock_fire_due(&machine->clock);
	unsigned late = sim_nvic_next(&machine->nvic);
	return late ? late : exception;
}

/* The frame is on the stack, or was when the exception before returned. */
static void start_handler(struct sim_machine *machine, unsigned exception, uint32_t exc_return)
{
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR), control = sim_core_get(machine, UC_ARM_REG_CONTROL);
	set_mode(machine, xpsr, exception, control & CONTROL_NPRIV);
	sim_core_set(machine, UC_ARM_REG_LR, exc_return);
	sim_nvic_entered(&machine->nvic, exception);
	if (exception <= SIM_EXC_HARDFAULT)
		sim_mpu_changed(machine);
	machine->event_register = true;
	tell(machine, exception, true);
	jump_to_handler(machine, exception);
}

static void enter(struct sim_machine *machine, unsigned exception)
{
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR), control = sim_core_get(machine, UC_ARM_REG_CONTROL);
	bool thread = !(xpsr & 0x1FF), process = thread && (control & CONTROL_SPSEL);
	bool extended = (control & CONTROL_FPCA) && (machine->scs.fpccr & FPCCR_ASPEN);
	bool lazy = machine->scs.fpccr & FPCCR_LSPEN;
	unsigned cycles = CYCLES[machine->board.core].entry + (extended && !lazy ? FP_CYCLES : 0);
	sim_visit_leave_block(machine);
	gain_privilege(machine, xpsr, exception, control);
	uint32_t failed = push_frame(machine, xpsr, control, extended);
	if (failed)
		sim_fault_stacking(machine, exception, failed);
	if (extended) {
		machine->scs.fpcar = sim_core_get(machine, UC_ARM_REG_SP) + BASIC_FRAME;
		machine->scs.fpccr |= lazy ? FPCCR_LSPACT : 0;
	}
	exception = arrive(machine, exception, cycles);
	set_mode(machine, xpsr, exception, control & CONTROL_NPRIV);
	start_handler(machine, exception, exc_return_value(machine, thread, process, extended));
}

/* Something waits that only the masks hold back: then a change of them must be noticed. */
static bool held_back(struct sim_machine *machine)
{
	struct sim_nvic *nvic = &machine->nvic;
	if (!nvic->primask && !nvic->basepri && !nvic->faultmask)
		return false;
	return sim_nvic_most_urgent(nvic) != 0;
}

void sim_exception_service(struct sim_machine *machine)
{
	unsigned next;
	sim_exception_sync_masks(machine);
	while (!machine->locked_up && (next = sim_nvic_next(&machine->nvic)) != 0) {
		enter(machine, next);
		sim_exception_sync_masks(machine);
	}
	bool masked = held_back(machine);
	if (masked != machine->masked) {
		machine->masked = masked;
		sim_visit_update_checks(machine);
	}
}

/* Armv7-M ARM B1.5.8, integrity checks on exception return. */
static const char *why_no_return(const struct sim_machine *machine, uint32_t value, unsigned exception)
{
	bool thread = value & EXC_RETURN_THREAD;
	if (!sim_nvic_bit(machine->nvic.active, exception))
		return "the exception is not active";
	if (machine->board.core == SIM_M33 ? (value & 0xFFFFFF82u) != 0xFFFFFF80u : (value & 0xFFFFFFE3u) != 0xFFFFFFE1u)
		return "no value for this core";
	if (machine->board.fpu == SIM_FPU_NONE && !(value & EXC_RETURN_BASIC))
		return "there is no FPU whose registers could be restored";
	if (!thread && (value & EXC_RETURN_SPSEL))
		return "handlers use no process stack";
	unsigned others = sim_nvic_active_count(&machine->nvic) - 1;
	if (thread && others > 0 && !(machine->scs.ccr & CCR_NONBASETHRDENA))
		return "to thread mode, while another handler is still active";
	if (!thread && others == 0)
		return "to a handler, of which none is active";
	return NULL;
}

/* Ends the exception and goes to another on the frame of the one that just ended. */
static void tail_chain(struct sim_machine *machine, unsigned exception, uint32_t exc_return)
{
	exception = arrive(machine, exception, CYCLES[machine->board.core].tail_chain);
	start_handler(machine, exception, exc_return);
}

/* The return cannot be done: the fault is taken instead, on the frame that is there. */
static void refuse_return(struct sim_machine *machine, uint32_t exc_return, uint32_t cfsr, const char *why)
{
	bool process = (exc_return & EXC_RETURN_THREAD) && (exc_return & EXC_RETURN_SPSEL);
	sim_fault_raise(machine, cfsr & CFSR_UNSTKERR ? SIM_EXC_BUSFAULT : SIM_EXC_USAGEFAULT, cfsr, 0,
			"exception return with 0x%08x, stack pointer 0x%08x: %s", exc_return,
			sim_core_get(machine, process ? UC_ARM_REG_PSP : UC_ARM_REG_MSP), why);
	unsigned next = machine->locked_up ? 0 : sim_nvic_next(&machine->nvic);
	if (next)
		tail_chain(machine, next, exc_return);
}

/* The frame that a return will take off, as far as memory holds it. */
static bool read_frame(const struct sim_machine *machine, uint32_t exc_return, uint32_t frame[EXTENDED_FRAME / 4])
{
	bool process = (exc_return & EXC_RETURN_THREAD) && (exc_return & EXC_RETURN_SPSEL);
	uint32_t size = exc_return & EXC_RETURN_BASIC ? BASIC_FRAME : EXTENDED_FRAME;
	uint32_t sp = sim_core_get(machine, process ? UC_ARM_REG_PSP : UC_ARM_REG_MSP);
	const uint8_t *host = sim_space_host(&machine->space, sp, size);
	if (host)
		memcpy(frame, host, size);
	return host;
}

static void pop_frame(struct sim_machine *machine, bool extended, const uint32_t *frame)
{
	uint32_t size = extended ? EXTENDED_FRAME : BASIC_FRAME, sp = sim_core_get(machine, UC_ARM_REG_SP);
	for (unsigned i = 0; i < 6; i++)
		sim_core_set(machine, R[i], frame[i]);
	if (extended) {
		for (unsigned i = 0; i < 16; i++)
			sim_core_set(machine, UC_ARM_REG_S0 + (int)i, frame[8 + i]);
		sim_core_set(machine, UC_ARM_REG_FPSCR, frame[24]);
	}
	sim_core_set(machine, UC_ARM_REG_SP, sp + size + (frame[7] & 1u << 9 ? 4 : 0));
}

uint32_t sim_exception_fpccr(const struct sim_machine *machine)
{
	bool used = sim_core_get(machine, UC_ARM_REG_CONTROL) & CONTROL_FPCA;
	return machine->scs.fpccr & ~(used ? FPCCR_LSPACT : 0);
}

/* S0 to S15 and FPSCR come back, unless they never left: see the top. */
static void charge_fp_return(struct sim_machine *machine, uint32_t exc_return)
{
	if (exc_return & EXC_RETURN_BASIC)
		return;
	if (!(machine->scs.fpccr & FPCCR_LSPACT))
		machine->clock.cycle += FP_CYCLES;
	else if (!(sim_exception_fpccr(machine) & FPCCR_LSPACT))
		machine->clock.cycle += 2 * FP_CYCLES;
	machine->scs.fpccr &= ~FPCCR_LSPACT;
}

/* While the frame is taken off, something may arrive that runs at once instead; 0: nothing did. */
static unsigned unstack(struct sim_machine *machine)
{
	struct sim_clock *clock = &machine->clock;
	uint64_t done = clock->cycle + CYCLES[machine->board.core].ret;
	unsigned next = sim_nvic_next(&machine->nvic);
	while (!next && sim_clock_next_cycle(clock) <= done) {
		clock->cycle = sim_clock_next_cycle(clock);
		sim_clock_fire_due(clock);
		next = sim_nvic_next(&machine->nvic);
	}
	if (!next)
		clock->cycle = done;
	return next;
}

/* Mode, stack and masks of the code that goes on; registers are back by then. */
static void resume(struct sim_machine *machine, uint32_t exc_return, uint32_t xpsr, uint32_t npriv)
{
	bool thread = exc_return & EXC_RETURN_THREAD;
	uint32_t control = (exc_return & EXC_RETURN_BASIC ? 0 : CONTROL_FPCA) | npriv;
	/* The library's M33 is in Secure state, where a context without SFPA is new: FPSCR would be set back. */
	if (machine->board.core == SIM_M33 && (control & CONTROL_FPCA))
		control |= CONTROL_SFPA;
	if (thread && (exc_return & EXC_RETURN_SPSEL)) {
		control |= CONTROL_SPSEL;
		machine->process_stack = true;
	}
	/* Exception number, flags and IT state; then what depends on the mode. */
	sim_core_set(machine, UC_ARM_REG_XPSR_NZCVQG, (xpsr & ~(1u << 9)) | XPSR_THUMB);
	sim_core_settle(machine);
	sim_core_set(machine, UC_ARM_REG_CONTROL, control);
	sim_core_settle(machine);
}

void sim_exception_return(struct sim_machine *machine, uint32_t exc_return)
{
	uint32_t xpsr = sim_core_get(machine, UC_ARM_REG_XPSR), control = sim_core_get(machine, UC_ARM_REG_CONTROL);
	unsigned exception = xpsr & 0x1FF;
	const char *why = why_no_return(machine, exc_return, exception);
	machine->pc = exc_return & ~1u;
	if (exception != SIM_EXC_NMI && machine->board.core > SIM_M0PLUS)
		sim_core_set(machine, UC_ARM_REG_FAULTMASK, 0);
	sim_visit_leave_block(machine);
	sim_nvic_returned(&machine->nvic, exception);
	if (exception <= SIM_EXC_HARDFAULT)
		sim_mpu_changed(machine);
	tell(machine, exception, false);
	machine->event_register = true;
	sim_exception_sync_masks(machine);
	if (why) {
		refuse_return(machine, exc_return, CFSR_INVPC, why);
		return;
	}
	unsigned next = unstack(machine);
	if (next) {
		tail_chain(machine, next, exc_return);
		return;
	}
	charge_fp_return(machine, exc_return);
	uint32_t frame[EXTENDED_FRAME / 4];
	bool thread = exc_return & EXC_RETURN_THREAD;
	if (!read_frame(machine, exc_return, frame)) {
		refuse_return(machine, exc_return, CFSR_UNSTKERR, "no memory holds the frame");
		return;
	}
	if (thread != !(frame[7] & 0x1FF)) {
		refuse_return(machine, exc_return, CFSR_INVPC, "the frame belongs to the other mode");
		return;
	}
	if (thread)
		set_mode(machine, xpsr, 0, exc_return & EXC_RETURN_SPSEL ? CONTROL_SPSEL : 0);
	pop_frame(machine, !(exc_return & EXC_RETURN_BASIC), frame);
	resume(machine, exc_return, frame[7], control & CONTROL_NPRIV);
	machine->pc = frame[6] & ~1u;
	if (!(frame[7] & XPSR_THUMB)) {
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVSTATE, 0,
				"the frame of an exception return to 0x%08x has no Thumb bit in its xPSR", machine->pc);
		return;
	}
	tell_edge(machine, SIM_EDGE_EXCEPTION_RETURN);
	if (thread && (machine->scs.scr & SCR_SLEEPONEXIT))
		sim_machine_fall_asleep(machine, false);
}
