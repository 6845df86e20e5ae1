/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the core stopped, and what follows: a hint (WFI, WFE, SEV), a division by zero, a fault, an SVC, a return from an
 * exception, semihosting, a loop that only waits.
 */
#include "sim/machine_state.h"

static bool halfword(const struct sim_machine *machine, uint32_t at, uint16_t *ret)
{
	const uint8_t *host = sim_space_host(&machine->space, at, 2);
	if (!host)
		return false;
	*ret = (uint16_t)(host[0] | host[1] << 8);
	return true;
}

enum hint { HINT_NONE, HINT_YIELD = 0x10, HINT_WFE = 0x20, HINT_WFI = 0x30, HINT_SEV = 0x40 };

/* The hint instruction that ends at machine->pc, narrow or wide. */
static enum hint hint_before(const struct sim_machine *machine)
{
	uint16_t last = 0, before = 0;
	if (machine->pc != machine->previous_end || !halfword(machine, machine->pc - 2, &last))
		return HINT_NONE;
	if ((last & 0xFF0F) == 0xBF00)
		return last & 0xF0;
	if (halfword(machine, machine->pc - 4, &before) && before == 0xF3AF && (last & 0xFFF0) == 0x8000)
		return (last & 0xF) << 4;
	return HINT_NONE;
}

static void do_hint(struct sim_machine *machine, enum hint hint)
{
	if (hint == HINT_WFI)
		sim_machine_fall_asleep(machine, false);
	else if (hint == HINT_WFE && machine->event_register)
		machine->event_register = false;
	else if (hint == HINT_WFE)
		sim_machine_fall_asleep(machine, true);
	else if (hint == HINT_SEV)
		machine->event_register = true;
}

/* SDIV and UDIV, translated as traps while CCR.DIV_0_TRP asks for a fault on a divisor of 0. */
static void divide(struct sim_machine *machine, const struct sim_insn *insn)
{
	unsigned n = insn->encoding >> 16 & 15, d = insn->encoding >> 8 & 15, m = insn->encoding & 15;
	uint32_t dividend = sim_core_r(machine, n), divisor = sim_core_r(machine, m);
	if (divisor == 0) {
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_DIVBYZERO, 0, "%s of %u by 0", sim_insn_name(insn),
				dividend);
		return;
	}
	bool overflow = dividend == 0x80000000u && divisor == 0xFFFFFFFFu;
	uint32_t quotient = dividend / divisor;
	if (insn->op == SIM_OP_SDIV)
		quotient = overflow ? dividend : (uint32_t)((int32_t)dividend / (int32_t)divisor);
	sim_core_set_r(machine, d, quotient);
	machine->clock.cycle += sim_divide_cycles(&machine->timing, dividend, divisor, insn->op == SIM_OP_SDIV);
	sim_core_step_over(machine, 4);
}

/* Devices and system addresses hold no code by the architecture's own map; elsewhere it is just not there. */
static void no_code(struct sim_machine *machine, uint32_t at)
{
	bool never = (at >= 0x40000000u && at < 0x60000000u) || at >= 0xA0000000u;
	sim_fault_raise(machine, never ? SIM_EXC_MEMMANAGE : SIM_EXC_BUSFAULT, never ? CFSR_IACCVIOL : CFSR_IBUSERR, 0,
			"execution at 0x%08x: no code there", at);
}

/* The instruction at `at` stopped the core; the fault is told at machine->pc. */
static void undefined(struct sim_machine *machine, uint32_t at)
{
	struct sim_insn insn;
	const struct sim_region *region = sim_space_find(&machine->space, at);
	if (!region) {
		no_code(machine, at);
		return;
	}
	sim_decode(region->host + (at - region->at), region->bytes - (at - region->at), at, &insn);
	bool exists = sim_insn_legal(&insn, 0xFFu & ~(unsigned)SIM_ARCH_NEVER);
	bool here = sim_insn_legal(&insn, machine->arch);
	bool fp = insn.arch & (SIM_ARCH_FP_SP | SIM_ARCH_FP_DP | SIM_ARCH_FPV5);
	bool coprocessor = fp || (insn.arch & SIM_ARCH_COPROC);
	if (here && insn.cls == SIM_CLASS_DIVIDE && (machine->scs.ccr & CCR_DIV_0_TRP))
		divide(machine, &insn);
	else if (!exists)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0,
				"0x%0*x is no instruction of any Cortex-M", insn.size * 2, insn.encoding);
	else if (here && fp && machine->fpu_off)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_NOCP, 0,
				"%s while the FPU is off (CPACR denies it)", sim_insn_name(&insn));
	else if (here)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0, "%s (0x%0*x) cannot be executed here",
				sim_insn_name(&insn), insn.size * 2, insn.encoding);
	else
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, coprocessor ? CFSR_NOCP : CFSR_UNDEFINSTR, 0,
				"%s does not exist on %s%s", sim_insn_name(&insn), sim_core_name(machine->board.core),
				machine->board.fpu == SIM_FPU_NONE && fp ? " (it has no FPU)" : "");
}

/* Lets it spin to the next event without running it: a visit, and a turn for every one that fits. */
static void spin_until(struct sim_machine *machine, struct sim_block *block, uint64_t until)
{
	sim_visit_leave_block(machine); /* by its branch or by falling into this one */
	/* Its code is at hand after the first turn: what is followed waits no more, what is estimated goes on. */
	uint32_t wait = block->wait + block->wait_taken, entry = (uint32_t)block->taken_entry;
	uint64_t turn = 16 * (block->cycles + (uint64_t)block->taken_exit + entry) + wait;
	uint64_t left = until > machine->clock.cycle ? 16 * (until - machine->clock.cycle) : 0;
	uint64_t turns = turn && left > 16 * (uint64_t)block->cycles ? (left - 16 * (uint64_t)block->cycles + turn - 1) / turn : 0;
	uint64_t waited = block->wait + machine->wait + turns * wait;
	block->count += turns + 1;
	block->taken += turns;
	block->stall += turns * entry + (waited >> 4);
	machine->waited += waited >> 4;
	machine->instructions += (turns + 1) * block->instructions;
	machine->block_cycle = machine->clock.cycle;
	machine->clock.cycle += (turns + 1) * block->cycles + turns * ((uint64_t)block->taken_exit + entry) + (waited >> 4);
	machine->wait = waited & 15;
	machine->block_end = machine->clock.cycle;
	machine->previous = block;
	machine->previous_end = machine->pc + block->bytes;
	machine->stop_before_block = true; /* at its own start again: its branch is still unpaid */
	sim_clock_kick(&machine->clock);
}

/* Without takeover nothing of the block has run when its first illegal instruction is found: told at its start. */
static void undefined_within(struct sim_machine *machine, const struct sim_block *block)
{
	const uint8_t *code = sim_space_host(&machine->space, machine->pc, block->bytes);
	struct sim_insn insn;
	for (uint32_t at = 0; code && at < block->bytes; at += insn.size) {
		sim_decode(code + at, block->bytes - at, machine->pc + at, &insn);
		bool fp = insn.arch & (SIM_ARCH_FP_SP | SIM_ARCH_FP_DP | SIM_ARCH_FPV5);
		if (!sim_insn_legal(&insn, machine->arch) || (machine->fpu_off && fp)) {
			undefined(machine, machine->pc + at);
			return;
		}
	}
}

/* A branch to itself with nothing that could interrupt it is the end, however firmware means it. */
static void spin(struct sim_machine *machine)
{
	uint64_t next = sim_clock_next_cycle(&machine->clock);
	unsigned active = sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF;
	if (active >= SIM_EXC_NMI && active <= SIM_EXC_SECUREFAULT)
		sim_fault_lockup(machine, "the handler of exception %u spins for ever", active);
	else if (next == SIM_NEVER)
		sim_fault_lockup(machine, "spins for ever, and nothing is left that could interrupt it");
	else
		spin_until(machine, machine->checked, next);
}

static void stopped_before_block(struct sim_machine *machine)
{
	struct sim_block *block = machine->checked;
	if (machine->forbidden)
		sim_fault_raise(machine, SIM_EXC_MEMMANAGE, CFSR_IACCVIOL, 0,
				"execution at 0x%08x: the MPU forbids it", machine->pc);
	else if (!block && !sim_space_find(&machine->space, machine->pc))
		no_code(machine, machine->pc);
	else if (block && sim_breaks_replacing(&machine->breaks, machine->pc))
		sim_breaks_replace(machine);
	else if (block && (block->check & machine->check_mask & SIM_CHECK_SPIN))
		spin(machine);
	else if (block)
		undefined_within(machine, block);
}

static void access_fault(struct sim_machine *machine)
{
	uint32_t at = machine->access_at;
	const struct sim_region *region = sim_space_find(&machine->space, at);
	const char *how = machine->access_write ? "write to" : "read of";
	if (machine->access_why == ACCESS_FORBIDDEN)
		sim_fault_raise(machine, SIM_EXC_MEMMANAGE, CFSR_DACCVIOL | CFSR_MMARVALID, at,
				"%s 0x%08x: the MPU forbids it", how, at);
	else if (machine->access_why == ACCESS_UNALIGNED)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNALIGNED, at, "unaligned access to 0x%08x", at);
	else if (region)
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: %s", how, at,
				region->writable ? "it reaches beyond the end of RAM" : "flash cannot be written like RAM");
	else if (sim_bus_answers(machine, at))
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: for privileged code only", how, at);
	else
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: nothing is there on this board", how, at);
}

static void no_thumb(struct sim_machine *machine)
{
	sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVSTATE, 0, "branch to 0x%08x without the Thumb bit",
			machine->pc);
}

/* The core stands behind the SVC; a fault it becomes stands at it. */
static void supervisor_call(struct sim_machine *machine)
{
	sim_exception_sync_masks(machine);
	struct sim_nvic *nvic = &machine->nvic;
	if (sim_nvic_group(nvic, nvic->priority[SIM_EXC_SVCALL]) >= sim_nvic_execution_priority(nvic))
		machine->pc -= 2;
	sim_fault_raise(machine, SIM_EXC_SVCALL, 0, 0, "SVC where its priority does not let it be taken");
}

static uint32_t stack_limit(const struct sim_machine *machine)
{
	bool process = !(sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF) &&
		       (sim_core_get(machine, UC_ARM_REG_CONTROL) & 2);
	return machine->takeover.stack_limit[process];
}

static void interrupted(struct sim_machine *machine, int number)
{
	uint16_t code = 0;
	switch (number) {
	case 2:
		supervisor_call(machine);
		break;
	case 3:
	case 8: {
		/* The library clears bit 0, which is ES on Armv8-M: 0 on a core without the Security Extension. */
		uint32_t target = sim_core_get(machine, UC_ARM_REG_PC) | (machine->board.core != SIM_M33);
		if (sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF)
			sim_exception_return(machine, target);
		else if (machine->pc) /* at 0 the library was told to stop: it did */
			no_code(machine, machine->pc); /* EXC_RETURN means nothing in thread mode */
		break;
	}
	case 4:
		if (machine->access_fault)
			access_fault(machine);
		else
			sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNALIGNED, machine->takeover.access_at,
					"unaligned access to 0x%08x", machine->takeover.access_at);
		break;
	case 7:
		if (halfword(machine, machine->pc, &code) && code == 0xBEAB)
			sim_semihosting_call(machine);
		else
			sim_fault_hard(machine, HFSR_DEBUGEVT, "BKPT #%u and no debugger", code & 0xFF);
		break;
	case 17:
		undefined(machine, machine->pc);
		break;
	case 19:
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_STKOF, 0,
				"the stack would pass its limit of 0x%08x", stack_limit(machine));
		break;
	case 18:
		no_thumb(machine);
		break;
	default:
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0, "the core raised exception %d",
				number);
	}
}

void sim_stopped_handle(struct sim_machine *machine)
{
	if (machine->stop_before_block) {
		stopped_before_block(machine);
		return;
	}
	if (machine->interrupt >= 0) {
		interrupted(machine, machine->interrupt);
		return;
	}
	if (machine->fetch_fault) {
		no_code(machine, machine->pc);
		return;
	}
	if (machine->access_fault) {
		access_fault(machine);
		return;
	}
	enum hint hint = hint_before(machine);
	if (hint)
		do_hint(machine, hint);
	else if (machine->invalid && !(sim_core_get(machine, UC_ARM_REG_XPSR) & XPSR_THUMB))
		no_thumb(machine); /* how the library puts it on Armv6-M */
	else if (machine->invalid)
		undefined(machine, machine->pc);
}
