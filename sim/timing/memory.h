/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that does not answer at once: flash with wait states, and the caches before it. Two ways to price it:
 *
 *   followed   tags are kept, every fetch of a block and every data access to such memory is told, and each
 *              answers with the cycles that the core waits (struct sim_memory_model: fetch, touch)
 *   estimated  where accesses cannot be observed: an expectation per block from documented parameters only
 *              (sim_flash_estimate), grade estimated
 *
 * What is set up (wait states, prefetch, caches on, ways) starts as the board file says and then follows what the
 * firmware programs: sim_memory_set. One file per kind: art.c (F4, L4), icache.c (U5, L5, H5),
 * bare.c (G0, F0, F1), l1.c (M7).
 *
 * Invariant: the waits depend on the sequence of calls alone, so that two runs with the same inputs agree.
 */
#ifndef SIM_TIMING_MEMORY_H
#define SIM_TIMING_MEMORY_H

#include "sim/timing/timeline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_flash_cache {
	SIM_FLASH_BARE,    /* no cache, or a few lines only: F103, G0, F030 */
	SIM_FLASH_ART,     /* about 1 KB of instructions: F4, L4 */
	SIM_FLASH_ICACHE,  /* several KB for code and constants on the C-bus: U5, L5, H5 */
	SIM_FLASH_L1,      /* the core's own caches: M7 */
};

struct sim_flash_timing {
	uint8_t wait_states;  /* cycles beyond the first for one read of the array */
	uint8_t line_bytes;   /* what one read delivers: 4, 8, 16 or 32 */
	bool prefetch;        /* the next line is read while this one executes */
	uint8_t cache;        /* enum sim_flash_cache */
	uint32_t cache_bytes; /* of the instruction cache; SIM_FLASH_BARE: of the few lines kept, 0 if none */
	uint8_t cache_line_bytes; /* of one line of it; 0: line_bytes */
	uint32_t data_bytes;  /* of the data cache, 0: none */
	uint8_t ways, data_ways;
	bool cache_on, data_on;
	uint32_t art_bytes;   /* M7: of the accelerator before flash on the ITCM bus, 0: none */
	bool art_on;
};

/* What firmware can set up. */
enum sim_memory_knob {
	SIM_KNOB_WAIT_STATES,
	SIM_KNOB_PREFETCH,
	SIM_KNOB_CACHE,      /* instruction cache on */
	SIM_KNOB_DATA_CACHE,
	SIM_KNOB_WAYS,       /* of the instruction cache */
	SIM_KNOB_ART,        /* M7: the accelerator on the ITCM bus */
};

/* Memories that do not answer at once. 0 is one that does. */
enum { SIM_BANK_NONE, SIM_BANK_FLASH, SIM_BANK_RAM, SIM_BANK_ITCM_FLASH = 18, SIM_MAX_BANKS };

/* What the architecture's map, or the MPU, makes of an address. */
enum sim_caching {
	SIM_CACHING_BACK,     /* cacheable, write-back, a line comes for stores too */
	SIM_CACHING_BACK_READ, /* the same, not for stores */
	SIM_CACHING_THROUGH,
	SIM_CACHING_NONE, /* normal, and all that is shared */
	SIM_CACHING_DEVICE,
	SIM_CACHING_ORDERED,
};

/* Behind an L1 cache, 1/16 cycle: until a line's first word is there (flash: beyond its array), per further 8 bytes. */
struct sim_memory_bank {
	uint32_t base;      /* address, of any of its aliases: different banks differ in it */
	uint16_t first, beat;
};

/* Tags of a cache, by sets; the most recently used of a set comes first. */
enum { SIM_CACHE_LINE_SHIFT = 5, SIM_CACHE_DIRTY = 1 };
struct sim_cache {
	uint32_t *tag;       /* [set][way]: line number * 2 | SIM_CACHE_DIRTY */
	uint32_t sets, ways; /* sets: a power of two */
};

/*
 * The data lines used last, for the usual case in place: an access within one of them waits for nothing, and changes
 * nothing but whose turn it is. All zero: there are none.
 */
struct sim_memory_front {
	uint32_t *tag;      /* [set][way], most recently used first: line number << tag_shift */
	uint32_t mask, ways; /* sets - 1 */
	uint8_t line_shift, tag_shift;
	uint8_t second;     /* way: 1, or 0 where there is only one */
	bool reads, stores; /* served this way; a store sets bit 0 of the tag */
};

/* `address`, of an access within one line, as the tags have it. True: it was in a line used last. */
static inline bool sim_memory_front_hits(const struct sim_memory_front *front, uint32_t address, bool write)
{
	uint32_t line = address >> front->line_shift, *set = &front->tag[(line & front->mask) * front->ways];

	if (!(write ? front->stores : front->reads))
		return false;
	uint32_t first = set[0];

	if (first >> front->tag_shift != line) {
		uint32_t second = set[front->second];

		if (second >> front->tag_shift != line)
			return false;
		set[1] = first;
		first = second;
		set[0] = first;
	}
	if (write)
		set[0] = first | 1;
	return true;
}

struct sim_memory_timing;

/*
 * A kind of memory system. All functions get a timing whose `state` create() made. A kind either answers for a whole
 * block as it is entered (fetch) and for each datum (touch), or follows a timeline (timeline.h), which `state` then is.
 *
 *   at       offset in the memory that `code`, or `bank`, says
 *   cycles   of the block at zero wait states
 *   now      cycle at which the block is entered; at which, waits included, the access comes
 */
struct sim_memory_model {
	void *(*create)(const struct sim_memory_timing *timing);
	void (*destroy)(void *state);
	void (*changed)(struct sim_memory_timing *timing); /* flash was set up anew; what was cached is lost */
	unsigned (*fetch)(struct sim_memory_timing *timing, uint32_t at, uint32_t bytes, uint32_t cycles, uint64_t now);
	unsigned (*touch)(struct sim_memory_timing *timing, unsigned bank, uint32_t at, unsigned bytes_and_write,
	                  unsigned where, uint64_t now);
	bool timeline;
};
enum { SIM_TOUCH_BYTES = 0xF, SIM_TOUCH_WRITE = 0x10 };

extern const struct sim_memory_model sim_memory_art, sim_memory_icache, sim_memory_bare, sim_memory_l1;

struct sim_memory_timing {
	struct sim_flash_timing flash, given; /* as set up now, and by the board file */
	uint32_t flash_bytes;
	struct sim_memory_bank bank[SIM_MAX_BANKS];
	unsigned code;                        /* bank from which code is fetched now */

	/* L1: what an address is, where it is not plain. NULL: write-back everywhere. */
	enum sim_caching (*kind)(const void *context, uint32_t address);
	const void *kind_context;
	bool through;                         /* …some of which is write-through */
	uint32_t uncached;                    /* stands for what of it is uncached; 0: nothing */
	const struct sim_memory_model *model; /* NULL: none follows this kind of memory */
	void *state;
	struct sim_timeline *timeline;        /* `state`, if it is one; else NULL */
	struct sim_memory_front front;        /* the model's, as it is set up now */
};

/* Caches and prefetch as `flash` says. False, and nothing made: out of memory. */
bool sim_memory_create(struct sim_memory_timing *timing, const struct sim_flash_timing *flash, uint32_t flash_bytes);
void sim_memory_destroy(struct sim_memory_timing *timing);

/* Everything as the board file says, caches empty. */
void sim_memory_reset(struct sim_memory_timing *timing);

/* Firmware set something up. */
void sim_memory_set(struct sim_memory_timing *timing, enum sim_memory_knob knob, unsigned value);

/*
 * L1: `kind` as above, or NULL; whether some of it is SIM_CACHING_THROUGH; a number that stands for what is uncached, 0 if
 * nothing: if it is another one than before, lines of that leave the cache.
 */
void sim_memory_set_caching(struct sim_memory_timing *timing,
                      enum sim_caching (*kind)(const void *context, uint32_t address), const void *context,
                      bool through, uint32_t uncached);

struct sim_flash_cost {
	uint16_t sequential;  /* 1/16 cycle, on every visit */
	uint16_t taken;       /* 1/16 cycle more when entered by a taken branch */
	uint16_t per_literal; /* 1/16 cycle per literal load, included in sequential */
};

/*
 * Expected wait of a block that lies in this flash.
 *
 *   cycles     of the block at zero wait states; what a prefetch can hide behind
 *   literals   its PC-relative loads
 */
void sim_flash_estimate(const struct sim_flash_timing *flash, uint32_t address, size_t bytes, unsigned cycles,
                        unsigned literals, struct sim_flash_cost *ret);

#endif
