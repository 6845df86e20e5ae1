/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Cortex-M7's own caches, before everything that is not tightly coupled. Flash and RAM banks differ in how long
 * the first word of a line takes; TCM is no bank and is never asked, flash on the ITCM bus is another file's (itcm.c).
 *
 *   rule                                                                         source             grade
 *   lines of 32 bytes, data 4 ways, instructions 2, least recently used goes     DDI0489            from memory
 *   write-back, write-allocate, unless the MPU says else; shared is uncached     DDI0489 5.9        documented
 *   a load that misses waits bank.first cycles for its word, critical first;     images, 32 % of    measured
 *     the line's other beats keep the bus busy behind it                           one's cycles
 *   a store that misses waits for nothing, but its line keeps the bus busy;      findings           measured
 *     it waits when two lines are behind                                         DDI0489: 2 linefill buffers
 *   a dirty line that goes keeps the bus busy for its four beats; a 32-bit AHB,    RM0385 2.1       documented
 *     where a beat of 64 bits takes two cycles and nothing overlaps, as long as one
 *     that comes
 *   three lines in a row that are written before they come: from then on         DDI0489 5.9.1      documented
 *     stores that miss go to memory, until a load from there, or a line elsewhere
 *   code that misses waits as data does; on a line behind the last one the core    DDI0489 2.1: a     estimated
 *     works off up to 32 bytes that were fetched before                          queue of 4 x 64 bits
 *   all of it in cycles of the core: the STM32H7A3's HPRE does not slow it down (two  images           measured
 *     of its images set it to 2; doubled, one of them would be 7.5 % slow)
 *   past the caches (off, or uncached):
 *     a load waits bank.first, a word of the same LDM a beat; an LDM is a burst  DDI0489 5.5.7      documented
 *     flash keeps the line that it read last: no array access for what lies in it  assumed          estimated
 *     code comes 8 bytes by 8 bytes, each bank.first; it runs ahead of the core   DDI0489: a queue  estimated
 *     a store takes two cycles, or a beat, of the bus; one to the same 8 bytes
 *       goes with it; it waits when four are behind. Strongly ordered: it waits
 *       until it is through                                                      assumed            estimated
 *   write-through: as uncached for stores, cached for loads
 *
 * bank.first = the bus there and back + what the memory takes itself: wait_states + 1 of flash, 2 of SRAM. The bus is the
 * one constant fitted per board: STM32F746 4.7, H7A3 6.5 cycles. The F746's SRAM hangs on a 32-bit bus, two cycles to a
 * beat: two images with activations there are -0.7 and -0.1 %, and the image that streams its weights from there (307,776
 * cycles, MLPerf Tiny v1.2; ours with its weights' accesses priced as that SRAM's) would be +8 % if all of them lay there,
 * +2 % if the quarter lies in DTCM that its size asks for (with four cycles to a beat: +22 %, +13 %).
 * Residual of all eight images of two boards: -1.2 to +1.5 %.
 * Not modelled: waiting for a word of a line that is still on its way (0.2 %; when lines are streamed, the next line
 * waits for the bus instead), another master on the bus.
 */
#include "sim/timing/itcm.h"
#include "sim/timing/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_SHIFT = SIM_CACHE_LINE_SHIFT, DIRTY = SIM_CACHE_DIRTY, CODE_WAYS = 2, DATA_WAYS = 4, SIXTEENTHS = 16 };
enum { STORES_BEHIND = 4, LINES_BEHIND = 2, LINES_TO_NOTICE = 3, STORE_CYCLES = 2 };
#define EMPTY UINT32_MAX

struct l1 {
	struct sim_cache data, code;
	struct sim_itcm itcm;
	uint64_t busy;      /* bus, 1/16 cycle */
	uint32_t fraction;  /* of a cycle waited for and not yet told, 1/16 */
	uint32_t array;     /* line of flash that was read last, past the caches… */
	unsigned shift;     /* …which is its address shifted right by so much */
	struct {
		uint32_t next;  /* address behind the word read last past the cache */
		unsigned where;
		uint64_t at;    /* cycle at which it was there */
	} burst;
	struct {
		uint32_t unit;  /* 8 bytes of code that came last past the cache */
		uint64_t there; /* 1/16 cycle */
	} stream;
	struct {
		uint32_t line;  /* last one fetched */
		uint64_t there; /* cycle at which the last that missed was there, all of it */
	} code_now;
	uint32_t stored;    /* 8 bytes stored to last past the cache */
	struct {
		uint32_t line;  /* that a store missed last */
		uint64_t there; /* all of it, 1/16 cycle */
		unsigned count; /* of those in a row that were not there yet when the next was missed */
	} filling;
};

static bool create_cache(struct sim_cache *cache, uint32_t bytes, uint32_t ways)
{
	cache->ways = ways;
	cache->sets = 1;
	while (cache->sets * 2 * ways <= bytes >> LINE_SHIFT)
		cache->sets *= 2;
	cache->tag = malloc(cache->sets * ways * sizeof *cache->tag);
	return cache->tag;
}

static void l1_destroy(void *state)
{
	struct l1 *l1 = state;

	sim_itcm_destroy(&l1->itcm);
	free(l1->code.tag);
	free(l1->data.tag);
	free(l1);
}

static void *l1_create(const struct sim_memory_timing *timing)
{
	struct l1 *l1 = calloc(1, sizeof *l1);
	const struct sim_flash_timing *flash = &timing->flash;

	if (!l1)
		return NULL;
	while (2u << l1->shift <= flash->line_bytes)
		l1->shift++;
	if (create_cache(&l1->code, flash->cache_bytes, flash->ways ? flash->ways : CODE_WAYS) &&
	    create_cache(&l1->data, flash->data_bytes, flash->data_ways ? flash->data_ways : DATA_WAYS) &&
	    sim_itcm_create(&l1->itcm, flash))
		return l1;
	l1_destroy(l1);
	return NULL;
}

static void empty(struct sim_cache *cache)
{
	memset(cache->tag, 0xFF, cache->sets * cache->ways * sizeof *cache->tag);
}

static enum sim_caching kind_of(const struct sim_memory_timing *timing, uint32_t address)
{
	return timing->kind ? timing->kind(timing->kind_context, address) : SIM_CACHING_BACK;
}

/* The place stays empty until it is the oldest. */
static void drop_uncached(const struct sim_memory_timing *timing, struct sim_cache *cache)
{
	for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
		if (cache->tag[i] != EMPTY && kind_of(timing, cache->tag[i] >> 1 << LINE_SHIFT) >= SIM_CACHING_NONE)
			cache->tag[i] = EMPTY;
}

static void l1_changed(struct sim_memory_timing *timing)
{
	struct l1 *l1 = timing->state;

	sim_memory_set_caching(timing, timing->kind, timing->kind_context, timing->through, timing->uncached);
	l1->array = l1->stream.unit = l1->stored = l1->filling.line = l1->code_now.line = EMPTY;
	l1->burst.next = l1->filling.count = 0;
	empty(&l1->code);
	empty(&l1->data);
	sim_itcm_forget(&l1->itcm);
}

void sim_memory_set_caching(struct sim_memory_timing *timing,
                      enum sim_caching (*kind)(const void *context, uint32_t address), const void *context,
                      bool through, uint32_t uncached)
{
	bool news = uncached && uncached != timing->uncached;

	timing->kind = kind;
	timing->kind_context = context;
	timing->through = through;
	timing->uncached = uncached ? uncached : timing->uncached;
	if (timing->model != &sim_memory_l1)
		return;
	struct sim_cache *data = &((struct l1 *)timing->state)->data;

	timing->front = (struct sim_memory_front){
		.tag = data->tag, .mask = data->sets - 1, .ways = data->ways, .line_shift = LINE_SHIFT, .tag_shift = 1,
		.second = data->ways > 1,
		.reads = timing->flash.data_on, .stores = timing->flash.data_on && !through };
	if (news)
		drop_uncached(timing, data);
}

static const struct sim_memory_bank *bank_of(const struct sim_memory_timing *timing, unsigned bank)
{
	return &timing->bank[bank < SIM_MAX_BANKS ? bank : 0];
}

static uint32_t first_word(const struct sim_memory_timing *timing, unsigned bank)
{
	uint32_t array = bank == SIM_BANK_FLASH ? (timing->flash.wait_states + 1u) * SIXTEENTHS : 0;

	return array + bank_of(timing, bank)->first;
}

/* The same past the caches. */
static uint32_t one_word(const struct sim_memory_timing *timing, struct l1 *l1, unsigned bank, uint32_t address)
{
	uint32_t line = address >> l1->shift;

	if (bank != SIM_BANK_FLASH || line == l1->array)
		return bank_of(timing, bank)->first;
	l1->array = line;
	return first_word(timing, bank);
}

/* The line's place in its set, or NULL; it is the first from now on. */
static uint32_t *find(struct sim_cache *cache, uint32_t line)
{
	uint32_t *set = &cache->tag[(line & (cache->sets - 1)) * cache->ways], way = 0;

	if (set[0] >> 1 == line)
		return set;
	while (way < cache->ways && set[way] >> 1 != line)
		way++;
	if (way == cache->ways)
		return NULL;
	uint32_t tag = set[way];

	for (; way > 0; way--)
		set[way] = set[way - 1];
	set[0] = tag;
	return set;
}

/* Returns the tag that goes. */
static uint32_t allocate(struct sim_cache *cache, uint32_t line, uint32_t dirty)
{
	uint32_t *set = &cache->tag[(line & (cache->sets - 1)) * cache->ways], gone = set[cache->ways - 1];

	for (uint32_t way = cache->ways - 1; way > 0; way--)
		set[way] = set[way - 1];
	set[0] = line << 1 | dirty;
	return gone;
}

/* A line comes over the bus: 1/16 cycles from `now` until its first word is there. */
static uint32_t fill(const struct sim_memory_timing *timing, struct l1 *l1, unsigned bank, uint32_t gone, uint64_t now)
{
	const struct sim_memory_bank *from = bank_of(timing, bank);
	uint64_t begin = now * SIXTEENTHS > l1->busy ? now * SIXTEENTHS : l1->busy;
	uint64_t there = begin + first_word(timing, bank);
	bool narrow = from->beat > SIXTEENTHS;

	l1->busy = there + 3u * from->beat;
	if (gone != EMPTY && gone & DIRTY)
		l1->busy += 4u * from->beat + (narrow ? from->first : 0);
	return (uint32_t)(there - now * SIXTEENTHS);
}

/* Whole cycles of what was waited for; the rest is kept. */
static unsigned whole(struct l1 *l1, uint32_t sixteenths)
{
	l1->fraction += sixteenths;
	unsigned cycles = l1->fraction / SIXTEENTHS;

	l1->fraction %= SIXTEENTHS;
	return cycles;
}

/* So much may be left to do for the bus; the core waits for the rest. */
static unsigned wait_for_bus(struct l1 *l1, uint64_t behind, uint64_t now)
{
	uint64_t limit = now * SIXTEENTHS + behind;

	return l1->busy > limit ? whole(l1, (uint32_t)(l1->busy - limit)) : 0;
}

/* --- past the caches -------------------------------------------------------------------------------------- */

/* Code runs ahead of the core as long as no branch is taken. */
static unsigned fetch_past(const struct sim_memory_timing *timing, struct l1 *l1, uint32_t address, uint32_t bytes,
                           uint32_t cycles, uint64_t now)
{
	uint32_t unit = address / 8, last = (address + bytes - 1) / 8;
	uint64_t entered = now * SIXTEENTHS, left = entered + (uint64_t)cycles * SIXTEENTHS, first;

	if (unit != l1->stream.unit) {
		if (unit != l1->stream.unit + 1)
			l1->stream.there = entered;
		l1->stream.there += one_word(timing, l1, timing->code, unit * 8);
	}
	first = l1->stream.there;
	while (unit < last)
		l1->stream.there += one_word(timing, l1, timing->code, ++unit * 8);
	l1->stream.unit = last;

	uint64_t wait = first > entered ? first - entered : 0;

	if (l1->stream.there > left && l1->stream.there - left > wait)
		wait = l1->stream.there - left;
	return whole(l1, (uint32_t)wait);
}

static unsigned read_past(const struct sim_memory_timing *timing, struct l1 *l1, unsigned bank, uint32_t address,
                          unsigned bytes, unsigned where, uint64_t now)
{
	uint64_t begin = now * SIXTEENTHS > l1->busy ? now * SIXTEENTHS : l1->busy;
	bool goes_on = address == l1->burst.next && where == l1->burst.where && now == l1->burst.at && bytes >= 4;

	uint32_t takes = goes_on ? bank_of(timing, bank)->beat * bytes / 8 : one_word(timing, l1, bank, address);
	unsigned wait = whole(l1, goes_on ? takes : (uint32_t)(begin + takes - now * SIXTEENTHS));

	l1->busy = begin + takes;
	l1->burst.next = address + bytes;
	l1->burst.where = where;
	l1->burst.at = now + wait;
	return wait;
}

static unsigned write_past(const struct sim_memory_timing *timing, struct l1 *l1, unsigned bank, uint32_t address,
                           enum sim_caching kind, uint64_t now)
{
	uint32_t takes = STORE_CYCLES * SIXTEENTHS, beat = bank_of(timing, bank)->beat;
	bool merges = kind < SIM_CACHING_DEVICE && address / 8 == l1->stored && l1->busy > now * SIXTEENTHS;

	if (merges)
		return 0;
	if (beat > takes)
		takes = beat;
	if (kind == SIM_CACHING_ORDERED)
		takes = bank_of(timing, bank)->first;
	l1->stored = address / 8;
	l1->busy = (now * SIXTEENTHS > l1->busy ? now * SIXTEENTHS : l1->busy) + takes;
	return wait_for_bus(l1, kind == SIM_CACHING_ORDERED ? 0 : (uint64_t)STORES_BEHIND * takes, now);
}

/* --- through the caches ------------------------------------------------------------------------------------- */

/* Whole lines are being written, faster than they come: they need not come. */
static bool writes_whole_lines(struct l1 *l1, uint32_t line, uint64_t now)
{
	bool goes_on = line == l1->filling.line + 1;

	if (line == l1->filling.line)
		return l1->filling.count >= LINES_TO_NOTICE;
	if (!goes_on)
		l1->filling.count = 0;
	else if (l1->filling.count < LINES_TO_NOTICE)
		l1->filling.count = l1->filling.there > now * SIXTEENTHS ? l1->filling.count + 1 : 0;
	l1->filling.line = line;
	return l1->filling.count >= LINES_TO_NOTICE;
}

static unsigned store_line(struct sim_memory_timing *timing, struct l1 *l1, unsigned bank, uint32_t address,
                           enum sim_caching kind, uint64_t now)
{
	uint32_t line = address >> LINE_SHIFT, *found = find(&l1->data, line);

	if (found && kind <= SIM_CACHING_BACK_READ) {
		*found |= DIRTY;
		return 0;
	}
	if (kind != SIM_CACHING_BACK || writes_whole_lines(l1, line, now))
		return write_past(timing, l1, bank, address, kind, now);
	uint32_t gone = allocate(&l1->data, line, DIRTY), takes = fill(timing, l1, bank, gone, now);

	l1->filling.there = now * SIXTEENTHS + takes + 3u * bank_of(timing, bank)->beat;
	uint64_t line_takes = first_word(timing, bank) + 7u * bank_of(timing, bank)->beat;

	return wait_for_bus(l1, LINES_BEHIND * line_takes, now);
}

static unsigned load_line(struct sim_memory_timing *timing, struct l1 *l1, unsigned bank, uint32_t line, uint64_t now)
{
	if (line == l1->filling.line)
		l1->filling.count = 0;
	return whole(l1, fill(timing, l1, bank, allocate(&l1->data, line, 0), now));
}

/* A line of code comes, asked for before the core is through with the last one if that led to it. */
static unsigned fetch_line(struct sim_memory_timing *timing, struct l1 *l1, uint32_t line, uint32_t worked_off,
                           bool goes_on, uint64_t at)
{
	uint32_t lead = 0, first;

	if (goes_on && at > l1->code_now.there)
		lead = at - l1->code_now.there < worked_off ? (uint32_t)(at - l1->code_now.there) : worked_off;
	allocate(&l1->code, line, 0);
	first = fill(timing, l1, timing->code, EMPTY, at - lead);
	l1->code_now.there = at - lead + (first + 3u * bank_of(timing, timing->code)->beat) / SIXTEENTHS;
	return first > lead * SIXTEENTHS ? whole(l1, first - lead * SIXTEENTHS) : 0;
}

static __attribute__((noinline)) unsigned fetch_slowly(struct sim_memory_timing *timing, uint32_t address,
                                                       uint32_t bytes, uint32_t cycles, uint64_t now)
{
	struct l1 *l1 = timing->state;
	uint32_t first = address >> LINE_SHIFT, last = (address + bytes - 1) >> LINE_SHIFT, before = l1->code_now.line;
	unsigned wait = 0;

	if (timing->code == SIM_BANK_ITCM_FLASH)
		return sim_itcm_fetch(&l1->itcm, &timing->flash, address, bytes, cycles, now);
	if (!timing->flash.cache_on)
		return fetch_past(timing, l1, address, bytes, cycles, now);
	l1->code_now.line = last;
	for (uint32_t line = first; line <= last; before = line++) {
		if (find(&l1->code, line))
			continue;
		if (kind_of(timing, address) >= SIM_CACHING_NONE)
			return wait + fetch_past(timing, l1, address, bytes, cycles, now + wait);
		uint32_t begins = line == first ? 0 : (line << LINE_SHIFT) - address;

		wait += fetch_line(timing, l1, line, (cycles << LINE_SHIFT) / bytes, line == before + 1,
		                   now + wait + (uint64_t)cycles * begins / bytes);
	}
	return wait;
}

/* The usual case: each line is the one that its set used last. */
static unsigned l1_fetch(struct sim_memory_timing *timing, uint32_t at, uint32_t bytes, uint32_t cycles, uint64_t now)
{
	struct l1 *l1 = timing->state;
	const struct sim_cache *code = &l1->code;
	uint32_t address = timing->bank[timing->code].base + at;
	uint32_t line = address >> LINE_SHIFT, last = (address + bytes - 1) >> LINE_SHIFT;

	if (!timing->flash.cache_on || timing->code == SIM_BANK_ITCM_FLASH)
		return fetch_slowly(timing, address, bytes, cycles, now);
	for (; line <= last; line++)
		if (code->tag[(line & (code->sets - 1)) * code->ways] >> 1 != line)
			return fetch_slowly(timing, address, bytes, cycles, now);
	l1->code_now.line = last;
	return 0;
}

static unsigned l1_touch(struct sim_memory_timing *timing, unsigned bank, uint32_t at, unsigned bytes_and_write,
                         unsigned where, uint64_t now)
{
	struct l1 *l1 = timing->state;
	uint32_t address = bank_of(timing, bank)->base + at;
	unsigned bytes = bytes_and_write & SIM_TOUCH_BYTES, wait = 0;
	uint32_t line = address >> LINE_SHIFT, last = (address + bytes - 1) >> LINE_SHIFT;
	bool write = bytes_and_write & SIM_TOUCH_WRITE;

	if (bank == SIM_BANK_ITCM_FLASH)
		return write ? 0 : sim_itcm_read(&l1->itcm, &timing->flash, address);
	if (!write && timing->flash.data_on && find(&l1->data, line) && line == last)
		return 0;
	enum sim_caching kind = kind_of(timing, address);

	if (!timing->flash.data_on && kind < SIM_CACHING_NONE)
		kind = SIM_CACHING_NONE;
	if (kind >= SIM_CACHING_NONE)
		return write ? write_past(timing, l1, bank, address, kind, now)
		             : read_past(timing, l1, bank, address, bytes, where, now);
	for (; line <= last; line++, address = line << LINE_SHIFT) {
		if (write)
			wait += store_line(timing, l1, bank, address, kind, now + wait);
		else if (!find(&l1->data, line))
			wait += load_line(timing, l1, bank, line, now + wait);
	}
	return wait;
}

const struct sim_memory_model sim_memory_l1 = {
	.create = l1_create, .destroy = l1_destroy, .changed = l1_changed, .fetch = l1_fetch, .touch = l1_touch,
};
