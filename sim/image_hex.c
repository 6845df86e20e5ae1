/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel HEX (Intel, "Hexadecimal Object File Format Specification", rev. A, 1988), all six record types:
 *
 *   00 data   01 end   02 segment base (x 16)   03 CS:IP   04 upper 16 address bits   05 start address
 *
 * A record is `:` count address16 type data checksum, all in hex, the bytes summing to 0 modulo 256. Records that
 * follow each other in memory become one segment. A byte given twice is a mistake, even with the same value.
 */
#include "sim/image_format.h"

#include <stdlib.h>
#include <string.h>

struct record {
	unsigned count, address, type;
	uint8_t data[256];
};

struct chunk {
	uint32_t at, bytes;
	size_t from; /* offset in the pool */
	int line;
};

struct reader {
	const char *path;
	const uint8_t *at, *end;
	int line;
	uint64_t base;
	bool segmented; /* base came from a type 02 record: addresses may not leave its 64 KiB */
	bool ended;
	uint32_t entry;
	struct chunk *chunk;
	size_t chunks;
	uint8_t *pool;
	size_t pooled;
};

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_byte(struct reader *r, const uint8_t *start, uint8_t *ret_byte, struct err *err)
{
	if (r->end - r->at < 2 || r->at[0] == '\n' || r->at[0] == '\r' || r->at[1] == '\n' || r->at[1] == '\r')
		return err_input_at(err, r->path, r->line, (int)(r->at - start) + 1, "the record ends too early");
	for (int i = 0; i < 2; i++)
		if (digit(r->at[i]) < 0)
			return err_input_at(err, r->path, r->line, (int)(r->at - start) + 1 + i,
					    "0x%02x is not a hexadecimal digit", r->at[i]);
	*ret_byte = (uint8_t)(digit(r->at[0]) << 4 | digit(r->at[1]));
	r->at += 2;
	return true;
}

/* r->at is on the ':'. */
static bool parse_record(struct reader *r, struct record *ret, struct err *err)
{
	const uint8_t *start = r->at++;
	uint8_t head[4], sum = 0, check;
	for (int i = 0; i < 4; i++) {
		if (!parse_byte(r, start, &head[i], err))
			return false;
		sum = (uint8_t)(sum + head[i]);
	}
	ret->count = head[0];
	ret->address = (unsigned)head[1] << 8 | head[2];
	ret->type = head[3];
	for (unsigned i = 0; i < ret->count; i++) {
		if (!parse_byte(r, start, &ret->data[i], err))
			return false;
		sum = (uint8_t)(sum + ret->data[i]);
	}
	int column = (int)(r->at - start) + 1;
	if (!parse_byte(r, start, &check, err))
		return false;
	uint8_t wanted = (uint8_t)-sum;
	if (check != wanted)
		return err_input_at(err, r->path, r->line, column, "checksum is 0x%02x, the record's bytes make 0x%02x",
				    check, wanted);
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
	if (r->at < r->end && *r->at != '\n')
		return err_input_at(err, r->path, r->line, (int)(r->at - start) + 1, "text behind the record's checksum");
	return true;
}

static bool want_count(struct reader *r, const struct record *record, unsigned count, struct err *err)
{
	return record->count == count ||
	       err_input_at(err, r->path, r->line, 2, "a record of type %02u holds %u bytes, this one says %u",
			    record->type, count, record->count);
}

static bool add_data(struct reader *r, const struct record *record, struct err *err)
{
	uint64_t at = r->base + record->address;
	if (r->segmented && record->address + record->count > 0x10000)
		return err_input_at(err, r->path, r->line, 4, "%u bytes at offset 0x%04x leave the 64 KiB segment",
				    record->count, record->address);
	if (at + record->count > UINT64_C(1) << 32)
		return err_input_at(err, r->path, r->line, 4, "%u bytes at 0x%08llx reach past the end of the address "
				    "space", record->count, (unsigned long long)at);
	if (record->count == 0)
		return true;
	memcpy(r->pool + r->pooled, record->data, record->count);
	r->chunk[r->chunks++] = (struct chunk){
		.at = (uint32_t)at, .bytes = record->count, .from = r->pooled, .line = r->line };
	r->pooled += record->count;
	return true;
}

static bool apply(struct reader *r, const struct record *record, struct err *err)
{
	const uint8_t *d = record->data;
	switch (record->type) {
	case 0:
		return add_data(r, record, err);
	case 1:
		r->ended = true;
		return want_count(r, record, 0, err);
	case 2:
		if (!want_count(r, record, 2, err))
			return false;
		r->base = (uint64_t)((unsigned)d[0] << 8 | d[1]) << 4;
		r->segmented = true;
		return true;
	case 3: /* CS:IP, of an 8086: nothing a Cortex-M could start from */
		return want_count(r, record, 4, err);
	case 4:
		if (!want_count(r, record, 2, err))
			return false;
		r->base = (uint64_t)((unsigned)d[0] << 8 | d[1]) << 16;
		r->segmented = false;
		return true;
	case 5:
		if (!want_count(r, record, 4, err))
			return false;
		r->entry = (uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 | (uint32_t)d[2] << 8 | d[3];
		return true;
	default:
		return err_input_at(err, r->path, r->line, 8, "record type %02x is not one of: 00, 01, 02, 03, 04, 05",
				    record->type);
	}
}

static bool parse_lines(struct reader *r, struct err *err)
{
	for (r->line = 1; r->at < r->end; r->line++) {
		while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r'))
			r->at++;
		if (r->at < r->end && *r->at != '\n') {
			struct record record;
			if (*r->at != ':')
				return err_input_at(err, r->path, r->line, 1, "a record starts with ':', this line with 0x%02x",
						    *r->at);
			if (r->ended)
				return err_input_at(err, r->path, r->line, 1, "a record follows the end record");
			if (!parse_record(r, &record, err) || !apply(r, &record, err))
				return false;
		}
		if (r->at < r->end)
			r->at++; /* the newline */
	}
	return r->ended || err_input_at(err, r->path, r->line > 1 ? r->line - 1 : 1, 1,
					"the file ends without an end record (:00000001FF): it may be cut short");
}

static int by_address(const void *a, const void *b)
{
	const struct chunk *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->line - y->line;
}

/* Joins chunks that touch. A run's bytes are gathered in `run`, which holds as much as the pool. */
static bool add_segments(struct reader *r, uint8_t *run, struct sim_image *image, struct err *err)
{
	qsort(r->chunk, r->chunks, sizeof *r->chunk, by_address);
	uint32_t at = 0, bytes = 0;
	for (size_t i = 0; i < r->chunks; i++) {
		const struct chunk *c = &r->chunk[i], *before = i ? c - 1 : NULL;
		if (before && (uint64_t)before->at + before->bytes > c->at) {
			bool later = c->line > before->line;
			return err_input_at(err, r->path, later ? c->line : before->line, 1,
					    "address 0x%08x was already given in line %d", c->at,
					    later ? before->line : c->line);
		}
		if (bytes && c->at != at + bytes) {
			if (!sim_image_add(image, at, run, bytes, err))
				return false;
			bytes = 0;
		}
		if (bytes == 0)
			at = c->at;
		memcpy(run + bytes, r->pool + c->from, c->bytes);
		bytes += c->bytes;
	}
	return bytes == 0 || sim_image_add(image, at, run, bytes, err);
}

bool sim_image_parse_hex(struct sim_image *image, const uint8_t *bytes, size_t size, struct err *err)
{
	struct reader r = { .path = image->path, .at = bytes, .end = bytes + size };
	/* The shortest record takes 11 characters; a byte of data takes two. */
	r.chunk = malloc((size / 11 + 1) * sizeof *r.chunk);
	r.pool = malloc(size / 2 + 1);
	uint8_t *run = malloc(size / 2 + 1);
	image->format = SIM_IMAGE_HEX;
	bool ok = r.chunk && r.pool && run ? parse_lines(&r, err) && add_segments(&r, run, image, err)
					   : err_internal(err, "%s: out of memory", image->path);
	image->entry = r.entry;
	free(run);
	free(r.pool);
	free(r.chunk);
	return ok;
}
