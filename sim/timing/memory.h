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
	uint8_t on;          /* bit 0: reads that hit are through with it; bit 1: stores too */
};

/* The usual case, in place: the access lies in the line that its set used last. Nothing is to be waited for. */
static inline bool sim_cache_hits_first(struct sim_cache *cache, uint32_t address, unsigned bytes, bool write)
{
	uint32_t line = address >> SIM_CACHE_LINE_SHIFT;
	uint32_t *first = &cache->tag[(line & (cache->sets - 1)) * cache->ways];

	if (!(cache->on >> write & 1) || *first >> 1 != line || (address + bytes - 1) >> SIM_CACHE_LINE_SHIFT != line)
		return false;
	*first |= write;
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

/* The data cache of an L1 model. */
static inline struct sim_cache *sim_memory_l1_data(const struct sim_memory_timing *timing)
{
	return timing->state;
}

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
