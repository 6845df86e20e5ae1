/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/bundled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct sim_memory *memory_at(const struct sim_board *board, uint32_t at)
{
	for (unsigned i = 0; i < board->memories; i++)
		if (at - board->memory[i].at < board->memory[i].bytes)
			return &board->memory[i];
	return NULL;
}

static const struct sim_placement *device_named(const struct sim_board *board, const char *name)
{
	for (unsigned i = 0; name && i < board->devices; i++)
		if (strcmp(board->device[i].name, name) == 0)
			return &board->device[i];
	return NULL;
}

/* --- where the firmware is ------------------------------------------------------------------------------------ */

static bool firmware_path(const struct sim_board *board, char *ret_path, size_t size, struct err *err)
{
	char self[512] = "";
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash = length > 0 ? strrchr(self, '/') : NULL;
	if (slash)
		*slash = 0;
	const char *core = board->core == SIM_M0 ? sim_core_name(SIM_M0PLUS) : sim_core_name(board->core);
	const char *named = getenv("THUMBWATT_RUNTIME");
	char place[3][560];
	snprintf(place[0], sizeof place[0], "%s", named ? named : "");
	snprintf(place[1], sizeof place[1], "%s/../share/thumbwatt/runtime", self);
	snprintf(place[2], sizeof place[2], "%s", BUILD_RUNTIME_DIR);
	for (unsigned i = 0; i < 3; i++) {
		if (!place[i][0])
			continue;
		int used = snprintf(ret_path, size, "%s/runtime-%s.elf", place[i], core);
		if (used > 0 && (size_t)used < size && access(ret_path, R_OK) == 0)
			return true;
	}
	return err_input(err, "no bundled firmware for %s: neither in $THUMBWATT_RUNTIME nor in %s nor in %s", core,
			 place[1], place[2]);
}

/* --- the configuration ------------------------------------------------------------------------------------------ */

static uint32_t uart_kind(const struct sim_placement *uart)
{
	if (!uart)
		return RT_UART_NONE;
	if (strcmp(uart->type, "stm32-usart-v1") == 0)
		return RT_UART_STM32_V1;
	if (strcmp(uart->type, "stm32-usart") == 0)
		return RT_UART_STM32_V2;
	return strcmp(uart->type, "cmsdk-uart") == 0 ? RT_UART_CMSDK : RT_UART_NONE;
}

static bool place_arena(const struct sim_board *board, const struct session_bundle *bundle, uint32_t ram_end,
			struct rt_config *config, struct err *err)
{
	const struct sim_memory *memory = memory_at(board, ram_end);
	for (unsigned i = 0; i < board->memories; i++)
		if (strcmp(board->memory[i].name, board->arena_memory) == 0)
			memory = &board->memory[i];
	if (!memory)
		return err_input(err, "board %s has no RAM at 0x%08x for the bundled firmware", board->name, ram_end);
	uint32_t at = ram_end - memory->at < memory->bytes ? ram_end : memory->at;
	uint32_t room = memory->bytes - (at - memory->at);
	if (bundle->arena_bytes > room)
		return err_input(err, "an arena of %u bytes does not fit board %s: %s leaves %u", bundle->arena_bytes,
				 board->name, memory->name, room);
	config->arena_at = at;
	config->arena_bytes = bundle->arena_bytes ? bundle->arena_bytes : room;
	return true;
}

static bool configure(const struct sim_board *board, const struct session_bundle *bundle, uint32_t ram_end,
		      struct rt_config *config, struct err *err)
{
	const struct sim_placement *uart = device_named(board, board->console);
	const struct sim_placement *sensor = device_named(board, bundle->sensor);
	if (bundle->mode == RT_MODE_STREAM && (!sensor || sensor->irqs == 0))
		return err_input(err, "board %s has no sensor port '%s'", board->name,
				 bundle->sensor ? bundle->sensor : "");
	config->magic = RT_CONFIG_MAGIC;
	config->mode = bundle->mode;
	config->clock_hz = (uint32_t)bundle->clock_hz;
	config->uart_base = uart ? uart->at : 0;
	config->uart_kind = uart_kind(uart);
	config->sensor_base = sensor ? sensor->at : 0;
	config->sensor_irq = sensor ? (uint32_t)sensor->irq[0] : 0;
	config->runs = bundle->runs;
	config->hop_frames = bundle->hop_frames;
	config->layer_marks = bundle->layer_marks;
	return place_arena(board, bundle, ram_end, config, err);
}

/* --- the image ----------------------------------------------------------------------------------------------------- */

static bool add_segment(struct sim_image *image, uint32_t at, const void *bytes, size_t count, struct err *err)
{
	struct sim_segment *grown = realloc(image->segment, (image->segments + 1) * sizeof *grown);
	uint8_t *copy = malloc(count ? count : 1);
	if (grown)
		image->segment = grown;
	if (!grown || !copy) {
		free(copy);
		return err_internal(err, "out of memory");
	}
	memcpy(copy, bytes, count);
	image->segment[image->segments++] = (struct sim_segment){.at = at, .bytes = (uint32_t)count, .data = copy};
	return true;
}

/* Puts a blob at *cursor and moves that on; nothing for an empty one. */
static bool add_blob(const struct sim_memory *flash, struct sim_image *image, const char *what, const void *bytes,
		     size_t count, uint32_t *cursor, uint32_t *ret_at, uint32_t *ret_bytes, const char *board,
		     struct err *err)
{
	if (count == 0)
		return true;
	uint32_t used = *cursor - flash->at;
	if (used > flash->bytes || count > flash->bytes - used)
		return err_input(err, "%s does not fit board %s: it takes %zu bytes of flash, and %u of %u are free", what,
				 board, count, used < flash->bytes ? flash->bytes - used : 0, flash->bytes);
	*ret_at = *cursor;
	*ret_bytes = (uint32_t)count;
	*cursor += (uint32_t)(count + 15) & ~15u;
	return add_segment(image, *ret_at, bytes, count, err);
}

static bool assemble(const struct sim_board *board, const struct session_bundle *bundle, struct sim_image *image,
		     struct session_room *ret_room, struct err *err)
{
	uint32_t config_at, config_bytes, image_end, ram_end, unused;
	struct rt_config config = {0};
	if (!sim_image_symbol(image, "rt_config", &config_at, &config_bytes) ||
	    !sim_image_symbol(image, "rt_image_end", &image_end, &unused) ||
	    !sim_image_symbol(image, "rt_ram_end", &ram_end, &unused) || config_bytes != sizeof config)
		return err_input(err, "%s is not the bundled firmware of this version", image->path);
	const struct sim_memory *flash = memory_at(board, config_at);
	if (!flash || flash->kind != SIM_FLASH)
		return err_input(err, "board %s has no flash at 0x%08x for the bundled firmware", board->name, config_at);
	uint32_t cursor = image_end;
	bool ok = add_blob(flash, image, bundle->model_path, bundle->model, bundle->model_bytes, &cursor,
			   &config.model_at, &config.model_bytes, board->name, err) &&
		  add_blob(flash, image, "labels", bundle->labels, bundle->labels_bytes, &cursor, &config.labels_at,
			   &config.labels_bytes, board->name, err) &&
		  add_blob(flash, image, "inputs", bundle->inputs, bundle->inputs_bytes, &cursor, &config.input_at,
			   &config.input_bytes, board->name, err) &&
		  configure(board, bundle, ram_end, &config, err);
	/* Later segments are loaded over earlier ones: this one over the block that the linker left empty. */
	ok = ok && add_segment(image, config_at, &config, sizeof config, err);
	if (ok)
		*ret_room = (struct session_room){image_end - flash->at, config.arena_bytes};
	return ok;
}

bool session_bundle_image(const struct sim_board *board, const struct session_bundle *bundle,
			  struct sim_image *ret_image, struct session_room *ret_room, struct err *err)
{
	char path[600];
	struct sim_image image;
	if (!firmware_path(board, path, sizeof path, err) || !sim_image_read(path, 0, &image, err))
		return false;
	if (!assemble(board, bundle, &image, ret_room, err)) {
		sim_image_free(&image);
		return false;
	}
	*ret_image = image;
	return true;
}
