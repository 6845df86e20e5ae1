/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * YAML files as a tree in which every key and value knows its file:line:column, and typed readers whose refusals
 * name that place and what would be accepted:
 *
 *     kws.yaml:6:28: 'hgih' is not one of: low, high
 *     kws.yaml:4:1: unknown key 'modle'; did you mean 'model'? accepted: board, model, name
 *     kws.yaml:7:24: '16' has no unit; a frequency such as 16kHz, 104Hz is expected
 *
 * How a file is read:
 *
 *     static const char *const keys[] = {"name", "rate", "loop", "source", NULL};
 *     const struct yaml_node *root = yaml_root(doc), *rate;
 *     if (!yaml_keys(root, keys, err) ||                                       a map, and no other keys
 *         !yaml_need(root, "rate", &rate, err) ||                              required
 *         !yaml_frequency_mhz(rate, &sensor->rate_mhz, err) ||
 *         !yaml_bool(yaml_get(root, "loop"), &sensor->loop, err))              optional: keeps its default
 *             return false;
 *
 * Every reader takes NULL for "the key is not there": it returns true and leaves the output as it was. On a
 * refusal the output is untouched.
 *
 * The file is untrusted. Refused with their place: duplicate keys, keys that are not plain text, aliases (*x)
 * and tags (!x), a second document, bytes that are not UTF-8, and anything beyond the limits below. So the work
 * is bounded by the file's size. It knows nothing of what a file means.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/err.h"
#include "base/units.h"

#include <stddef.h>
#include <stdint.h>

#define YAML_MAX_BYTES (1u << 20) /* of a file */
#define YAML_MAX_DEPTH 24         /* maps and lists inside each other */
#define YAML_MAX_NODES 65536

enum yaml_shape { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_shape shape;
	int line, column;        /* of the value, from 1 */
	const char *text;        /* TEXT: as written, quotes and escapes resolved; NUL-terminated */
	size_t length;           /* TEXT: bytes of it, which may contain NULs if they were escaped */
	bool quoted;             /* TEXT: stood in quotes or in a block */
	struct yaml_node *first; /* LIST, MAP: its entries in the file's order */
	unsigned count;          /* LIST, MAP */
	const char *key;         /* as an entry of a map; else NULL */
	int key_line, key_column;
	struct yaml_node *next; /* sibling */
	const char *file;       /* as given to yaml_load */
};

struct yaml_doc;

/* Reads a file, or a text that messages call `name`. The tree lives until yaml_destroy (which takes NULL). */
bool yaml_load(const char *path, struct yaml_doc **ret_doc, struct err *err);
bool yaml_load_text(const char *name, const void *bytes, size_t size, struct yaml_doc **ret_doc, struct err *err);
void yaml_destroy(struct yaml_doc *doc);
const struct yaml_node *yaml_root(const struct yaml_doc *doc);

/* Refuses with the place of the value, or of the key it stands behind (the value's if it has none). */
bool yaml_err(const struct yaml_node *node, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool yaml_err_key(const struct yaml_node *node, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The value of a key; NULL if it is not there or `map` is NULL or no map. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* The same for a key that must be there. */
bool yaml_need(const struct yaml_node *map, const char *key, const struct yaml_node **ret_node, struct err *err);

/* That it is a map which has no keys but `accepted` (NULL-terminated). */
bool yaml_keys(const struct yaml_node *map, const char *const *accepted, struct err *err);

/* That it has this shape; `expected` says what would be accepted ("a map of sensor names"). */
bool yaml_shape(const struct yaml_node *node, enum yaml_shape shape, const char *expected, struct err *err);

/*
 * Readers. Text: not empty, no NUL inside; the pointer lives as long as the document. copy: the same into
 * `size` bytes, refused if longer. Bounds are inclusive.
 */
bool yaml_string(const struct yaml_node *node, const char **ret_text, struct err *err);
bool yaml_copy(const struct yaml_node *node, char *ret_text, size_t size, struct err *err);
bool yaml_bool(const struct yaml_node *node, bool *ret_value, struct err *err);
bool yaml_integer(const struct yaml_node *node, int64_t low, int64_t high, int64_t *ret_value, struct err *err);
bool yaml_unsigned(const struct yaml_node *node, uint64_t high, uint64_t *ret_value, struct err *err);
bool yaml_u32(const struct yaml_node *node, uint32_t *ret_value, struct err *err);
bool yaml_number(const struct yaml_node *node, double low, double high, double *ret_value, struct err *err);

/* One of the names (NULL-terminated): its index. */
bool yaml_choice(const struct yaml_node *node, const char *const *names, unsigned *ret_index, struct err *err);

/* Quantities: see base/units.h. */
bool yaml_scaled(const struct yaml_node *node, enum unit unit, int exponent, uint64_t *ret_value,
		 struct err *err);
bool yaml_quantity(const struct yaml_node *node, enum unit unit, int exponent, double *ret_value,
		   struct err *err);
bool yaml_time_ps(const struct yaml_node *node, uint64_t *ret_ps, struct err *err);
bool yaml_frequency_mhz(const struct yaml_node *node, uint64_t *ret_millihertz, struct err *err);
bool yaml_bytes(const struct yaml_node *node, uint64_t *ret_bytes, struct err *err);

/* A scalar stands for a list of itself: `for (n = yaml_items(node); n; n = yaml_item_after(node, n))`. */
const struct yaml_node *yaml_items(const struct yaml_node *node);
const struct yaml_node *yaml_item_after(const struct yaml_node *node, const struct yaml_node *item);

#endif
