/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/mlperf_fit.h"

#define MODEL_NOISE 0.01 /* relative: what the models leave unexplained, against which the prior weighs */

double session_fit_left_out(const struct sim_board *board, const struct session_fit_image *image, size_t count,
			    size_t left_out)
{
	const struct sim_fit *fit = &board->bus_fit;
	if (!fit->fitted)
		return image[left_out].error;
	double weight = 1 / (fit->width * fit->width), pull = weight * (fit->prior - board->flash.line_fill);
	for (size_t i = 0; i < count; i++) {
		if (i == left_out)
			continue;
		weight += image[i].slope * image[i].slope / (MODEL_NOISE * MODEL_NOISE);
		pull -= image[i].slope * image[i].error / (MODEL_NOISE * MODEL_NOISE);
	}
	return image[left_out].error + image[left_out].slope * pull / weight;
}
