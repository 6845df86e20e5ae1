/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/mlperf_fit.h"

#define MODEL_NOISE 0.01 /* relative: what the models leave unexplained, against which the prior weighs */
enum { N = SIM_FITTED_COUNT };

/* Solves a·x = b, a symmetric and positive: with its prior on the diagonal, no pivot is 0. */
static void solve(double a[N][N], double b[N], double ret_x[N])
{
	for (int k = 0; k < N; k++) {
		for (int i = k + 1; i < N; i++) {
			double factor = a[i][k] / a[k][k];
			for (int j = k; j < N; j++)
				a[i][j] -= factor * a[k][j];
			b[i] -= factor * b[k];
		}
	}
	for (int k = N - 1; k >= 0; k--) {
		ret_x[k] = b[k];
		for (int j = k + 1; j < N; j++)
			ret_x[k] -= a[k][j] * ret_x[j];
		ret_x[k] /= a[k][k];
	}
}

double session_fit_left_out(const struct sim_board *board, const struct session_fit_image *image, size_t count,
			    size_t left_out)
{
	double a[N][N] = {{0}}, b[N] = {0}, move[N];
	for (int k = 0; k < N; k++) {
		const struct sim_fit *fit = &board->fit[k];
		double weight = fit->fitted ? 1 / (fit->width * fit->width) : 1; /* not fitted: it stays */
		a[k][k] = weight;
		b[k] = fit->fitted ? weight * (fit->prior - sim_board_fitted(board, (enum sim_fitted)k)) : 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (i == left_out)
			continue;
		for (int k = 0; k < N; k++) {
			for (int j = 0; j < N; j++)
				a[k][j] += image[i].slope[k] * image[i].slope[j] / (MODEL_NOISE * MODEL_NOISE);
			b[k] -= image[i].slope[k] * image[i].error / (MODEL_NOISE * MODEL_NOISE);
		}
	}
	solve(a, b, move);
	double error = image[left_out].error;
	for (int k = 0; k < N; k++)
		error += image[left_out].slope[k] * move[k];
	return error;
}
