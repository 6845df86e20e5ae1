/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far an image would be off had it not been there when its board's constant was fitted (struct sim_fit).
 *
 * The constant is fitted anew to the board's other images: least squares of their relative errors, each known to
 * MODEL_NOISE, against what is expected without them (the prior). An image's cycles are linear in it within a fraction of a
 * percent, so one replay with a cycle more gives the slope.
 */
#ifndef SESSION_MLPERF_FIT_H
#define SESSION_MLPERF_FIT_H

#include "sim/board.h"

#include <stddef.h>

struct session_fit_image {
	double error; /* relative: simulated / measured - 1 */
	double slope; /* what one cycle more of the constant adds to it; 0: there is none */
};

/* Relative error of image[left_out] with the constant that the other images of `board` give. */
double session_fit_left_out(const struct sim_board *board, const struct session_fit_image *image, size_t count,
			    size_t left_out);

#endif
