/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three kinds of UART, transmitting by polling.
 *
 *            enable               may send              data
 *   V1       CR1 0x0C bits 13, 3  SR 0x00 bit 7 set     DR 0x04       ST RM0008 27.6
 *   V2       CR1 0x00 bits 0, 3   ISR 0x1C bit 7 set    TDR 0x28      ST RM0394 38.8
 *   CMSDK    CTRL 0x08 bit 0      STATE 0x04 bit 0 clear  DATA 0x00   Arm DDI 0479 4.3
 */
#include "runtime/hal/hal.h"

void rt_uart_open(void)
{
	switch (rt_config.uart_kind) {
	case RT_UART_STM32_V1:
		*rt_register(rt_config.uart_base, 0x0c) |= 1u << 13 | 1u << 3;
		break;
	case RT_UART_STM32_V2:
		*rt_register(rt_config.uart_base, 0x00) |= 1u << 3 | 1u << 0;
		break;
	case RT_UART_CMSDK:
		*rt_register(rt_config.uart_base, 0x08) |= 1u << 0;
		break;
	default:
		break;
	}
}

void rt_uart_write(const char *bytes, uint32_t count)
{
	uint32_t base = rt_config.uart_base, kind = rt_config.uart_kind;
	for (; count > 0; count--, bytes++) {
		if (kind == RT_UART_STM32_V1) {
			while (!(*rt_register(base, 0x00) & 1u << 7))
				;
			*rt_register(base, 0x04) = (uint8_t)*bytes;
		} else if (kind == RT_UART_STM32_V2) {
			while (!(*rt_register(base, 0x1c) & 1u << 7))
				;
			*rt_register(base, 0x28) = (uint8_t)*bytes;
		} else if (kind == RT_UART_CMSDK) {
			while (*rt_register(base, 0x04) & 1u << 0)
				;
			*rt_register(base, 0x00) = (uint8_t)*bytes;
		}
	}
}
