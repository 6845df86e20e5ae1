/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/calltree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NODES (1u << 20)
#define MAX_FRAMES 1024
#define MAX_STACKS 64
#define MAX_NEST 64
#define NOBODY UINT32_MAX

struct frame {
	uint32_t node, sp; /* sp: on entry, which is what it is again after the return */
	bool tail;         /* came by a jump: returns with the frame below */
};

struct stack {
	struct frame *frame;
	unsigned depth, room;
	uint64_t left; /* order in which stacks were left; the oldest is reused when there are too many */
};

struct prof_calltree {
	struct prof_call_node *node;
	uint32_t nodes, node_room;
	uint32_t *slot; /* hash of (parent, function) to node; 0: free (the root is nobody's child) */
	uint32_t slots;
	uint32_t *recent; /* [node_room]: the child of each node that was entered last, 0: none */
	struct stack stack[MAX_STACKS];
	unsigned stacks, current;
	uint64_t leaving;
	unsigned nest[MAX_NEST]; /* stacks that exceptions interrupted, outermost first */
	unsigned nests;
	uint64_t settled;        /* active cycles accounted for */
	const uint64_t *waited;  /* or NULL */
	uint64_t settled_waits;
	uint64_t told_at;        /* when an exception's number was told */
	int told;                /* that number, or -1 */
	bool unnumbered;         /* the exception just taken waits for its number */
	bool cut;
};

bool prof_calltree_create(struct prof_calltree **ret_tree, struct err *err)
{
	struct prof_calltree *tree = calloc(1, sizeof *tree);
	if (!tree)
		return err_internal(err, "out of memory for a call tree");
	tree->node_room = 1024;
	tree->slots = 4096;
	tree->node = malloc(tree->node_room * sizeof *tree->node);
	tree->slot = calloc(tree->slots, sizeof *tree->slot);
	tree->recent = calloc(tree->node_room, sizeof *tree->recent);
	if (!tree->node || !tree->slot || !tree->recent) {
		prof_calltree_destroy(tree);
		return err_internal(err, "out of memory for a call tree");
	}
	tree->node[0] = (struct prof_call_node){.function = SIM_NO_FUNCTION};
	tree->nodes = 1;
	tree->stacks = 1;
	tree->told = -1;
	*ret_tree = tree;
	return true;
}

void prof_calltree_destroy(struct prof_calltree *tree)
{
	if (!tree)
		return;
	for (unsigned s = 0; s < MAX_STACKS; s++)
		free(tree->stack[s].frame);
	free(tree->node);
	free(tree->slot);
	free(tree->recent);
	free(tree);
}

void prof_calltree_count_waits(struct prof_calltree *tree, const uint64_t *waited)
{
	tree->waited = waited;
	tree->settled_waits = waited ? *waited : 0;
}

/* --- nodes ------------------------------------------------------------------------------------------ */

static uint32_t *slot_of(uint32_t *slot, uint32_t slots, const struct prof_call_node *node, uint32_t parent,
			 uint32_t function)
{
	uint64_t hash = ((uint64_t)parent << 32 | function) * UINT64_C(0x9e3779b97f4a7c15);
	for (uint32_t i = (uint32_t)(hash >> 40) & (slots - 1);; i = (i + 1) & (slots - 1)) {
		uint32_t n = slot[i];
		if (n == 0 || (node[n].parent == parent && node[n].function == function))
			return &slot[i];
	}
}

static bool more_slots(struct prof_calltree *tree)
{
	uint32_t slots = tree->slots * 2;
	uint32_t *slot = calloc(slots, sizeof *slot);
	if (!slot)
		return false;
	for (uint32_t n = 1; n < tree->nodes; n++)
		*slot_of(slot, slots, tree->node, tree->node[n].parent, tree->node[n].function) = n;
	free(tree->slot);
	tree->slot = slot;
	tree->slots = slots;
	return true;
}

static bool more_nodes(struct prof_calltree *tree)
{
	if (tree->nodes < tree->node_room)
		return true;
	if (tree->nodes >= MAX_NODES)
		return false;
	uint32_t *recent = realloc(tree->recent, 2 * tree->node_room * sizeof *recent);
	if (!recent)
		return false;
	memset(recent + tree->node_room, 0, tree->node_room * sizeof *recent);
	tree->recent = recent;
	void *node = realloc(tree->node, 2 * tree->node_room * sizeof *tree->node);
	if (!node)
		return false;
	tree->node = node;
	tree->node_room *= 2;
	return true;
}

static __attribute__((noinline)) uint32_t find_child(struct prof_calltree *tree, uint32_t parent, uint32_t function)
{
	uint32_t *slot = slot_of(tree->slot, tree->slots, tree->node, parent, function);
	if (*slot)
		return tree->recent[parent] = *slot;
	if (!more_nodes(tree) || (tree->nodes * 2 > tree->slots && !more_slots(tree))) {
		tree->cut = true;
		return parent;
	}
	slot = slot_of(tree->slot, tree->slots, tree->node, parent, function);
	tree->node[tree->nodes] = (struct prof_call_node){.function = function, .parent = parent};
	*slot = tree->recent[parent] = tree->nodes;
	return tree->nodes++;
}

static inline uint32_t child(struct prof_calltree *tree, uint32_t parent, uint32_t function)
{
	uint32_t recent = tree->recent[parent];
	return recent && tree->node[recent].function == function ? recent : find_child(tree, parent, function);
}

/* --- stacks ----------------------------------------------------------------------------------------- */

static struct stack *current(struct prof_calltree *tree)
{
	return &tree->stack[tree->current];
}

static struct frame *top(struct prof_calltree *tree)
{
	struct stack *s = current(tree);
	return s->depth ? &s->frame[s->depth - 1] : NULL;
}

static uint32_t top_function(struct prof_calltree *tree)
{
	return tree->node[top(tree)->node].function;
}

/* No room for a frame: makes some. False: too deep; the topmost frame stands for all that would lie above it. */
static __attribute__((noinline)) bool more_frames(struct prof_calltree *tree, struct stack *s, uint32_t function)
{
	if (s->room < MAX_FRAMES) {
		unsigned room = s->room ? s->room * 2 : 16;
		struct frame *frame = realloc(s->frame, room * sizeof *frame);
		if (frame) {
			s->frame = frame;
			s->room = room;
		}
	}
	if (s->depth < s->room)
		return true;
	tree->cut = true;
	if (s->room)
		s->frame[s->depth - 1].node = child(tree, s->frame[s->depth - 2].node, function);
	return false;
}

static void push(struct prof_calltree *tree, uint32_t function, uint32_t sp, bool tail)
{
	struct stack *s = current(tree);
	if (__builtin_expect(s->depth == s->room, 0) && !more_frames(tree, s, function))
		return;
	uint32_t node = child(tree, s->depth ? s->frame[s->depth - 1].node : 0, function);
	s->frame[s->depth++] = (struct frame){.node = node, .sp = sp, .tail = tail};
}

static void call(struct prof_calltree *tree, uint32_t function, uint32_t sp, bool tail)
{
	push(tree, function, sp, tail);
	if (top(tree))
		tree->node[top(tree)->node].calls++;
}

/* The bottom of a stack was returned from: what is there now was never seen to be called. */
static void restart(struct prof_calltree *tree, uint32_t function, uint32_t sp)
{
	struct stack *s = current(tree);
	uint32_t root = tree->node[s->frame[0].node].function; /* still there, whatever the depth */
	s->depth = 0;
	if (root >= PROF_IRQ_FUNCTION)
		push(tree, root, UINT32_MAX, false);
	push(tree, function, sp, false);
}

/* A jump from function to function: a tail call, or, if it leads back within a chain of them, a return to
 * that frame. */
static void jump(struct prof_calltree *tree, uint32_t function, uint32_t sp, bool counts)
{
	struct stack *s = current(tree);
	for (unsigned d = s->depth; d-- > 0;) {
		if (tree->node[s->frame[d].node].function == function) {
			s->depth = d + 1;
			return;
		}
		if (!s->frame[d].tail)
			break;
	}
	push(tree, function, top(tree) ? top(tree)->sp : sp, true);
	if (counts && top(tree))
		tree->node[top(tree)->node].calls++;
}

static unsigned free_stack(struct prof_calltree *tree)
{
	for (unsigned s = 0; s < tree->stacks; s++)
		if (tree->stack[s].depth == 0 && s != tree->current)
			return s;
	if (tree->stacks < MAX_STACKS)
		return tree->stacks++;
	unsigned oldest = NOBODY;
	for (unsigned s = 0; s < MAX_STACKS; s++) {
		bool needed = s == tree->current;
		for (unsigned n = 0; n < tree->nests; n++)
			needed = needed || tree->nest[n] == s;
		if (!needed && (oldest == NOBODY || tree->stack[s].left < tree->stack[oldest].left))
			oldest = s;
	}
	return oldest == NOBODY ? tree->current : oldest;
}

static void leave_for(struct prof_calltree *tree, unsigned stack)
{
	current(tree)->left = ++tree->leaving;
	tree->current = stack;
}

/*
 * The stack that can go on in `function` with stack pointer `sp`: its topmost frame is of that function, and
 * was entered at or above sp; of several (tasks waiting in the same function) the nearest, as stacks do not
 * overlap.
 */
static unsigned find_stack(const struct prof_calltree *tree, uint32_t function, uint32_t sp)
{
	unsigned best = NOBODY;
	uint32_t best_distance = UINT32_MAX;
	for (unsigned s = 0; s < tree->stacks; s++) {
		const struct stack *stack = &tree->stack[s];
		const struct frame *f = stack->depth ? &stack->frame[stack->depth - 1] : NULL;
		if (!f || tree->node[f->node].function != function || f->sp < sp ||
		    f->sp - sp >= best_distance)
			continue;
		best = s;
		best_distance = f->sp - sp;
	}
	return best;
}

static void go_on_with(struct prof_calltree *tree, uint32_t function, uint32_t sp)
{
	unsigned stack = find_stack(tree, function, sp);
	if (stack != NOBODY) {
		leave_for(tree, stack);
		return;
	}
	stack = free_stack(tree);
	leave_for(tree, stack);
	tree->stack[stack].depth = 0;
	push(tree, function, sp, false);
}

/* --- edges ------------------------------------------------------------------------------------------ */

void prof_calltree_settle(struct prof_calltree *tree, uint64_t active)
{
	struct frame *f = top(tree);
	struct prof_call_node *node = &tree->node[f ? f->node : 0];
	if (active > tree->settled)
		node->self_cycles += active - tree->settled;
	tree->settled = active;
	if (tree->waited) {
		node->self_waited += *tree->waited - tree->settled_waits;
		tree->settled_waits = *tree->waited;
	}
}

static bool is_handlers(const struct prof_calltree *tree, const struct stack *stack)
{
	return stack->depth && tree->node[stack->frame[0].node].function >= PROF_IRQ_FUNCTION;
}

static void returned(struct prof_calltree *tree, uint32_t to, uint32_t sp)
{
	struct stack *s = current(tree);
	unsigned bottom = is_handlers(tree, s);
	if (sp < top(tree)->sp) { /* the frame is not yet unwound: a computed jump that looks like a return */
		unsigned other = to == top_function(tree) ? tree->current : find_stack(tree, to, sp);
		if (other != NOBODY)
			leave_for(tree, other);
		else
			jump(tree, to, sp, false);
		return;
	}
	while (s->depth > bottom && s->frame[s->depth - 1].tail)
		s->depth--;
	if (s->depth > bottom)
		s->depth--;
	while (s->depth > bottom && (s->frame[s->depth - 1].sp < sp ||
				     (s->frame[s->depth - 1].sp == sp && top_function(tree) != to)))
		s->depth--;
	if (s->depth <= bottom) {
		unsigned other = bottom ? NOBODY : find_stack(tree, to, sp);
		if (other != NOBODY)
			leave_for(tree, other);
		else
			restart(tree, to, sp);
	} else if (top_function(tree) != to) {
		jump(tree, to, sp, false);
	}
}

static void name_exception(struct prof_calltree *tree, int number)
{
	struct stack *s = current(tree);
	uint32_t handler = top_function(tree), sp = top(tree)->sp;
	s->depth = 0;
	push(tree, PROF_IRQ_FUNCTION + (number > 0 && number < 4096 ? (uint32_t)number : 0), UINT32_MAX,
	     false);
	call(tree, handler, sp, false);
	if (s->depth)
		tree->node[s->frame[0].node].calls++;
	tree->unnumbered = false;
}

/* Nothing has been accounted to a handler before its number is known, so its place in the tree can still be
 * chosen. */
static void name_waiting(struct prof_calltree *tree, int number)
{
	if (tree->unnumbered && top(tree))
		name_exception(tree, number);
	tree->unnumbered = false;
}

static void exception_taken(struct prof_calltree *tree, uint64_t active, uint32_t to, uint32_t sp)
{
	if (tree->nests < MAX_NEST)
		tree->nest[tree->nests++] = tree->current;
	unsigned stack = free_stack(tree);
	leave_for(tree, stack);
	tree->stack[stack].depth = 0;
	push(tree, to, sp, false);
	tree->unnumbered = top(tree) != NULL;
	if (tree->told >= 0 && tree->told_at == active)
		name_waiting(tree, tree->told);
	tree->told = -1;
}

/*
 * Where it goes on is told by function and stack pointer alone: a scheduler returns to another task, and
 * exceptions that follow each other without unstacking return once.
 */
static void exception_left(struct prof_calltree *tree, uint32_t to, uint32_t sp)
{
	current(tree)->depth = 0; /* a handler's frames end with it and must not be found again */
	go_on_with(tree, to, sp);
	bool handler = is_handlers(tree, current(tree));
	while (tree->nests > 0) {
		unsigned above = tree->nest[--tree->nests];
		if (handler && above == tree->current)
			break;
		if (above != tree->current && is_handlers(tree, &tree->stack[above]))
			tree->stack[above].depth = 0;
	}
}

void prof_calltree_edge(struct prof_calltree *tree, uint64_t active, enum sim_edge edge, uint32_t from,
			uint32_t to, uint32_t sp)
{
	if (__builtin_expect(tree->unnumbered, 0))
		name_waiting(tree, 0);
	if (to == SIM_NO_FUNCTION)
		return;
	if (!top(tree)) {
		/* Nothing lies below what reset started. The machine comes from nowhere first. */
		call(tree, from == SIM_NO_FUNCTION ? to : from, UINT32_MAX, false);
		if (from == SIM_NO_FUNCTION)
			return;
	}
	if (!top(tree)) /* no memory for a single frame */
		return;
	if (top_function(tree) != from && from != SIM_NO_FUNCTION)
		jump(tree, from, sp, false); /* an edge was not told */
	prof_calltree_settle(tree, active);
	switch (edge) {
	case SIM_EDGE_CALL:
		call(tree, to, sp, false);
		break;
	case SIM_EDGE_JUMP:
		if (sp > top(tree)->sp)
			returned(tree, to, sp); /* what it jumps out of is gone: longjmp */
		else
			jump(tree, to, sp, true);
		break;
	case SIM_EDGE_RETURN:
		returned(tree, to, sp);
		break;
	case SIM_EDGE_EXCEPTION:
		exception_taken(tree, active, to, sp);
		break;
	case SIM_EDGE_EXCEPTION_RETURN:
		exception_left(tree, to, sp);
		break;
	}
}

void prof_calltree_exception(struct prof_calltree *tree, uint64_t active, int number, bool entry)
{
	if (!entry)
		return;
	if (tree->unnumbered) {
		name_waiting(tree, number);
		return;
	}
	tree->told = number;
	tree->told_at = active;
}

/* --- what came of it -------------------------------------------------------------------------------- */

bool prof_calltree_is_cut(const struct prof_calltree *tree)
{
	return tree->cut;
}

size_t prof_calltree_nodes(const struct prof_calltree *tree)
{
	return tree->nodes;
}

struct prof_call_node prof_calltree_node(const struct prof_calltree *tree, size_t node)
{
	return tree->node[node];
}

static int by_function(const void *a, const void *b)
{
	const struct prof_function_cost *x = a, *y = b;
	return x->function < y->function ? -1 : x->function > y->function;
}

static int by_self(const void *a, const void *b)
{
	const struct prof_function_cost *x = a, *y = b;
	if (x->self_cycles != y->self_cycles)
		return x->self_cycles > y->self_cycles ? -1 : 1;
	return by_function(a, b);
}

static struct prof_function_cost *cost_of(struct prof_function_cost *costs, size_t count, uint32_t function)
{
	struct prof_function_cost key = {.function = function};
	return bsearch(&key, costs, count, sizeof key, by_function);
}

/* Is there the same function above this node? Then its cycles are in that one's total already. */
static bool recurses(const struct prof_calltree *tree, uint32_t node)
{
	for (uint32_t n = tree->node[node].parent; n != 0; n = tree->node[n].parent)
		if (tree->node[n].function == tree->node[node].function)
			return true;
	return false;
}

static size_t collect(const struct prof_calltree *tree, struct prof_function_cost *costs)
{
	size_t count = 0, distinct = 0;
	for (uint32_t n = 1; n < tree->nodes; n++)
		costs[count++].function = tree->node[n].function;
	qsort(costs, count, sizeof *costs, by_function);
	for (size_t i = 0; i < count; i++)
		if (costs[i].function < PROF_IRQ_FUNCTION &&
		    (distinct == 0 || costs[distinct - 1].function != costs[i].function))
			costs[distinct++] = (struct prof_function_cost){.function = costs[i].function};
	return distinct;
}

bool prof_calltree_functions(const struct prof_calltree *tree, struct prof_function_cost **ret_costs,
			     size_t *ret_count)
{
	struct prof_function_cost *costs = calloc(tree->nodes, sizeof *costs);
	struct {
		uint64_t cycles, waited;
	} *below = calloc(tree->nodes, sizeof *below); /* self and all under it */
	if (!costs || !below) {
		free(costs);
		free(below);
		return false;
	}
	size_t count = collect(tree, costs);
	for (uint32_t n = tree->nodes; n-- > 1;) { /* children have higher numbers than their parents */
		const struct prof_call_node *node = &tree->node[n];
		below[n].cycles += node->self_cycles;
		below[n].waited += node->self_waited;
		below[node->parent].cycles += below[n].cycles;
		below[node->parent].waited += below[n].waited;
		struct prof_function_cost *cost = cost_of(costs, count, node->function);
		if (!cost)
			continue;
		cost->calls += node->calls;
		cost->self_cycles += node->self_cycles;
		cost->self_waited += node->self_waited;
		if (recurses(tree, n))
			continue;
		cost->total_cycles += below[n].cycles;
		cost->total_waited += below[n].waited;
	}
	free(below);
	qsort(costs, count, sizeof *costs, by_self);
	*ret_costs = costs;
	*ret_count = count;
	return true;
}

static void write_path(const struct prof_calltree *tree, FILE *out, uint32_t node,
		       const char *(*name)(void *context, uint32_t function), void *context)
{
	uint32_t function = tree->node[node].function;
	if (tree->node[node].parent != 0) {
		write_path(tree, out, tree->node[node].parent, name, context);
		fputc(';', out);
	}
	if (function == PROF_IRQ_FUNCTION)
		fputs("irq", out);
	else if (function > PROF_IRQ_FUNCTION)
		fprintf(out, "irq %u", function - PROF_IRQ_FUNCTION);
	else
		/* A name must not split a line or a frame. */
		for (const char *c = name(context, function); *c; c++)
			fputc(*c == ';' ? ':' : (unsigned char)*c < 0x20 ? '?' : *c, out);
}

char *prof_calltree_collapsed(const struct prof_calltree *tree,
			      const char *(*name)(void *context, uint32_t function), void *context)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (uint32_t n = 1; n < tree->nodes; n++) {
		if (tree->node[n].self_cycles == 0)
			continue;
		write_path(tree, out, n, name, context);
		fprintf(out, " %llu\n", (unsigned long long)tree->node[n].self_cycles);
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
