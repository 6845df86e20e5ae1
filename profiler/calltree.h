/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who called whom, and what it cost: a tree of calling contexts, built from the machine's edges.
 *
 *   self(node)  = active cycles between an edge that led there and the next edge
 *   total(f)    = sum of self over the topmost nodes of f and all below them: recursion counts once
 *
 * It knows functions by number only. The guest is not trusted to return what it calls: returns are matched by
 * stack pointer, a jump to another function counts as a call that returns with its caller (tail call), a
 * return far up (longjmp) drops what lies between, an exception starts a stack of its own, and a return from
 * an exception that lands on another stack (a scheduler's task switch) goes on with that stack's frames.
 *
 * Invariant: the selfs of all nodes add up to the active cycles told, their waits to those of the counter.
 */
#ifndef PROFILER_CALLTREE_H
#define PROFILER_CALLTREE_H

#include "base/err.h"
#include "sim/observer.h"

#include <stddef.h>

struct prof_calltree;

bool prof_calltree_create(struct prof_calltree **ret_tree, struct err *err);
void prof_calltree_destroy(struct prof_calltree *tree);

/*
 * Where to read how many of the active cycles so far were spent waiting for memory; it must live as long as edges
 * are told. NULL, as at first: none were.
 */
void prof_calltree_count_waits(struct prof_calltree *tree, const uint64_t *waited);

/* As in struct sim_observer; `active` counts cycles in which the core ran. */
void prof_calltree_edge(struct prof_calltree *tree, uint64_t active, enum sim_edge edge, uint32_t from,
			uint32_t to, uint32_t sp);

/* The number of the exception that the edge before or after this, at the same moment, takes. */
void prof_calltree_exception(struct prof_calltree *tree, uint64_t active, int number, bool entry);

/* Accounts for the cycles since the last edge. May be called at any time, also repeatedly. */
void prof_calltree_settle(struct prof_calltree *tree, uint64_t active);

/* True if there was no memory for more nodes: what is below counts where it was called from. */
bool prof_calltree_is_cut(const struct prof_calltree *tree);

struct prof_function_cost {
	uint32_t function;
	uint64_t calls, self_cycles, total_cycles;
	uint64_t self_waited, total_waited; /* of these cycles */
};

/* All functions that ran, by self_cycles from the top, then by number. The caller frees *ret_costs. False:
 * out of memory. */
bool prof_calltree_functions(const struct prof_calltree *tree, struct prof_function_cost **ret_costs,
			     size_t *ret_count);

/* The tree itself: node 0 is the root, whose children are what reset started and one "irq N" each. */
#define PROF_IRQ_FUNCTION UINT32_C(0xfff00000) /* + exception number; + 0: a number nobody told */

struct prof_call_node {
	uint32_t function, parent; /* the root has SIM_NO_FUNCTION and is its own parent */
	uint64_t calls, self_cycles, self_waited;
};
size_t prof_calltree_nodes(const struct prof_calltree *tree);
struct prof_call_node prof_calltree_node(const struct prof_calltree *tree, size_t node);

/*
 * Collapsed stacks ("a;b;c 123", one line per node that cost anything, in cycles), as flame graph viewers
 * read them. The caller frees; NULL: out of memory.
 */
char *prof_calltree_collapsed(const struct prof_calltree *tree,
			      const char *(*name)(void *context, uint32_t function), void *context);

#endif
