/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STM32 reset and clock control: how firmware makes the core run at another clock.
 *
 *   family   core clock from                                                            manual
 *   f1       CR CFGR (04)                                                               RM0008 7.3
 *   f7       CR PLLCFGR (04) CFGR (08)                                                  RM0385 5.3
 *   g0       CR CFGR (08) PLLCFGR (0C)                                                  RM0444 5.4
 *   h7a3     CR CFGR (10) CDCFGR1 (18) PLLCKSELR (28) PLLCFGR (2C) PLL1DIVR (30) FRACR (34)   RM0455 8.7
 *   l4       CR CFGR (08) PLLCFGR (0C) CSR (94)                                         RM0432 6.4
 *   u5       CR ICSCR1 (08) CFGR1 (1C) CFGR2 (20) PLL1CFGR (28) DIVR (34) FRACR (38) CSR (F4)  RM0456 11.8
 *
 * Prescalers of the APB buses: CFGR; CFGR2 and CFGR3 (u5); CDCFGR2 and SRDCFGR (h7a3). They go to `buses`, where
 * timers and UARTs look. A timer's clock is twice its bus's where that is divided (TIMPRE is not modelled).
 *
 *   reset flags   f1, f7: CSR (24, 74)   g0, l4, u5: CSR (60, 94, F4)   h7a3: RSR (D0)      ST's CMSIS headers
 *
 * They gather until RMVF is written; each reset goes over the pin, so PINRSTF comes with each.
 *
 *   option family     hse_hz: the board's crystal or clock input (8000000)     and those of a stub
 *
 * Ready and status bits follow by the board file's data (memory_stub.h); every source is ready at once. All other
 * registers (enables, resets, kernel clock choices) are memory and reported as not modelled: no block is ever
 * without a clock here. A choice that makes no clock (PLL off, no source) leaves the clock as it is, and is reported.
 *
 * A machine may be started at another clock than the chip's own; only what firmware changes is passed on, and a
 * reset goes back to the clock of the start.
 */
#include "sim/devices/memory_stub.h"
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include <stdio.h>
#include <string.h>

struct rcc {
	struct sim_stub stub;
	const struct family *family;
	uint64_t hse_hz;
	uint64_t start_hz; /* of the core, when the machine was switched on */
	uint64_t last_hz;  /* as the registers said last */
	uint32_t flags;    /* of the resets since RMVF */
};

struct family {
	const char *name;
	uint64_t (*core_hz)(const struct rcc *rcc); /* 0: the registers make no clock */
	uint16_t modelled[12];                      /* offsets, ended by 0 behind the first */
	struct {
		uint16_t at;
		uint8_t shift;
	} hpre, apb[SIM_BUSES]; /* prescaler codes; hpre only where the core's clock does not contain it */
	struct {
		uint16_t at;
		uint32_t all, remove, power; /* all flags; RMVF; those of power-on */
		uint8_t pin, software, watchdog, window;
	} resets;
};

/* Field of `bits` bits at `shift` of the register at `at`. */
static uint32_t field(const struct rcc *rcc, uint32_t at, unsigned shift, unsigned bits)
{
	return sim_stub_value(&rcc->stub, at) >> shift & ((1u << bits) - 1);
}

static bool pll_on(const struct rcc *rcc)
{
	return field(rcc, 0x00, 24, 1);
}

/* HPRE of all families: 8 … 15 divide by 2, 4, 8, 16, 64, 128, 256, 512. */
static uint64_t prescaled(uint64_t hz, uint32_t code)
{
	static const uint16_t by[8] = { 2, 4, 8, 16, 64, 128, 256, 512 };
	return code & 8 ? hz / by[code & 7] : hz;
}

/* in / m * (n + fraction / 8192) / last; 0 if one of them is */
static uint64_t pll(uint64_t in_hz, uint32_t m, uint32_t n, uint32_t fraction, uint32_t last)
{
	if (m == 0 || last == 0)
		return 0;
	return (uint64_t)((unsigned __int128)in_hz * ((uint64_t)n * 8192 + fraction) / 8192 / m / last);
}

static uint64_t l4_core(const struct rcc *rcc)
{
	static const uint32_t msi_khz[16] = { 100, 200, 400, 800, 1000, 2000, 4000, 8000, 16000, 24000, 32000, 48000 };
	uint32_t range = field(rcc, 0x00, 3, 1) ? field(rcc, 0x00, 4, 4) : field(rcc, 0x94, 8, 4);
	const uint64_t source[4] = { msi_khz[range] * UINT64_C(1000), 16000000, rcc->hse_hz, 0 };
	const uint64_t pll_in[4] = { 0, source[0], source[1], source[2] };
	uint32_t sw = field(rcc, 0x08, 0, 2);
	uint64_t hz = source[sw];
	if (sw == 3 && pll_on(rcc) && field(rcc, 0x0C, 24, 1))
		hz = pll(pll_in[field(rcc, 0x0C, 0, 2)], field(rcc, 0x0C, 4, 4) + 1, field(rcc, 0x0C, 8, 7), 0,
			 2 * (field(rcc, 0x0C, 25, 2) + 1));
	return prescaled(hz, field(rcc, 0x08, 4, 4));
}

static uint64_t g0_core(const struct rcc *rcc)
{
	const uint64_t source[8] = { UINT64_C(16000000) >> field(rcc, 0x00, 11, 3), rcc->hse_hz, 0, 32000, 32768 };
	const uint64_t pll_in[4] = { 0, 0, 16000000, rcc->hse_hz };
	uint32_t sw = field(rcc, 0x08, 0, 3);
	uint64_t hz = source[sw];
	if (sw == 2 && pll_on(rcc) && field(rcc, 0x0C, 28, 1))
		hz = pll(pll_in[field(rcc, 0x0C, 0, 2)], field(rcc, 0x0C, 4, 3) + 1, field(rcc, 0x0C, 8, 7), 0,
			 field(rcc, 0x0C, 29, 3) + 1);
	return prescaled(hz, field(rcc, 0x08, 8, 4));
}

static uint64_t u5_core(const struct rcc *rcc)
{
	static const uint32_t msi_hz[16] = { 48000000, 24000000, 16000000, 12000000, 4000000, 2000000, 1333333, 1000000,
					     3072000, 1536000, 1024000, 768000, 400000, 200000, 133333, 100000 };
	uint32_t range = field(rcc, 0x08, 23, 1) ? field(rcc, 0x08, 28, 4) : field(rcc, 0xF4, 12, 4);
	const uint64_t source[4] = { msi_hz[range], 16000000, rcc->hse_hz, 0 };
	const uint64_t pll_in[4] = { 0, source[0], source[1], source[2] };
	uint32_t sw = field(rcc, 0x1C, 0, 2);
	uint64_t hz = source[sw];
	if (sw == 3 && pll_on(rcc) && field(rcc, 0x28, 18, 1))
		hz = pll(pll_in[field(rcc, 0x28, 0, 2)], field(rcc, 0x28, 8, 4) + 1, field(rcc, 0x34, 0, 9) + 1,
			 field(rcc, 0x28, 4, 1) ? field(rcc, 0x38, 3, 13) : 0, field(rcc, 0x34, 24, 7) + 1);
	return prescaled(hz, field(rcc, 0x20, 0, 4));
}

static uint64_t h7a3_core(const struct rcc *rcc)
{
	const uint64_t hsi = UINT64_C(64000000) >> field(rcc, 0x00, 3, 2);
	const uint64_t source[8] = { hsi, 4000000, rcc->hse_hz, 0 };
	uint32_t sw = field(rcc, 0x10, 0, 3);
	uint64_t hz = source[sw];
	if (sw == 3 && pll_on(rcc))
		hz = pll(source[field(rcc, 0x28, 0, 2)], field(rcc, 0x28, 4, 6), field(rcc, 0x30, 0, 9) + 1,
			 field(rcc, 0x2C, 0, 1) ? field(rcc, 0x34, 3, 13) : 0, field(rcc, 0x30, 9, 7) + 1);
	return prescaled(hz, field(rcc, 0x18, 8, 4)); /* the core's own prescaler; HPRE divides the buses only */
}

static uint64_t f7_core(const struct rcc *rcc)
{
	const uint64_t source[4] = { 16000000, rcc->hse_hz, 0, 0 };
	uint32_t sw = field(rcc, 0x08, 0, 2);
	uint64_t hz = source[sw];
	if (sw == 2 && pll_on(rcc))
		hz = pll(source[field(rcc, 0x04, 22, 1)], field(rcc, 0x04, 0, 6), field(rcc, 0x04, 6, 9), 0,
			 2 * (field(rcc, 0x04, 16, 2) + 1));
	return prescaled(hz, field(rcc, 0x08, 4, 4));
}

static uint64_t f1_core(const struct rcc *rcc)
{
	const uint64_t source[4] = { 8000000, rcc->hse_hz, 0, 0 };
	uint32_t sw = field(rcc, 0x04, 0, 2), times = field(rcc, 0x04, 18, 4) + 2;
	uint64_t hz = source[sw];
	uint64_t in = field(rcc, 0x04, 16, 1) ? rcc->hse_hz >> field(rcc, 0x04, 17, 1) : 4000000;
	if (sw == 2 && pll_on(rcc))
		hz = in * (times > 16 ? 16 : times);
	return prescaled(hz, field(rcc, 0x04, 4, 4));
}

static const struct family families[] = {
	{ "f1", f1_core, { 0x00, 0x04, 0x24 }, { 0 }, { { 0x04, 8 }, { 0x04, 11 } },
	  { 0x24, 0xFC000000, 1 << 24, 0x0C000000, 26, 28, 29, 30 } },
	{ "f7", f7_core, { 0x00, 0x04, 0x08, 0x74 }, { 0 }, { { 0x08, 10 }, { 0x08, 13 } },
	  { 0x74, 0xFE000000, 1 << 24, 0x0E000000, 26, 28, 29, 30 } },
	{ "g0", g0_core, { 0x00, 0x08, 0x0C, 0x60 }, { 0 }, { { 0x08, 12 }, { 0x08, 12 } },
	  { 0x60, 0xFE000000, 1 << 23, 0x0C000000, 26, 28, 29, 30 } },
	{ "h7a3", h7a3_core, { 0x00, 0x10, 0x18, 0x1C, 0x20, 0x28, 0x2C, 0x30, 0x34, 0xD0 }, { 0x18, 0 },
	  { { 0x1C, 4 }, { 0x1C, 8 }, { 0x20, 4 } },
	  { 0xD0, 0xFFFE0000, 1 << 16, 0x00E80000, 22, 24, 26, 28 } },
	{ "l4", l4_core, { 0x00, 0x08, 0x0C, 0x94 }, { 0 }, { { 0x08, 8 }, { 0x08, 11 } },
	  { 0x94, 0xFF000000, 1 << 23, 0x0C000000, 26, 28, 29, 30 } },
	{ "u5", u5_core, { 0x00, 0x08, 0x1C, 0x20, 0x24, 0x28, 0x34, 0x38, 0xF4 }, { 0 },
	  { { 0x20, 4 }, { 0x20, 8 }, { 0x24, 4 } },
	  { 0xF4, 0xFE000000, 1 << 23, 0x0C000000, 26, 28, 29, 30 } },
};
#define FAMILIES (sizeof families / sizeof *families)

/* True: something is new. */
static bool tell_buses(const struct rcc *rcc, struct sim_bus_clocks *buses)
{
	const struct family *f = rcc->family;
	if (!buses)
		return false;
	struct sim_bus_clocks before = *buses;
	uint64_t ahb = f->hpre.at ? 512 / prescaled(512, field(rcc, f->hpre.at, f->hpre.shift, 4)) : 1;
	for (unsigned i = 0; i < SIM_BUSES; i++) {
		uint32_t code = f->apb[i].at ? field(rcc, f->apb[i].at, f->apb[i].shift, 3) : 0;
		unsigned apb = code & 4 ? 2u << (code & 3) : 1;
		buses->peripheral_div[i] = (uint16_t)(ahb * apb);
		buses->timer_div[i] = (uint16_t)(ahb * (apb > 1 ? apb / 2 : 1));
	}
	return memcmp(&before, buses, sizeof before) != 0;
}

static bool find_family(struct rcc *rcc, struct sim_device *device, struct err *err)
{
	const char *name = sim_device_option(device, "family", "");
	for (unsigned i = 0; i < FAMILIES; i++)
		if (strcmp(families[i].name, name) == 0)
			rcc->family = &families[i];
	if (rcc->family)
		return true;
	char list[64] = "";
	for (unsigned i = 0; i < FAMILIES; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", families[i].name);
	for (unsigned i = 0; i < device->place->options; i++) {
		const struct sim_option *option = &device->place->option[i];
		if (strcmp(option->key, "family") == 0)
			return err_input_at(err, device->board->path, option->line, option->column,
					    "'%s' is not one of: %s", name, list);
	}
	return err_input(err, "%s: device '%s' needs the option family, one of: %s", device->board->path,
			 device->place->name, list);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const own[] = { "family", "hse_hz", NULL };
	struct rcc *rcc = device->state;
	if (!find_family(rcc, device, err) ||
	    !sim_device_option_number(device, "hse_hz", 8000000, 1000000, 50000000, &rcc->hse_hz, err))
		return false;
	return sim_stub_init(&rcc->stub, device, own, err);
}

static void note_reset(struct rcc *rcc, enum sim_reset_cause *cause)
{
	const struct family *f = rcc->family;
	const uint8_t bit[] = { 0, f->resets.software, f->resets.watchdog, f->resets.window };
	if (!cause || *cause == SIM_RESET_POWER)
		rcc->flags = f->resets.power;
	else
		rcc->flags |= UINT32_C(1) << f->resets.pin | UINT32_C(1) << bit[*cause];
	if (cause)
		*cause = SIM_RESET_POWER;
}

static void reset(struct sim_device *device)
{
	struct rcc *rcc = device->state;
	const struct sim_wires *wires = device->wires;
	sim_stub_reset(&rcc->stub);
	note_reset(rcc, wires->reset_cause);
	if (rcc->start_hz == 0)
		rcc->start_hz = wires->clock->hz;
	else if (wires->clock->hz != rcc->start_hz)
		wires->set_clock(wires->machine, rcc->start_hz);
	rcc->last_hz = rcc->family->core_hz(rcc);
	tell_buses(rcc, wires->buses);
}

static void free_rcc(struct sim_device *device)
{
	sim_stub_free(&((struct rcc *)device->state)->stub);
}

static bool is_modelled(const struct rcc *rcc, uint32_t at)
{
	const uint16_t *modelled = rcc->family->modelled;
	for (unsigned i = 0; i == 0 || modelled[i]; i++)
		if (modelled[i] == at)
			return true;
	return false;
}

static uint32_t read_rcc(struct sim_device *device, uint32_t offset, unsigned size)
{
	struct rcc *rcc = device->state;
	uint32_t at = offset & ~3u;
	if (!is_modelled(rcc, at))
		device->wires->unmodelled(device->wires->machine, device, at, false, sim_stub_guesses(&rcc->stub, at));
	uint32_t value = sim_stub_value(&rcc->stub, at);
	if (at == rcc->family->resets.at)
		value = (value & ~rcc->family->resets.all) | rcc->flags;
	return sim_register_part(value, offset, size);
}

static void write_rcc(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct rcc *rcc = device->state;
	const struct sim_wires *wires = device->wires;
	uint32_t at = offset & ~3u;
	sim_stub_put(&rcc->stub, offset, size, value);
	if (!is_modelled(rcc, at)) {
		wires->unmodelled(wires->machine, device, at, true, false);
		return;
	}
	if (at == rcc->family->resets.at && (rcc->stub.value[at / 4] & rcc->family->resets.remove))
		rcc->flags = 0;
	bool news = tell_buses(rcc, wires->buses);
	uint64_t hz = rcc->family->core_hz(rcc);
	if (hz < 1000 || hz > UINT64_C(2000000000)) {
		wires->unmodelled(wires->machine, device, at, true, true);
	} else if (hz != rcc->last_hz || news) {
		rcc->last_hz = hz;
		wires->set_clock(wires->machine, hz);
	}
}

const struct sim_device_type sim_stm32_rcc_type = {
	.name = "stm32-rcc",
	.what = "STM32 reset and clock control: the core clock as firmware sets it up",
	.bytes = 0x400,
	.state_bytes = sizeof(struct rcc),
	.init = init,
	.reset = reset,
	.free = free_rcc,
	.read = read_rcc,
	.write = write_rcc,
};
