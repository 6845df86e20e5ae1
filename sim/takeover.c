/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/takeover.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BITS 10 /* the library's page on Armv7-M and before; pages of ours need only be no larger */
#define PAGES (UINT32_C(1) << (32 - PAGE_BITS))
#define EXPORTED __attribute__((visibility("default")))
#define DATA_ABORT 4 /* the library's exception number */
#define UDF 0xDE00u
#define SYSM_MSP 8
#define SYSM_PSP 9
#define SYSM_MSPLIM 10 /* PSPLIM is 11 */
#define PRIVILEGED 1 /* in the library's number of a translation regime */
#define PROT_R 1
#define PROT_W 2
#define ALIGN_MASK 0x70u /* 3 bits: log2 of the alignment an access must have; 7: its own size */
#define ALIGN_WORD 0x20u
#define ALIGN_OWN_SIZE 0x70u
#define WHERE_SHIFT 7    /* above: ours to use, the library looks at none of it */
#define INDEX_BITS 4     /* the library keeps an index below the descriptor when it calls back */
#define WHERE_MASK 0x3FFu
#define MAY_SPLIT 0x20000u /* need not be aligned, but asks us when it is not */
#define SIZE_MASK 3u       /* of the access, log2 */
#define EXITS 2            /* direct ones of a block */
#define WATCH_READS 1    /* the library's flags of a watchpoint */
#define WATCH_WRITES 2

/* The library passes its struct of one 32-bit word by value. */
struct attributes {
	uint32_t word;
};

typedef void set_page_fn(void *, uint32_t, uint64_t, struct attributes, int, int, uint32_t);
typedef void *generate_fn(void *, uint32_t, uint32_t, uint32_t, int);
typedef uint32_t add_setq_fn(void *, uint32_t, uint32_t);
typedef uint32_t fetch_fn(void *, uint32_t);
typedef uint32_t fixed_fn(uint32_t, uint32_t, void *);
typedef void translate_fn(void *, void *, int);
typedef void access_op_fn(void *, void *, void *, uintptr_t, unsigned);

/* initial-exec: else reading it counts as a call, around which the access functions below would save registers */
static __thread struct sim_takeover *current __attribute__((tls_model("initial-exec")));
static bool available;

/* The library's own functions, found behind ours. */
static struct {
	set_page_fn *set_page;
	generate_fn *generate;
	add_setq_fn *add_setq;
	fixed_fn *from_signed, *from_unsigned;
	int32_t (*sdiv)(int32_t, int32_t);
	uint32_t (*udiv)(uint32_t, uint32_t);
	int (*is_watched)(void *, uint32_t, uint32_t);
	fetch_fn *fetch16;
	access_op_fn *load_op32, *load_op64, *store_op32, *store_op64;
	translate_fn *translate;
	void *(*emit)(void *, unsigned);
	void (*emit2)(void *, unsigned, uintptr_t, uintptr_t);
	void (*direct_exit)(void *, unsigned);
	void (*end_exit)(void *, void *, unsigned);
	void (*indirect_exit)(void *);
	void (*check_stop)(void *);
	void (*flush_pages)(void *);
	void (*write_special)(void *, uint32_t, uint32_t);
	bool (*restore_state)(void *, uintptr_t, bool);
	void (*raise)(void *, uint32_t, uint32_t, uint32_t);
	void (*set_dirty)(void *, uint32_t);
	void (*flush_page)(void *, uint32_t);
	uint64_t (*load8)(void *, uint32_t, uint32_t, uintptr_t);
	uint64_t (*load16)(void *, uint32_t, uint32_t, uintptr_t);
	uint64_t (*load32)(void *, uint32_t, uint32_t, uintptr_t);
	uint64_t (*load64)(void *, uint32_t, uint32_t, uintptr_t);
	void (*store8)(void *, uint32_t, uint8_t, uint32_t, uintptr_t);
	void (*store16)(void *, uint32_t, uint16_t, uint32_t, uintptr_t);
	void (*store32)(void *, uint32_t, uint32_t, uint32_t, uintptr_t);
	void (*store64)(void *, uint32_t, uint64_t, uint32_t, uintptr_t);
} library;

/* Takes what stands behind ours, and makes sure that ours comes first: the linker may have hidden it. */
__attribute__((constructor)) static void find_symbols(void)
{
	const struct {
		void *slot;
		const char *name;
		bool ours; /* there is one of this name in this file */
	} wanted[] = {
		{&library.set_page, "tlb_set_page_with_attrs_arm", true},
		{&library.generate, "tb_gen_code_arm", true},
		{&library.add_setq, "helper_add_setq_arm", true},
		{&library.from_signed, "helper_vfp_sltos_arm", true},
		{&library.from_unsigned, "helper_vfp_ultos_arm", true},
		{&library.sdiv, "helper_sdiv_arm", true},
		{&library.udiv, "helper_udiv_arm", true},
		{&library.is_watched, "cpu_watchpoint_address_matches_arm", true},
		{&library.fetch16, "cpu_lduw_code_arm", true},
		{&library.write_special, "helper_v7m_msr_arm", true},
		{&library.load_op32, "tcg_gen_qemu_ld_i32_arm", true},
		{&library.load_op64, "tcg_gen_qemu_ld_i64_arm", true},
		{&library.store_op32, "tcg_gen_qemu_st_i32_arm", true},
		{&library.store_op64, "tcg_gen_qemu_st_i64_arm", true},
		{&library.load8, "helper_ret_ldub_mmu_arm", true},
		{&library.load16, "helper_le_lduw_mmu_arm", true},
		{&library.load32, "helper_le_ldul_mmu_arm", true},
		{&library.load64, "helper_le_ldq_mmu_arm", true},
		{&library.store8, "helper_ret_stb_mmu_arm", true},
		{&library.store16, "helper_le_stw_mmu_arm", true},
		{&library.store32, "helper_le_stl_mmu_arm", true},
		{&library.store64, "helper_le_stq_mmu_arm", true},
		{&library.translate, "gen_intermediate_code_arm", true},
		{&library.emit, "tcg_emit_op_arm", true},
		{&library.emit2, "tcg_gen_op2_arm", true},
		{&library.direct_exit, "tcg_gen_goto_tb_arm", true},
		{&library.end_exit, "tcg_gen_exit_tb_arm", true},
		{&library.indirect_exit, "tcg_gen_lookup_and_goto_ptr_arm", true},
		{&library.check_stop, "check_exit_request_arm", true},
		{&library.restore_state, "cpu_restore_state_arm", false},
		{&library.raise, "raise_exception_arm", false},
		{&library.set_dirty, "tlb_set_dirty_arm", false},
		{&library.flush_page, "tlb_flush_page_arm", false},
		{&library.flush_pages, "tlb_flush_arm", false},
	};
	available = true;
	for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		void *symbol = dlsym(RTLD_NEXT, wanted[i].name);
		bool ours = dlsym(RTLD_DEFAULT, wanted[i].name) != symbol;
		memcpy(wanted[i].slot, &symbol, sizeof symbol);
		available = available && symbol && ours == wanted[i].ours;
	}
}

bool sim_takeover_available(void)
{
	return available;
}

bool sim_takeover_init(struct sim_takeover *takeover)
{
	takeover->code_pages = calloc(PAGES / 8, 1);
	takeover->watched_pages = calloc(PAGES / 8, 1);
	return takeover->code_pages && takeover->watched_pages;
}

void sim_takeover_free(struct sim_takeover *takeover)
{
	free(takeover->code_pages);
	free(takeover->watched_pages);
	for (unsigned i = 0; i < takeover->watches; i++) {
		free(takeover->watch[i].seen);
		free(takeover->watch[i].unseen);
	}
}

void sim_takeover_enter(struct sim_takeover *takeover)
{
	current = available ? takeover : NULL;
}

bool sim_takeover_sync_pc(struct sim_takeover *takeover)
{
	return current == takeover && takeover->access && takeover->cpu &&
	       library.restore_state(takeover->cpu, takeover->access, false);
}

static bool page_bit(const uint8_t *pages, uint32_t page)
{
	return pages[page >> 3] >> (page & 7) & 1;
}

static void mark_code(struct sim_takeover *takeover, uint32_t at)
{
	uint32_t page = at >> PAGE_BITS;
	if (page_bit(takeover->code_pages, page))
		return;
	takeover->code_pages[page >> 3] |= (uint8_t)(1u << (page & 7));
	library.flush_page(takeover->cpu, page << PAGE_BITS);
}

EXPORTED void tlb_set_page_with_attrs_arm(void *cpu, uint32_t at, uint64_t physical, struct attributes attributes,
					  int protection, int mmu, uint32_t size);
void tlb_set_page_with_attrs_arm(void *cpu, uint32_t at, uint64_t physical, struct attributes attributes,
				 int protection, int mmu, uint32_t size)
{
	struct sim_takeover *t = current;
	if (t && t->guarded) {
		unsigned page = t->page(t->context, at & ~(size - 1), size, mmu & PRIVILEGED);
		protection &= ~((page & SIM_PAGE_NO_READ ? PROT_R : 0) | (page & SIM_PAGE_NO_WRITE ? PROT_W : 0));
		if (page & SIM_PAGE_MIXED)
			size = 1; /* makes the library fill it again at each access */
	}
	library.set_page(cpu, at, physical, attributes, protection, mmu, size);
	if (t && size > 1 && (protection & PROT_W) && t->fast_stores && !page_bit(t->code_pages, at >> PAGE_BITS) &&
	    !page_bit(t->watched_pages, at >> PAGE_BITS))
		library.set_dirty(cpu, at); /* no code there to protect: stores need not ask */
}

EXPORTED void *tb_gen_code_arm(void *cpu, uint32_t pc, uint32_t base, uint32_t flags, int how);
void *tb_gen_code_arm(void *cpu, uint32_t pc, uint32_t base, uint32_t flags, int how)
{
	struct sim_takeover *t = current;
	if (!t)
		return library.generate(cpu, pc, base, flags, how);
	t->cpu = cpu;
	t->second_half = 0;
	t->block = pc;
	mark_code(t, pc); /* before: a store between translation and marking would be missed */
	void *block = library.generate(cpu, pc, base, flags, how);
	/* A block ends on its first page or on the next. */
	mark_code(t, pc + (1u << PAGE_BITS));
	t->translated(t->context, pc);
	return block;
}

/*
 * The library lets a block jump directly to the next only within a page, as pages could be mapped anew: elsewhere it
 * looks the next one up, each time. Here they never are; what the MPU forbids is looked at when a block is entered. So
 * where the PC has just been set to a constant, such a look-up becomes a direct exit, of which a block has two.
 */
EXPORTED void gen_intermediate_code_arm(void *cpu, void *block, int most);
void gen_intermediate_code_arm(void *cpu, void *block, int most)
{
	struct sim_takeover *t = current;
	if (t) {
		t->made = block;
		t->exits = 0;
	}
	library.translate(cpu, block, most);
	if (t)
		t->made = NULL;
}

EXPORTED void *tcg_emit_op_arm(void *tcg, unsigned op);
void *tcg_emit_op_arm(void *tcg, unsigned op)
{
	if (current)
		current->emitted++;
	return library.emit(tcg, op);
}

EXPORTED void tcg_gen_op2_arm(void *tcg, unsigned op, uintptr_t first, uintptr_t second);
void tcg_gen_op2_arm(void *tcg, unsigned op, uintptr_t first, uintptr_t second)
{
	struct sim_takeover *t = current;
	library.emit2(tcg, op, first, second);
	if (!t)
		return;
	t->last_op = op;
	t->last_first = first;
	t->pc_set_at = t->emitted;
}

EXPORTED void tcg_gen_goto_tb_arm(void *tcg, unsigned number);
void tcg_gen_goto_tb_arm(void *tcg, unsigned number)
{
	library.direct_exit(tcg, number);
	if (!current)
		return;
	current->exits |= 1u << number;
	current->chained_at = current->emitted;
}

/* Learns from the library's own direct exits: goto, PC set to where it goes, end. */
EXPORTED void tcg_gen_exit_tb_arm(void *tcg, void *block, unsigned number);
void tcg_gen_exit_tb_arm(void *tcg, void *block, unsigned number)
{
	struct sim_takeover *t = current;
	if (t && block && block == t->made && number < EXITS && t->pc_set_at == t->emitted &&
	    t->chained_at + 1 == t->emitted) {
		t->set_op = t->last_op;
		t->set_pc = t->last_first;
	}
	library.end_exit(tcg, block, number);
}

EXPORTED void tcg_gen_lookup_and_goto_ptr_arm(void *tcg);
void tcg_gen_lookup_and_goto_ptr_arm(void *tcg)
{
	struct sim_takeover *t = current;
	bool constant = t && t->set_pc && t->pc_set_at == t->emitted && t->last_op == t->set_op &&
			t->last_first == t->set_pc;
	if (!constant || !t->made || t->exits == (1u << EXITS) - 1) {
		library.indirect_exit(tcg);
		return;
	}
	unsigned number = t->exits & 1;
	void *block = t->made;
	tcg_gen_goto_tb_arm(tcg, number);
	library.end_exit(tcg, block, number);
}

/* Behind each load and store: nothing of ours stops there, and a fault leaves by itself. */
EXPORTED void check_exit_request_arm(void *tcg);
void check_exit_request_arm(void *tcg)
{
	if (!current)
		library.check_stop(tcg);
}

/* The library reads code by halfwords while it translates. */
EXPORTED uint32_t cpu_lduw_code_arm(void *env, uint32_t at);
uint32_t cpu_lduw_code_arm(void *env, uint32_t at)
{
	struct sim_takeover *t = current;
	if (!t)
		return library.fetch16(env, at);
	t->env = env;
	if (t->second_half == at && at) {
		t->second_half = 0;
		return library.fetch16(env, at);
	}
	uint32_t half = library.fetch16(env, at);
	t->now = t->special(t->context, at);
	t->insn = at;
	t->second_half = t->now.size == 4 && !t->now.trap ? at + 2 : 0;
	return t->now.trap ? UDF : half;
}

/*
 * The library's access descriptor: the alignment that the translated access will check, and above all that it uses
 * itself, where in its block the instruction is.
 */
static unsigned described(unsigned how)
{
	struct sim_takeover *t = current;
	if (!t)
		return how;
	if (t->windows)
		how |= ((t->insn - t->block) >> 1 & WHERE_MASK) << WHERE_SHIFT;
	if (!t->now.align_word && !t->now.align_access) {
		unsigned size = how & SIZE_MASK;
		return size == 1 || size == 2 ? (how & ~ALIGN_MASK) | ALIGN_OWN_SIZE | MAY_SPLIT : how;
	}
	return (how & ~ALIGN_MASK) | (t->now.align_word ? ALIGN_WORD : ALIGN_OWN_SIZE);
}

static struct sim_window *find_window(struct sim_takeover *t, uint32_t at, unsigned bytes)
{
	for (unsigned i = 0; i < t->windows; i++)
		if (at - t->window[i].at <= t->window[i].bytes - bytes)
			return t->window_used = &t->window[i];
	return NULL;
}

static inline struct sim_window *window_at(struct sim_takeover *t, uint32_t at, unsigned bytes)
{
	struct sim_window *window = t->window_used;
	return window && at - window->at <= window->bytes - bytes ? window : find_window(t, at, bytes);
}

/* Asked when the library fills its table of pages: a watched page's accesses all come to the functions below. */
EXPORTED int cpu_watchpoint_address_matches_arm(void *cpu, uint32_t at, uint32_t bytes);
int cpu_watchpoint_address_matches_arm(void *cpu, uint32_t at, uint32_t bytes)
{
	struct sim_takeover *t = current;
	if (!t)
		return library.is_watched(cpu, at, bytes);
	const struct sim_window *window = window_at(t, at, 1);
	return window && window->told ? WATCH_READS | (window->writable ? WATCH_WRITES : 0) : 0;
}

#define ACCESS_OP(name, slot)                                                                                 \
	EXPORTED void name(void *tcg, void *value, void *at, uintptr_t index, unsigned how);                  \
	void name(void *tcg, void *value, void *at, uintptr_t index, unsigned how)                            \
	{                                                                                                      \
		library.slot(tcg, value, at, index, described(how));                                      \
	}

ACCESS_OP(tcg_gen_qemu_ld_i32_arm, load_op32)
ACCESS_OP(tcg_gen_qemu_ld_i64_arm, load_op64)
ACCESS_OP(tcg_gen_qemu_st_i32_arm, store_op32)
ACCESS_OP(tcg_gen_qemu_st_i64_arm, store_op64)

/* MSR. The library checks stack limits itself, but has no public way to read them. */
EXPORTED void helper_v7m_msr_arm(void *env, uint32_t what, uint32_t value);
void helper_v7m_msr_arm(void *env, uint32_t what, uint32_t value)
{
	unsigned limit = (what & 0xFF) - SYSM_MSPLIM;
	if (current && limit < 2)
		current->stack_limit[limit] = value & ~7u;
	if ((what & 0xFF) == SYSM_MSP || (what & 0xFF) == SYSM_PSP)
		value &= ~3u; /* the library keeps the bits that a stack pointer does not have */
	library.write_special(env, what, value);
}

void sim_takeover_clear_limits(struct sim_takeover *takeover)
{
	for (unsigned i = 0; i < 2; i++)
		if (takeover->stack_limit[i])
			library.write_special(takeover->env, SYSM_MSPLIM + i, takeover->stack_limit[i] = 0);
}

void sim_takeover_forget_pages(struct sim_takeover *takeover)
{
	if (available && takeover->cpu)
		library.flush_pages(takeover->cpu);
}

EXPORTED int32_t helper_sdiv_arm(int32_t dividend, int32_t divisor);
int32_t helper_sdiv_arm(int32_t dividend, int32_t divisor)
{
	if (current)
		current->divided(current->context, (uint32_t)dividend, (uint32_t)divisor, true);
	return library.sdiv(dividend, divisor);
}

EXPORTED uint32_t helper_udiv_arm(uint32_t dividend, uint32_t divisor);
uint32_t helper_udiv_arm(uint32_t dividend, uint32_t divisor)
{
	if (current)
		current->divided(current->context, dividend, divisor, false);
	return library.udiv(dividend, divisor);
}

/* The library's accumulate of SMLAD and friends branches on the sign of the sum, which no host can predict. */
EXPORTED uint32_t helper_add_setq_arm(void *env, uint32_t a, uint32_t b);
uint32_t helper_add_setq_arm(void *env, uint32_t a, uint32_t b)
{
	uint32_t sum = a + b;
	if (__builtin_expect(((sum ^ a) & ~(a ^ b)) >> 31, 0))
		return library.add_setq(env, a, b);
	return sum;
}

/*
 * VCVT from 32-bit fixed point to single: rounds to nearest whatever FPSCR says (Armv7-M ARM A7.7.227), where the
 * library heeds FPSCR. It is asked for the flags, and then for a number that needs no rounding. `shift` is never 0.
 */
static uint32_t from_fixed(uint32_t magnitude, uint32_t shift, void *status)
{
	int drop = 8 - __builtin_clz(magnitude);
	uint32_t unit = 1u << drop, rest = magnitude & (unit - 1);
	magnitude -= rest;
	if (rest > unit / 2 || (rest == unit / 2 && (magnitude & unit)))
		magnitude += unit;
	return magnitude ? library.from_unsigned(magnitude, shift, status)
			 : library.from_unsigned(0x80000000u, shift - 1, status);
}

EXPORTED uint32_t helper_vfp_ultos_arm(uint32_t fixed, uint32_t shift, void *status);
uint32_t helper_vfp_ultos_arm(uint32_t fixed, uint32_t shift, void *status)
{
	uint32_t found = library.from_unsigned(fixed, shift, status);
	return fixed >> 24 && shift ? from_fixed(fixed, shift, status) : found;
}

EXPORTED uint32_t helper_vfp_sltos_arm(uint32_t fixed, uint32_t shift, void *status);
uint32_t helper_vfp_sltos_arm(uint32_t fixed, uint32_t shift, void *status)
{
	uint32_t found = library.from_signed(fixed, shift, status), sign = fixed & 0x80000000u;
	uint32_t magnitude = sign ? -fixed : fixed;
	return magnitude >> 24 && shift ? from_fixed(magnitude, shift, status) | sign : found;
}

static void enter_access(struct sim_takeover *t, void *env, uint32_t at, unsigned bytes, bool write, uint32_t how,
			 uintptr_t return_address)
{
	t->access = return_address;
	t->access_at = at;
	if (__builtin_expect(t->allowed(t->context, at, bytes, write, how & PRIVILEGED), 1))
		return;
	if (t->cpu) {
		library.restore_state(t->cpu, return_address, true);
		t->access = 0;
		library.raise(env, DATA_ABORT, 0, 1); /* does not come back */
	}
}

/* Every byte of the page that anybody watches has been written: its stores may be as fast as any. */
static void stop_watching(struct sim_takeover *t, uint32_t page)
{
	for (unsigned w = 0; w < t->watches; w++) {
		const struct sim_watch *watch = &t->watch[w];
		uint32_t first = watch->at >> PAGE_BITS, last = (watch->at + watch->bytes - 1) >> PAGE_BITS;
		if (page >= first && page <= last && watch->unseen[page - first])
			return;
	}
	t->watched_pages[page >> 3] &= (uint8_t)~(1u << (page & 7));
	if (t->cpu)
		library.flush_page(t->cpu, page << PAGE_BITS);
}

static void note_byte(struct sim_takeover *t, struct sim_watch *watch, uint32_t at)
{
	uint32_t offset = at - watch->at, page = at >> PAGE_BITS;
	if (offset >= watch->bytes || watch->seen[offset])
		return;
	watch->seen[offset] = 1;
	watch->touched++;
	if (offset + 1 > watch->top)
		watch->top = offset + 1;
	if (--watch->unseen[page - (watch->at >> PAGE_BITS)] == 0)
		stop_watching(t, page);
}

static void note_write(struct sim_takeover *t, uint32_t at, unsigned bytes)
{
	if (!page_bit(t->watched_pages, at >> PAGE_BITS) &&
	    !page_bit(t->watched_pages, (at + bytes - 1) >> PAGE_BITS))
		return;
	for (unsigned w = 0; w < t->watches; w++)
		for (unsigned i = 0; i < bytes; i++)
			note_byte(t, &t->watch[w], at + i);
}

static unsigned where_of(uint32_t how)
{
	return how >> (WHERE_SHIFT + INDEX_BITS) & WHERE_MASK;
}

static uint32_t plain(uint32_t how)
{
	return how & ((1u << (WHERE_SHIFT + INDEX_BITS)) - 1);
}

/* The library splits an unaligned store into bytes but keeps its descriptor: a byte is always aligned. */
static uint32_t stored(uint32_t how, unsigned bytes)
{
	return bytes == 1 ? plain(how) & ~(ALIGN_MASK << INDEX_BITS) : plain(how);
}

/* The alignment that we asked for ourselves is nothing to fault for: the descriptor without it. */
static uint32_t tell_split(struct sim_takeover *t, uint32_t at, unsigned bytes, bool write, uint32_t how)
{
	if (at & (bytes - 1))
		t->split(t->context, at, bytes, write);
	return how & ~((MAY_SPLIT | ALIGN_MASK) << INDEX_BITS);
}

/* Memory behind an access that can be served here: in a window, nothing else to look at. */
static inline __attribute__((always_inline)) uint8_t *served(struct sim_takeover *t, uint32_t at, unsigned bytes,
							     bool write, uint32_t how, bool may_split)
{
	const struct sim_window *window = window_at(t, at, bytes);
	bool aligned = !(at & (bytes - 1) & 3);
	if (!window || (write && !window->writable) || (!window->told && aligned))
		return NULL;
	if (window->told) {
		if (window->front)
			t->front_used = (struct sim_window *)window;
		t->touched(t->context, window, at, bytes, write, where_of(how));
	}
	if ((!aligned && !may_split) || t->guarded)
		return NULL;
	return window->host + (at - window->at);
}

static bool holds_code(const struct sim_takeover *t, uint32_t at, unsigned bytes)
{
	return page_bit(t->code_pages, at >> PAGE_BITS) || page_bit(t->code_pages, (at + bytes - 1) >> PAGE_BITS);
}

/* The usual access of a window that is told: to a line used last, so that nobody need hear of it. */
static inline __attribute__((always_inline)) uint8_t *in_front(struct sim_takeover *t, uint32_t at, unsigned bytes,
							       bool write)
{
	const struct sim_window *window = t ? t->front_used : NULL;
	if (!window || t->guarded || t->tell_all || at - window->at > window->bytes - bytes || (at & (bytes - 1)))
		return NULL;
	if (write && (!window->writable || page_bit(t->code_pages, at >> PAGE_BITS) ||
		      page_bit(t->watched_pages, at >> PAGE_BITS)))
		return NULL;
	return sim_memory_front_hits(window->front, at + window->skew, write) ? window->host + (at - window->at) : NULL;
}

/*
 * Both in two parts that take the same arguments: the first calls nothing but the second, last, and so saves no registers.
 */
#define LOAD(name, slot, type)                                                                                \
	static __attribute__((noinline)) uint64_t slow_##slot(void *env, uint32_t at, uint32_t how,           \
							      uintptr_t return_address)                       \
	{                                                                                                      \
		struct sim_takeover *t = current;                                                              \
		if (!t)                                                                                        \
			return library.slot(env, at, plain(how), return_address);                              \
		bool may_split = how & (MAY_SPLIT << INDEX_BITS);                                              \
		if (may_split)                                                                                 \
			how = tell_split(t, at, sizeof(type), false, how);                                     \
		if (t->windows) {                                                                              \
			const uint8_t *host = served(t, at, sizeof(type), false, how, may_split);              \
			type found;                                                                            \
			if (__builtin_expect(host != NULL, 1))                                                 \
				return memcpy(&found, host, sizeof found), found;                              \
		}                                                                                              \
		enter_access(t, env, at, sizeof(type), false, how, return_address);                            \
		uint64_t value = library.slot(env, at, plain(how), return_address);                            \
		t->access = 0;                                                                                 \
		return value;                                                                                  \
	}                                                                                                      \
	EXPORTED uint64_t name(void *env, uint32_t at, uint32_t how, uintptr_t return_address);               \
	uint64_t name(void *env, uint32_t at, uint32_t how, uintptr_t return_address)                         \
	{                                                                                                      \
		const uint8_t *host = in_front(current, at, sizeof(type), false);                              \
		type found;                                                                                    \
		if (!host)                                                                                     \
			return slow_##slot(env, at, how, return_address);                                      \
		return memcpy(&found, host, sizeof found), found;                                              \
	}

#define STORE(name, slot, type)                                                                               \
	static __attribute__((noinline)) void slow_##slot(void *env, uint32_t at, type value, uint32_t how,  \
							  uintptr_t return_address)                           \
	{                                                                                                      \
		struct sim_takeover *t = current;                                                              \
		if (!t) {                                                                                      \
			library.slot(env, at, value, plain(how), return_address);                              \
			return;                                                                                \
		}                                                                                              \
		bool may_split = how & (MAY_SPLIT << INDEX_BITS);                                              \
		if (may_split)                                                                                 \
			how = tell_split(t, at, sizeof(type), true, how);                                      \
		if (t->windows) {                                                                              \
			uint8_t *host = served(t, at, sizeof(type), true, how, may_split);                     \
			if (host && !holds_code(t, at, sizeof(type))) {                                        \
				if (t->watches)                                                                \
					note_write(t, at, sizeof(type));                                       \
				memcpy(host, &value, sizeof value);                                            \
				return;                                                                        \
			}                                                                                      \
		}                                                                                              \
		enter_access(t, env, at, sizeof(type), true, how, return_address);                             \
		if (t->watches)                                                                                \
			note_write(t, at, sizeof(type));                                                       \
		library.slot(env, at, value, stored(how, sizeof(type)), return_address);                       \
		t->access = 0;                                                                                 \
	}                                                                                                      \
	EXPORTED void name(void *env, uint32_t at, type value, uint32_t how, uintptr_t return_address);       \
	void name(void *env, uint32_t at, type value, uint32_t how, uintptr_t return_address)                 \
	{                                                                                                      \
		uint8_t *host = in_front(current, at, sizeof(type), true);                                     \
		if (!host)                                                                                     \
			slow_##slot(env, at, value, how, return_address);                                      \
		else                                                                                           \
			memcpy(host, &value, sizeof value);                                                    \
	}

LOAD(helper_ret_ldub_mmu_arm, load8, uint8_t)
LOAD(helper_le_lduw_mmu_arm, load16, uint16_t)
LOAD(helper_le_ldul_mmu_arm, load32, uint32_t)
LOAD(helper_le_ldq_mmu_arm, load64, uint64_t)
STORE(helper_ret_stb_mmu_arm, store8, uint8_t)
STORE(helper_le_stw_mmu_arm, store16, uint16_t)
STORE(helper_le_stl_mmu_arm, store32, uint32_t)
STORE(helper_le_stq_mmu_arm, store64, uint64_t)

void sim_takeover_wrote(struct sim_takeover *takeover, uint32_t at, uint32_t bytes)
{
	for (uint32_t i = 0; takeover->watches && i < bytes; i++)
		note_write(takeover, at + i, 1);
}

bool sim_takeover_holds_code(const struct sim_takeover *takeover, uint32_t at, uint32_t bytes)
{
	for (uint32_t page = at >> PAGE_BITS; bytes && page <= (at + bytes - 1) >> PAGE_BITS; page++)
		if (page_bit(takeover->code_pages, page))
			return true;
	return false;
}

int sim_takeover_watch(struct sim_takeover *takeover, uint32_t at, uint32_t bytes)
{
	if (!available || takeover->watches == SIM_MAX_WATCHES || bytes == 0)
		return -1;
	uint32_t first = at >> PAGE_BITS, last = (at + bytes - 1) >> PAGE_BITS;
	uint8_t *seen = calloc(bytes, 1);
	uint16_t *unseen = calloc(last - first + 1, sizeof *unseen);
	if (!seen || !unseen) {
		free(seen);
		free(unseen);
		return -1;
	}
	takeover->watch[takeover->watches] =
		(struct sim_watch){.at = at, .bytes = bytes, .seen = seen, .unseen = unseen};
	for (uint32_t i = 0; i < bytes; i++)
		unseen[((at + i) >> PAGE_BITS) - first]++;
	for (uint32_t page = first; page <= last; page++) {
		takeover->watched_pages[page >> 3] |= (uint8_t)(1u << (page & 7));
		if (takeover->cpu)
			library.flush_page(takeover->cpu, page << PAGE_BITS);
	}
	return (int)takeover->watches++;
}
