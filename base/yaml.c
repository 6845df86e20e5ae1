/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/yaml.h"
#include "base/file.h"
#include "base/near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Everything of a document lives in blocks that are freed together. */
struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

struct yaml_doc {
	struct block *blocks;
	const char *name;
	struct yaml_node *root;
	unsigned nodes;
};

struct reader {
	yaml_parser_t parser;
	struct yaml_doc *doc;
	unsigned depth;
};

static void *allocate(struct yaml_doc *doc, size_t size, struct err *err)
{
	size = (size + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
	if (!doc->blocks || doc->blocks->size - doc->blocks->used < size) {
		size_t room = size > 16384 ? size : 16384;
		struct block *block = malloc(sizeof *block + room);
		if (!block) {
			err_internal(err, "out of memory");
			return NULL;
		}
		*block = (struct block){.next = doc->blocks, .size = room};
		doc->blocks = block;
	}
	void *p = doc->blocks->bytes + doc->blocks->used;
	doc->blocks->used += size;
	return memset(p, 0, size);
}

static char *copy_text(struct yaml_doc *doc, const void *bytes, size_t length, struct err *err)
{
	char *text = allocate(doc, length + 1, err);
	return text ? memcpy(text, bytes, length) : NULL;
}

static bool refuse(const struct reader *r, yaml_mark_t at, struct err *err, const char *what)
{
	return err_input_at(err, r->doc->name, (int)at.line + 1, (int)at.column + 1, "%s", what);
}

/* libyaml's own words for a syntax error, at the place where it stumbled. */
static bool refuse_syntax(const struct reader *r, struct err *err)
{
	const yaml_parser_t *p = &r->parser;
	if (p->error == YAML_MEMORY_ERROR)
		return err_internal(err, "out of memory");
	yaml_mark_t at = p->error == YAML_READER_ERROR ? p->mark : p->problem_mark;
	return err_input_at(err, r->doc->name, (int)at.line + 1, (int)at.column + 1, "%s%s%s",
			    p->problem ? p->problem : "not YAML", p->context ? ", " : "",
			    p->context ? p->context : "");
}

static bool next_event(struct reader *r, yaml_event_t *ret_event, struct err *err)
{
	return yaml_parser_parse(&r->parser, ret_event) ? true : refuse_syntax(r, err);
}

static bool has_tag(const yaml_event_t *e)
{
	return (e->type == YAML_SCALAR_EVENT && e->data.scalar.tag) ||
	       (e->type == YAML_SEQUENCE_START_EVENT && e->data.sequence_start.tag) ||
	       (e->type == YAML_MAPPING_START_EVENT && e->data.mapping_start.tag);
}

static bool acceptable(const struct reader *r, const yaml_event_t *e, struct err *err)
{
	if (e->type == YAML_ALIAS_EVENT)
		return refuse(r, e->start_mark, err, "aliases (*name) are not read; write the value out");
	if (has_tag(e))
		return refuse(r, e->start_mark, err, "tags (!name) are not read; write the plain value");
	if (r->doc->nodes >= YAML_MAX_NODES)
		return refuse(r, e->start_mark, err, "too many values in one file");
	if (r->depth >= YAML_MAX_DEPTH)
		return refuse(r, e->start_mark, err, "maps and lists are nested too deep");
	return true;
}

static bool read_children(struct reader *r, struct yaml_node *parent, struct err *err);

/* The value that the event begins. */
static bool read_value(struct reader *r, const yaml_event_t *e, struct yaml_node **ret_node, struct err *err)
{
	if (!acceptable(r, e, err))
		return false;
	struct yaml_node *node = allocate(r->doc, sizeof *node, err);
	if (!node)
		return false;
	r->doc->nodes++;
	node->file = r->doc->name;
	node->line = (int)e->start_mark.line + 1;
	node->column = (int)e->start_mark.column + 1;
	*ret_node = node;
	if (e->type == YAML_SCALAR_EVENT) {
		node->shape = YAML_TEXT;
		node->length = e->data.scalar.length;
		node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		node->text = copy_text(r->doc, e->data.scalar.value, node->length, err);
		return node->text != NULL;
	}
	node->shape = e->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST;
	r->depth++;
	bool ok = read_children(r, node, err);
	r->depth--;
	return ok;
}

/* Reads key and value, whose key is the event; the value's node gets the key. */
static bool read_pair(struct reader *r, const yaml_event_t *key, struct yaml_node **ret_node, struct err *err)
{
	if (!acceptable(r, key, err))
		return false;
	if (key->type != YAML_SCALAR_EVENT || strlen((char *)key->data.scalar.value) != key->data.scalar.length)
		return refuse(r, key->start_mark, err, "a key must be plain text");
	char *text = copy_text(r->doc, key->data.scalar.value, key->data.scalar.length, err);
	yaml_event_t e;
	if (!text || !next_event(r, &e, err))
		return false;
	bool ok = read_value(r, &e, ret_node, err);
	yaml_event_delete(&e);
	if (!ok)
		return false;
	(*ret_node)->key = text;
	(*ret_node)->key_line = (int)key->start_mark.line + 1;
	(*ret_node)->key_column = (int)key->start_mark.column + 1;
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct yaml_node *x = *(struct yaml_node *const *)a, *y = *(struct yaml_node *const *)b;
	int order = strcmp(x->key, y->key);
	if (order)
		return order;
	return x->key_line != y->key_line ? (x->key_line > y->key_line) - (x->key_line < y->key_line)
					  : (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

static bool keys_differ(const struct yaml_node *map, struct err *err)
{
	if (map->count < 2)
		return true;
	struct yaml_node **sorted = malloc(map->count * sizeof *sorted);
	if (!sorted)
		return err_internal(err, "out of memory");
	unsigned n = 0;
	for (struct yaml_node *child = map->first; child; child = child->next)
		sorted[n++] = child;
	qsort(sorted, n, sizeof *sorted, by_key);
	const struct yaml_node *again = NULL, *earlier = NULL;
	for (unsigned i = 1; i < n && !again; i++)
		if (!strcmp(sorted[i - 1]->key, sorted[i]->key)) {
			earlier = sorted[i - 1];
			again = sorted[i];
		}
	free(sorted);
	return again ? yaml_err_key(again, err, "key '%.64s' stands here twice, first at line %d", again->key,
				    earlier->key_line)
		     : true;
}

static bool read_children(struct reader *r, struct yaml_node *parent, struct err *err)
{
	bool map = parent->shape == YAML_MAP;
	yaml_event_type_t end = map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct yaml_node **tail = &parent->first;
	for (;;) {
		yaml_event_t e;
		if (!next_event(r, &e, err))
			return false;
		if (e.type == end) {
			yaml_event_delete(&e);
			return !map || keys_differ(parent, err);
		}
		struct yaml_node *child;
		bool ok = map ? read_pair(r, &e, &child, err) : read_value(r, &e, &child, err);
		yaml_event_delete(&e);
		if (!ok)
			return false;
		*tail = child;
		tail = &child->next;
		parent->count++;
	}
}

/* stream start, document start, value, document end, stream end */
static bool read_document(struct reader *r, struct err *err)
{
	yaml_event_t e;
	bool ok = true, done = false;
	while (ok && !done) {
		if (!next_event(r, &e, err))
			return false;
		switch (e.type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (r->doc->root)
				ok = refuse(r, e.start_mark, err, "a second document; one is expected");
			break;
		case YAML_STREAM_END_EVENT:
			done = true;
			if (!r->doc->root)
				ok = refuse(r, e.start_mark, err, "the file is empty; a map of keys is expected");
			break;
		default:
			ok = read_value(r, &e, &r->doc->root, err);
		}
		yaml_event_delete(&e);
	}
	return ok;
}

bool yaml_load_text(const char *name, const void *bytes, size_t size, struct yaml_doc **ret_doc, struct err *err)
{
	if (size > YAML_MAX_BYTES)
		return err_input(err, "%s: %zu bytes, more than the %u that a YAML file may have", name, size,
				 YAML_MAX_BYTES);
	struct yaml_doc *doc = calloc(1, sizeof *doc);
	struct reader r = {.doc = doc};
	if (!doc)
		return err_internal(err, "out of memory");
	doc->name = copy_text(doc, name, strlen(name), err);
	if (!doc->name || !yaml_parser_initialize(&r.parser)) {
		yaml_destroy(doc);
		return err_internal(err, "out of memory");
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING); /* else a byte order mark could choose UTF-16 */
	yaml_parser_set_input_string(&r.parser, bytes ? bytes : (const void *)"", size);
	bool ok = read_document(&r, err);
	yaml_parser_delete(&r.parser);
	if (!ok) {
		yaml_destroy(doc);
		return false;
	}
	*ret_doc = doc;
	return true;
}

bool yaml_load(const char *path, struct yaml_doc **ret_doc, struct err *err)
{
	uint8_t *bytes;
	size_t size;
	if (!file_read(path, YAML_MAX_BYTES, &bytes, &size, err))
		return false;
	bool ok = yaml_load_text(path, bytes, size, ret_doc, err);
	free(bytes);
	return ok;
}

void yaml_destroy(struct yaml_doc *doc)
{
	if (!doc)
		return;
	for (struct block *b = doc->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(doc);
}

const struct yaml_node *yaml_root(const struct yaml_doc *doc)
{
	return doc->root;
}
