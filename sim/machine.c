/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop: events, exceptions, sleep, and what to do when the core stops.
 */
#include "sim/machine_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- time and power ----------------------------------------------------------------------------------------- */

struct sim_when sim_machine_when(struct sim_machine *machine, uint64_t cycle)
{
	uint64_t since = machine->sleeping ? cycle - machine->sleep_began : 0;
	uint64_t base = machine->clock.base_cycle;
	return (struct sim_when){
		.ps = sim_clock_ps_of(&machine->clock, cycle > base ? cycle : base),
		.cycle = cycle,
		.active = cycle - machine->asleep_cycles - since,
	};
}

struct sim_when sim_machine_now(const struct sim_machine *machine)
{
	return sim_machine_when((struct sim_machine *)machine, machine->clock.cycle);
}

void sim_machine_set_power(struct sim_machine *machine, enum sim_power_state state)
{
	machine->power = state;
	if (machine->observer.power)
		machine->observer.power(machine->observer.context, sim_machine_when(machine, machine->clock.cycle),
					state, machine->clock.hz);
}

static void on_limit(struct sim_event *event, uint64_t due_ps)
{
	struct sim_machine *machine = (struct sim_machine *)((char *)event - offsetof(struct sim_machine, limit));
	machine->timed_out = true;
	machine->attention = true;
}

static void on_clock_changed(void *context, uint64_t old_hz)
{
	struct sim_machine *machine = context;
	sim_scs_clock_changed(machine);
	for (unsigned i = 0; i < machine->bus.devices; i++)
		if (machine->bus.device[i].type->clock_changed)
			machine->bus.device[i].type->clock_changed(&machine->bus.device[i], old_hz);
}

/* --- sleep ---------------------------------------------------------------------------------------------------- */

static void wake(struct sim_machine *machine)
{
	machine->asleep_cycles += machine->clock.cycle - machine->sleep_began;
	machine->sleeping = false;
	sim_machine_set_power(machine, SIM_POWER_RUN);
}

static void fall_asleep(struct sim_machine *machine)
{
	machine->sleeping = true;
	machine->sleep_began = machine->clock.cycle;
	machine->event_register = false;
	bool deep = machine->scs.scr & 4; /* SLEEPDEEP */
	sim_machine_set_power(machine, deep ? machine->deep_state : SIM_POWER_SLEEP);
}

/* False: nothing is left that could wake the core. */
static bool sleep_on(struct sim_machine *machine)
{
	sim_exception_sync_masks(machine);
	if (sim_nvic_wakes(&machine->nvic) || machine->event_register) {
		wake(machine);
		return true;
	}
	uint64_t next = sim_clock_next_cycle(&machine->clock);
	if (next == SIM_NEVER)
		return false;
	if (machine->power == SIM_POWER_STOP)
		sim_clock_stand_still_until(&machine->clock, sim_clock_next_ps(&machine->clock));
	else
		machine->clock.cycle = next;
	sim_clock_fire_due(&machine->clock);
	return true;
}

/* --- why the core stopped ---------------------------------------------------------------------------------------- */

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
	if (hint == HINT_WFI) {
		fall_asleep(machine);
		machine->event_register = false;
	} else if (hint == HINT_WFE) {
		if (machine->event_register)
			machine->event_register = false;
		else
			fall_asleep(machine);
	} else if (hint == HINT_SEV) {
		machine->event_register = true;
	}
}

static void undefined(struct sim_machine *machine)
{
	struct sim_insn insn;
	const uint8_t *code = sim_space_host(&machine->space, machine->pc, 4);
	if (!code)
		code = sim_space_host(&machine->space, machine->pc, 2);
	const struct sim_region *region = sim_space_find(&machine->space, machine->pc);
	if (!code || !region) {
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_IBUSERR, 0, "no code at 0x%08x", machine->pc);
		return;
	}
	sim_decode(code, region->at + region->bytes - machine->pc < 4 ? 2 : 4, machine->pc, &insn);
	bool exists = sim_insn_legal(&insn, 0xFFu & ~(unsigned)SIM_ARCH_NEVER);
	bool coprocessor = insn.arch & (SIM_ARCH_FP_SP | SIM_ARCH_FP_DP | SIM_ARCH_FPV5 | SIM_ARCH_COPROC);
	if (!exists)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0,
				"0x%0*x is no instruction of any Cortex-M", insn.size * 2, insn.encoding);
	else if (sim_insn_legal(&insn, machine->arch) && coprocessor)
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_NOCP, 0,
				"%s while the FPU is off (CPACR denies it)", sim_insn_name(&insn));
	else
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, coprocessor ? CFSR_NOCP : CFSR_UNDEFINSTR, 0,
				"%s does not exist on %s%s", sim_insn_name(&insn), sim_core_name(machine->board.core),
				machine->board.fpu == SIM_FPU_NONE && coprocessor ? " (it has no FPU)" : "");
}

/* Instructions of the block before the first that SIM_CHECK_FP or SIM_CHECK_ILLEGAL is about. */
static unsigned before_offender(const struct sim_machine *machine, const struct sim_block *block)
{
	const uint8_t *code = sim_space_host(&machine->space, machine->pc, block->bytes);
	bool fpu_off = machine->check_mask & SIM_CHECK_FP;
	struct sim_insn insn;
	unsigned count = 0;
	for (uint32_t at = 0; code && at < block->bytes; at += insn.size, count++) {
		sim_decode(code + at, block->bytes - at, machine->pc + at, &insn);
		bool fp = insn.arch & (SIM_ARCH_FP_SP | SIM_ARCH_FP_DP | SIM_ARCH_FPV5);
		if (!sim_insn_legal(&insn, machine->arch) || (fpu_off && fp))
			return count;
	}
	return 0;
}

/* A branch to itself with nothing that could interrupt it is the end, however firmware means it. */
static void spin(struct sim_machine *machine)
{
	uint64_t next = sim_clock_next_cycle(&machine->clock);
	sim_exception_sync_masks(machine);
	unsigned active = sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF;
	if (active == SIM_EXC_HARDFAULT || active == SIM_EXC_NMI || active == SIM_EXC_MEMMANAGE ||
	    active == SIM_EXC_BUSFAULT || active == SIM_EXC_USAGEFAULT) {
		sim_fault_lockup(machine, "the handler of exception %u spins for ever", active);
	} else if (next == SIM_NEVER && !machine->polling) {
		sim_fault_lockup(machine, "spins for ever, and nothing is left that could interrupt it");
	} else { /* let it spin, a stretch at a time, to the next event */
		struct sim_block *block = machine->checked;
		uint64_t turn = block->cycles + (uint64_t)(block->taken_exit + block->taken_entry);
		uint64_t until = machine->polling ? machine->poll_deadline : next;
		uint64_t turns = until > machine->clock.cycle && turn ? (until - machine->clock.cycle + turn - 1) / turn : 1;
		block->count += turns;
		block->taken += turns;
		block->entries += turns;
		machine->instructions += turns * block->instructions;
		machine->clock.cycle += turns * turn;
		machine->previous = block;
		machine->previous_end = machine->pc + block->bytes;
		sim_clock_kick(&machine->clock);
	}
}

static void stopped_before_block(struct sim_machine *machine)
{
	struct sim_block *block = machine->checked;
	if (!block) {
		if (!sim_space_find(&machine->space, machine->pc))
			sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_IBUSERR, 0,
					"execution at 0x%08x: no code there", machine->pc);
		return;
	}
	if (block->check & machine->check_mask & SIM_CHECK_SPIN) {
		spin(machine);
		return;
	}
	unsigned before = before_offender(machine, block);
	if (before) {
		uint8_t mask = machine->check_mask;
		sim_core_step(machine, before);
		machine->check_mask = mask;
	}
	undefined(machine);
}

static void access_fault(struct sim_machine *machine)
{
	uint32_t at = machine->access_at;
	if (at == machine->pc) {
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_IBUSERR, 0, "execution at 0x%08x: no code there", at);
		return;
	}
	const struct sim_region *region = sim_space_find(&machine->space, at);
	const char *how = machine->access_write ? "write to" : "read of";
	if (region)
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: %s", how, at,
				region->writable ? "it reaches beyond the end of RAM" : "flash cannot be written like RAM");
	else
		sim_fault_raise(machine, SIM_EXC_BUSFAULT, CFSR_PRECISERR | CFSR_BFARVALID, at,
				"%s 0x%08x: nothing is there on this board", how, at);
}

static void interrupted(struct sim_machine *machine, int number)
{
	uint16_t code = 0;
	switch (number) {
	case 2:
		sim_fault_raise(machine, SIM_EXC_SVCALL, 0, 0, "SVC where its priority does not let it be taken");
		break;
	case 3:
	case 8: {
		uint32_t target = sim_core_get(machine, UC_ARM_REG_PC) | 1;
		if (sim_core_get(machine, UC_ARM_REG_XPSR) & 0x1FF)
			sim_exception_return(machine, target);
		else
			sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVPC, 0,
					"branch to 0x%08x outside an exception handler", target);
		break;
	}
	case 4:
		if (machine->access_fault)
			access_fault(machine);
		else
			sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNALIGNED, 0, "unaligned access");
		break;
	case 7:
		if (halfword(machine, machine->pc, &code) && code == 0xBEAB)
			sim_semihosting_call(machine);
		else
			sim_fault_hard(machine, HFSR_DEBUGEVT, "BKPT #%u and no debugger", code & 0xFF);
		break;
	case 17:
		undefined(machine);
		break;
	case 18:
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_INVSTATE, 0,
				"branch to 0x%08x without the Thumb bit", machine->pc);
		break;
	default:
		sim_fault_raise(machine, SIM_EXC_USAGEFAULT, CFSR_UNDEFINSTR, 0, "the core raised exception %d",
				number);
	}
}

static void handle_stop(struct sim_machine *machine)
{
	if (machine->stop_before_block) {
		stopped_before_block(machine);
		return;
	}
	if (machine->interrupt >= 0) {
		interrupted(machine, machine->interrupt);
		return;
	}
	if (machine->access_fault) {
		access_fault(machine);
		return;
	}
	enum hint hint = hint_before(machine);
	if (hint)
		do_hint(machine, hint);
	else if (machine->invalid)
		undefined(machine);
}

/* --- running --------------------------------------------------------------------------------------------------- */

static bool do_reset(struct sim_machine *machine)
{
	struct err ignored;
	machine->reset_asked = false;
	return sim_machine_reset(machine, machine->vectors, &ignored);
}

/* Something of enum sim_stop, or -1: go on. */
static int attend(struct sim_machine *machine)
{
	machine->attention = false;
	if (machine->locked_up)
		return SIM_STOP_LOCKUP;
	if (machine->exited)
		return SIM_STOP_EXIT;
	if (machine->asked) {
		machine->asked = false;
		return SIM_STOP_ASKED;
	}
	if (machine->timed_out) {
		machine->timed_out = false;
		return SIM_STOP_TIME;
	}
	if (machine->reset_asked && !do_reset(machine)) {
		sim_fault_lockup(machine, "the vector table at 0x%08x cannot be read after reset", machine->vectors);
		return SIM_STOP_LOCKUP;
	}
	return -1;
}

enum sim_stop sim_machine_run(struct sim_machine *machine, uint64_t until_ps)
{
	machine->limit.fire = on_limit;
	sim_clock_at_ps(&machine->clock, &machine->limit, until_ps);
	int why = -1;
	for (;;) {
		sim_clock_fire_due(&machine->clock);
		machine->polling = false;
		if (machine->attention && (why = attend(machine)) >= 0)
			break;
		if (machine->sleeping) {
			if (!sleep_on(machine)) {
				why = SIM_STOP_ASLEEP;
				break;
			}
			continue;
		}
		sim_exception_service(machine);
		if (machine->attention || machine->sleeping)
			continue;
		sim_core_run(machine);
		handle_stop(machine);
	}
	sim_clock_cancel(&machine->clock, &machine->limit);
	return (enum sim_stop)why;
}

void sim_machine_ask_stop(struct sim_machine *machine)
{
	machine->asked = true;
	sim_machine_attend(machine);
}

static struct sim_flash_timing flash_timing(const struct sim_flash *flash)
{
	enum sim_flash_cache cache = SIM_FLASH_BARE;
	if (strcmp(flash->cache, "art") == 0)
		cache = SIM_FLASH_ART;
	else if (strcmp(flash->cache, "icache") == 0)
		cache = SIM_FLASH_ICACHE;
	else if (strcmp(flash->cache, "l1") == 0)
		cache = SIM_FLASH_L1;
	return (struct sim_flash_timing){
		.wait_states = (uint8_t)flash->wait_states, .line_bytes = (uint8_t)flash->line_bytes,
		.prefetch = flash->prefetch, .cache = (uint8_t)cache, .cache_bytes = flash->icache_bytes,
	};
}

/* --- life ---------------------------------------------------------------------------------------------------------- */

bool sim_machine_create(const struct sim_board *board, const struct sim_machine_options *options,
			struct sim_machine **ret_machine, struct err *err)
{
	struct sim_machine *machine = calloc(1, sizeof *machine);
	if (!machine)
		return err_internal(err, "out of memory");
	machine->board = *board;
	machine->supply_mv = options->supply_mv ? options->supply_mv : board->supply_mv;
	machine->timing = sim_timing_for_core(board->core, board->fpu);
	machine->arch = sim_arch_of(board->core, board->fpu);
	machine->flash = flash_timing(&board->flash);
	machine->takeover.fast_stores = !options->plain_store_path;
	machine->deep_state = SIM_POWER_STOP;
	machine->interrupt = -1;
	sim_clock_init(&machine->clock, options->clock_hz ? options->clock_hz : board->reset_clock_hz);
	machine->clock.changed = on_clock_changed;
	machine->clock.context = machine;
	if (options->semihosting_dir)
		machine->semihosting_dir = strdup(options->semihosting_dir);
	if (!sim_space_create(&machine->space, &machine->board, err) || !sim_bus_create(machine, err) ||
	    !sim_core_create(machine, err)) {
		sim_machine_destroy(machine);
		return false;
	}
	*ret_machine = machine;
	return true;
}

void sim_machine_destroy(struct sim_machine *machine)
{
	if (!machine)
		return;
	sim_core_destroy(machine);
	sim_bus_destroy(machine);
	sim_space_destroy(&machine->space);
	sim_semihosting_free(machine);
	free(machine->semihosting_dir);
	free(machine);
}

bool sim_machine_load(struct sim_machine *machine, const struct sim_image *image, struct err *err)
{
	for (unsigned i = 0; i < image->segments; i++) {
		const struct sim_segment *segment = &image->segment[i];
		if (!sim_space_host(&machine->space, segment->at, segment->bytes))
			return err_input(err, "%s: %u bytes at 0x%08x lie outside every memory of board %s", image->path,
					 segment->bytes, segment->at, machine->board.name);
	}
	for (unsigned i = 0; i < image->segments; i++)
		memcpy(sim_space_host(&machine->space, image->segment[i].at, image->segment[i].bytes),
		       image->segment[i].data, image->segment[i].bytes);
	return true;
}

bool sim_machine_reset(struct sim_machine *machine, uint32_t vectors, struct err *err)
{
	uint32_t word[2];
	const uint8_t *host = sim_space_host(&machine->space, vectors, 8);
	if (!host)
		return err_input(err, "no vector table at 0x%08x on board %s", vectors, machine->board.name);
	memcpy(word, host, sizeof word);
	if (!sim_space_find(&machine->space, word[1]) || !(word[1] & 1))
		return err_input(err, "0x%08x is no vector table: its reset vector is 0x%08x", vectors, word[1]);
	machine->vectors = vectors;
	machine->scs.vtor = vectors;
	sim_nvic_reset(&machine->nvic, machine->board.irq_count, machine->board.priority_bits);
	sim_scs_reset(machine);
	sim_bus_reset(machine);
	for (int r = UC_ARM_REG_R0; r <= UC_ARM_REG_R12; r++)
		sim_core_set(machine, r, 0);
	sim_core_set(machine, UC_ARM_REG_PRIMASK, 0);
	sim_core_set(machine, UC_ARM_REG_XPSR, 1u << 24);
	sim_core_settle(machine);
	sim_core_set(machine, UC_ARM_REG_CONTROL, 0);
	sim_core_set(machine, UC_ARM_REG_SP, word[0] & ~3u);
	sim_core_set(machine, UC_ARM_REG_LR, 0xFFFFFFFFu);
	machine->pc = word[1] & ~1u;
	machine->stacks = (struct sim_stacks){word[0] & ~3u, word[0] & ~3u, UINT32_MAX, UINT32_MAX};
	machine->previous = &machine->nowhere;
	machine->previous_end = 0;
	machine->event_register = false;
	machine->function = SIM_NO_FUNCTION;
	machine->locked_up = false;
	sim_machine_set_power(machine, SIM_POWER_RUN);
	return true;
}

void sim_machine_observe(struct sim_machine *machine, const struct sim_observer *observer)
{
	machine->observer = *observer;
	machine->observed = observer->edge || observer->function_of;
	if (observer->power)
		sim_machine_set_power(machine, machine->power);
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

uint64_t sim_machine_instructions(const struct sim_machine *machine)
{
	return machine->instructions;
}

uint64_t sim_machine_clock_hz(const struct sim_machine *machine)
{
	return machine->clock.hz;
}

int sim_machine_exit_status(const struct sim_machine *machine)
{
	return machine->exit_status;
}

const struct sim_board *sim_machine_board(const struct sim_machine *machine)
{
	return &machine->board;
}

bool sim_machine_read(const struct sim_machine *machine, uint32_t at, void *ret_bytes, uint32_t count)
{
	const uint8_t *host = sim_space_host(&machine->space, at, count);
	if (host)
		memcpy(ret_bytes, host, count);
	return host;
}

bool sim_machine_write(struct sim_machine *machine, uint32_t at, const void *bytes, uint32_t count)
{
	uint8_t *host = sim_space_host(&machine->space, at, count);
	if (host)
		memcpy(host, bytes, count);
	return host;
}

struct sim_device *sim_machine_device(struct sim_machine *machine, const char *name)
{
	for (unsigned i = 0; i < machine->bus.devices; i++)
		if (strcmp(machine->bus.device[i].place->name, name) == 0)
			return &machine->bus.device[i];
	return NULL;
}

bool sim_machine_uart_send(struct sim_machine *machine, const char *uart, const void *bytes, size_t count)
{
	struct sim_device *device = sim_machine_device(machine, uart);
	if (!device || !device->type->receive)
		return false;
	device->type->receive(device, bytes, count);
	return true;
}

int sim_machine_watch(struct sim_machine *machine, uint32_t at, uint32_t bytes)
{
	const struct sim_region *region = sim_space_find(&machine->space, at);
	if (!region || !region->writable || !sim_space_host(&machine->space, at, bytes))
		return -1;
	return sim_takeover_watch(&machine->takeover, at, bytes);
}

uint32_t sim_machine_watch_touched(const struct sim_machine *machine, int watch)
{
	return machine->takeover.watch[watch].touched;
}

uint32_t sim_machine_watch_top(const struct sim_machine *machine, int watch)
{
	return machine->takeover.watch[watch].top;
}

struct sim_stacks sim_machine_stacks(const struct sim_machine *machine)
{
	return machine->stacks;
}

void sim_machine_blocks(const struct sim_machine *machine,
			void (*each)(void *context, const struct sim_block_count *block), void *context)
{
	for (unsigned r = 0; r < machine->space.regions; r++) {
		const struct sim_region *region = &machine->space.region[r];
		for (uint32_t i = 0; i < region->bytes / 2; i++) {
			const struct sim_block *block = &region->blocks[i];
			if (!block->count)
				continue;
			struct sim_block_count told = {
				.at = region->at + 2 * i, .bytes = block->bytes, .instructions = block->instructions,
				.count = block->count, .taken = block->taken,
				.cycles = block->count * block->cycles + block->taken * (uint64_t)(int64_t)block->taken_exit +
					  block->entries * (uint64_t)(int64_t)block->taken_entry +
					  (block->count * block->wait + block->entries * block->wait_taken) / 16,
			};
			each(context, &told);
		}
	}
}

void sim_machine_honesty(const struct sim_machine *machine, struct sim_honesty *ret_honesty)
{
	memset(ret_honesty, 0, sizeof *ret_honesty);
	const struct sim_bus *bus = &machine->bus;
	for (unsigned i = 0; i < bus->devices; i++)
		if (bus->touched[i])
			ret_honesty->modelled++;
	for (unsigned i = 0; i < SIM_STUB_WORDS; i++) {
		const struct sim_stub_word *word = &bus->stub[i];
		if (!word->reads && !word->writes)
			continue;
		*(word->guessed ? &ret_honesty->guessed : &ret_honesty->stubbed) += 1;
		if (ret_honesty->regs == sizeof ret_honesty->reg / sizeof *ret_honesty->reg)
			continue;
		unsigned n = ret_honesty->regs++;
		snprintf(ret_honesty->reg[n].device, sizeof ret_honesty->reg[n].device, "%s",
			 word->device ? word->device->place->name : "");
		ret_honesty->reg[n].at = word->at;
		ret_honesty->reg[n].reads = word->reads;
		ret_honesty->reg[n].writes = word->writes;
		ret_honesty->reg[n].guessed = word->guessed;
	}
	ret_honesty->polled_cycles = bus->polled_cycles;
}
