/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One way to go wrong per case. Before it does, a case writes to the mailbox where (0) and who called it (1); the
 * HardFault handler adds what it sees (2 …) and ends the run with 50, spins, or faults again.
 */
#include "fw.h"

enum { WHERE, CALLER, IPSR, SEEN_CFSR, SEEN_HFSR, STACKED_PC, EXC_RETURN, STACKED_R0, STACKED_XPSR, RESUMED };
enum handler_does { END, SPIN, FAULT_AGAIN, SKIP };
static volatile enum handler_does handler_does;

void handler_body(const uint32_t *frame, uint32_t exc_return);
void handler_body(const uint32_t *frame, uint32_t exc_return)
{
	mailbox[IPSR] = ipsr();
	mailbox[SEEN_CFSR] = CFSR;
	mailbox[SEEN_HFSR] = HFSR;
	mailbox[EXC_RETURN] = exc_return;
	mailbox[STACKED_PC] = frame[6];
	mailbox[STACKED_R0] = frame[0];
	mailbox[STACKED_XPSR] = frame[7];
	if (handler_does == SPIN)
		for (;;)
			;
	if (handler_does == FAULT_AGAIN)
		REG(0x60000010) = 1;
	if (handler_does == SKIP) {
		mailbox[RESUMED]++;
		((uint32_t *)frame)[6] += 4;
		return;
	}
	stop(50);
}

/* Picks the stack that holds the frame; a stack pointer outside of RAM is moved back first. */
#define FAULT_HANDLER(name)                                                                                        \
	__attribute__((naked)) void name(void);                                                                   \
	void name(void)                                                                                            \
	{                                                                                                          \
		__asm volatile("mov r1, lr\n mrs r0, msp\n movs r2, #4\n tst r1, r2\n beq 1f\n mrs r0, psp\n"      \
			       "1: lsrs r2, r0, #16\n ldr r3, =0x2000\n cmp r2, r3\n beq 2f\n"                     \
			       "ldr r0, =stack_top - 256\n mov sp, r0\n"                                           \
			       "2: ldr r2, =handler_body\n push {r4, lr}\n blx r2\n pop {r4, pc}\n .ltorg");       \
	}
FAULT_HANDLER(HardFault_Handler)
FAULT_HANDLER(MemManage_Handler)
FAULT_HANDLER(BusFault_Handler)
FAULT_HANDLER(UsageFault_Handler)

HANDLER(SVC_Handler)
{
	if (selected == 10)
		__asm volatile("ldr r0, =0xFFFFFFF5\n bx r0" ::: "r0");
}
HANDLER(PendSV_Handler) { mailbox[RESUMED] = 0xE5; }

/* r0 = 0x1234, r1 = argument; `code` holds label 1 at the instruction that goes wrong. */
#define CASE(name, code)                                                                                           \
	__attribute__((naked, noinline)) static void name(uint32_t unused, uint32_t r1)                           \
	{                                                                                                          \
		__asm volatile("ldr r3, =1f\n ldr r2, =mailbox\n str r3, [r2]\n mov r3, lr\n str r3, [r2, #4]\n"   \
			       "ldr r0, =0x1234\n movs r2, #0\n " code "\n bx lr\n .ltorg");                       \
	}
CASE(read_it, "adds r2, #7\n 1: ldr r0, [r1]")
CASE(write_it, "adds r2, #7\n 1: str r0, [r1]")
CASE(branch_to, "1: bx r1")
CASE(udf, "adds r2, #7\n 1: udf #5")
CASE(svc, "1: svc #3\n")
CASE(bkpt, "1: bkpt #1")
CASE(push_low, "msr msp, r1\n 1: push {r0, r4, r5}")
CASE(svc_low, "msr msp, r1\n 1: svc #3")
CASE(hang, "1: b 1b")
CASE(sg, "1: .hword 0xe97f, 0xe97f")
#ifdef __ARM_ARCH_6M__
CASE(smlad, "adds r2, #7\n 1: .hword 0xfb20, 0x0303")
CASE(fp, "adds r2, #7\n 1: .hword 0xeeb7, 0x0a00")
#else
CASE(smlad, "adds r2, #7\n cmp r2, #7\n ite eq\n moveq r3, #1\n movne r3, #2\n 1: .hword 0xfb20, 0x0303")
CASE(fp, "adds r2, #7\n cmp r2, #7\n itt ne\n movne r3, #1\n movne r3, #2\n 1: .hword 0xeeb7, 0x0a00")
CASE(ldm, "adds r2, #7\n 1: ldmia.w r1, {r3, r12}")
CASE(ldrd, "adds r2, #7\n 1: ldrd r3, r12, [r1]")
CASE(strd, "adds r2, #7\n 1: strd r0, r2, [r1]")
CASE(divide, "mov r2, #0\n cmp r2, #0\n it eq\n 1: udiveq r0, r0, r1")
CASE(ldrh, "adds r2, #7\n 1: ldrh.w r0, [r1]")
#endif

static void broken_vectors(uint32_t svc_vector)
{
	static uint32_t table[64] __attribute__((aligned(256)));
	const uint32_t *from = (const uint32_t *)0x08000000;
	for (int i = 0; i < 48; i++)
		table[i] = from[i];
	table[11] = svc_vector;
	VTOR = (uint32_t)table;
}

static const uint32_t some_data[4] = {0xDEDEDEDE, 0, 0, 0};
static volatile uint32_t words[4] = {7, 8, 9, 10};

int main(void)
{
	uint32_t which = selected & 0xFF;
	handler_does = selected >> 8 & 0xFF;
	if (selected >> 16 & 1)
		SHCSR = 7u << 16;
	switch (which) {
	case 1: read_it(0, 0x60000000); break;
	case 2: write_it(0, 0x60000004); break;
	case 3: branch_to(0, 0x60000001); break;
	case 4: write_it(0, 0x08000100); break;
	case 5: udf(0, 0); break;
	case 6: smlad(0, 0); break;
	case 7: CPACR = 0; barrier(); fp(0, 0); break;
	case 8: branch_to(0, 0x08000100); break;
	case 9: branch_to(0, 0xFFFFFFF1); break;
	case 10: svc(0, 0); break;
	case 11: svc_low(0, 0x20000008); break;
	case 12: push_low(0, 0x20000004); break;
	case 13: broken_vectors(0x08000200); svc(0, 0); break;
	case 14: VTOR = 0x70000000; barrier(); svc(0, 0); break;
	case 15: bkpt(0, 0); break;
	case 16: hang(0, 0); break;
	case 17: sg(0, 0); break;
	case 18: branch_to(0, (uint32_t)some_data | 1); break;
	case 19: disable(); svc(0, 0); break;
	case 20: read_it(0, 0x40004002); break;
	case 21: read_it(0, (uint32_t)words + 1); break;
	case 22: branch_to(0, 0x40001001); break;
	case 24: branch_to(0, 1); break;
	case 23: disable(); ICSR = 1u << 28; hang(0, 0); break;
#ifndef __ARM_ARCH_6M__
	case 30: ldm(0, (uint32_t)words + 2); break;
	case 31: ldrd(0, (uint32_t)words + 1); break;
	case 32: strd(0, (uint32_t)words + 3); break;
	case 33: CCR |= 1u << 3; barrier(); ldrh(0, (uint32_t)words + 1); break;
	case 34: ldrh(0, (uint32_t)words + 1); break; /* allowed */
	case 35: CCR |= 1u << 4; barrier(); divide(0, 0); break;
	case 36: divide(0, 0); break; /* gives 0 */
	case 37: /* a divide that works, while the other kind is a trap */
		CCR |= 1u << 4;
		barrier();
		print_number("quotient", 100u / *(volatile uint32_t *)&words[0]);
		print_number("signed", (uint32_t)(-100 / *(volatile int32_t *)&words[1] + 100));
		break;
#endif
	default: return 98;
	}
	return 51; /* nothing happened, or the handler stepped over it */
}
