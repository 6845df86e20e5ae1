/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes over a few inner functions of the emulation library, which exports them and calls them through its
 * symbol table: a function of the same name in our program comes first. What that gains:
 *
 *   - stores to RAM stay in translated code (the library's way costs 45 to 60 ns each, ours 1),
 *   - the exact PC of a load or store that faults or reaches a device,
 *   - a fault that stops the access itself, with every register as it was before,
 *   - an instruction that must trap (not on this core, FPU off…) does so in its place, IT blocks included,
 *   - alignment faults where the architecture wants them, at no cost to aligned accesses,
 *   - every byte written to a watched range, at no cost elsewhere,
 *   - every access that is not aligned, and the operands of every division,
 *   - every access to a window (memory whose accesses take time), at no cost elsewhere,
 *   - direct jumps to another page go there directly, as those within one do: code never moves under the library here,
 *   - no look, behind each load and store, whether a callback wants to stop: ours never do.
 *
 * Where the symbols are missing (another build of the library), nothing is taken over and the machine falls
 * back to the public interface: slower, faults placed at the block's start, and no exact watches.
 * Self-modifying code stays right: pages with translated code keep the library's checked store path.
 *
 * Invariant: at most one machine runs per thread at a time; calls on behalf of others pass straight through.
 */
#ifndef SIM_TAKEOVER_H
#define SIM_TAKEOVER_H

#include "sim/timing/memory.h"

#include <stdbool.h>
#include <stdint.h>

#define SIM_MAX_WATCHES 8
#define SIM_MAX_WINDOWS 24

struct sim_watch {
	uint32_t at, bytes, touched, top;
	uint8_t *seen; /* [bytes]: 1 once written */
	uint16_t *unseen; /* [pages]: bytes of it not written yet; once 0, stores to the page are nobody's business */
};

enum sim_page {
	SIM_PAGE_NO_READ = 1,
	SIM_PAGE_NO_WRITE = 2,
	SIM_PAGE_MIXED = 4, /* not the same everywhere in it: every access must ask */
};

/* What an instruction needs beyond what the library gives it. */
struct sim_special {
	uint8_t size;      /* 2 or 4 */
	bool trap;         /* translate it as undefined: the host looks at it when it is reached */
	bool align_word;   /* its transfers fault unless at a multiple of 4 */
	bool align_access; /* …of their own size */
};

/* Memory whose accesses can be served from here. Set up before the first run. */
struct sim_window {
	uint32_t at, bytes;
	uint8_t *host;
	uint8_t bank;  /* the user's */
	bool told;     /* each access is told; else none, and only those are served that are not aligned */
	bool writable;
	/* …but not those that this serves, if there is anything. Its addresses: those of the window, plus `skew`. */
	const struct sim_memory_front *front;
	uint32_t skew;
};

struct sim_takeover {
	void *context;
	/* Whether the guest may read or write there; false makes it a fault. Asked for what is not in the fast path. */
	bool (*allowed)(void *context, uint32_t at, unsigned bytes, bool write, bool privileged);
	/* While `guarded`: how a page may enter the fast path, a mask of enum sim_page. */
	unsigned (*page)(void *context, uint32_t at, uint32_t bytes, bool privileged);
	bool guarded;
	/* Asked for each instruction when the library translates it. */
	struct sim_special (*special)(void *context, uint32_t pc);
	/* The library translated code at pc (again): what was known of it may be stale. */
	void (*translated)(void *context, uint32_t pc);

	/* An access in a window; `where`: of its instruction in the block, in halfwords. */
	void (*touched)(void *context, const struct sim_window *window, uint32_t at, unsigned bytes, bool write,
			unsigned where);

	/* An access that is not aligned to its size, where that is allowed; it is told in its window too. */
	void (*split)(void *context, uint32_t at, unsigned bytes, bool write);
	/* SDIV or UDIV is carried out. */
	void (*divided)(void *context, uint32_t dividend, uint32_t divisor, bool is_signed);

	void *cpu;                /* the library's, learnt when it first translates */
	uint32_t *registers;      /* the library's R0 to R15; NULL until proved to be that */
	void *env;                /* what those begin, if they do */
	uintptr_t access;         /* return address of the load or store under way; 0: none */
	uint32_t access_at;       /* its address, also after a fault */
	uint32_t second_half;     /* while translating: where the rest of an instruction is */
	uint32_t block, insn;     /* …and which block and instruction it is */
	uint32_t stack_limit[2];  /* Armv8-M: MSPLIM, PSPLIM as last written */
	struct sim_special now;   /* of the instruction that is being translated */
	uint8_t *code_pages;      /* one bit a page of the 4 GiB */
	uint8_t *watched_pages;
	bool fast_stores;
	struct sim_watch watch[SIM_MAX_WATCHES];
	unsigned watches;
	struct sim_window window[SIM_MAX_WINDOWS], *window_used; /* used: the last that was hit */
	struct sim_window *front_used; /* the last hit of those with a front */
	unsigned windows;
	bool tell_all;           /* also what a front would serve */

	/* Of the block that is being translated. */
	void *made;              /* the library's own description of it */
	unsigned exits;          /* mask of its two direct exits that are used */
	uint64_t emitted, pc_set_at; /* operations so far; the one that set the PC last */
	/* The operation that sets the PC to a constant, and what it calls the PC; learnt when first seen. */
	unsigned set_op, last_op;
	uintptr_t set_pc, last_first;
	uint64_t chained_at;     /* operation that began a direct exit */
};

/* Whether this process has all the symbols. */
bool sim_takeover_available(void);

bool sim_takeover_init(struct sim_takeover *takeover);
void sim_takeover_free(struct sim_takeover *takeover);

/* Makes it the one of this thread while a machine runs; NULL ends that. */
void sim_takeover_enter(struct sim_takeover *takeover);

/*
 * Only from within a device's read or write: moves the guest's PC register to the instruction that makes
 * the access. False if nothing was taken over.
 */
bool sim_takeover_sync_pc(struct sim_takeover *takeover);

/* Between runs, privileged: MSPLIM and PSPLIM become 0. */
void sim_takeover_clear_limits(struct sim_takeover *takeover);

/* Between runs: forgets which pages may be accessed how. */
void sim_takeover_forget_pages(struct sim_takeover *takeover);

/* The host wrote on the guest's behalf (an exception's frame, a file that was read): for the watches. */
void sim_takeover_wrote(struct sim_takeover *takeover, uint32_t at, uint32_t bytes);

/* Whether translated code may lie on the pages of [at, at + bytes). */
bool sim_takeover_holds_code(const struct sim_takeover *takeover, uint32_t at, uint32_t bytes);

int sim_takeover_watch(struct sim_takeover *takeover, uint32_t at, uint32_t bytes);

#endif
