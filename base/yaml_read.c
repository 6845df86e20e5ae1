/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The typed readers of base/yaml.h; they know the tree, not libyaml. */
#include "base/near.h"
#include "base/yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool refuse(const char *file, int line, int column, struct err *err, const char *format, va_list args)
{
	char text[768];
	vsnprintf(text, sizeof text, format, args);
	return err_input_at(err, file, line, column, "%s", text);
}

bool yaml_err(const struct yaml_node *node, struct err *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	refuse(node->file, node->line, node->column, err, format, args);
	va_end(args);
	return false;
}

bool yaml_err_key(const struct yaml_node *node, struct err *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (node->key)
		refuse(node->file, node->key_line, node->key_column, err, format, args);
	else
		refuse(node->file, node->line, node->column, err, format, args);
	va_end(args);
	return false;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	if (!map || map->shape != YAML_MAP)
		return NULL;
	for (const struct yaml_node *n = map->first; n; n = n->next)
		if (!strcmp(n->key, key))
			return n;
	return NULL;
}

bool yaml_need(const struct yaml_node *map, const char *key, const struct yaml_node **ret_node, struct err *err)
{
	if (!yaml_shape(map, YAML_MAP, "a map of keys", err))
		return false;
	const struct yaml_node *node = yaml_get(map, key);
	if (!node)
		return yaml_err_key(map, err, "key '%s' is missing%s%.64s%s", key, map->key ? " in '" : "",
				    map->key ? map->key : "", map->key ? "'" : "");
	*ret_node = node;
	return true;
}

bool yaml_keys(const struct yaml_node *map, const char *const *accepted, struct err *err)
{
	if (!map)
		return true;
	char list[512];
	if (map->shape != YAML_MAP)
		return yaml_err(map, err, "a map with the keys %s is expected",
				near_list(accepted, list, sizeof list));
	for (const struct yaml_node *n = map->first; n; n = n->next) {
		const char *const *name = accepted;
		while (*name && strcmp(*name, n->key) != 0)
			name++;
		if (*name)
			continue;
		const char *near = near_name(n->key, accepted);
		return yaml_err_key(n, err, "unknown key '%.64s';%s%s%s accepted: %s", n->key,
				    near ? " did you mean '" : "", near ? near : "", near ? "'?" : "",
				    near_list(accepted, list, sizeof list));
	}
	return true;
}

static const char *shape_name(const struct yaml_node *node)
{
	static const char *const names[] = {"text", "a list", "a map"};
	if (node->shape == YAML_TEXT && node->length == 0 && !node->quoted)
		return "nothing";
	return names[node->shape];
}

bool yaml_shape(const struct yaml_node *node, enum yaml_shape shape, const char *expected, struct err *err)
{
	if (!node || node->shape == shape)
		return true;
	return yaml_err(node, err, "%s is expected here, not %s", expected, shape_name(node));
}

/* A scalar that a reader can parse as C text. */
static bool scalar(const struct yaml_node *node, const char *expected, struct err *err)
{
	if (node->shape != YAML_TEXT || node->length == 0)
		return yaml_err(node, err, "%s is expected here, not %s", expected,
				node->quoted ? "an empty text" : shape_name(node));
	if (strlen(node->text) != node->length)
		return yaml_err(node, err, "%s is expected here, without a NUL in it", expected);
	return true;
}

bool yaml_string(const struct yaml_node *node, const char **ret_text, struct err *err)
{
	if (!node)
		return true;
	if (!scalar(node, "text", err))
		return false;
	*ret_text = node->text;
	return true;
}

bool yaml_copy(const struct yaml_node *node, char *ret_text, size_t size, struct err *err)
{
	if (!node)
		return true;
	if (!scalar(node, "text", err))
		return false;
	if (node->length >= size)
		return yaml_err(node, err, "%zu bytes of text, at most %zu are expected here", node->length,
				size - 1);
	memcpy(ret_text, node->text, node->length + 1);
	return true;
}

bool yaml_choice(const struct yaml_node *node, const char *const *names, unsigned *ret_index, struct err *err)
{
	if (!node)
		return true;
	char list[512];
	near_list(names, list, sizeof list);
	if (node->shape != YAML_TEXT)
		return yaml_err(node, err, "one of %s is expected here, not %s", list, shape_name(node));
	for (unsigned i = 0; names[i]; i++)
		if (!strcmp(names[i], node->text) && strlen(node->text) == node->length) {
			*ret_index = i;
			return true;
		}
	return yaml_err(node, err, "'%.64s' is not one of: %s", node->text, list);
}

bool yaml_bool(const struct yaml_node *node, bool *ret_value, struct err *err)
{
	static const char *const names[] = {"false", "true", NULL};
	unsigned index;
	if (!node)
		return true;
	if (!yaml_choice(node, names, &index, err))
		return false;
	*ret_value = index;
	return true;
}

/* Puts the place before a refusal of base/units.h. */
static bool at_place(const struct yaml_node *node, const struct err *why, struct err *err)
{
	return yaml_err(node, err, "%s", why->text);
}

bool yaml_scaled(const struct yaml_node *node, enum unit unit, int exponent, uint64_t *ret_value, struct err *err)
{
	struct err why;
	if (!node)
		return true;
	if (!scalar(node, units_expected(unit), err))
		return false;
	return units_integer(node->text, unit, exponent, ret_value, &why) ? true : at_place(node, &why, err);
}

bool yaml_quantity(const struct yaml_node *node, enum unit unit, int exponent, double *ret_value, struct err *err)
{
	struct err why;
	if (!node)
		return true;
	if (!scalar(node, units_expected(unit), err))
		return false;
	return units_double(node->text, unit, exponent, ret_value, &why) ? true : at_place(node, &why, err);
}

bool yaml_time_ps(const struct yaml_node *node, uint64_t *ret_ps, struct err *err)
{
	return yaml_scaled(node, UNIT_TIME, -12, ret_ps, err);
}

bool yaml_frequency_mhz(const struct yaml_node *node, uint64_t *ret_millihertz, struct err *err)
{
	return yaml_scaled(node, UNIT_FREQUENCY, -3, ret_millihertz, err);
}

bool yaml_bytes(const struct yaml_node *node, uint64_t *ret_bytes, struct err *err)
{
	return yaml_scaled(node, UNIT_BYTES, 0, ret_bytes, err);
}

bool yaml_unsigned(const struct yaml_node *node, uint64_t high, uint64_t *ret_value, struct err *err)
{
	uint64_t value = 0;
	if (!node)
		return true;
	if (!yaml_scaled(node, UNIT_NUMBER, 0, &value, err))
		return false;
	if (value > high)
		return yaml_err(node, err, "%s is too large; a number from 0 to %llu is expected", node->text,
				(unsigned long long)high);
	*ret_value = value;
	return true;
}

bool yaml_u32(const struct yaml_node *node, uint32_t *ret_value, struct err *err)
{
	uint64_t value;
	if (!node)
		return true;
	if (!yaml_unsigned(node, UINT32_MAX, &value, err))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

bool yaml_integer(const struct yaml_node *node, int64_t low, int64_t high, int64_t *ret_value, struct err *err)
{
	uint64_t size;
	struct err why;
	if (!node)
		return true;
	if (!scalar(node, units_expected(UNIT_NUMBER), err))
		return false;
	bool negative = node->text[0] == '-';
	if (negative && (node->text[1] == '-' || node->text[1] == '+'))
		return yaml_err(node, err, "'%.64s' is not a number", node->text);
	if (!units_integer(node->text + negative, UNIT_NUMBER, 0, &size, &why))
		return at_place(node, &why, err);
	int64_t value = size > INT64_MAX ? INT64_MAX : (int64_t)size;
	value = negative ? -value : value;
	if (size > INT64_MAX || value < low || value > high)
		return yaml_err(node, err, "%.64s is out of range; a whole number from %lld to %lld is expected",
				node->text, (long long)low, (long long)high);
	*ret_value = value;
	return true;
}

bool yaml_number(const struct yaml_node *node, double low, double high, double *ret_value, struct err *err)
{
	double value = 0;
	if (!node)
		return true;
	if (!yaml_quantity(node, UNIT_NUMBER, 0, &value, err))
		return false;
	if (!(value >= low && value <= high))
		return yaml_err(node, err, "%.64s is out of range; a number from %g to %g is expected",
				node->text, low, high);
	*ret_value = value;
	return true;
}

const struct yaml_node *yaml_items(const struct yaml_node *node)
{
	return node && node->shape == YAML_LIST ? node->first : node;
}

const struct yaml_node *yaml_item_after(const struct yaml_node *node, const struct yaml_node *item)
{
	return node->shape == YAML_LIST ? item->next : NULL;
}
