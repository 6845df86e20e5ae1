/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiler/scan.h"

#include <stdlib.h>
#include <string.h>

struct part {
	uint32_t at, bytes;
	uint8_t *data, *seen; /* seen: one bit per halfword */
};

struct prof_scan {
	struct part *part;
	unsigned parts;
};

struct prof_scan *prof_scan_create(const struct sim_image *image)
{
	struct prof_scan *scan = calloc(1, sizeof *scan);
	struct part *part = scan ? calloc(image->segments + 1, sizeof *part) : NULL;
	if (!part) {
		free(scan);
		return NULL;
	}
	scan->part = part;
	for (unsigned s = 0; s < image->segments; s++) {
		const struct sim_segment *from = &image->segment[s];
		struct part *to = &part[scan->parts++];
		to->at = from->at;
		to->bytes = from->bytes;
		to->data = malloc((size_t)from->bytes + 1);
		to->seen = calloc((size_t)from->bytes / 16 + 1, 1);
		if (!to->data || !to->seen) {
			prof_scan_destroy(scan);
			return NULL;
		}
		memcpy(to->data, from->data, from->bytes);
	}
	return scan;
}

void prof_scan_destroy(struct prof_scan *scan)
{
	if (!scan)
		return;
	for (unsigned p = 0; p < scan->parts; p++) {
		free(scan->part[p].data);
		free(scan->part[p].seen);
	}
	free(scan->part);
	free(scan);
}

static struct part *part_of(const struct prof_scan *scan, uint32_t at, uint32_t bytes)
{
	for (unsigned p = 0; p < scan->parts; p++) {
		struct part *part = &scan->part[p];
		if (at >= part->at && at - part->at < part->bytes && part->bytes - (at - part->at) >= bytes)
			return part;
	}
	return NULL;
}

static bool halfword(const struct prof_scan *scan, uint32_t at, uint32_t *ret_value)
{
	const struct part *part = part_of(scan, at, 2);
	if (!part || (at & 1))
		return false;
	const uint8_t *p = part->data + (at - part->at);
	*ret_value = p[0] | (uint32_t)p[1] << 8;
	return true;
}

bool prof_scan_word(const struct prof_scan *scan, uint32_t at, uint32_t *ret_word)
{
	uint32_t low, high;
	if (!halfword(scan, at, &low) || !halfword(scan, at + 2, &high))
		return false;
	*ret_word = low | high << 16;
	return true;
}

static bool seen_bit(const struct part *part, uint32_t at)
{
	uint32_t bit = (at - part->at) / 2;
	return part->seen[bit / 8] >> (bit % 8) & 1;
}

bool prof_scan_seen(const struct prof_scan *scan, uint32_t pc)
{
	const struct part *part = part_of(scan, pc, 2);
	return part && seen_bit(part, pc);
}

bool prof_scan_is_prologue(const struct prof_scan *scan, uint32_t pc)
{
	uint32_t first, second = 0;
	if (!halfword(scan, pc, &first))
		return false;
	halfword(scan, pc + 2, &second);
	return (first & 0xff00) == 0xb500 ||                  /* PUSH {…, lr} */
	       (first == 0xe92d && (second & 0x4000)) ||      /* STMDB sp!, {…, lr} */
	       (first == 0xf84d && second == 0xed04);         /* STR lr, [sp, #-4]! */
}

static int32_t sign_extend(uint32_t value, unsigned bits)
{
	uint32_t top = 1u << (bits - 1);
	return (int32_t)((value ^ top) - top);
}

/* What follows an instruction. Armv7-M ARM (DDI 0403E), A5.2.6, A5.2.7, A5.3.4, A7.7.12, A7.7.18. */
struct flow {
	unsigned bytes;
	bool falls;            /* the next instruction may run */
	bool jumps, calls;     /* to `target` */
	uint32_t target;
};

static struct flow flow_16(uint32_t pc, uint32_t op)
{
	struct flow f = {.bytes = 2, .falls = true};
	if ((op & 0xf800) == 0xe000) { /* B */
		f.falls = false;
		f.jumps = true;
		f.target = pc + 4 + (uint32_t)sign_extend((op & 0x7ff) << 1, 12);
	} else if ((op & 0xf000) == 0xd000) { /* B<c>, UDF, SVC */
		f.jumps = (op >> 8 & 15) < 14;
		f.falls = (op >> 8 & 15) != 14;
		f.target = pc + 4 + (uint32_t)sign_extend((op & 0xff) << 1, 9);
	} else if ((op & 0xf500) == 0xb100) { /* CBZ, CBNZ */
		f.jumps = true;
		f.target = pc + 4 + ((op >> 9 & 1) << 6 | (op >> 3 & 31) << 1);
	} else if ((op & 0xff80) == 0x4700) { /* BX */
		f.falls = false;
	} else if ((op & 0xff00) == 0xbd00) { /* POP {…, pc} */
		f.falls = false;
	} else if ((op & 0xff87) == 0x4687) { /* MOV pc, Rm */
		f.falls = false;
	}
	return f;
}

static uint32_t far_target(uint32_t pc, uint32_t a, uint32_t b)
{
	uint32_t s = a >> 10 & 1, i1 = !((b >> 13 & 1) ^ s), i2 = !((b >> 11 & 1) ^ s);
	return pc + 4 +
	       (uint32_t)sign_extend(s << 24 | i1 << 23 | i2 << 22 | (a & 0x3ff) << 12 | (b & 0x7ff) << 1,
				     25);
}

static struct flow flow_32(uint32_t pc, uint32_t a, uint32_t b)
{
	struct flow f = {.bytes = 4, .falls = true};
	bool branch = (a & 0xf800) == 0xf000 && (b & 0x8000);
	if (branch && (b & 0x5000) == 0x5000) { /* BL */
		f.calls = true;
		f.target = far_target(pc, a, b);
	} else if (branch && (b & 0x5000) == 0x1000) { /* B.W */
		f.falls = false;
		f.jumps = true;
		f.target = far_target(pc, a, b);
	} else if (branch && (b & 0x5000) == 0 && (a >> 7 & 7) != 7) { /* B<c>.W */
		f.jumps = true;
		f.target = pc + 4 +
			   (uint32_t)sign_extend((a >> 10 & 1) << 20 | (b >> 11 & 1) << 19 |
							 (b >> 13 & 1) << 18 | (a & 0x3f) << 12 |
							 (b & 0x7ff) << 1,
						 21);
	} else if ((a & 0xffd0) == 0xe890 && (b & 0x8000)) { /* LDM {…, pc}, POP.W */
		f.falls = false;
	} else if ((a & 0xff7f) == 0xf85f && (b & 0xf000) == 0xf000) { /* LDR pc, [pc, …] */
		f.falls = false;
	} else if ((a & 0xfff0) == 0xf8d0 && (b & 0xf000) == 0xf000) { /* LDR.W pc, [Rn, #imm12] */
		f.falls = false;
	} else if ((a & 0xfff0) == 0xf850 && (b & 0xf000) == 0xf000) { /* LDR.W pc, [Rn, …] */
		f.falls = false;
	} else if ((a & 0xfff0) == 0xe8d0 && (b & 0xffe0) == 0xf000) { /* TBB, TBH */
		f.falls = false;
	}
	return f;
}

/* An IT block makes a branch conditional; then the code after it can be reached, too. */
static bool is_it(uint32_t op)
{
	return (op & 0xff00) == 0xbf00 && (op & 15) != 0;
}

struct queue {
	uint32_t *at;
	size_t used, room;
};

static void push(struct queue *queue, uint32_t at)
{
	if (queue->used == queue->room) {
		size_t room = queue->room ? queue->room * 2 : 64;
		uint32_t *bigger = realloc(queue->at, room * sizeof *bigger);
		if (!bigger)
			return; /* finds less; nothing else depends on it */
		queue->at = bigger;
		queue->room = room;
	}
	queue->at[queue->used++] = at;
}

static void follow_line(struct prof_scan *scan, struct queue *queue, uint32_t pc,
			void (*call)(void *context, uint32_t target), void *context)
{
	unsigned in_it = 0;
	for (;;) {
		uint32_t a, b = 0;
		struct part *part = part_of(scan, pc, 2);
		if (!part || !halfword(scan, pc, &a) || seen_bit(part, pc))
			return;
		uint32_t bit = (pc - part->at) / 2;
		part->seen[bit / 8] |= (uint8_t)(1u << (bit % 8));
		bool wide = (a & 0xe000) == 0xe000 && (a & 0x1800) != 0;
		if (wide && !halfword(scan, pc + 2, &b))
			return;
		struct flow f = wide ? flow_32(pc, a, b) : flow_16(pc, a);
		if (f.jumps)
			push(queue, f.target);
		if (f.calls)
			call(context, f.target);
		if (!f.falls && in_it == 0)
			return;
		if (in_it > 0)
			in_it--;
		if (!wide && is_it(a))
			in_it = 4 - (unsigned)__builtin_ctz(a & 15);
		pc += f.bytes;
	}
}

void prof_scan_follow(struct prof_scan *scan, uint32_t entry, void (*call)(void *context, uint32_t target),
		      void *context)
{
	struct queue queue = {0};
	push(&queue, entry);
	while (queue.used)
		follow_line(scan, &queue, queue.at[--queue.used], call, context);
	free(queue.at);
}
