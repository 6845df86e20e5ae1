/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/calltree.h"

enum { RESET, MAIN, WORK, LEAF, OTHER, HANDLER, HANDLER2, SCHEDULER, TASK_A, TASK_B, WAIT, FUNCTIONS };

static const char *const names[FUNCTIONS] = {"reset", "main", "work", "leaf", "other", "handler",
					     "handler2", "scheduler", "task_a", "task_b", "wait"};

struct play {
	struct prof_calltree *tree;
	uint64_t active;
};

static struct play start(void)
{
	struct play p = {0};
	struct err err;
	assert_true(prof_calltree_create(&p.tree, &err));
	return p;
}

/* `cycles` pass, then the edge. */
static void go(struct play *p, uint64_t cycles, enum sim_edge edge, uint32_t from, uint32_t to, uint32_t sp)
{
	p->active += cycles;
	prof_calltree_edge(p->tree, p->active, edge, from, to, sp);
}

static const char *name_of(void *context, uint32_t function)
{
	assert_in_range(function, 0, FUNCTIONS - 1);
	return names[function];
}

/* Settles, checks the invariant, and compares the collapsed stacks. Ends the play. */
static void expect(struct play *p, uint64_t cycles, const char *collapsed)
{
	uint64_t sum = 0;
	p->active += cycles;
	prof_calltree_settle(p->tree, p->active);
	for (size_t n = 0; n < prof_calltree_nodes(p->tree); n++)
		sum += prof_calltree_node(p->tree, n).self_cycles;
	assert_int_equal(sum, p->active);
	char *text = prof_calltree_collapsed(p->tree, name_of, NULL);
	assert_string_equal(text, collapsed);
	free(text);
	prof_calltree_destroy(p->tree);
}

static struct prof_function_cost cost(struct play *p, uint32_t function)
{
	struct prof_function_cost *costs, found = {0};
	size_t count;
	assert_true(prof_calltree_functions(p->tree, &costs, &count));
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			assert_true(costs[i - 1].self_cycles >= costs[i].self_cycles);
		if (costs[i].function == function)
			found = costs[i];
	}
	free(costs);
	return found;
}

static void calls_nest_and_return(void **state)
{
	struct play p = start();
	go(&p, 10, SIM_EDGE_CALL, RESET, MAIN, 1000);
	go(&p, 5, SIM_EDGE_CALL, MAIN, WORK, 984);
	go(&p, 100, SIM_EDGE_RETURN, WORK, MAIN, 984);
	go(&p, 5, SIM_EDGE_CALL, MAIN, WORK, 984);
	go(&p, 100, SIM_EDGE_CALL, WORK, LEAF, 960);
	go(&p, 7, SIM_EDGE_RETURN, LEAF, WORK, 960);
	go(&p, 1, SIM_EDGE_RETURN, WORK, MAIN, 984);
	assert_int_equal(cost(&p, WORK).calls, 2);
	assert_int_equal(cost(&p, WORK).self_cycles, 201);
	assert_int_equal(cost(&p, WORK).total_cycles, 208);
	assert_int_equal(cost(&p, RESET).total_cycles, 228);
	expect(&p, 3, "reset 10\nreset;main 13\nreset;main;work 201\nreset;main;work;leaf 7\n");
}

static void recursion_counts_once_in_the_total(void **state)
{
	struct play p = start();
	go(&p, 1, SIM_EDGE_CALL, MAIN, WORK, 1000);
	go(&p, 10, SIM_EDGE_CALL, WORK, WORK, 990);
	go(&p, 10, SIM_EDGE_CALL, WORK, LEAF, 980);
	go(&p, 10, SIM_EDGE_CALL, LEAF, WORK, 970);
	go(&p, 10, SIM_EDGE_RETURN, WORK, LEAF, 970);
	go(&p, 1, SIM_EDGE_RETURN, LEAF, WORK, 980);
	go(&p, 1, SIM_EDGE_RETURN, WORK, WORK, 990);
	go(&p, 1, SIM_EDGE_RETURN, WORK, MAIN, 1000);
	assert_int_equal(cost(&p, WORK).calls, 3);
	assert_int_equal(cost(&p, WORK).self_cycles, 32);
	assert_int_equal(cost(&p, WORK).total_cycles, 43);
	expect(&p, 0,
	       "main 1\nmain;work 11\nmain;work;work 11\nmain;work;work;leaf 11\nmain;work;work;leaf;work "
	       "10\n");
}

static void a_leaf_that_pushes_nothing_returns_one_level(void **state)
{
	struct play p = start();
	go(&p, 1, SIM_EDGE_CALL, RESET, MAIN, 1000);
	go(&p, 1, SIM_EDGE_CALL, MAIN, WORK, 1000);
	go(&p, 1, SIM_EDGE_CALL, WORK, LEAF, 1000);
	go(&p, 1, SIM_EDGE_RETURN, LEAF, WORK, 1000);
	go(&p, 1, SIM_EDGE_RETURN, WORK, MAIN, 1000);
	expect(&p, 1, "reset 1\nreset;main 2\nreset;main;work 2\nreset;main;work;leaf 1\n");
}

static void a_tail_call_returns_to_its_callers_caller(void **state)
{
	struct play p = start();
	go(&p, 1, SIM_EDGE_CALL, MAIN, WORK, 1000);
	go(&p, 2, SIM_EDGE_JUMP, WORK, OTHER, 1000);
	go(&p, 3, SIM_EDGE_JUMP, OTHER, LEAF, 1000);
	go(&p, 4, SIM_EDGE_RETURN, LEAF, MAIN, 1000);
	assert_int_equal(cost(&p, LEAF).calls, 1);
	expect(&p, 5, "main 6\nmain;work 2\nmain;work;other 3\nmain;work;other;leaf 4\n");
}

static void functions_that_jump_to_and_fro_do_not_pile_up(void **state)
{
	struct play p = start();
	go(&p, 1, SIM_EDGE_CALL, MAIN, WORK, 1000);
	for (int i = 0; i < 100000; i++) {
		go(&p, 1, SIM_EDGE_JUMP, WORK, OTHER, 1000);
		go(&p, 1, SIM_EDGE_JUMP, OTHER, WORK, 1000);
	}
	go(&p, 0, SIM_EDGE_RETURN, WORK, MAIN, 1000);
	assert_int_equal(prof_calltree_nodes(p.tree), 4);
	expect(&p, 1, "main 2\nmain;work 100000\nmain;work;other 100000\n");
}

static void longjmp_drops_what_lies_between(void **state)
{
	for (int kind = 0; kind < 2; kind++) {
		struct play p = start();
		go(&p, 1, SIM_EDGE_CALL, RESET, MAIN, 1000);
		go(&p, 1, SIM_EDGE_CALL, MAIN, WORK, 980);
		go(&p, 1, SIM_EDGE_CALL, WORK, OTHER, 960);
		go(&p, 1, SIM_EDGE_CALL, OTHER, LEAF, 940);
		go(&p, 1, kind ? SIM_EDGE_JUMP : SIM_EDGE_RETURN, LEAF, MAIN, 980);
		go(&p, 5, SIM_EDGE_CALL, MAIN, LEAF, 980);
		go(&p, 7, SIM_EDGE_RETURN, LEAF, MAIN, 980);
		expect(&p, 1, "reset 1\nreset;main 7\nreset;main;work 1\nreset;main;work;other 1\n"
			      "reset;main;work;other;leaf 1\nreset;main;leaf 7\n");
	}
}

static void an_interrupt_is_a_root_of_its_own(void **state)
{
	for (int order = 0; order < 2; order++) {
		struct play p = start();
		go(&p, 1, SIM_EDGE_CALL, MAIN, WORK, 1000);
		for (int i = 0; i < 200; i++) { /* more than there are stacks */
			p.active += 10;
			if (order == 0)
				prof_calltree_exception(p.tree, p.active, 15, true);
			go(&p, 0, SIM_EDGE_EXCEPTION, WORK, HANDLER, 960);
			if (order == 1)
				prof_calltree_exception(p.tree, p.active, 15, true);
			go(&p, 3, SIM_EDGE_CALL, HANDLER, LEAF, 952);
			p.active += 1;
			prof_calltree_exception(p.tree, p.active, 86, true);
			go(&p, 0, SIM_EDGE_EXCEPTION, LEAF, HANDLER2, 920);
			prof_calltree_exception(p.tree, p.active + 2, 86, false);
			go(&p, 2, SIM_EDGE_EXCEPTION_RETURN, HANDLER2, LEAF, 952);
			go(&p, 1, SIM_EDGE_RETURN, LEAF, HANDLER, 952);
			prof_calltree_exception(p.tree, p.active + 4, 15, false);
			go(&p, 4, SIM_EDGE_EXCEPTION_RETURN, HANDLER, WORK, 992);
		}
		go(&p, 10, SIM_EDGE_RETURN, WORK, MAIN, 1000);
		assert_int_equal(cost(&p, WORK).total_cycles, 2010);
		assert_int_equal(cost(&p, HANDLER).calls, 200);
		expect(&p, 1, "main 2\nmain;work 2010\nirq 15;handler 1400\nirq 15;handler;leaf 400\n"
			      "irq 86;handler2 400\n");
	}
}

static void chained_exceptions_may_return_once(void **state)
{
	struct play p = start();
	go(&p, 1, SIM_EDGE_CALL, MAIN, WORK, 1000);
	prof_calltree_exception(p.tree, p.active + 5, 15, true);
	go(&p, 5, SIM_EDGE_EXCEPTION, WORK, HANDLER, 960);
	prof_calltree_exception(p.tree, p.active + 3, 16, true);
	go(&p, 3, SIM_EDGE_EXCEPTION, HANDLER, HANDLER2, 960);
	go(&p, 4, SIM_EDGE_EXCEPTION_RETURN, HANDLER2, WORK, 992);
	go(&p, 1, SIM_EDGE_RETURN, WORK, MAIN, 1000);
	expect(&p, 1, "main 2\nmain;work 6\nirq 15;handler 3\nirq 16;handler2 4\n");
}

/* Two tasks wait in the same function; the scheduler's handler returns to the other one each time. */
static void tasks_keep_their_own_stacks(void **state)
{
	struct play p = start();
	const uint32_t at[2] = {5000, 7000};
	prof_calltree_exception(p.tree, 1, 11, true);
	go(&p, 1, SIM_EDGE_EXCEPTION, MAIN, SCHEDULER, 960);
	go(&p, 1, SIM_EDGE_EXCEPTION_RETURN, SCHEDULER, TASK_A, at[0]);
	go(&p, 10, SIM_EDGE_CALL, TASK_A, WAIT, at[0] - 16);
	prof_calltree_exception(p.tree, p.active + 1, 14, true);
	go(&p, 1, SIM_EDGE_EXCEPTION, WAIT, SCHEDULER, 960);
	go(&p, 1, SIM_EDGE_EXCEPTION_RETURN, SCHEDULER, TASK_B, at[1]);
	go(&p, 20, SIM_EDGE_CALL, TASK_B, WAIT, at[1] - 16);
	for (int turn = 0; turn < 50; turn++) {
		int next = turn & 1;
		prof_calltree_exception(p.tree, p.active + 1, 14, true);
		go(&p, 1, SIM_EDGE_EXCEPTION, WAIT, SCHEDULER, 960);
		go(&p, 1, SIM_EDGE_EXCEPTION_RETURN, SCHEDULER, WAIT, at[next] - 24);
		go(&p, 1, SIM_EDGE_RETURN, WAIT, next ? TASK_B : TASK_A, at[next] - 16);
		go(&p, next ? 20 : 10, SIM_EDGE_CALL, next ? TASK_B : TASK_A, WAIT, at[next] - 16);
	}
	assert_int_equal(cost(&p, TASK_A).self_cycles, 260);
	assert_int_equal(cost(&p, TASK_B).self_cycles, 520);
	expect(&p, 0,
	       "main 1\nirq 11;scheduler 1\ntask_a 260\ntask_a;wait 51\nirq 14;scheduler 51\ntask_b 520\n"
	       "task_b;wait 50\n");
}

static void a_return_to_an_unexpected_place_costs_no_cycle(void **state)
{
	struct play p = start();
	uint32_t seed = 5;
	for (int i = 0; i < 200000; i++) {
		seed = seed * 1664525u + 1013904223u;
		go(&p, seed >> 29, (seed >> 8) % 5, (seed >> 11) % FUNCTIONS, (seed >> 15) % FUNCTIONS,
		   (seed >> 19 & 63) * 8);
	}
	uint64_t sum = 0;
	for (size_t n = 0; n < prof_calltree_nodes(p.tree); n++) {
		struct prof_call_node node = prof_calltree_node(p.tree, n);
		assert_true(n == 0 || node.parent < n);
		sum += node.self_cycles;
	}
	assert_int_equal(sum, p.active);
	assert_true(cost(&p, MAIN).total_cycles >= cost(&p, MAIN).self_cycles);
	prof_calltree_destroy(p.tree);
}

static void waits_belong_to_whom_they_held_up(void **state)
{
	struct play p = start();
	uint64_t waited = 1000;
	prof_calltree_count_waits(p.tree, &waited);
	go(&p, 5, SIM_EDGE_JUMP, SIM_NO_FUNCTION, MAIN, 1000);
	waited += 1;
	go(&p, 10, SIM_EDGE_CALL, MAIN, WORK, 992);
	waited += 20;
	go(&p, 30, SIM_EDGE_CALL, WORK, WORK, 984);
	waited += 4;
	go(&p, 6, SIM_EDGE_RETURN, WORK, WORK, 992);
	go(&p, 1, SIM_EDGE_RETURN, WORK, MAIN, 1000);
	waited += 2;
	p.active += 3;
	prof_calltree_settle(p.tree, p.active);
	assert_int_equal(cost(&p, MAIN).self_waited, 3);
	assert_int_equal(cost(&p, MAIN).total_waited, 27);
	assert_int_equal(cost(&p, WORK).self_waited, 24);
	assert_int_equal(cost(&p, WORK).total_waited, 24);
	prof_calltree_destroy(p.tree);
}

static void endless_recursion_is_cut_and_says_so(void **state)
{
	struct play p = start();
	for (uint32_t i = 0; i < 50000; i++)
		go(&p, 1, SIM_EDGE_CALL, i ? WORK : MAIN, WORK, 1000000 - 8 * i);
	assert_true(prof_calltree_is_cut(p.tree));
	assert_true(prof_calltree_nodes(p.tree) < 3000);
	for (uint32_t i = 50000; i-- > 0;)
		go(&p, 1, SIM_EDGE_RETURN, WORK, i ? WORK : MAIN, 1000000 - 8 * i);
	assert_int_equal(cost(&p, MAIN).self_cycles, 1);
	assert_int_equal(cost(&p, WORK).total_cycles, 99999);
	prof_calltree_destroy(p.tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_nest_and_return),
		cmocka_unit_test(recursion_counts_once_in_the_total),
		cmocka_unit_test(waits_belong_to_whom_they_held_up),
		cmocka_unit_test(a_leaf_that_pushes_nothing_returns_one_level),
		cmocka_unit_test(a_tail_call_returns_to_its_callers_caller),
		cmocka_unit_test(functions_that_jump_to_and_fro_do_not_pile_up),
		cmocka_unit_test(longjmp_drops_what_lies_between),
		cmocka_unit_test(an_interrupt_is_a_root_of_its_own),
		cmocka_unit_test(chained_exceptions_may_return_once),
		cmocka_unit_test(tasks_keep_their_own_stacks),
		cmocka_unit_test(a_return_to_an_unexpected_place_costs_no_cycle),
		cmocka_unit_test(endless_recursion_is_cut_and_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
