/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware pairs: a firmware from tests/fw runs in the machine, the host asserts its text and its cycles. */
#include "tests/machine_fixture.h"

static const enum sim_core CORES[] = {SIM_M0, SIM_M0PLUS, SIM_M3, SIM_M4, SIM_M7, SIM_M33};
enum { CORE_COUNT = sizeof CORES / sizeof *CORES };

#define FOR_CORES(core, from)                                                                                  \
	for (unsigned core##_i = (from); core##_i < CORE_COUNT; core##_i++)                                   \
		for (enum sim_core core = CORES[core##_i], core##_once = SIM_CORES; core##_once; core##_once = 0)
#define ALL_CORES 0
#define V7M_CORES 2

static void firmware_starts_prints_and_ends_with_its_status(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = rig_start(core, "hello", 0);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		assert_string_equal(r->uart, "hello\nsum=42\n");
		assert_int_equal(sim_machine_exit_status(r->machine), 7);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT); /* it stays ended */
		rig_end(r);
	}
}

static void handlers_nest_chain_and_return_alike_on_every_core(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = rig_start(core, "exceptions", 0);
		assert_int_equal(rig_run(r, 1000), SIM_STOP_EXIT);
		assert_string_equal(r->uart, "nest 10 20 21 30 11 e5\nmask 01 40 02\nregisters=1\ncontrol=2\nfp=185\n"
					     "ticks=5\nsvc=2\ndone\n");
		assert_int_equal(r->faults, 0);
		rig_end(r);
	}
}


/* Runs a case to its end, which is an exit with 0. */
static struct rig *run_case(enum sim_core core, const char *fixture, uint32_t select)
{
	struct rig *r = rig_start(core, fixture, select);
	enum sim_stop why = rig_run(r, 2000);
	if (why != SIM_STOP_EXIT || sim_machine_exit_status(r->machine) != 0 || r->faults)
		fail_msg("%s %u on %s: stop %d, status %d, %s, text: %s", fixture, select, sim_core_name(core), why,
			 sim_machine_exit_status(r->machine), r->faults ? r->fault[0].what : "no fault", r->uart);
	return r;
}

static void prints(enum sim_core core, const char *fixture, uint32_t select, const char *text)
{
	struct rig *r = run_case(core, fixture, select);
	if (strcmp(r->uart, text) != 0)
		fail_msg("%s %u on %s: \"%s\"", fixture, select, sim_core_name(core), r->uart);
	rig_end(r);
}

static uint32_t mail(const struct rig *r, unsigned n)
{
	uint32_t word = 0;
	assert_true(sim_machine_read(r->machine, RAM + 4 * n, &word, 4));
	return word;
}

/* Cycle of the nth entry into an exception. */
static uint64_t entry_cycle(const struct rig *r, int number, unsigned nth)
{
	for (unsigned i = 0; i < r->exceptions; i++)
		if (r->exception[i].number == number && r->exception[i].entry && nth-- == 0)
			return r->exception[i].when.cycle;
	fail_msg("exception %d was not entered so often", number);
	return 0;
}

/* --- time --- */

static void ticks_are_exactly_their_period_apart(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = run_case(core, "clocks", 1); /* asleep */
		for (unsigned i = 1; i < 6; i++)
			assert_int_equal(entry_cycle(r, 15, i) - entry_cycle(r, 15, i - 1), 1000);
		rig_end(r);
		r = run_case(core, "clocks", 2); /* busy: a block's length of jitter, and no drift */
		uint64_t first = entry_cycle(r, 15, 0);
		for (unsigned i = 1; i < 6; i++)
			assert_in_range(entry_cycle(r, 15, i) - first + 12, 1000 * i, 1000 * i + 24);
		rig_end(r);
	}
}

static void a_new_period_counts_from_the_next_reload(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = run_case(core, "clocks", 8);
		assert_in_range(entry_cycle(r, 15, 1) - entry_cycle(r, 15, 0), 990, 1010);
		for (unsigned i = 2; i < 5; i++)
			assert_in_range(entry_cycle(r, 15, i) - entry_cycle(r, 15, i - 1), 190, 210);
		rig_end(r);
		prints(core, "clocks", 7, "ticks=0\n");
	}
}

static void the_counter_reads_as_it_falls(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = run_case(core, "clocks", 6);
		assert_int_equal(rig_number(r, "falls"), 1);
		assert_in_range(rig_number(r, "step"), 1, 8); /* from one load to the next */
		assert_int_equal(rig_number(r, "flag"), 2);   /* set once, cleared by reading */
		assert_int_equal(rig_number(r, "held"), 1);
		assert_in_range(rig_number(r, "eighth"), 200 / 8, 200 * 5 / 8 + 8);
		rig_end(r);
	}
}

static void the_counter_and_its_flag_agree_at_any_time(void **state)
{
	FOR_CORES(core, ALL_CORES)
		prints(core, "clocks", 9, "back=0\nwraps=1\n");
}

static void the_cycle_counter_agrees_with_the_model(void **state)
{
	FOR_CORES(core, V7M_CORES) {
		struct rig *r = run_case(core, "clocks", 3);
		assert_int_equal(r->marks, 2);
		uint64_t model = r->mark_when[1].cycle - r->mark_when[0].cycle;
		assert_in_range(rig_number(r, "cyccnt"), model - 24, model);
		assert_in_range(rig_number(r, "cyccnt"), core == SIM_M7 ? 1000 : 2000, 4100); /* 1000 turns */
		rig_end(r);
		r = run_case(core, "clocks", 4); /* 100000 cycles of sleep are not in it */
		assert_in_range(rig_number(r, "cyccnt"), 10, 200);
		struct sim_when now = sim_machine_now(r->machine);
		assert_in_range(now.cycle - now.active, 99000, 100000);
		rig_end(r);
		r = run_case(core, "clocks", 5);
		assert_int_equal(rig_number(r, "locked") == 0, core == SIM_M7);
		assert_int_equal(rig_number(r, "open"), 1);
		rig_end(r);
	}
}

/* --- sleep --- */

static uint64_t slept(const struct rig *r)
{
	struct sim_when now = sim_machine_now(r->machine);
	return now.cycle - now.active;
}

static void every_way_to_sleep_wakes_by_what_it_should(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = run_case(core, "sleep", 1);
		assert_in_range(slept(r), 4900, 5000);
		rig_end(r);
		r = run_case(core, "sleep", 2);
		assert_int_equal(mail(r, 0), 1);
		assert_in_range(slept(r), 4900, 5000);
		rig_end(r);
		prints(core, "sleep", 3, "before=0\nafter=1\n");
		r = run_case(core, "sleep", 4);
		assert_string_equal(r->uart, "ticks=0\n");
		assert_in_range(slept(r), 4900, 5000);
		rig_end(r);
		prints(core, "sleep", 9, "through\n");
		if (core >= SIM_M3) {
			r = run_case(core, "sleep", 7);
			assert_int_equal(mail(r, 0), 1);
			assert_in_range(slept(r), 4900, 5000);
			rig_end(r);
		}
	}
}

static void sleep_on_exit_sleeps_between_handlers(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = run_case(core, "sleep", 6);
		assert_string_equal(r->uart, "ticks=3\n");
		assert_in_range(slept(r), 2700, 3000);
		unsigned naps = 0;
		for (unsigned i = 0; i < r->powers; i++)
			naps += r->power[i].state == SIM_POWER_SLEEP;
		assert_int_equal(naps, 3);
		rig_end(r);
	}
}

static void asleep_for_ever_is_told_if_no_time_was_given(void **state)
{
	struct rig *r = rig_start(SIM_M4, "sleep", 5);
	assert_int_equal(rig_run(r, 10), SIM_STOP_TIME);
	assert_int_equal(sim_machine_run(r->machine, SIM_NEVER), SIM_STOP_ASLEEP);
	assert_int_equal(sim_machine_now(r->machine).ps, 10 * MS);
	rig_end(r);
}

static void in_deep_sleep_the_clock_and_systick_stand_still(void **state)
{
	struct rig *r = rig_start(SIM_M4, "sleep", 8);
	assert_int_equal(rig_run(r, 10), SIM_STOP_TIME);
	assert_int_equal(r->power[r->powers - 1].state, SIM_POWER_STOP);
	assert_int_equal(r->exceptions, 0);
	uint64_t cycle = sim_machine_now(r->machine).cycle;
	assert_true(cycle < 3000);
	assert_int_equal(sim_machine_now(r->machine).ps, 10 * MS);
	assert_int_equal(sim_machine_run(r->machine, SIM_NEVER), SIM_STOP_ASLEEP); /* SysTick cannot wake it */
	rig_end(r);
}

/* --- who goes first --- */

static void groups_and_masks_decide_who_preempts(void **state)
{
	FOR_CORES(core, V7M_CORES) {
		prints(core, "priorities", 1, "fine a b A\ncoarse a A b\norder b a A b c\n");
		prints(core, "priorities", 3, "basepri b - c = - c\nfaultmask n - b\n");
	}
}

static void what_arrives_on_the_way_goes_first_at_no_extra_cost(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		const uint64_t entry = core == SIM_M0 ? 16 : core == SIM_M0PLUS ? 15 : 12;
		const uint64_t chain = core <= SIM_M0PLUS ? 8 : 6;
		unsigned before = 0, nested = 0, after = 0, late = 0;
		for (uint32_t delay = 1; delay < 90; delay++) {
			struct rig *r = run_case(core, "priorities", 2 | delay << 8);
			assert_int_equal(r->exceptions, 4);
			int first = r->exception[0].number, second = r->exception[1].number;
			uint64_t gap = r->exception[2].when.cycle - r->exception[1].when.cycle;
			if (first == 15) { /* SysTick, then IRQ0: chained if both were pending by then */
				assert_string_equal(r->uart, "race t a A\n");
				assert_int_equal(nested + after, 0);
				before++;
				late += gap == chain;
			} else if (r->exception[1].entry) {
				assert_int_equal(second, 15);
				/* At times before IRQ0's handler has got as far as its first note. */
				assert_true(!strcmp(r->uart, "race a t A\n") || !strcmp(r->uart, "race t a A\n"));
				assert_int_equal(after, 0);
				assert_true(r->exception[1].when.cycle - r->exception[0].when.cycle >= entry);
				nested++;
			} else {
				assert_string_equal(r->uart, "race a A t\n");
				assert_true(gap >= chain);
				after++;
			}
			rig_end(r);
		}
		assert_true(before > 0 && nested > 0 && after > 0 && late > 0);
	}
}

/* --- threads --- */

static void tasks_keep_their_registers_stacks_and_privilege(void **state)
{
	FOR_CORES(core, V7M_CORES) {
		struct rig *r = run_case(core, "tasks", 0);
		char name[8];
		for (int i = 0; i < 3; i++) {
			snprintf(name, sizeof name, "got%d", i);
			uint32_t got = rig_number(r, name);
			snprintf(name, sizeof name, "expect%d", i);
			assert_int_equal(got, rig_number(r, name));
		}
		assert_int_equal(rig_number(r, "masks"), 0);
		assert_true(rig_number(r, "switches") > 20);
		struct sim_stacks stacks = sim_machine_stacks(r->machine);
		assert_in_range(stacks.process_low, RAM, RAM + 0x2000);
		assert_in_range(stacks.process_top, stacks.process_low + 3 * 768, RAM + 0x3000);
		assert_in_range(stacks.main_low, stacks.main_top - 600, stacks.main_top - 32);
		rig_end(r);
	}
}

/* What a painted stack shows a developer on the bench: no byte below the peak that the machine tells is written, and
 * of the few bytes above it some are. */
static void the_stack_peak_is_that_of_a_painted_stack(void **state)
{
	static const char *const fixture[] = {"hello", "exceptions", "priorities", "clocks"};
	static const uint32_t begin = RAM + 0x8000, end = RAM + 0x10000;
	FOR_CORES(core, ALL_CORES) {
		for (unsigned f = 0; f < sizeof fixture / sizeof *fixture; f++) {
			struct rig *r = rig_start(core, fixture[f], 0);
			uint8_t *paint = malloc(end - begin);
			uint32_t touched = 0;
			assert_non_null(paint);
			memset(paint, 0xA5, end - begin);
			assert_true(sim_machine_write(r->machine, begin, paint, end - begin));
			rig_run(r, 2000);
			assert_true(sim_machine_read(r->machine, begin, paint, end - begin));
			while (paint[touched] == 0xA5)
				touched++;
			struct sim_stacks stacks = sim_machine_stacks(r->machine);
			assert_int_equal(stacks.main_top, end);
			assert_in_range(begin + touched, stacks.main_low, stacks.main_low + 24);
			free(paint);
			rig_end(r);
		}
	}
}

static void an_interrupt_inside_an_it_block_leaves_it_as_it_was(void **state)
{
	FOR_CORES(core, V7M_CORES)
		prints(core, "itblocks", 0, "right=1\nticks=1\ninside=1\n");
}

/* --- code in RAM --- */

static void code_in_ram_may_be_copied_and_rewritten(void **state)
{
	FOR_CORES(core, ALL_CORES)
		prints(core, "code", 0, "copied=30\nrewritten=39800\nitself=9\nacross=59700\n");
}

static void both_store_paths_give_the_same_counts_cycles_and_text(void **state)
{
	const struct { const char *fixture; uint32_t select; } cases[] = {
		{"code", 0}, {"exceptions", 0}, {"tasks", 0}, {"clocks", 2}, {"devices", 3}, {"priorities", 2 | 30 << 8}};
	FOR_CORES(core, V7M_CORES) {
		for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct rig *fast = rig_start(core, cases[i].fixture, cases[i].select), *plain = rig_new(core);
			plain->options.plain_store_path = true;
			rig_load(plain, cases[i].fixture, cases[i].select);
			rig_run(fast, 50);
			rig_run(plain, 50);
			assert_string_equal(fast->uart, plain->uart);
			assert_int_equal(sim_machine_instructions(fast->machine), sim_machine_instructions(plain->machine));
			assert_int_equal(sim_machine_now(fast->machine).cycle, sim_machine_now(plain->machine).cycle);
			assert_memory_equal(fast->exception, plain->exception, sizeof fast->exception);
			rig_end(fast);
			rig_end(plain);
		}
	}
}

static void add_cycles(void *context, const struct sim_block_count *block)
{
	((uint64_t *)context)[0] += block->cycles;
	((uint64_t *)context)[1] += block->count * block->instructions;
}

static void the_blocks_account_for_every_cycle(void **state)
{
	FOR_CORES(core, ALL_CORES) { /* no exception, no sleep: nothing else costs; and code that is rewritten */
		struct rig *r = run_case(core, core % 2 ? "boot" : "code", 0);
		uint64_t sum[2] = {0};
		sim_machine_blocks(r->machine, add_cycles, sum);
		assert_int_equal(sum[0], sim_machine_now(r->machine).cycle);
		if (core % 2) /* of rewritten code only the last shape is kept */
			assert_int_equal(sum[1], sim_machine_instructions(r->machine));
		rig_end(r);
	}
}

static void a_watch_knows_every_byte_written(void **state)
{
	struct rig *r = rig_start(SIM_M4, "faults", 34);
	int all = sim_machine_watch(r->machine, RAM, 64 << 10), mailbox = sim_machine_watch(r->machine, RAM, 128);
	int part = sim_machine_watch(r->machine, RAM + 2, 4);
	assert_int_equal(sim_machine_watch(r->machine, FLASH, 4), -1);
	assert_int_equal(sim_machine_watch(r->machine, RAM + (64 << 10) - 2, 4), -1);
	rig_run(r, 100);
	assert_int_equal(sim_machine_watch_touched(r->machine, mailbox), 128); /* all cleared at start */
	assert_int_equal(sim_machine_watch_top(r->machine, mailbox), 128);
	assert_int_equal(sim_machine_watch_touched(r->machine, part), 4);
	assert_in_range(sim_machine_watch_touched(r->machine, all), 128 + 16, 1024);
	assert_in_range(sim_machine_watch_top(r->machine, all), (64 << 10) - 64, 64 << 10); /* the stack */
	rig_end(r);
}

/* --- start and reset --- */

static void vectors_may_move_to_ram(void **state)
{
	FOR_CORES(core, ALL_CORES)
		prints(core, "boot", 1, core == SIM_M0 ? "flash=1\nram=1\n" : "flash=1\nram=2\n"); /* M0 has no VTOR */
}

static void firmware_resets_the_system(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = run_case(core, "boot", 2);
		const char *once = "primask=0\nvtor=1\nenabled=0\n";
		for (const char *at = r->uart; *at; at += strlen(once))
			if (core != SIM_M0 && strncmp(at, once, strlen(once)) != 0)
				fail_msg("%s", r->uart);
		rig_end(r);
	}
}

static void bits_have_addresses_of_their_own(void **state)
{
	for (enum sim_core core = SIM_M3; core <= SIM_M4; core++)
		prints(core, "boot", 3, "set=544\nread=2\nclear=512\ndevice=1\n");
}

/* --- devices --- */

static void the_console_interrupts_for_each_byte(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct rig *r = rig_start(core, "devices", 1);
		assert_int_equal(rig_run(r, 20), SIM_STOP_TIME); /* waits */
		assert_true(sim_machine_uart_send(r->machine, "uart0", "hello", 5));
		assert_false(sim_machine_uart_send(r->machine, "nobody", "x", 1));
		assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
		assert_string_equal(r->uart, "HELLO");
		rig_end(r);
	}
}

struct ramp { uint64_t next_ps; int16_t value; };
static bool next_frame(void *context, uint64_t *ret_due_ps, int16_t counts[SIM_MAX_CHANNELS])
{
	struct ramp *ramp = context;
	ramp->next_ps += MS;
	*ret_due_ps = ramp->next_ps;
	counts[0] = ++ramp->value;
	return true;
}

static struct rig *with_sensor(enum sim_core core, uint32_t select, struct ramp *ramp, const char *depth)
{
	struct rig *r = rig_new(core);
	struct sim_option *option = &r->board.device[1].option[r->board.device[1].options++];
	snprintf(option->key, sizeof option->key, "depth");
	snprintf(option->value, sizeof option->value, "%s", depth);
	rig_load(r, "devices", select);
	struct sim_sample_source source = {.context = ramp, .next = next_frame, .channels = 1, .rate_mhz = 1000000, .scale = 1};
	sim_sensor_port_connect(sim_machine_device(r->machine, "sensor"), &source);
	return r;
}

static void samples_reach_the_firmware_by_watermark(void **state)
{
	FOR_CORES(core, ALL_CORES) {
		struct ramp ramp = {0};
		struct rig *r = with_sensor(core, 2, &ramp, "16");
		assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
		/* The first frames may fall due before the port runs. */
		uint32_t first = (rig_number(r, "sum") - 66) / 12;
		assert_in_range(first, 1, 3);
		assert_int_equal(rig_number(r, "sum"), 12 * first + 66);
		assert_int_equal(r->exceptions, 6); /* three watermarks */
		rig_end(r);
	}
}

static void frames_nobody_reads_are_lost_and_told(void **state)
{
	struct ramp ramp = {0};
	struct rig *r = with_sensor(SIM_M4, 3, &ramp, "5");
	assert_int_equal(rig_run(r, 100), SIM_STOP_EXIT);
	assert_int_equal(rig_number(r, "level"), 5);
	assert_int_equal(rig_number(r, "overrun"), 1);
	unsigned lost = 0;
	for (unsigned i = 0; i < r->samples; i++)
		lost += r->lost[i];
	assert_true(lost >= 3);
	rig_end(r);
}

static void two_machines_live_in_one_process(void **state)
{
	struct rig *a = rig_start(SIM_M4, "exceptions", 0), *b = rig_start(SIM_M0PLUS, "clocks", 2);
	enum sim_stop why_a = SIM_STOP_TIME, why_b = SIM_STOP_TIME;
	for (unsigned i = 0; i < 2000 && (why_a == SIM_STOP_TIME || why_b == SIM_STOP_TIME); i++) {
		if (why_a == SIM_STOP_TIME)
			why_a = sim_machine_run(a->machine, sim_machine_now(a->machine).ps + MS / 7);
		if (why_b == SIM_STOP_TIME)
			why_b = sim_machine_run(b->machine, sim_machine_now(b->machine).ps + MS / 3);
	}
	assert_int_equal(why_a, SIM_STOP_EXIT);
	assert_int_equal(why_b, SIM_STOP_EXIT);
	struct rig *alone = run_case(SIM_M0PLUS, "clocks", 2);
	assert_int_equal(sim_machine_instructions(b->machine), sim_machine_instructions(alone->machine));
	assert_non_null(strstr(a->uart, "done"));
	rig_end(alone);
	rig_end(a);
	rig_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmware_starts_prints_and_ends_with_its_status),
		cmocka_unit_test(handlers_nest_chain_and_return_alike_on_every_core),
		cmocka_unit_test(ticks_are_exactly_their_period_apart),
		cmocka_unit_test(a_new_period_counts_from_the_next_reload),
		cmocka_unit_test(the_counter_reads_as_it_falls),
		cmocka_unit_test(the_counter_and_its_flag_agree_at_any_time),
		cmocka_unit_test(the_cycle_counter_agrees_with_the_model),
		cmocka_unit_test(every_way_to_sleep_wakes_by_what_it_should),
		cmocka_unit_test(sleep_on_exit_sleeps_between_handlers),
		cmocka_unit_test(asleep_for_ever_is_told_if_no_time_was_given),
		cmocka_unit_test(in_deep_sleep_the_clock_and_systick_stand_still),
		cmocka_unit_test(groups_and_masks_decide_who_preempts),
		cmocka_unit_test(what_arrives_on_the_way_goes_first_at_no_extra_cost),
		cmocka_unit_test(tasks_keep_their_registers_stacks_and_privilege),
		cmocka_unit_test(the_stack_peak_is_that_of_a_painted_stack),
		cmocka_unit_test(an_interrupt_inside_an_it_block_leaves_it_as_it_was),
		cmocka_unit_test(code_in_ram_may_be_copied_and_rewritten),
		cmocka_unit_test(both_store_paths_give_the_same_counts_cycles_and_text),
		cmocka_unit_test(the_blocks_account_for_every_cycle),
		cmocka_unit_test(a_watch_knows_every_byte_written),
		cmocka_unit_test(vectors_may_move_to_ram),
		cmocka_unit_test(firmware_resets_the_system),
		cmocka_unit_test(bits_have_addresses_of_their_own),
		cmocka_unit_test(the_console_interrupts_for_each_byte),
		cmocka_unit_test(samples_reach_the_firmware_by_watermark),
		cmocka_unit_test(frames_nobody_reads_are_lost_and_told),
		cmocka_unit_test(two_machines_live_in_one_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
