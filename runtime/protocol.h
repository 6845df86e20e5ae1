/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the bundled firmware and the tool that flashes it agree upon. Plain data, little endian, no includes
 * but <stdint.h>: the firmware, native tests and the host read this one file.
 *
 * 1. The configuration block: `struct rt_config rt_config` lies in the firmware's flash. The tool writes it,
 *    and the blobs it points to (model, labels, inputs), into the flash image behind the firmware
 *    (`rt_image_end`, aligned to 16) before reset, as a production line would flash calibration data.
 * 2. Marks: a `struct rt_mark` in RAM or flash, whose address is stored to RT_MARK_PORT. That is ITM stimulus
 *    port 31: on silicon a store there is harmless, and in the simulator it is the one thing the firmware says
 *    about itself.
 * 3. The sensor port: the registers of a sample FIFO (sim/devices/sensor_port.c).
 */
#ifndef RUNTIME_PROTOCOL_H
#define RUNTIME_PROTOCOL_H

#include <stdint.h>

#define RT_CONFIG_MAGIC 0x31575454u /* "TTW1" */

enum rt_mode {
	RT_MODE_STREAM = 0, /* sleep until the sensor has a window, infer, print `label score`, sleep */
	RT_MODE_INFER = 1,  /* run the inputs at `input_at` through the model, mark each output, mark DONE */
};

enum rt_uart_kind {
	RT_UART_NONE = 0,
	RT_UART_STM32_V1 = 1, /* SR 0x00, DR 0x04 (F1) */
	RT_UART_STM32_V2 = 2, /* ISR 0x1C, RDR 0x24, TDR 0x28 (F7, G0, H7, L4, U5) */
	RT_UART_CMSDK = 3,    /* DATA 0x00, STATE 0x04, CTRL 0x08 (Arm MPS2) */
};

struct rt_config {
	uint32_t magic;
	uint32_t mode;     /* enum rt_mode */
	uint32_t clock_hz; /* of the core */
	uint32_t uart_base, uart_kind;
	uint32_t sensor_base, sensor_irq; /* a sensor port; irq is the NVIC number, from 0 */
	uint32_t model_at, model_bytes;
	uint32_t labels_at, labels_bytes; /* NUL-terminated names, one after the other */
	uint32_t input_at, input_bytes;   /* RT_MODE_INFER: the input tensors back to back, `runs` times */
	uint32_t runs;                    /* RT_MODE_INFER: how many inferences */
	uint32_t arena_at, arena_bytes;   /* RAM behind `rt_ram_end`, at a multiple of 16 */
	uint32_t hop_frames;              /* RT_MODE_STREAM: frames between two inferences; 0: a whole window */
	uint32_t layer_marks;             /* 1: LAYER_BEGIN and LAYER_END are marked too */
	uint32_t reserved[6];
};

#define RT_MARK_PORT 0xE000007Cu

enum rt_mark_kind {
	RT_MARK_ARENA = 1,           /* at, bytes: the arena; value: bytes of it that the plan needs, 0 before planning */
	RT_MARK_INFERENCE_BEGIN = 2, /* index: counts from 0 */
	RT_MARK_INFERENCE_END = 3,   /* index */
	RT_MARK_LAYER_BEGIN = 4,     /* index: operator's index; op: TFLite's builtin operator code */
	RT_MARK_LAYER_END = 5,       /* index, op; tensor, at, bytes: its (first) output; value: multiply-accumulates */
	RT_MARK_OUTPUT = 6,          /* index: which output; tensor, at, bytes */
	RT_MARK_RESULT = 7,          /* index: class; at, bytes: the scores, int8; value: its score in 1/1000; */
				     /* op: their zero point; tensor: their scale, an IEEE single; 0: 1/256 from -128 on */
	RT_MARK_ERROR = 8,           /* value: enum rt_status; index: operator, or 0xFFFFFFFF; op: its code */
	RT_MARK_DONE = 9,            /* value: exit status */
	RT_MARK_LATE = 10,           /* value: frames of the sensor that no window holds: inference is slower than they come */
};

struct rt_mark {
	uint32_t kind; /* enum rt_mark_kind */
	uint32_t index, op, tensor;
	uint32_t at, bytes;
	uint32_t value, reserved;
};

/*
 * The sensor port. A frame is one sample of every channel, each a signed 16-bit count. The FIFO holds
 * SENSOR_DEPTH frames. A frame that finds it full is lost and sets OVERRUN.
 */
#define RT_SENSOR_ID 0x00u        /* r: 0x53575454 */
#define RT_SENSOR_CTRL 0x04u      /* rw: bit 0 run, bit 1 interrupt when level >= watermark; bit 2 (w1) flush */
#define RT_SENSOR_STATUS 0x08u    /* r: bits 15:0 level in frames, bit 16 level >= watermark, bit 17 overrun (w1c) */
#define RT_SENSOR_WATERMARK 0x0Cu /* rw: frames, 1 … depth */
#define RT_SENSOR_DATA 0x10u      /* r: next channel of the frame at the head, sign-extended; the last channel pops */
#define RT_SENSOR_TIME_US 0x14u   /* r: time of the frame at the head, us modulo 2^32 */
#define RT_SENSOR_RATE_MHZ 0x18u  /* r: frames per 1000 s (that is, millihertz) */
#define RT_SENSOR_CHANNELS 0x1Cu  /* r */
#define RT_SENSOR_SCALE 0x20u     /* r: physical units per count, in 2^-32 (g, full scale, …) */
#define RT_SENSOR_DEPTH 0x24u     /* r: frames the FIFO holds */
#define RT_SENSOR_LOST 0x28u      /* r: frames lost to overruns */

#define RT_SENSOR_CTRL_RUN 1u
#define RT_SENSOR_CTRL_IRQ 2u
#define RT_SENSOR_CTRL_FLUSH 4u
#define RT_SENSOR_STATUS_WATERMARK (1u << 16)
#define RT_SENSOR_STATUS_OVERRUN (1u << 17)

#endif
