/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code to compile for each core, so that the decoder meets what compilers emit. Never executed. */
#include <stdarg.h>
#include <stdint.h>

volatile uint32_t word;
volatile uint8_t byte;
volatile int16_t half;
struct pair { int64_t a, b; uint8_t flags : 3, rest : 5; } pair;

int64_t dot(const int8_t *a, const int8_t *b, int n)
{
	int32_t sum = 0;
	int64_t wide = 0;

	for (int i = 0; i < n; i++) {
		sum += a[i] * b[i];
		wide += (int64_t)sum * a[i];
	}
	return wide + sum;
}

int32_t requantise(int32_t value, int32_t multiplier, int shift)
{
	int64_t product = (int64_t)value * multiplier + (1ll << (30 - shift));
	int32_t out = (int32_t)(product >> (31 - shift));

	return out < -128 ? -128 : out > 127 ? 127 : out;
}

uint32_t choose(uint32_t x, uint32_t y)
{
	switch (x) {
	case 0: return y + 1;
	case 1: return y * 7;
	case 2: return y / 10;
	case 3: return y % x;
	case 4: return __builtin_clz(y | 1);
	case 5: return __builtin_bswap32(y);
	case 6: return y >> (x & 31) | y << 5;
	case 7: word = y; return word & 0xff00ff00;
	case 8: byte = y; return byte ^ 0x80000001;
	case 9: half = y; return half;
	default: return x < y ? ~x : -y;
	}
}

uint64_t sixty_four(uint64_t a, uint64_t b, int n)
{
	uint64_t c = a + b;

	c ^= a << n | b >> 3;
	c -= a * b;
	return c < a ? c : c + (uint32_t)n;
}

void copy(struct pair *to, const struct pair *from, int n)
{
	while (n-- > 0) {
		*to++ = *from++;
		to->flags = from->rest;
	}
}

extern void sink(const char *, ...);
int varied(int count, ...)
{
	char buffer[600];
	va_list list;
	int sum = 0;

	va_start(list, count);
	for (int i = 0; i < count; i++) {
		buffer[i & 511] = (char)va_arg(list, int);
		sum += buffer[i & 255];
	}
	va_end(list);
	sink("%s %d", buffer, sum);
	return sum;
}

float filter(const float *x, const float *w, int n)
{
	float y = 0.5f;

	for (int i = 0; i < n; i++)
		y += x[i] * w[i] - (x[i] < 0.25f ? y : w[i] / 3.0f);
	return __builtin_sqrtf(y < 0 ? -y : y) + (float)n + (float)(uint32_t)y;
}

double mix(double a, float b, int c)
{
	double m = a > b ? a : b;

	return m * a + c / a - __builtin_fabs(m) + (double)(int)m + __builtin_floor(a) + __builtin_rint(m);
}

float round_it(float x, float y)
{
	return __builtin_floorf(x) + __builtin_fmaxf(x, y) + __builtin_truncf(y) + (x > y ? x : y);
}

int call(int (*function)(int), int (**table)(int), int x)
{
	return function(x) + table[x](x + 1) + table[0](x);
}

#if __ARM_ARCH > 6
int atomic(int *counter)
{
	return __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST) + __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}
#endif

void bits(uint32_t *p, uint32_t v)
{
	p[0] = (v >> 7 & 0x1f) | (p[0] & ~0x1fu);
	p[1] = (p[1] & ~0xff00u) | (v & 0xff) << 8;
	p[2] = (int32_t)(v << 9) >> 20;
	p[3] = (uint16_t)v + (int8_t)(v >> 8);
	p[4] = p[5] + (v << 4) - (v >> 3);
	__asm volatile("nop\n wfi\n cpsid i\n mrs r0, primask\n msr primask, r0\n dsb\n isb\n svc 3\n" ::: "r0");
}

#ifdef __ARM_FEATURE_DSP
#include <arm_acle.h>
int32_t simd(const uint32_t *a, const uint32_t *b, int n)
{
	int32_t sum = 0;

	while (n-- > 0) {
		uint32_t x = *a++, y = *b++;

		sum = __smlad(__sxtb16(x), __sxtb16(y), sum);
		sum = __smlad(__sxtb16(x >> 8 | x << 24), __sxtb16(y >> 8 | y << 24), sum);
		sum = __qadd(sum, __ssat(sum, 12)) + (int32_t)__uqsub8(x, y) + (int32_t)__shadd16(x, y);
		sum = __smlawb(sum, (int32_t)x, __smusd(x, y)) + (int32_t)__usat(sum, 5) + (int32_t)__usad8(x, y);
	}
	return sum;
}
#endif
