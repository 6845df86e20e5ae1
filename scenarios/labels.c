/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/labels.h"
#include "base/file.h"
#include "scenarios/sensor.h"

#include <stdlib.h>
#include <string.h>

/* Where a name stands, for messages: in the scenario, or in the file of labels. */
struct place {
	const char *file;
	int line, column;
};

struct labels {
	char *bytes;
	size_t used, room;
	unsigned count;
};

static bool printable(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < 32 || name[i] == 127)
			return false;
	return length > 0;
}

static bool add(struct labels *all, const struct place *at, const char *name, size_t length, struct err *err)
{
	if (!printable(name, length))
		return err_input_at(err, at->file, at->line, at->column,
				    "a label is text without control characters");
	if (all->count == SCN_MAX_LABELS)
		return err_input_at(err, at->file, at->line, at->column, "more than %d labels", SCN_MAX_LABELS);
	if (all->used + length + 1 > SCN_MAX_LABELS_BYTES)
		return err_input_at(err, at->file, at->line, at->column, "more than %u bytes of labels",
				    SCN_MAX_LABELS_BYTES);
	while (all->room < all->used + length + 1) {
		size_t room = all->room ? all->room * 2 : 256;
		char *more = realloc(all->bytes, room);
		if (!more)
			return err_internal(err, "out of memory");
		all->bytes = more;
		all->room = room;
	}
	memcpy(all->bytes + all->used, name, length);
	all->bytes[all->used + length] = 0;
	all->used += length + 1;
	all->count++;
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **scn_labels_names(const char *labels, unsigned count)
{
	const char **names = calloc(count + 1, sizeof *names);
	for (unsigned i = 0; names && i < count; i++, labels += strlen(labels) + 1)
		names[i] = labels;
	return names;
}

static bool names_differ(const struct yaml_node *node, const struct labels *all, struct err *err)
{
	const char **names = scn_labels_names(all->bytes, all->count);
	const char *twice = NULL;
	if (!names)
		return err_internal(err, "out of memory");
	qsort(names, all->count, sizeof *names, by_text);
	for (unsigned i = 1; i < all->count && !twice; i++)
		if (!strcmp(names[i - 1], names[i]))
			twice = names[i];
	free(names);
	return twice ? yaml_err(node, err, "the label '%.64s' stands there twice", twice) : true;
}

/* One name on each line; empty lines are skipped. */
static bool split(const char *path, const char *at, size_t size, struct labels *all, struct err *err)
{
	struct place place = {path, 0, 1};
	const char *end = at + size;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end, *next = newline ? newline + 1 : end;
		place.line++;
		if (stop > at && stop[-1] == '\r')
			stop--;
		if (stop > at && !add(all, &place, at, (size_t)(stop - at), err))
			return false;
		at = next;
	}
	return true;
}

static bool read_file(const struct yaml_node *node, struct labels *all, struct err *err)
{
	char *path;
	uint8_t *bytes;
	size_t size;
	if (!scn_file_beside(node, "the file of labels", &path, err))
		return false;
	bool ok = file_read(path, SCN_MAX_LABELS_BYTES, &bytes, &size, err);
	if (ok) {
		ok = split(path, (const char *)bytes, size, all, err);
		free(bytes);
	}
	free(path);
	return ok;
}

static bool read_list(const struct yaml_node *node, struct labels *all, struct err *err)
{
	for (const struct yaml_node *n = node->first; n; n = n->next) {
		struct place place = {n->file, n->line, n->column};
		if (!yaml_shape(n, YAML_TEXT, "a label", err) || !add(all, &place, n->text, n->length, err))
			return false;
	}
	return true;
}

bool scn_labels_read(const struct yaml_node *node, char **ret_labels, size_t *ret_bytes, unsigned *ret_count,
		     struct err *err)
{
	struct labels all = {0};
	if (!node)
		return true;
	bool ok = node->shape == YAML_LIST ? read_list(node, &all, err) : read_file(node, &all, err);
	if (ok && all.count == 0)
		ok = yaml_err(node, err,
			      "no labels; a file with one on each line, or a list such as [yes, no], is "
			      "expected");
	if (!ok || !names_differ(node, &all, err)) {
		free(all.bytes);
		return false;
	}
	*ret_labels = all.bytes;
	*ret_bytes = all.used;
	*ret_count = all.count;
	return true;
}
