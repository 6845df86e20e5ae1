/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the runtime stopped. One list yields the numbers (RT_MARK_ERROR's value, RT_MARK_DONE's exit status)
 * and, for a host that expands it, the sentences; the firmware carries no text.
 */
#ifndef RUNTIME_STATUS_H
#define RUNTIME_STATUS_H

#define RT_STATUS_LIST(X)                                                                                    \
	X(RT_OK, 0, "all is well")                                                                           \
	X(RT_BAD_CONFIG, 1, "the configuration block is not filled in, or contradicts the model")            \
	X(RT_BAD_MODEL, 2, "the model is not a whole TensorFlow Lite file")                                  \
	X(RT_BAD_SHAPE, 3, "tensors of one operator do not fit together")                                    \
	X(RT_UNSUPPORTED, 4, "an operator, type or variant that this runtime does not have")                 \
	X(RT_NO_MEMORY, 5, "the arena is too small")                                                         \
	X(RT_UNALIGNED, 6, "the model, one of its buffers or the arena is not aligned")                      \
	X(RT_BAD_SENSOR, 7, "no sensor port, or its channels do not divide the model's input")               \
	X(RT_FAULT, 8, "the core took an exception that nothing handles")

enum rt_status {
#define RT_STATUS_ENUM(name, value, text) name = value,
	RT_STATUS_LIST(RT_STATUS_ENUM)
#undef RT_STATUS_ENUM
};

#endif
