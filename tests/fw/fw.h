/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every test firmware has: a console, an exit, and the core's registers by Arm's names. */
#ifndef FW_H
#define FW_H

#include <stdint.h>

#define REG(at) (*(volatile uint32_t *)(at))
#define REG8(at) (*(volatile uint8_t *)(at))
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define NVIC_ISER REG(0xE000E100)
#define NVIC_ICER REG(0xE000E180)
#define NVIC_ISPR REG(0xE000E200)
#define NVIC_IABR REG(0xE000E300)
#define NVIC_IPR(n) REG8(0xE000E400 + (n))
#define ICSR REG(0xE000ED04)
#define VTOR REG(0xE000ED08)
#define AIRCR REG(0xE000ED0C)
#define SCR REG(0xE000ED10)
#define CCR REG(0xE000ED14)
#define SHPR(n) REG8(0xE000ED18 + (n) - 4)
#define SHCSR REG(0xE000ED24)
#define CFSR REG(0xE000ED28)
#define HFSR REG(0xE000ED2C)
#define MMFAR REG(0xE000ED34)
#define BFAR REG(0xE000ED38)
#define CPACR REG(0xE000ED88)
#define DEMCR REG(0xE000EDFC)
#define DWT_CTRL REG(0xE0001000)
#define DWT_CYCCNT REG(0xE0001004)
#define DWT_LAR REG(0xE0001FB0)
#define UART_BASE 0x40004000 /* CMSDK */

/* Which case to run: written by the host behind the vector table before reset. */
extern const volatile uint32_t selected;
extern volatile uint32_t mailbox[32]; /* at 0x20000000, for the host to read */

void put(char c);
void print(const char *text);
void print_hex(uint32_t value);
void print_number(const char *name, uint32_t value); /* "name=123\n" */
void drain(void); /* waits until all text is out */
void stop(uint32_t status) __attribute__((noreturn)); /* semihosting exit */

#define HANDLER(name) void name(void); void name(void)

static inline uint32_t primask(void) { uint32_t v; __asm volatile("mrs %0, primask" : "=r"(v)); return v; }
static inline void disable(void) { __asm volatile("cpsid i" ::: "memory"); }
static inline void enable(void) { __asm volatile("cpsie i" ::: "memory"); }
static inline void wfi(void) { __asm volatile("wfi" ::: "memory"); }
static inline void wfe(void) { __asm volatile("wfe" ::: "memory"); }
static inline void sev(void) { __asm volatile("sev" ::: "memory"); }
static inline void barrier(void) { __asm volatile("dsb\n isb" ::: "memory"); }
static inline uint32_t ipsr(void) { uint32_t v; __asm volatile("mrs %0, ipsr" : "=r"(v)); return v; }

#endif
