/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Input by interrupt from the console, and frames from the sensor port. */
#include "fw.h"
#include "runtime/protocol.h"

#define SENSOR 0x40010000
static volatile uint32_t received, frames, sum, last;

HANDLER(IRQ1_Handler)
{
	while (REG(UART_BASE + 4) & 2) {
		char c = (char)REG(UART_BASE);
		REG(UART_BASE + 0xC) = 2;
		put((char)(c >= 'a' && c <= 'z' ? c - 32 : c));
		received++;
	}
	REG(UART_BASE + 0xC) = 2;
}

HANDLER(IRQ2_Handler)
{
	while ((REG(SENSOR + RT_SENSOR_STATUS) & 0xFFFF)) {
		last = REG(SENSOR + RT_SENSOR_DATA);
		sum += last;
		frames++;
	}
}

int main(void)
{
	NVIC_ISER = 6;
	if (selected == 1) {
		REG(UART_BASE + 8) = 0xB; /* transmit, receive, receive interrupt */
		while (received < 5)
			wfi();
	}
	if (selected == 2) {
		REG(SENSOR + RT_SENSOR_WATERMARK) = 4;
		REG(SENSOR + RT_SENSOR_CTRL) = RT_SENSOR_CTRL_RUN | RT_SENSOR_CTRL_IRQ;
		while (frames < 12)
			wfi();
		print_number("sum", sum);
	}
	if (selected == 3) { /* nobody reads: frames are lost */
		REG(SENSOR + RT_SENSOR_CTRL) = RT_SENSOR_CTRL_RUN;
		while (REG(SENSOR + RT_SENSOR_LOST) < 3)
			;
		print_number("level", (REG(SENSOR + RT_SENSOR_STATUS) & 0xFFFF));
		print_number("overrun", REG(SENSOR + RT_SENSOR_STATUS) >> 17 & 1);
		print_number("first", REG(SENSOR + RT_SENSOR_DATA));
	}
	return 0;
}
