/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bundled firmware with a model in it: what a production line would flash. Finds the firmware of the
 * board's core, puts model, labels and inputs behind it, and fills in its configuration (runtime/protocol.h).
 */
#ifndef SESSION_BUNDLED_H
#define SESSION_BUNDLED_H

#include "runtime/protocol.h"
#include "runtime/tflite.h"
#include "sim/board.h"
#include "sim/image.h"

struct session_bundle {
	enum rt_mode mode;
	const char *model_path;     /* for messages */
	const uint8_t *model;       /* borrowed, as all that follows */
	size_t model_bytes;
	const char *labels;         /* NUL-terminated names one after the other; NULL: none */
	size_t labels_bytes;
	const uint8_t *inputs;      /* RT_MODE_INFER */
	size_t inputs_bytes;
	uint32_t runs;              /* RT_MODE_INFER */
	const char *sensor;         /* RT_MODE_STREAM: name of a sensor port of the board */
	uint32_t hop_frames;        /* RT_MODE_STREAM; 0: a whole window */
	uint32_t arena_bytes;       /* 0: all that the board has */
	uint64_t clock_hz;
	bool layer_marks;
};

/*
 * Makes the image. What does not fit the board is ERR_INPUT and says by how much. On success the caller frees
 * *ret_image with sim_image_free.
 */
struct session_room {
	uint32_t firmware_bytes; /* of flash, that the firmware itself takes */
	uint32_t arena_bytes;    /* of RAM, that the arena may take */
};

bool session_bundle_image(const struct sim_board *board, const struct session_bundle *bundle,
			  struct sim_image *ret_image, struct session_room *ret_room, struct err *err);

/* What the runtime says of a model before any board is asked. */
struct session_model {
	uint32_t arena_bytes;  /* that its plan needs */
	uint32_t input_bytes;  /* of all inputs together */
	uint32_t inputs, outputs, operators;
	struct rt_tensor input; /* the first */
};

/*
 * Opens the model with the runtime itself, on the host. A model that the firmware would refuse is ERR_INPUT
 * with the operator that is to blame. The size of the arena is no reason to refuse.
 */
bool session_model_check(const char *path, const uint8_t *model, size_t model_bytes, struct session_model *ret_model,
			 struct err *err);

/* What a sensor port tells the firmware (RT_SENSOR_CHANNELS, _SCALE, _DEPTH). */
struct session_port {
	uint32_t channels, scale, depth;
};

/*
 * Does a sensor's stream fill the model's input? *ret_arena_bytes: for the plan and the ring behind it. The
 * message of ERR_INPUT does not name the sensor.
 */
bool session_stream_check(const char *path, const struct session_model *model, const struct session_port *port,
			  uint64_t *ret_arena_bytes, struct err *err);

/* The sentence for an enum rt_status. Static text. */
const char *session_status_text(uint32_t status);

#endif
