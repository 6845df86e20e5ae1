/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of a model's classes: a list in the scenario, or a text file with one name on each line. */
#ifndef SCENARIOS_LABELS_H
#define SCENARIOS_LABELS_H

#include "base/yaml.h"

#define SCN_MAX_LABELS 4096
#define SCN_MAX_LABELS_BYTES (256u << 10)

/*
 * *ret_labels: the names, each NUL-terminated, one after the other, in memory the caller frees; NULL if node is.
 * No name is empty, has a control character in it, or stands there twice.
 */
bool scn_labels_read(const struct yaml_node *node, char **ret_labels, size_t *ret_bytes, unsigned *ret_count,
		     struct err *err);

/* A NULL-terminated array of pointers into `labels`; the caller frees the array. NULL: out of memory. */
const char **scn_labels_names(const char *labels, unsigned count);

#endif
