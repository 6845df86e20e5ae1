/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes wrong is a story: one sentence, the exact place, the registers before, and the way there. */
#include "tests/machine_fixture.h"

enum { WHERE, CALLER, IPSR, SEEN_CFSR, SEEN_HFSR, STACKED_PC, EXC_RETURN, STACKED_R0, STACKED_XPSR, RESUMED };
enum { END, SPIN = 0x100, FAULT_AGAIN = 0x200, SKIP = 0x300, SPLIT = 0x10000 }; /* SPLIT: BusFault and others enabled */
enum { V6M = 1 << SIM_M0 | 1 << SIM_M0PLUS, V7M = 1 << SIM_M3 | 1 << SIM_M4 | 1 << SIM_M7 | 1 << SIM_M33,
       ALL = V6M | V7M, NO_DSP = V6M | 1 << SIM_M3, NO_FPU = NO_DSP, FPU = ALL & ~NO_FPU };

static uint32_t mail(const struct rig *r, unsigned n)
{
	uint32_t word = 0;
	assert_true(sim_machine_read(r->machine, RAM + 4 * n, &word, 4));
	return word;
}

struct story {
	uint32_t which;
	unsigned cores;
	const char *what; /* in the sentence */
	uint32_t cfsr;
	uint32_t pc;      /* 0: as the firmware wrote into the mailbox, 2: two bytes on, 4: 0, 1: anything */
	uint32_t address; /* 0: that of the instruction */
	bool handler;     /* firmware's HardFault handler saw it, and the frame holds the place */
};

static const struct story STORIES[] = {
	{1, ALL, "read of 0x60000000: nothing is there", 1 << 9 | 1 << 15, 0, 0x60000000, true},
	{2, ALL, "write to 0x60000004: nothing is there", 1 << 9 | 1 << 15, 0, 0x60000004, true},
	{3, ALL, "execution at 0x60000000: no code", 1 << 8, 0x60000000, 0, true},
	{4, ALL, "write to 0x08000100: flash", 1 << 9 | 1 << 15, 0, 0x08000100, true},
	{5, ALL, "0xde05 is no instruction", 1 << 16, 0, 0, true},
	{6, NO_DSP, "SMLAD does not exist on", 1 << 16, 0, 0, true},
	{7, FPU, "while the FPU is off", 1 << 19, 0, 0, true},
	{7, NO_FPU, "(it has no FPU)", 1 << 19, 0, 0, true},
	{8, ALL, "without the Thumb bit", 1 << 17, 0x08000100, 0, true},
	{9, ALL, "0xfffffff", 1 << 0, 0xFFFFFFF0, 0, true},
	{10, ALL, "exception return with 0xfffffff", 1 << 18, 0xFFFFFFF4, 0, false},
	{11, ALL, "exception 11 could not save registers", 1 << 12, 2, 0, false},
	{12, ALL, "nothing is there", 1 << 9 | 1 << 15, 0, 0x1FFFFFF8, false},
	{13, ALL & ~(1 << SIM_M0), "vector 11 is 0x08000200: no Thumb bit", 1 << 17, 0x08000200, 0, true},
	{15, ALL, "BKPT #1 and no debugger", 0, 0, 0, true},
	{17, ALL & ~(1 << SIM_M33), "", 1 << 16, 0, 0, true},
	{18, ALL, "0xdede is no instruction", 1 << 16, 1, 0, true},
	{24, ALL, "execution at 0x00000000: no code", 1 << 8, 4, 0, true},
	{20, ALL, "unaligned access to 0x40004002", 1 << 24, 0, 0x40004002, true},
	{21, V6M, "unaligned access to 0x2", 1 << 24, 0, 1, true},
	{22, ALL, "execution at 0x40001000", 1 << 0, 0x40001000, 0, true},
	{30, V7M, "unaligned access to 0x2", 1 << 24, 0, 1, true},
	{31, V7M, "unaligned access to 0x2", 1 << 24, 0, 1, true},
	{32, V7M, "unaligned access to 0x2", 1 << 24, 0, 1, true},
	{33, V7M, "unaligned access to 0x2", 1 << 24, 0, 1, true},
	{35, V7M, "UDIV of 4660 by 0", 1 << 25, 0, 0, true},
};

static void check_backtrace(const struct rig *r, const struct sim_fault *f)
{
	uint32_t caller = mail(r, CALLER) & ~1u;
	for (unsigned i = 0; i < f->depth; i++)
		if (f->backtrace[i] == caller)
			return;
	fail_msg("%s: the caller 0x%08x is not in a backtrace of %u", f->what, caller, f->depth);
}

static void check_story(const struct story *story, enum sim_core core)
{
	struct rig *r = rig_start(core, "faults", story->which);
	enum sim_stop why = rig_run(r, 100);
	if (r->faults == 0)
		fail_msg("case %u on %s: no fault, stop %d", story->which, sim_core_name(core), why);
	const struct sim_fault *f = &r->fault[0];
	if (!strstr(f->what, story->what))
		fail_msg("case %u on %s: \"%s\" does not say \"%s\"", story->which, sim_core_name(core), f->what, story->what);
	if (f->cfsr != story->cfsr)
		fail_msg("case %u on %s: CFSR 0x%08x", story->which, sim_core_name(core), f->cfsr);
	assert_int_equal(why, SIM_STOP_EXIT);
	assert_int_equal(sim_machine_exit_status(r->machine), 50);
	assert_int_equal(f->exception, 3);
	assert_false(f->lockup);
	if (story->pc != 1)
		assert_int_equal(f->pc, story->pc == 4 ? 0 : story->pc > 2 ? story->pc : mail(r, WHERE) + story->pc);
	if (story->address != 1)
		assert_int_equal(f->address, story->address ? story->address : story->cfsr ? 0 : f->pc);
	if (story->which != 10) /* its handler changes r0 */
		assert_int_equal(f->r[0], 0x1234);
	assert_int_equal(f->r[15], f->pc);
	assert_int_equal(f->backtrace[0], f->pc);
	check_backtrace(r, f);
	assert_int_equal(mail(r, IPSR), 3);
	if (story->handler) {
		assert_int_equal(mail(r, STACKED_PC), f->pc);
		assert_int_equal(mail(r, STACKED_R0), 0x1234);
		assert_int_equal(r->faults, 1);
	}
	rig_end(r);
}

static void every_fault_tells_what_where_and_how_it_came_there(void **state)
{
	for (unsigned i = 0; i < sizeof STORIES / sizeof *STORIES; i++)
		for (enum sim_core core = SIM_M0; core < SIM_CORES; core++)
			if (STORIES[i].cores >> core & 1)
				check_story(&STORIES[i], core);
}

static void what_is_allowed_does_not_fault(void **state)
{
	const uint32_t allowed[] = {34, 36};
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		for (unsigned i = 0; i < 2; i++) {
			struct rig *r = rig_start(core, "faults", allowed[i]);
			assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
			assert_int_equal(sim_machine_exit_status(r->machine), 51);
			assert_int_equal(r->faults, 0);
			rig_end(r);
		}
	}
	struct rig *r = rig_start(SIM_M4, "faults", 6); /* SMLAD is there */
	assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
	assert_int_equal(sim_machine_exit_status(r->machine), 51);
	rig_end(r);
}

static void divisions_that_work_go_on_while_a_divisor_of_zero_would_trap(void **state)
{
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "faults", 37);
		assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
		assert_int_equal(r->faults, 0);
		assert_string_equal(r->uart, "quotient=14\nsigned=88\n");
		rig_end(r);
	}
}

static void an_enabled_fault_handler_takes_its_own_faults(void **state)
{
	const struct { uint32_t which, exception; } cases[] = {{1, 5}, {5, 6}, {8, 6}, {22, 4}, {31, 6}, {3, 5}};
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct rig *r = rig_start(core, "faults", cases[i].which | SPLIT);
			assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
			assert_int_equal(r->fault[0].exception, cases[i].exception);
			assert_int_equal(mail(r, IPSR), cases[i].exception);
			assert_int_equal(mail(r, SEEN_HFSR), 0);
			rig_end(r);
		}
		struct rig *r = rig_start(core, "faults", 1); /* not enabled: escalated */
		rig_run(r, 100);
		assert_int_equal(mail(r, SEEN_HFSR), 1u << 30);
		rig_end(r);
	}
}

static void a_handler_may_step_over_the_fault(void **state)
{
	/* Wide instructions: the handler adds 4. In the SMLAD case an IT block stands before, in the divide around it. */
	for (enum sim_core core = SIM_M3; core < SIM_CORES; core++) {
		const uint32_t which[] = {30, 31, 32, 33, 35, core == SIM_M3 ? 6 : 7};
		for (unsigned i = 0; i < 6; i++) {
			struct rig *r = rig_start(core, "faults", which[i] | SKIP);
			assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
			assert_int_equal(sim_machine_exit_status(r->machine), 51);
			assert_int_equal(mail(r, RESUMED), 1);
			assert_int_equal(r->faults, 1);
			rig_end(r);
		}
	}
}

static void a_hardfault_handler_that_spins_or_faults_is_a_lockup(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "faults", 5 | SPIN);
		assert_int_equal(rig_run(r, 100), SIM_STOP_LOCKUP);
		assert_int_equal(r->faults, 2);
		assert_true(r->fault[1].lockup);
		assert_non_null(strstr(r->fault[1].what, "handler of exception 3 spins"));
		uint64_t cycle = sim_machine_now(r->machine).cycle;
		assert_int_equal(rig_run(r, 100), SIM_STOP_LOCKUP); /* for good */
		assert_int_equal(sim_machine_now(r->machine).cycle, cycle);
		rig_end(r);
		r = rig_start(core, "faults", 5 | FAULT_AGAIN);
		assert_int_equal(rig_run(r, 100), SIM_STOP_LOCKUP);
		assert_true(r->fault[1].lockup);
		assert_int_equal(r->fault[1].exception, 0);
		assert_non_null(strstr(r->fault[1].what, "write to 0x60000010"));
		rig_end(r);
	}
}

static void vectors_that_cannot_be_read_are_a_lockup(void **state)
{
	for (enum sim_core core = SIM_M0PLUS; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "faults", 14);
		assert_int_equal(rig_run(r, 100), SIM_STOP_LOCKUP);
		assert_non_null(strstr(r->fault[0].what, "vector 11 at 0x7000002c cannot be read"));
		assert_true(r->fault[r->faults - 1].lockup);
		rig_end(r);
	}
}

static void a_branch_to_itself_is_the_end_only_if_nothing_can_come(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "faults", 16);
		assert_int_equal(rig_run(r, 100), SIM_STOP_TIME); /* the host may still send something */
		assert_int_equal(r->faults, 0);
		assert_in_range(sim_machine_now(r->machine).ps, 100 * MS, 100 * MS + MS / 50);
		assert_int_equal(sim_machine_run(r->machine, SIM_NEVER), SIM_STOP_LOCKUP);
		assert_non_null(strstr(r->fault[0].what, "nothing is left that could interrupt it"));
		assert_int_equal(r->fault[0].pc, mail(r, WHERE));
		check_backtrace(r, &r->fault[0]);
		rig_end(r);
		r = rig_start(core, "faults", 23); /* PRIMASK holds back what is pending: as final */
		assert_int_equal(sim_machine_run(r->machine, SIM_NEVER), SIM_STOP_LOCKUP);
		rig_end(r);
	}
}

static void a_call_that_its_priority_forbids_is_a_hardfault(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *r = rig_start(core, "faults", 19);
		assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
		assert_int_equal(r->fault[0].exception, 3);
		assert_int_equal(r->fault[0].pc, mail(r, WHERE));
		assert_non_null(strstr(r->fault[0].what, "SVC"));
		rig_end(r);
	}
}

static void a_jump_through_null_runs_what_is_there(void **state)
{
	for (enum sim_core core = SIM_M0; core < SIM_CORES; core++) {
		struct rig *r = rig_new(core);
		r->board.memory[0].alias[0] = 0; /* as with flash that answers at 0, too */
		r->board.memory[0].aliases = 1;
		rig_load(r, "faults", 24);
		const uint16_t code[] = {0x2007, 0xDE01}; /* movs r0, #7; udf #1 */
		assert_true(sim_machine_write(r->machine, FLASH, code, sizeof code));
		rig_run(r, 100);
		assert_int_equal(r->fault[0].pc, 2);
		assert_int_equal(r->fault[0].r[0], 7);
		rig_end(r);
	}
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

/* A vector table that leads into noise. `thumb`: noise biased towards frequent, well-formed instructions. */
static void fill_with_noise(struct rig *r, uint32_t seed)
{
	uint32_t random = seed * 2654435761u + 1, words = 16 * 1024 / 4;
	for (uint32_t i = 0; i < words; i++) {
		uint32_t word = next_random(&random);
		if (seed & 1) /* mostly 16-bit data processing, loads and branches */
			word = (word & 0x3FFF3FFF) | (word >> 3 & 0x40004000) | (i % 7 ? 0 : 0xD0000000);
		if (i == 0)
			word = RAM + 0x8000 + (word & 0xFFC);
		else if (i < 48)
			word = FLASH + 0x100 + (word & 0x1FFE) + (seed % 5 != 0);
		if (i == 1)
			word |= 1;
		sim_machine_write(r->machine, FLASH + 4 * i, &word, 4);
		word = next_random(&random);
		sim_machine_write(r->machine, RAM + 4 * i, &word, 4);
	}
}

static void noise_for_firmware_ends_by_its_time_and_harms_nobody(void **state)
{
	unsigned stops[5] = {0};
	for (uint32_t seed = 1; seed <= 240; seed++) {
		struct rig *r = rig_new((enum sim_core)(seed % SIM_CORES));
		r->options.plain_store_path = seed % 7 == 0;
		assert_true(sim_machine_create(&r->board, &r->options, &r->machine, &r->err));
		fill_with_noise(r, seed);
		struct sim_observer observer = {.context = r, .uart = rig_uart, .fault = rig_fault};
		sim_machine_observe(r->machine, &observer);
		assert_true(sim_machine_reset(r->machine, FLASH, &r->err));
		enum sim_stop why = rig_run(r, 50);
		assert_in_range(why, SIM_STOP_TIME, SIM_STOP_ASLEEP);
		assert_in_range(sim_machine_now(r->machine).ps, 0, 51 * MS);
		stops[why]++;
		rig_end(r);
	}
	assert_true(stops[SIM_STOP_LOCKUP] > 0); /* the noise is of both kinds */
	assert_true(stops[SIM_STOP_TIME] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_tells_what_where_and_how_it_came_there),
		cmocka_unit_test(what_is_allowed_does_not_fault),
		cmocka_unit_test(divisions_that_work_go_on_while_a_divisor_of_zero_would_trap),
		cmocka_unit_test(an_enabled_fault_handler_takes_its_own_faults),
		cmocka_unit_test(a_handler_may_step_over_the_fault),
		cmocka_unit_test(a_hardfault_handler_that_spins_or_faults_is_a_lockup),
		cmocka_unit_test(vectors_that_cannot_be_read_are_a_lockup),
		cmocka_unit_test(a_branch_to_itself_is_the_end_only_if_nothing_can_come),
		cmocka_unit_test(a_call_that_its_priority_forbids_is_a_hardfault),
		cmocka_unit_test(a_jump_through_null_runs_what_is_there),
		cmocka_unit_test(noise_for_firmware_ends_by_its_time_and_harms_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
