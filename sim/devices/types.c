/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All device types there are, and what they share in reading their options. */
#include "sim/devices/types.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sim_device_type *const sim_device_types[] = {
	&sim_cmsdk_dualtimer_type,
	&sim_cmsdk_timer_type,
	&sim_cmsdk_uart_type,
	&sim_cmsdk_watchdog_type,
	&sim_flash_interface_type,
	&sim_mps2_fpgaio_type,
	&sim_sensor_port_type,
	&sim_stm32_crc_type,
	&sim_stm32_dma_type,
	&sim_stm32_exti_type,
	&sim_stm32_gpdma_type,
	&sim_stm32_gpio_type,
	&sim_stm32_iwdg_type,
	&sim_stm32_lptim_type,
	&sim_stm32_pwr_type,
	&sim_stm32_rcc_type,
	&sim_stm32_rng_type,
	&sim_stm32_rtc_type,
	&sim_stm32_syscfg_type,
	&sim_stm32_timer_type,
	&sim_stm32_usart_v1_type,
	&sim_stm32_usart_v2_type,
	&sim_stm32_wwdg_type,
	&sim_stub_type,
	NULL,
};

const struct sim_device_type *sim_device_type_find(const char *name)
{
	for (const struct sim_device_type *const *type = sim_device_types; *type; type++)
		if (strcmp((*type)->name, name) == 0)
			return *type;
	return NULL;
}

static const struct sim_option *find(const struct sim_placement *place, const char *key)
{
	for (unsigned i = 0; i < place->options; i++)
		if (strcmp(place->option[i].key, key) == 0)
			return &place->option[i];
	return NULL;
}

const char *sim_device_option(const struct sim_device *device, const char *key, const char *otherwise)
{
	const struct sim_option *option = find(device->place, key);
	return option ? option->value : otherwise;
}

bool sim_device_parse_number(const char *text, uint64_t *ret_value)
{
	char *end;
	if (text[0] < '0' || text[0] > '9') /* strtoull would take blanks and signs */
		return false;
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	errno = 0;
	unsigned long long value = strtoull(text, &end, hex ? 16 : 10);
	if (errno || *end)
		return false;
	*ret_value = value;
	return true;
}

bool sim_device_option_number(const struct sim_device *device, const char *key, uint64_t otherwise,
			      uint64_t low, uint64_t high, uint64_t *ret_value, struct err *err)
{
	const struct sim_option *option = find(device->place, key);
	uint64_t value = otherwise;
	if (option && (!sim_device_parse_number(option->value, &value) || value < low || value > high))
		return err_input_at(err, device->board->path, option->line, option->column,
				    "'%s' is no %s of device '%s'; a whole number in %" PRIu64 " … %" PRIu64
				    " is expected", option->value, key, device->place->name, low, high);
	*ret_value = value;
	return true;
}

bool sim_device_option_bool(const struct sim_device *device, const char *key, bool otherwise, bool *ret_value,
			   struct err *err)
{
	const struct sim_option *option = find(device->place, key);
	if (!option)
		*ret_value = otherwise;
	else if (strcmp(option->value, "true") == 0 || strcmp(option->value, "false") == 0)
		*ret_value = option->value[0] == 't';
	else
		return err_input_at(err, device->board->path, option->line, option->column,
				    "'%s' is not one of: false, true", option->value);
	return true;
}

bool sim_device_options_known(const struct sim_device *device, const char *const *known, struct err *err)
{
	for (unsigned i = 0; i < device->place->options; i++) {
		const struct sim_option *option = &device->place->option[i];
		char list[256] = "";
		bool found = false;
		for (const char *const *key = known; *key && !found; key++) {
			size_t used = strlen(list);
			snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", *key);
			found = strcmp(*key, option->key) == 0;
		}
		if (!found)
			return err_input_at(err, device->board->path, option->line, option->column,
					    "a device of type %s has no option '%s'; it has: %s", device->type->name,
					    option->key, list);
	}
	return true;
}

uint32_t sim_placement_bytes(const struct sim_placement *place)
{
	const struct sim_device_type *type = sim_device_type_find(place->type);
	const struct sim_option *option = find(place, "bytes");
	uint64_t bytes = 0;
	if (!type)
		return 0;
	if (type->bytes > 0)
		return type->bytes;
	return option && sim_device_parse_number(option->value, &bytes) && bytes <= SIM_STUB_MAX_BYTES
		       ? (uint32_t)bytes : SIM_STUB_BYTES;
}
