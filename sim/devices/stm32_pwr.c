/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 power control: which state a deep sleep enters, supply and voltage scaling with their ready bits.
 *
 *   family   sleep mode in                         flags cleared by                      manual
 *   f1       CR (00) LPDS 0 PDDS 1                 CR: CWUF 2 CSBF 3                     RM0008 5.4
 *   f7       CR1 (00) LPDS 0 PDDS 1                CR1: CSBF 3; CR2 (08): CWUPF 0 … 5    RM0385 4.4
 *   g0, l4   CR1 (00) LPMS 0 … 2                   SCR (18)                              RM0444 4.4, RM0432 5.4
 *   u5       CR1 (00) LPMS 0 … 2                   SR (38): CSSF 0; WUSCR (48)           RM0456 10.10
 *   h7a3     CPUCR (10) RETDS_CD 0 PDDS_SRD 2 RUN_SRD 11    CPUCR: CSSF 9; WKUPCR (20)   RM0455 6.8
 *
 *   option family     and those of a stub: ready bits that follow are the board file's data (memory_stub.h)
 *
 * Bits: ST's CMSIS headers (stm32f103xb.h, f746xx, l4r5xx, g0b1xx, u575xx, h7a3xx). A voltage is reached at once, and
 * neither it nor the regulator changes what a state costs. All stop modes are one state, SIM_POWER_STOP; Standby and
 * Shutdown are entered as Stop, and their choice is reported. With RUN_SRD the H7's smart run domain goes on: the
 * core's CStop is then Sleep. Flags of wake-ups and Standby never come; clearing them is no command that stays.
 */
#include "sim/devices/memory_stub.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stdio.h>
#include <string.h>

#define REGISTERS 7 /* of a family */

struct family {
	const char *name;
	uint8_t mode_at;
	bool (*loses_ram)(uint32_t mode);        /* Standby, Shutdown */
	uint32_t keeps_running;                  /* of the mode register: a deep sleep is none */
	struct {
		uint8_t at;
		uint32_t commands; /* read 0 */
	} modelled[REGISTERS]; /* ended by at 0 behind the first */
};

struct pwr {
	struct sim_stub stub;
	const struct family *family;
};

static bool pdds(uint32_t mode)
{
	return mode & 2;
}

static bool lpms(uint32_t mode)
{
	return (mode & 7) > 2;
}

/* U5: Stop 3 is 3, Standby 4 and 5, Shutdown 6 and 7. */
static bool lpms_u5(uint32_t mode)
{
	return mode & 4;
}

static bool pdds_srd(uint32_t mode)
{
	return mode & 4;
}

static const struct family families[] = {
	{"f1", 0x00, pdds, 0, {{0x00, 0xC}, {0x04, 0}}},
	{"f7", 0x00, pdds, 0, {{0x00, 0x8}, {0x04, 0}, {0x08, 0x3F}, {0x0C, 0}}},
	{"g0", 0x00, lpms, 0, {{0x00, 0}, {0x10, 0}, {0x14, 0}, {0x18, UINT32_MAX}}},
	{"h7a3", 0x10, pdds_srd, 1 << 11, {{0x00, 0}, {0x04, 0}, {0x0C, 0}, {0x10, 1 << 9}, {0x18, 0}, {0x20, UINT32_MAX}}},
	{"l4", 0x00, lpms, 0, {{0x00, 0}, {0x10, 0}, {0x14, 0}, {0x18, UINT32_MAX}, {0x80, 0}}},
	{"u5", 0x00, lpms_u5, 0, {{0x00, 0}, {0x0C, 0}, {0x38, 1}, {0x3C, 0}, {0x48, UINT32_MAX}}},
};
#define FAMILIES (sizeof families / sizeof *families)

/* Commands of the register, which read 0; false: it is not modelled. */
static bool modelled(const struct pwr *p, uint32_t at, uint32_t *ret_commands)
{
	for (unsigned i = 0; i < REGISTERS && (i == 0 || p->family->modelled[i].at); i++) {
		if (p->family->modelled[i].at == at) {
			*ret_commands = p->family->modelled[i].commands;
			return true;
		}
	}
	return false;
}

static void choose(struct sim_device *device)
{
	const struct pwr *p = device->state;
	const struct sim_wires *wires = device->wires;
	uint32_t mode = sim_stub_value(&p->stub, p->family->mode_at);
	bool runs = mode & p->family->keeps_running;
	wires->set_deep_state(wires->machine, runs ? SIM_POWER_SLEEP : SIM_POWER_STOP);
	if (p->family->loses_ram(mode) && !runs)
		wires->unmodelled(wires->machine, device, p->family->mode_at, true, false);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const own[] = {"family", NULL};
	struct pwr *p = device->state;
	const char *name = sim_device_option(device, "family", "");
	char list[64] = "";
	for (unsigned i = 0; i < FAMILIES; i++) {
		if (strcmp(families[i].name, name) == 0)
			p->family = &families[i];
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", families[i].name);
	}
	if (!p->family)
		return err_input(err, "%s: '%s' is no family of device '%s'; one of %s is expected", device->board->path,
				 name, device->place->name, list);
	return sim_stub_init(&p->stub, device, own, err);
}

static void reset(struct sim_device *device)
{
	struct pwr *p = device->state;
	sim_stub_reset(&p->stub);
	choose(device);
}

static void free_pwr(struct sim_device *device)
{
	sim_stub_free(&((struct pwr *)device->state)->stub);
}

static uint32_t read_pwr(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct pwr *p = device->state;
	uint32_t at = offset & ~3u, commands = 0;
	if (!modelled(p, at, &commands))
		device->wires->unmodelled(device->wires->machine, device, at, false, sim_stub_guesses(&p->stub, at));
	return sim_register_part(sim_stub_value(&p->stub, at) & ~commands, offset, size);
}

static void write_pwr(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct pwr *p = device->state;
	uint32_t at = offset & ~3u, commands = 0;
	if (!modelled(p, at, &commands))
		device->wires->unmodelled(device->wires->machine, device, at, true, false);
	sim_stub_put(&p->stub, offset, size, value);
	if (commands)
		sim_stub_put(&p->stub, at, 4, p->stub.value[at / 4] & ~commands);
	if (at == p->family->mode_at)
		choose(device);
}

const struct sim_device_type sim_stm32_pwr_type = {
	.name = "stm32-pwr",
	.what = "STM32 power control: the choice of the sleep mode, voltage scaling",
	.bytes = 0x400,
	.state_bytes = sizeof(struct pwr),
	.init = init,
	.reset = reset,
	.free = free_pwr,
	.read = read_pwr,
	.write = write_pwr,
};
