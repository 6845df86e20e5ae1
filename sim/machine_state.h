/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's inside, shared by the few files that make it up (machine, core, stopped, exception, fault, visit, access,
 * scs, bus, semihosting). Nobody else includes this.
 */
#ifndef SIM_MACHINE_STATE_H
#define SIM_MACHINE_STATE_H

#include "sim/breaks.h"
#include "sim/machine.h"
#include "sim/nvic.h"
#include "sim/space.h"
#include "sim/takeover.h"
#include "sim/timing/memory.h"
#include "sim/timing/path.h"
#include "sim/timing/predictor.h"

#include <unicorn/unicorn.h>

#define XPSR_THUMB (1u << 24)
#define XPSR_IT 0x0600FC00u

/* Configurable Fault Status Register bits, and HFSR's (Armv7-M ARM B3.2.15, B3.2.16). */
enum {
	CFSR_IACCVIOL = 1u << 0,
	CFSR_DACCVIOL = 1u << 1,
	CFSR_MUNSTKERR = 1u << 3,
	CFSR_MSTKERR = 1u << 4,
	CFSR_MMARVALID = 1u << 7,
	CFSR_IBUSERR = 1u << 8,
	CFSR_PRECISERR = 1u << 9,
	CFSR_IMPRECISERR = 1u << 10,
	CFSR_UNSTKERR = 1u << 11,
	CFSR_STKERR = 1u << 12,
	CFSR_BFARVALID = 1u << 15,
	CFSR_UNDEFINSTR = 1u << 16,
	CFSR_INVSTATE = 1u << 17,
	CFSR_INVPC = 1u << 18,
	CFSR_NOCP = 1u << 19,
	CFSR_STKOF = 1u << 20,
	CFSR_UNALIGNED = 1u << 24,
	CFSR_DIVBYZERO = 1u << 25,
	HFSR_VECTTBL = 1u << 1,
	HFSR_FORCED = 1u << 30,
	HFSR_DEBUGEVT = 1u << 31,
};

/* Configuration and Control Register, System Control Register. */
enum {
	CCR_NONBASETHRDENA = 1u << 0,
	CCR_USERSETMPEND = 1u << 1,
	CCR_UNALIGN_TRP = 1u << 3,
	CCR_DIV_0_TRP = 1u << 4,
	CCR_BFHFNMIGN = 1u << 8,
	CCR_STKALIGN = 1u << 9,
	CCR_DC = 1u << 16, /* caches and branch prediction: M7 */
	CCR_IC = 1u << 17,
	CCR_BP = 1u << 18,
	SCR_SLEEPONEXIT = 1u << 1,
	SCR_SLEEPDEEP = 1u << 2,
	SCR_SEVONPEND = 1u << 4,
};

/* Floating-Point Context Control Register. */
#define FPCCR_ASPEN (1u << 31)
#define FPCCR_LSPEN (1u << 30)
#define FPCCR_LSPACT 1u

/* The system control space: registers that are not elsewhere in the machine. */
struct sim_scs {
	uint32_t csselr, mpu_ctrl, mpu_rnr, mpu_rbar[16], mpu_rasr[16], mpu_mair[2]; /* rasr: RLAR on Armv8-M */
	uint32_t vtor, scr, ccr, shcsr, cfsr, hfsr, mmfar, bfar, cpacr, fpccr, fpcar, fpdscr, demcr;
	uint32_t syst_csr, syst_rvr;
	uint64_t syst_zero;      /* cycle at which the counter reaches (or reached) 0 */
	uint64_t syst_began;     /* …and at which it was set going last */
	uint32_t syst_held;      /* counter value while it does not run */
	struct sim_event syst_event;
	uint32_t dwt_ctrl, dwt_lar, itm_ter, itm_tpr, itm_tcr;
	uint64_t cyccnt_base;    /* CYCCNT = active cycle - base while it runs */
	uint32_t cyccnt_held;
};

enum sim_stub_size { SIM_STUB_WORDS = 4096 };

struct sim_stub_word {
	uint32_t at, value, reads, writes;
	const struct sim_device *device;
	bool guessed;
};

/* Devices by address, and the words that behave as memory because nobody models them. */
struct sim_bus {
	struct sim_device *device; /* [devices], in the order of the board file */
	unsigned devices;
	struct sim_device **by_address;
	struct sim_device *last;   /* where the last access went */
	struct sim_stub_word *stub; /* open addressing, SIM_STUB_WORDS of them */
	unsigned stubs;
	bool *touched;              /* [devices] */
	uint64_t polled_cycles;
	uint32_t poll_at;           /* stub register read last, and when */
	uint64_t poll_cycle;
};

/* A stretch of addresses where devices answer. */
struct sim_mmio {
	struct sim_machine *machine;
	uint32_t base, bytes;
};
enum { SIM_MAX_MMIOS = 32 };

struct sim_machine {
	struct sim_clock clock; /* first: the hot path reads cycle and deadline */
	struct sim_block *previous;
	uint32_t previous_end;
	uint16_t check_mask;
	bool observed;
	struct sim_region *code; /* region of the last block */
	uint64_t block_cycle;    /* cycle at which the last block began */
	uint64_t block_end;      /* …and would end if nothing held it up */
	uint64_t instructions;
	uint32_t wait;           /* of flash, 1/16 cycle, not yet a whole one */
	uint32_t block_at;
	struct sim_block nowhere; /* predecessor after resets and exceptions */

	uc_engine *uc;
	struct sim_board board;
	uint32_t supply_mv;
	uint64_t seed;
	struct sim_timing timing;
	struct sim_memory_timing memory;
	struct sim_block_detail *details;
	struct sim_path path;             /* M7, M33 */
	struct sim_timing_state straight; /* M3, M4: what the block that was priced last left in the pipeline */
	uint32_t straight_end;            /* …and where that ends */
	int16_t exit_cycles;              /* when the last block is left by its branch, on this path */
	uint8_t mispredict;               /* when that was not foreseen */
	struct sim_predictor predictor;
	unsigned arch;
	struct sim_space space;
	struct sim_takeover takeover;
	struct sim_nvic nvic;
	struct sim_scs scs;
	struct sim_bus bus;
	struct sim_mmio mmio[SIM_MAX_MMIOS];
	unsigned mmios;
	struct sim_wires wires;
	struct sim_bus_clocks bus_clocks;
	struct sim_observer observer;
	struct sim_breaks breaks;
	uint32_t function; /* of the block that runs */

	/* Why the core stopped. */
	uint32_t pc;              /* next to run, Thumb bit clear */
	bool stop_before_block;
	int interrupt;            /* the library's exception, or -1 */
	bool invalid;
	struct sim_block *checked; /* stopped for its SIM_CHECK_ flags */
	bool forbidden;           /* …because the MPU lets nobody execute there */
	bool access_fault, access_write, fetch_fault;
	enum access_why { ACCESS_NOTHING, ACCESS_UNALIGNED, ACCESS_FORBIDDEN } access_why;
	uint32_t access_at;
	bool in_access;           /* a device's read or write is under way */

	/* What the run loop must attend to. */
	bool attention, asked, exited, timed_out, reset_asked, sleeping, event_register, locked_up;
	bool masked;              /* something is pending, and PRIMASK, BASEPRI or FAULTMASK holds it back */
	bool fpu_off;             /* CPACR denies it */
	bool retranslate;         /* which instructions trap has changed */
	bool forget_pages;        /* what the MPU allows has changed */
	bool sleeping_for_event;  /* WFE, not WFI */
	uint64_t seen_pending[SIM_EXCEPTIONS / 64]; /* for SCR.SEVONPEND */
	int exit_status;
	struct sim_event limit;

	enum sim_power_state power, deep_state;
	uint64_t too_fast_hz;     /* as in struct sim_honesty */
	unsigned too_few_wait_states;
	enum sim_reset_cause reset_cause;
	uint64_t asleep_cycles, sleep_began;
	uint64_t waited;          /* cycles the core stood still for memory; part of the blocks' stall */
	bool process_stack;       /* PSP may be in use */
	struct sim_stacks stacks;
	uint32_t vectors;         /* of the last reset */
	char *semihosting_dir;
	void *semihosting;
};

/* --- core.c: the emulator's registers and running it ------------------------------------------------------ */

bool sim_core_create(struct sim_machine *machine, struct err *err);
void sim_core_destroy(struct sim_machine *machine);
uint32_t sim_core_get(const struct sim_machine *machine, int reg);
void sim_core_set(struct sim_machine *machine, int reg, uint32_t value);
/* After writes to XPSR or CONTROL: makes the library recompute what it derives from them. */
void sim_core_settle(struct sim_machine *machine);
/* R0 to R12, SP, LR by number. */
uint32_t sim_core_r(const struct sim_machine *machine, unsigned r);
void sim_core_set_r(struct sim_machine *machine, unsigned r, uint32_t value);
/* Registers as after reset. */
void sim_core_reset(struct sim_machine *machine, uint32_t msp);
/* The host did the instruction at machine->pc: on to the next one, in an IT block too. */
void sim_core_step_over(struct sim_machine *machine, uint32_t bytes);
/* Writes RAM for the guest: watches see it, code there is translated anew. False: not all of it is RAM. */
bool sim_core_write(struct sim_machine *machine, uint32_t at, const void *bytes, uint32_t count);
/* Memory changed behind the library's back. */
void sim_core_changed(struct sim_machine *machine, uint32_t at, uint32_t bytes);
/* Runs from machine->pc until something stops it; then machine->pc is where. */
void sim_core_run(struct sim_machine *machine);

/* --- stopped.c --------------------------------------------------------------------------------------------- */

/* Does what the core stopped for, once it has: sim_core_run has returned. */
void sim_stopped_handle(struct sim_machine *machine);

/* --- visit.c: what a block costs ------------------------------------------------------------------------- */

/* The block hook for this machine's core and memory; after sim_access_create. */
void *sim_visit_hook(const struct sim_machine *machine);
/* The core stopped: what the last block still waits for is added. */
void sim_visit_settle(struct sim_machine *machine);
void sim_visit_destroy(struct sim_machine *machine);
/* Made when first asked for; NULL: out of memory. */
struct sim_block_detail *sim_visit_detail(struct sim_machine *machine, struct sim_block *block);
/* Which checks matter now. */
void sim_visit_update_checks(struct sim_machine *machine);
/* Before an exception is taken at machine->pc: closes the account of the block that ran last. */
void sim_visit_leave_block(struct sim_machine *machine);
/* Cycle of the access under way, instructions before it in its block included; else the current cycle. */
uint64_t sim_visit_exact_cycle(struct sim_machine *machine);

/* --- access.c: what loads, stores and divisions cost ------------------------------------------------------ */

/* Before the takeover is made: which accesses are told, and to whom. */
void sim_access_create(struct sim_machine *machine);

/*
 * Whether an access goes through M7's data cache decides what it pairs with, and on M33 one to flash takes the fetch's
 * turn; only its address tells. So the first visits are priced without knowing, and note it; then the block counts as
 * another one.
 */
enum { SIM_LEARNING_VISITS = 3 };

/* The last block took longer: the core stood still for memory. */
static inline void sim_machine_wait(struct sim_machine *machine, unsigned cycles)
{
	machine->clock.cycle += cycles;
	machine->waited += cycles;
	machine->previous->stall += cycles;
}

/* --- exception.c ------------------------------------------------------------------------------------------- */

void sim_exception_sync_masks(struct sim_machine *machine);
/* Takes what is pending and may preempt. */
void sim_exception_service(struct sim_machine *machine);
/* The core branched to an EXC_RETURN value. */
void sim_exception_return(struct sim_machine *machine, uint32_t exc_return);

/* FPCCR as firmware reads it: LSPACT while nothing has used the FPU since the frame was made. */
uint32_t sim_exception_fpccr(const struct sim_machine *machine);

/* --- fault.c ------------------------------------------------------------------------------------------------ */

/*
 * A fault at machine->pc: sets status registers, chooses the exception (escalating where it must), tells the
 * observer, and makes it pending or locks the core up. `address`: MMFAR/BFAR, if the bits say it is valid.
 */
void sim_fault_raise(struct sim_machine *machine, enum sim_exception exception, uint32_t cfsr_bits,
		     uint32_t address, const char *format, ...) __attribute__((format(printf, 5, 6)));
/*
 * The frame of `exception`, on its way, found no memory (CFSR_STKERR) or none it may write (CFSR_MSTKERR): a fault
 * that may come first. HardFault and NMI start
 * all the same, as on silicon: their handlers are the last who could do something about it.
 */
void sim_fault_stacking(struct sim_machine *machine, unsigned exception, uint32_t cfsr_bit);
/* HardFault for its own sake: BKPT without a debugger, a vector that cannot be read. */
void sim_fault_hard(struct sim_machine *machine, uint32_t hfsr_bits, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void sim_fault_lockup(struct sim_machine *machine, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- scs.c: system control space, 0xE0000000 … 0xE00FFFFF -------------------------------------------------- */

void sim_scs_reset(struct sim_machine *machine);
uint32_t sim_scs_read(struct sim_machine *machine, uint32_t at, unsigned size);
void sim_scs_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value);
void sim_scs_clock_changed(struct sim_machine *machine);

/* --- mpu.c: what the guest allows itself ---------------------------------------------------------------------- */

enum sim_access { SIM_READ, SIM_WRITE, SIM_EXECUTE };
bool sim_mpu_on(const struct sim_machine *machine);
bool sim_mpu_allows(const struct sim_machine *machine, uint32_t at, enum sim_access access, bool privileged);
/* Mask of enum sim_page for [at, at + bytes). */
unsigned sim_mpu_page(const struct sim_machine *machine, uint32_t at, uint32_t bytes, bool privileged);
/* What the M7's caches do with an address. `machine` is a struct sim_machine. */
enum sim_caching sim_mpu_caching(const void *machine, uint32_t at);
/* After a change of its registers, or of whether HardFault or NMI is active. */
void sim_mpu_changed(struct sim_machine *machine);
uint32_t sim_mpu_read(const struct sim_machine *machine, uint32_t at);
void sim_mpu_write(struct sim_machine *machine, uint32_t at, uint32_t value);

/* --- itm.c ------------------------------------------------------------------------------------------------------ */

void sim_itm_reset(struct sim_machine *machine);
uint32_t sim_itm_read(const struct sim_machine *machine, uint32_t at);
void sim_itm_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value);

/* --- bus.c ---------------------------------------------------------------------------------------------------- */

bool sim_bus_create(struct sim_machine *machine, struct err *err);
void sim_bus_reset(struct sim_machine *machine);
void sim_bus_check_flash(struct sim_machine *machine); /* notes a clock too high for its wait states */
void sim_bus_destroy(struct sim_machine *machine);
uint32_t sim_bus_read(struct sim_machine *machine, uint32_t at, unsigned size);
void sim_bus_write(struct sim_machine *machine, uint32_t at, unsigned size, uint32_t value);
/* Whether a device or a peripheral region answers there. */
bool sim_bus_answers(const struct sim_machine *machine, uint32_t at);

/* --- machine.c --------------------------------------------------------------------------------------------------- */

struct sim_when sim_machine_when(struct sim_machine *machine, uint64_t cycle);
void sim_machine_fall_asleep(struct sim_machine *machine, bool for_event);
void sim_machine_set_power(struct sim_machine *machine, enum sim_power_state state);
static inline void sim_machine_attend(struct sim_machine *machine)
{
	machine->attention = true;
	sim_clock_kick(&machine->clock);
}

/* --- semihosting.c ------------------------------------------------------------------------------------------------ */

/* BKPT 0xAB at machine->pc: does the call, sets r0, moves on. */
void sim_semihosting_call(struct sim_machine *machine);
void sim_semihosting_free(struct sim_machine *machine);

#endif
