/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Semihosting: BKPT 0xAB with the call's number in r0 and its arguments at r1.
 *
 * Source: Arm, "Semihosting for AArch32 and AArch64" (ARM-software/abi-aa). Text goes to the observer as a UART
 * named "semihosting". Files are opened only below the folder the user named, links that lead out refused;
 * without a folder every open but ":tt" fails. Clock and time are virtual. SYS_SYSTEM is refused.
 */
#include "sim/machine_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANDLES 32
#define NO_FILE (-1)
#define CONSOLE (-2)
#define FAILED 0xFFFFFFFFu

struct semihosting {
	int fd[HANDLES]; /* handle n + 1 */
	int last_errno;
};

enum call {
	SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITEC = 0x03, SYS_WRITE0 = 0x04, SYS_WRITE = 0x05, SYS_READ = 0x06,
	SYS_READC = 0x07, SYS_ISERROR = 0x08, SYS_ISTTY = 0x09, SYS_SEEK = 0x0A, SYS_FLEN = 0x0C, SYS_REMOVE = 0x0E,
	SYS_RENAME = 0x0F, SYS_CLOCK = 0x10, SYS_TIME = 0x11, SYS_SYSTEM = 0x12, SYS_ERRNO = 0x13,
	SYS_GET_CMDLINE = 0x15, SYS_HEAPINFO = 0x16, SYS_EXIT = 0x18, SYS_EXIT_EXTENDED = 0x20, SYS_ELAPSED = 0x30,
	SYS_TICKFREQ = 0x31,
};

static struct semihosting *state_of(struct sim_machine *machine)
{
	if (!machine->semihosting) {
		struct semihosting *state = malloc(sizeof *state);
		if (!state)
			return NULL;
		for (int i = 0; i < HANDLES; i++)
			state->fd[i] = NO_FILE;
		state->last_errno = 0;
		machine->semihosting = state;
	}
	return machine->semihosting;
}

void sim_semihosting_free(struct sim_machine *machine)
{
	struct semihosting *state = machine->semihosting;
	for (int i = 0; state && i < HANDLES; i++)
		if (state->fd[i] >= 0)
			close(state->fd[i]);
	free(state);
	machine->semihosting = NULL;
}

static uint32_t argument(const struct sim_machine *machine, uint32_t block, unsigned index)
{
	uint32_t value = 0;
	sim_machine_read(machine, block + 4 * index, &value, 4);
	return value;
}

static void say(struct sim_machine *machine, uint8_t byte)
{
	if (machine->observer.uart)
		machine->observer.uart(machine->observer.context, sim_machine_when(machine, machine->clock.cycle),
				       "semihosting", byte);
}

static int fd_of(const struct semihosting *state, uint32_t handle)
{
	return handle >= 1 && handle <= HANDLES ? state->fd[handle - 1] : NO_FILE;
}

/* ":tt" or a name below the user's folder. The folder is the guest's root: ".." and absolute names are refused. */
static int open_below(const struct sim_machine *machine, const char *name, uint32_t mode)
{
	static const int FLAGS[] = {O_RDONLY, O_RDWR, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_CREAT | O_TRUNC,
				    O_WRONLY | O_CREAT | O_APPEND, O_RDWR | O_CREAT | O_APPEND};
	if (!machine->semihosting_dir || name[0] == '/' || strstr(name, "..")) {
		errno = EACCES;
		return -1;
	}
	int at = open(machine->semihosting_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char part[256];
	while (at >= 0) { /* one folder at a time, so that no link on the way is followed */
		size_t length = strcspn(name, "/");
		if (length == 0 || length >= sizeof part) {
			errno = ENOENT;
			break;
		}
		memcpy(part, name, length);
		part[length] = 0;
		bool last = name[length] == 0;
		int flags = last ? FLAGS[mode / 2] | O_NONBLOCK : O_RDONLY | O_DIRECTORY;
		int next = openat(at, part, flags | O_NOFOLLOW | O_CLOEXEC, 0666);
		close(at);
		if (last || next < 0)
			return next;
		at = next;
		name += length + 1;
	}
	if (at >= 0)
		close(at);
	return -1;
}

static uint32_t do_open(struct sim_machine *machine, struct semihosting *state, uint32_t block)
{
	uint32_t at = argument(machine, block, 0), mode = argument(machine, block, 1);
	uint32_t length = argument(machine, block, 2), handle = 0;
	char name[512] = "";
	if (length >= sizeof name || mode > 11 || !sim_machine_read(machine, at, name, length))
		return FAILED;
	while (handle < HANDLES && state->fd[handle] != NO_FILE)
		handle++;
	if (handle == HANDLES)
		return FAILED;
	int fd = strcmp(name, ":tt") == 0 ? CONSOLE : open_below(machine, name, mode);
	if (fd == -1) {
		state->last_errno = errno;
		return FAILED;
	}
	state->fd[handle] = fd;
	return handle + 1;
}

static uint32_t do_write(struct sim_machine *machine, struct semihosting *state, uint32_t block)
{
	int fd = fd_of(state, argument(machine, block, 0));
	uint32_t at = argument(machine, block, 1), length = argument(machine, block, 2);
	const uint8_t *bytes = sim_space_host(&machine->space, at, length);
	if (!bytes || fd == NO_FILE)
		return length;
	if (fd == CONSOLE) {
		for (uint32_t i = 0; i < length; i++)
			say(machine, bytes[i]);
		return 0;
	}
	ssize_t done = write(fd, bytes, length);
	return done < 0 ? length : length - (uint32_t)done;
}

static uint32_t do_read(struct sim_machine *machine, struct semihosting *state, uint32_t block)
{
	int fd = fd_of(state, argument(machine, block, 0));
	uint32_t at = argument(machine, block, 1), length = argument(machine, block, 2);
	const struct sim_region *region = sim_space_find(&machine->space, at);
	uint8_t *bytes = sim_space_host(&machine->space, at, length);
	if (!bytes || !region->writable || fd < 0) /* the console has no input: end of file */
		return length;
	ssize_t done = read(fd, bytes, length);
	if (done > 0) {
		sim_takeover_wrote(&machine->takeover, at, (uint32_t)done);
		sim_core_changed(machine, at, (uint32_t)done);
	}
	return done < 0 ? length : length - (uint32_t)done;
}

static uint32_t do_file(struct semihosting *state, uint32_t number, uint32_t handle, uint32_t offset)
{
	int fd = fd_of(state, handle);
	struct stat st;
	if (fd == NO_FILE)
		return FAILED;
	switch (number) {
	case SYS_CLOSE:
		if (fd >= 0)
			close(fd);
		state->fd[handle - 1] = NO_FILE;
		return 0;
	case SYS_ISTTY: return fd == CONSOLE;
	case SYS_SEEK: return fd >= 0 && lseek(fd, offset, SEEK_SET) >= 0 ? 0 : FAILED;
	default: return fd >= 0 && fstat(fd, &st) == 0 ? (uint32_t)st.st_size : 0;
	}
}

static void do_exit(struct sim_machine *machine, uint32_t number, uint32_t r1)
{
	/* ADP_Stopped_ApplicationExit means success; on SYS_EXIT_EXTENDED a status comes with it. */
	uint32_t reason = number == SYS_EXIT_EXTENDED ? argument(machine, r1, 0) : r1;
	uint32_t status = number == SYS_EXIT_EXTENDED ? argument(machine, r1, 1) : 0;
	machine->exited = true;
	machine->exit_status = reason == 0x20026 ? (int)status : 1;
	sim_machine_attend(machine);
}

/* Heap and stack: the guest's library takes its own defaults where these are 0. */
static uint32_t heap_info(struct sim_machine *machine, uint32_t block)
{
	const uint32_t none[4] = {0};
	return sim_core_write(machine, argument(machine, block, 0), none, sizeof none) ? 0 : FAILED;
}

static uint32_t elapsed(struct sim_machine *machine, uint32_t block)
{
	uint64_t cycle = machine->clock.cycle;
	return sim_core_write(machine, block, &cycle, sizeof cycle) ? 0 : FAILED;
}

static uint32_t do_call(struct sim_machine *machine, struct semihosting *state, uint32_t number, uint32_t r1)
{
	uint64_t now_ps = sim_clock_now_ps(&machine->clock);
	uint8_t byte = 0;
	switch (number) {
	case SYS_OPEN: return do_open(machine, state, r1);
	case SYS_CLOSE:
	case SYS_ISTTY:
	case SYS_FLEN: return do_file(state, number, argument(machine, r1, 0), 0);
	case SYS_SEEK: return do_file(state, number, argument(machine, r1, 0), argument(machine, r1, 1));
	case SYS_WRITEC:
		if (sim_machine_read(machine, r1, &byte, 1))
			say(machine, byte);
		return 0;
	case SYS_WRITE0:
		for (; sim_machine_read(machine, r1, &byte, 1) && byte; r1++)
			say(machine, byte);
		return 0;
	case SYS_WRITE: return do_write(machine, state, r1);
	case SYS_READ: return do_read(machine, state, r1);
	case SYS_ISERROR: return (int32_t)argument(machine, r1, 0) < 0;
	case SYS_CLOCK: return (uint32_t)(now_ps / 10000000000u);
	case SYS_TIME: return (uint32_t)(now_ps / SIM_PS_PER_S);
	case SYS_ERRNO: return (uint32_t)state->last_errno;
	case SYS_HEAPINFO: return heap_info(machine, r1);
	case SYS_ELAPSED: return elapsed(machine, r1);
	case SYS_TICKFREQ: return (uint32_t)machine->clock.hz;
	case SYS_EXIT:
	case SYS_EXIT_EXTENDED: do_exit(machine, number, r1); return 0;
	default: return FAILED;
	}
}

void sim_semihosting_call(struct sim_machine *machine)
{
	struct semihosting *state = state_of(machine);
	uint32_t number = sim_core_get(machine, UC_ARM_REG_R0), r1 = sim_core_get(machine, UC_ARM_REG_R1);
	uint32_t result = state ? do_call(machine, state, number, r1) : FAILED;
	sim_core_set(machine, UC_ARM_REG_R0, result);
	machine->pc += 2;
}
