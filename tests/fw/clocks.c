/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SysTick and the cycle counter, busy and asleep. */
#include "fw.h"

static volatile uint32_t ticks;
HANDLER(SysTick_Handler) { ticks++; }

static void mark(uint32_t kind)
{
	static volatile uint32_t words[8];
	words[0] = kind;
	REG(0xE000007C) = (uint32_t)words;
}

static void tick(uint32_t period, uint32_t flags)
{
	SYST_RVR = period - 1;
	SYST_CVR = 0;
	SYST_CSR = flags;
}

static __attribute__((noinline)) void loop(uint32_t turns)
{
	__asm volatile(".align 2\n 1: subs %0, #1\n bne 1b" : "+l"(turns) : : "cc");
}

static void count_cycles(void)
{
	DEMCR = 1u << 24;
	DWT_LAR = 0xC5ACCE55;
	DWT_CYCCNT = 0;
	DWT_CTRL |= 1;
}

int main(void)
{
	switch (selected) {
	case 1: /* asleep between ticks */
		tick(1000, 7);
		while (ticks < 6)
			wfi();
		break;
	case 2: /* busy */
		tick(1000, 7);
		while (ticks < 6)
			;
		break;
	case 3: { /* the same stretch by the cycle counter and by marks */
		count_cycles();
		loop(1); /* seen before it is measured */
		mark(1);
		uint32_t from = DWT_CYCCNT;
		loop(1000);
		uint32_t to = DWT_CYCCNT;
		mark(2);
		print_number("cyccnt", to - from);
		break;
	}
	case 4: { /* the cycle counter stands still in sleep */
		count_cycles();
		tick(100000, 7);
		uint32_t from = DWT_CYCCNT;
		wfi();
		uint32_t to = DWT_CYCCNT;
		SYST_CSR = 0;
		print_number("cyccnt", to - from);
		break;
	}
	case 5: /* M7: closed until its lock is opened */
		DEMCR = 1u << 24;
		DWT_CTRL |= 1;
		loop(20);
		print_number("locked", DWT_CYCCNT);
		DWT_LAR = 0xC5ACCE55;
		DWT_CTRL |= 1;
		loop(20);
		print_number("open", DWT_CYCCNT > 0);
		break;
	case 9: { /* time from the counter and COUNTFLAG, both read within one block */
		uint32_t wraps = 0, last = 0, back = 0;
		tick(197, 5);
		while (SYST_CVR == 0)
			;
		for (unsigned i = 0; i < 2000; i++) {
			uint32_t value = SYST_CVR;
			if (SYST_CSR & 1u << 16) {
				wraps++;
				value = SYST_CVR;
			}
			uint32_t now = wraps * 197 + 196 - value;
			back += now < last;
			last = now;
		}
		print_number("back", back);
		print_number("wraps", wraps > 50);
		break;
	}
	case 6: { /* values read while it counts down, and COUNTFLAG */
		tick(500, 5);
		loop(5);
		uint32_t a = SYST_CVR, b = SYST_CVR;
		loop(700);
		uint32_t csr = SYST_CSR, again = SYST_CSR;
		print_number("falls", a > b && a < 500);
		print_number("step", a - b);
		print_number("flag", (csr >> 16 & 1) * 2 + (again >> 16 & 1));
		SYST_CSR = 0;
		uint32_t held = SYST_CVR;
		print_number("held", held == SYST_CVR && held < 500);
		tick(500, 1); /* the reference clock: an eighth */
		loop(20);
		a = SYST_CVR;
		loop(200);
		b = SYST_CVR;
		print_number("eighth", a - b);
		break;
	}
	case 7: /* no tick at all with a reload value of 0 */
		tick(1, 7);
		loop(100);
		SYST_CSR = 0;
		print_number("ticks", ticks);
		break;
	case 8: /* a shorter period while it runs: from the next reload on */
		tick(1000, 7);
		while (ticks < 1)
			;
		SYST_RVR = 199;
		while (ticks < 5)
			wfi();
		break;
	}
	SYST_CSR = 0;
	return 0;
}
