/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating point with the FPU: a biquad filter, a dense layer with a rational sigmoid, a Newton square root.
 * FLOAT is float (hard single precision) or double (Cortex-M7 with FPv5-D16). No fused operations: results are the same
 * everywhere.
 */
#include "bench.h"

enum { SAMPLES = 64, UNITS = 16 };

static FLOAT signal[SAMPLES], weight[UNITS][SAMPLES], unit[UNITS];

static void filter(FLOAT gain)
{
	FLOAT z1 = 0, z2 = 0;
	for (int i = 0; i < SAMPLES; i++) {
		FLOAT x = (FLOAT)((i * 37 & 63) - 32) * gain;
		FLOAT y = (FLOAT)0.2 * x + z1;
		z1 = (FLOAT)0.4 * x + (FLOAT)0.6 * y + z2;
		z2 = (FLOAT)0.2 * x - (FLOAT)0.3 * y;
		signal[i] = y;
	}
}

static void dense(void)
{
	for (int u = 0; u < UNITS; u++) {
		FLOAT sum = (FLOAT)0.125 * (FLOAT)u;
		for (int i = 0; i < SAMPLES; i++)
			sum += weight[u][i] * signal[i];
		unit[u] = sum / (1 + (sum < 0 ? -sum : sum));
	}
}

static FLOAT norm(void)
{
	FLOAT squares = (FLOAT)0.001, root = 1;
	for (int u = 0; u < UNITS; u++)
		squares += unit[u] * unit[u];
	for (int step = 0; step < 6; step++)
		root = (FLOAT)0.5 * (root + squares / root);
	return root;
}

uint32_t work(uint32_t rounds)
{
	uint32_t sum = 0;
	for (int u = 0; u < UNITS; u++)
		for (int i = 0; i < SAMPLES; i++)
			weight[u][i] = (FLOAT)((u * 31 + i * 17) % 41 - 20) * (FLOAT)0.01;
	for (uint32_t round = 0; round < rounds; round++) {
		filter((FLOAT)(round % 7 + 1) * (FLOAT)0.05);
		dense();
		sum = mix(sum, (uint32_t)(int32_t)(norm() * 65536));
	}
	return sum;
}
