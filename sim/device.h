/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device is state, registers and events, wired to the machine by data: a board file names its type, address
 * and interrupts. A device knows its registers, the clock, and the lines it may pull; nothing else of the
 * machine. Adding a type adds one file and one line in sim/devices/types.c.
 */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include "base/err.h"
#include "sim/board.h"
#include "sim/clock.h"
#include "sim/timing/memory.h"

#include <stddef.h>
#include <stdint.h>

struct sim_device;

/*
 * Clocks of the buses behind the core's, by what a clock controller was told: core clock / N. 0: nobody told, the
 * device's own option kernel_div holds. Index 0 is APB1; what families have beyond APB2 shares index 2.
 */
#define SIM_BUSES 3
struct sim_bus_clocks {
	uint16_t peripheral_div[SIM_BUSES];
	uint16_t timer_div[SIM_BUSES];
};

/* Who asked for the last reset. Written before wires->reset, taken by what has the flags for it. */
enum sim_reset_cause { SIM_RESET_POWER, SIM_RESET_SOFTWARE, SIM_RESET_WATCHDOG, SIM_RESET_WINDOW_WATCHDOG };

/* What a device may ask of the machine around it. Valid for the device's whole life. */
struct sim_wires {
	void *machine;
	struct sim_clock *clock;
	/* Level of NVIC interrupt `irq` (from 0): a rising level pends it; while high it pends again after return. */
	void (*set_irq)(void *machine, int irq, bool level);
	void (*uart_sent)(void *machine, const struct sim_device *from, uint8_t byte);
	void (*sampled)(void *machine, const struct sim_device *from, const int16_t *counts, unsigned channels, bool lost);
	/* The core clock becomes `hz` from the next block on, or, if it has that, a bus has another (clock controllers). */
	void (*set_clock)(void *machine, uint64_t hz);
	/* Which state WFI enters from now on (power controllers): SIM_POWER_SLEEP or SIM_POWER_STOP. */
	void (*set_deep_state)(void *machine, enum sim_power_state state);
	/* The whole chip but memories starts anew before the next block: watchdogs. */
	void (*reset)(void *machine);
	/* A bus master's access (DMA), of 1, 2 or 4 bytes, aligned; false: nothing answers there. No cycles are counted. */
	bool (*bus_read)(void *machine, uint32_t at, unsigned size, uint32_t *ret_value);
	bool (*bus_write)(void *machine, uint32_t at, unsigned size, uint32_t value);
	/*
	 * A peripheral asks for one transfer from or to its data register `at` (absolute); true: a DMA channel has done it.
	 * And the other way: a channel that was set up for that register has begun, the peripheral may ask again.
	 */
	bool (*dma_request)(void *machine, uint32_t at, bool write);
	void (*dma_ready)(void *machine, uint32_t at);
	/* A register nobody models was touched: for the honesty report. `guessed`: the value was made up. */
	void (*unmodelled)(void *machine, const struct sim_device *device, uint32_t offset, bool write, bool guessed);
	/* Firmware set up flash or a cache (flash interfaces). */
	void (*set_memory)(void *machine, enum sim_memory_knob knob, unsigned value);
	uint64_t seed;                /* of what is random on the chip: the same seed, the same run */
	struct sim_bus_clocks *buses; /* one for all devices; a change is told like one of the core's clock */
	enum sim_reset_cause *reset_cause; /* one for all devices; NULL: nobody asks */
	/* Ports: what outputs drive has changed; a bit for each pin, 0 where it is no output. NULL: nobody looks. */
	void (*pins)(void *machine, const struct sim_device *from, uint32_t levels);
	/* Ports: what the pins' inputs see has changed, driven or pulled. NULL: nobody looks. */
	void (*port)(void *machine, const struct sim_device *from, uint32_t old, uint32_t levels);
};

struct sim_device_type {
	const char *name;
	const char *what;      /* one line for `thumbwatt boards` */
	uint32_t bytes;        /* of address space; 0: as the placement says. Ask sim_placement_bytes */
	size_t state_bytes;    /* allocated zeroed by the machine, freed with it */
	bool (*init)(struct sim_device *device, struct err *err); /* reads device->place's options; NULL: none */
	void (*reset)(struct sim_device *device);
	void (*free)(struct sim_device *device);                  /* what init allocated beyond the state; after a failed init too; may be NULL */
	/* size 1, 2 or 4; offset is aligned to size. A device reads as little-endian bytes of its 32-bit registers. */
	uint32_t (*read)(struct sim_device *device, uint32_t offset, unsigned size);
	void (*write)(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value);
	void (*receive)(struct sim_device *device, const uint8_t *bytes, size_t count); /* UARTs: bytes from outside */
	bool (*listens)(const struct sim_device *device); /* UARTs: a byte that comes now would be heard; NULL: always */
	void (*clock_changed)(struct sim_device *device, uint64_t old_hz);              /* may be NULL */
	/* DMA controllers: dma_request reached them. */
	bool (*dma_transfer)(struct sim_device *device, uint32_t at, bool write);
	void (*dma_poll)(struct sim_device *device);                  /* peripherals: dma_ready reached them */
	/* Interrupt controllers in front of the NVIC: a port's pins changed. */
	void (*port_changed)(struct sim_device *device, const struct sim_device *port, uint32_t old, uint32_t levels);
};

struct sim_device {
	const struct sim_device_type *type;
	const struct sim_placement *place;
	uint32_t bytes; /* of address space */
	const struct sim_board *board;
	const struct sim_wires *wires;
	void *state;
};

/* The type of that name, or NULL. `sim_device_types` lists all, NULL-terminated, for messages. */
const struct sim_device_type *sim_device_type_find(const char *name);
extern const struct sim_device_type *const sim_device_types[];

/* Address space of a placement: its type's, or what its option `bytes` says. 0: no such type. */
uint32_t sim_placement_bytes(const struct sim_placement *place);

/* An option as written in the board file, or `otherwise` if it is not there. */
const char *sim_device_option(const struct sim_device *device, const char *key, const char *otherwise);

#define SIM_IRQ_NMI (-14) /* for set_irq: exception 2 */

static inline void sim_device_irq(struct sim_device *device, unsigned line, bool level)
{
	if (line < device->place->irqs)
		device->wires->set_irq(device->wires->machine, device->place->irq[line], level);
}

/* Sensor ports: who delivers samples. next() is asked once per frame; false: the stream has ended. */
struct sim_sample_source {
	void *context;
	bool (*next)(void *context, uint64_t *ret_due_ps, int16_t counts[SIM_MAX_CHANNELS]);
	unsigned channels;
	uint64_t rate_mhz;     /* frames per 1000 s */
	double scale;          /* physical units per count */
};
void sim_sensor_port_connect(struct sim_device *device, const struct sim_sample_source *source);
extern const struct sim_device_type sim_sensor_port_type;

#endif
