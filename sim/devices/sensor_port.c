/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sensor port: a FIFO of samples, filled by whoever is connected to it. Registers as in runtime/protocol.h,
 * section 3 (repeated here by name only). No chip has it: it stands for the SPI, I2C or SAI block, the DMA and the
 * sensor's own FIFO that a product would have, with none of their set-up.
 *
 *   option depth: frames the FIFO holds, 1 … 65535 (1024)     interrupt 0: level >= watermark, while enabled
 *
 * The stream never waits for the guest. A frame that falls due while CTRL.RUN is off is gone, and not counted as
 * lost: nobody asked for it. It knows no signals and no faults: a silent sensor is a source whose next frame is late.
 */
#include "sim/devices/registers.h"
#include "sim/devices/types.h"

#include "runtime/protocol.h"

#include <stdlib.h>
#include <string.h>

#define SENSOR_ID 0x53575454u

struct frame {
	uint64_t due_ps;
	int16_t count[SIM_MAX_CHANNELS];
};

struct sensor_port {
	struct sim_event due;
	struct sim_device *device;
	struct sim_sample_source source;
	bool connected;
	struct frame coming; /* falls due when `due` fires */
	struct frame *fifo;
	uint32_t depth, head, level;
	unsigned channel;    /* of the frame at the head, that DATA gives next */
	uint32_t ctrl, watermark, lost;
	bool overrun;
};

static void update_irq(struct sensor_port *port)
{
	bool level = (port->ctrl & RT_SENSOR_CTRL_IRQ) && port->level >= port->watermark;
	sim_device_irq(port->device, 0, level);
}

static void flush(struct sensor_port *port)
{
	port->head = port->level = 0;
	port->channel = 0;
}

/* Asks for the next frame and waits for it; at the stream's end nothing is waited for any more. */
static void await_next(struct sensor_port *port)
{
	struct sim_clock *clock = port->device->wires->clock;
	if (port->source.next(port->source.context, &port->coming.due_ps, port->coming.count))
		sim_clock_at_ps(clock, &port->due, port->coming.due_ps);
}

static void frame_due(struct sim_event *event, uint64_t due_ps)
{
	struct sensor_port *port = (struct sensor_port *)((char *)event - offsetof(struct sensor_port, due));
	const struct sim_wires *wires = port->device->wires;
	if (port->ctrl & RT_SENSOR_CTRL_RUN) {
		bool lost = port->level == port->depth;
		if (lost) {
			port->lost++;
			port->overrun = true;
		} else {
			port->fifo[(port->head + port->level) % port->depth] = port->coming;
			port->level++;
		}
		wires->sampled(wires->machine, port->device, port->coming.count, port->source.channels, lost);
		update_irq(port);
	}
	await_next(port);
}

void sim_sensor_port_connect(struct sim_device *device, const struct sim_sample_source *source)
{
	struct sensor_port *port = device->state;
	port->source = *source;
	port->connected = true;
	sim_clock_cancel(device->wires->clock, &port->due);
	await_next(port);
}

static bool init(struct sim_device *device, struct err *err)
{
	static const char *const known[] = { "depth", NULL };
	struct sensor_port *port = device->state;
	uint64_t depth;
	if (!sim_device_options_known(device, known, err) ||
	    !sim_device_option_number(device, "depth", 1024, 1, 65535, &depth, err))
		return false;
	port->fifo = calloc(depth, sizeof *port->fifo);
	if (!port->fifo)
		return err_internal(err, "out of memory for a FIFO of %u frames", (unsigned)depth);
	port->depth = (uint32_t)depth;
	port->device = device;
	port->due.fire = frame_due;
	return true;
}

static void reset(struct sim_device *device)
{
	struct sensor_port *port = device->state;
	flush(port);
	port->ctrl = 0;
	port->watermark = 1;
	port->lost = 0;
	port->overrun = false;
	update_irq(port);
}

static void free_port(struct sim_device *device)
{
	struct sensor_port *port = device->state;
	sim_clock_cancel(device->wires->clock, &port->due);
	free(port->fifo);
	port->fifo = NULL;
}

static uint32_t scale_register(const struct sensor_port *port)
{
	double scaled = port->source.scale * 4294967296.0;
	return scaled >= UINT32_MAX ? UINT32_MAX : scaled > 0 ? (uint32_t)(scaled + 0.5) : 0;
}

/* A read of an empty FIFO gives 0: the guest asked for what STATUS says is not there. */
static uint32_t pop_data(struct sensor_port *port)
{
	if (port->level == 0)
		return 0;
	int16_t count = port->fifo[port->head].count[port->channel];
	if (++port->channel >= port->source.channels) {
		port->channel = 0;
		port->head = (port->head + 1) % port->depth;
		port->level--;
		update_irq(port);
	}
	return (uint32_t)(int32_t)count;
}

static uint32_t status(const struct sensor_port *port)
{
	return port->level | (port->level >= port->watermark ? RT_SENSOR_STATUS_WATERMARK : 0) |
	       (port->overrun ? RT_SENSOR_STATUS_OVERRUN : 0);
}

static uint32_t read_register(struct sim_device *device, uint32_t offset)
{
	struct sensor_port *port = device->state;
	switch (offset) {
	case RT_SENSOR_ID:
		return SENSOR_ID;
	case RT_SENSOR_CTRL:
		return port->ctrl;
	case RT_SENSOR_STATUS:
		return status(port);
	case RT_SENSOR_WATERMARK:
		return port->watermark;
	case RT_SENSOR_TIME_US:
		return port->level ? (uint32_t)(port->fifo[port->head].due_ps / 1000000) : 0;
	case RT_SENSOR_RATE_MHZ:
		return (uint32_t)port->source.rate_mhz;
	case RT_SENSOR_CHANNELS:
		return port->source.channels;
	case RT_SENSOR_SCALE:
		return scale_register(port);
	case RT_SENSOR_DEPTH:
		return port->depth;
	case RT_SENSOR_LOST:
		return port->lost;
	default:
		device->wires->unmodelled(device->wires->machine, device, offset, false, true);
		return 0;
	}
}

static uint32_t read_port(struct sim_device *device, uint32_t offset, unsigned size)
{
	/* The upper bytes of DATA alone are not worth a sample. */
	uint32_t value = offset == RT_SENSOR_DATA ? pop_data(device->state) : read_register(device, offset & ~3u);
	return sim_register_part(value, offset, size);
}

static void write_port(struct sim_device *device, uint32_t offset, unsigned size, uint32_t value)
{
	struct sensor_port *port = device->state;
	uint32_t old = (offset & ~3u) == RT_SENSOR_CTRL ? port->ctrl :
		       (offset & ~3u) == RT_SENSOR_WATERMARK ? port->watermark : 0;
	value = sim_register_merge(old, offset, size, value);
	switch (offset & ~3u) {
	case RT_SENSOR_CTRL:
		port->ctrl = value & (RT_SENSOR_CTRL_RUN | RT_SENSOR_CTRL_IRQ);
		if (value & RT_SENSOR_CTRL_FLUSH)
			flush(port);
		break;
	case RT_SENSOR_STATUS:
		if (value & RT_SENSOR_STATUS_OVERRUN)
			port->overrun = false;
		break;
	case RT_SENSOR_WATERMARK:
		port->watermark = value < 1 ? 1 : value > port->depth ? port->depth : value;
		break;
	default: /* the others are read only */
		device->wires->unmodelled(device->wires->machine, device, offset & ~3u, true, false);
	}
	update_irq(port);
}

const struct sim_device_type sim_sensor_port_type = {
	.name = "sensor-port",
	.what = "FIFO of sensor samples with watermark interrupt (ours; stands for bus, DMA and sensor)",
	.bytes = 0x1000,
	.state_bytes = sizeof(struct sensor_port),
	.init = init,
	.reset = reset,
	.free = free_port,
	.read = read_port,
	.write = write_port,
};
