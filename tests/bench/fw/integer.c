/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The four kinds of work that CoreMark is made of, written anew: linked lists (search, sort, reverse), small
 * integer matrices, a state machine over text, a CRC of it all. Branchy code with short blocks.
 */
#include "bench.h"

enum { NODES = 48, SIDE = 10 };

struct node {
	struct node *next;
	int16_t key, value;
};

static struct node node[NODES];
static int16_t left[SIDE][SIDE], right[SIDE][SIDE];
static int32_t product[SIDE][SIDE];

__attribute__((noinline)) static uint16_t crc16(uint16_t crc, uint32_t word, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++) {
		unsigned carry = (crc ^ word) & 1;
		crc >>= 1;
		word >>= 1;
		if (carry)
			crc ^= 0xA001;
	}
	return crc;
}

/* --- lists -------------------------------------------------------------------------------------------------- */

static struct node *make_list(uint32_t seed)
{
	for (unsigned i = 0; i < NODES; i++) {
		seed = seed * 1664525 + 1013904223;
		node[i].key = (int16_t)(seed >> 18);
		node[i].value = (int16_t)i;
		node[i].next = i + 1 < NODES ? &node[i + 1] : 0;
	}
	return node;
}

static struct node *merge(struct node *a, struct node *b, int (*before)(const struct node *, const struct node *))
{
	struct node head, *tail = &head;
	while (a && b) {
		struct node **from = before(b, a) ? &b : &a;
		tail->next = *from;
		tail = *from;
		*from = tail->next;
	}
	tail->next = a ? a : b;
	return head.next;
}

static struct node *sort(struct node *list, unsigned count, int (*before)(const struct node *, const struct node *))
{
	if (count < 2) {
		list->next = 0;
		return list;
	}
	struct node *second = list;
	for (unsigned i = 0; i < count / 2; i++)
		second = second->next;
	/* The first half is cut off where it has its count. */
	struct node *b = sort(second, count - count / 2, before);
	return merge(sort(list, count / 2, before), b, before);
}

static int by_key(const struct node *a, const struct node *b) { return a->key < b->key; }
static int by_value(const struct node *a, const struct node *b) { return (a->value ^ 21) < (b->value ^ 21); }

static struct node *reverse(struct node *list)
{
	struct node *done = 0;
	while (list) {
		struct node *next = list->next;
		list->next = done;
		done = list;
		list = next;
	}
	return done;
}

static const struct node *find(const struct node *list, int16_t value)
{
	while (list && list->value != value)
		list = list->next;
	return list;
}

static uint16_t lists(uint32_t seed, uint16_t crc)
{
	struct node *list = sort(make_list(seed), NODES, by_key);
	for (int16_t value = 0; value < 40; value += 3) {
		list = reverse(list);
		const struct node *found = find(list, value);
		crc = crc16(crc, found ? (uint16_t)found->key : 0xFFFF, 16);
	}
	for (const struct node *n = sort(list, NODES, by_value); n; n = n->next)
		crc = crc16(crc, (uint16_t)n->key, 8);
	return crc;
}

/* --- matrices ------------------------------------------------------------------------------------------------- */

static int32_t matrices(uint32_t seed)
{
	int32_t sum = 0;
	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			seed = seed * 1664525 + 1013904223;
			left[i][j] = (int16_t)(seed >> 20) - 2048;
			right[i][j] = (int16_t)((seed >> 12 & 0xFF) + (uint32_t)left[i][j]);
		}
	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			int32_t cell = 0;
			for (int k = 0; k < SIDE; k++)
				cell += left[i][k] * right[k][j];
			product[i][j] = cell;
		}
	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++)
			sum += product[i][j] > sum ? 10 : (product[i][j] >> 2 & 15) * (product[i][j] >> 5 & 127);
	return sum;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

enum state { START, SIGN, WHOLE, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, POWER, BROKEN, STATES };

static enum state next_state(enum state state, char c)
{
	int digit = c >= '0' && c <= '9';
	switch (state) {
	case START: return digit ? WHOLE : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : BROKEN;
	case SIGN: return digit ? WHOLE : c == '.' ? POINT : BROKEN;
	case WHOLE: return digit ? WHOLE : c == '.' ? FRACTION : c == 'e' ? EXPONENT : BROKEN;
	case POINT:
	case FRACTION: return digit ? FRACTION : c == 'e' ? EXPONENT : BROKEN;
	case EXPONENT: return digit ? POWER : c == '+' || c == '-' ? EXPONENT_SIGN : BROKEN;
	case EXPONENT_SIGN:
	case POWER: return digit ? POWER : BROKEN;
	default: return BROKEN;
	}
}

static uint16_t texts(uint32_t seed, uint16_t crc)
{
	static char text[] = "5012,1.5,-874,+122,.7e-3,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,T0.3e-1F,1e,7x";
	uint32_t visits[STATES] = {0};
	text[seed % 80] ^= 1; /* each round reads something else, and the next undoes it */
	enum state state = START;
	for (const char *c = text; *c; c++) {
		visits[state]++;
		state = *c == ',' ? START : next_state(state, *c);
	}
	text[seed % 80] ^= 1;
	for (unsigned i = 0; i < STATES; i++)
		crc = crc16(crc, visits[i], 16);
	return crc;
}

uint32_t work(uint32_t rounds)
{
	uint16_t crc = 0;
	for (uint32_t i = 0; i < rounds; i++) {
		crc = lists(i, crc);
		crc = crc16(crc, (uint32_t)matrices(i), 32);
		crc = texts(i, crc);
	}
	return crc;
}
