/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside sim/devices: the types by name, and helpers to read options. */
#ifndef SIM_DEVICES_TYPES_H
#define SIM_DEVICES_TYPES_H

#include "sim/device.h"

#define SIM_STUB_BYTES 0x400u
#define SIM_STUB_MAX_BYTES 0x100000u

extern const struct sim_device_type sim_cmsdk_dualtimer_type;
extern const struct sim_device_type sim_cmsdk_timer_type;
extern const struct sim_device_type sim_cmsdk_uart_type;
extern const struct sim_device_type sim_flash_interface_type;
extern const struct sim_device_type sim_cmsdk_watchdog_type;
extern const struct sim_device_type sim_mps2_fpgaio_type;
extern const struct sim_device_type sim_stm32_crc_type;
extern const struct sim_device_type sim_stm32_dma_type;
extern const struct sim_device_type sim_stm32_exti_type;
extern const struct sim_device_type sim_stm32_gpdma_type;
extern const struct sim_device_type sim_stm32_gpio_type;
extern const struct sim_device_type sim_stm32_iwdg_type;
extern const struct sim_device_type sim_stm32_lptim_type;
extern const struct sim_device_type sim_stm32_pwr_type;
extern const struct sim_device_type sim_stm32_rcc_type;
extern const struct sim_device_type sim_stm32_rng_type;
extern const struct sim_device_type sim_stm32_rtc_type;
extern const struct sim_device_type sim_stm32_syscfg_type;
extern const struct sim_device_type sim_stm32_timer_type;
extern const struct sim_device_type sim_stm32_usart_v1_type;
extern const struct sim_device_type sim_stm32_usart_v2_type;
extern const struct sim_device_type sim_stm32_wwdg_type;
extern const struct sim_device_type sim_stub_type;

/* Decimal, or hexadecimal with 0x in front; nothing else around it. */
bool sim_device_parse_number(const char *text, uint64_t *ret_value);

/* Options with a value of a kind; a wrong one is told with the line and column of the board file. */
bool sim_device_option_number(const struct sim_device *device, const char *key, uint64_t otherwise,
			      uint64_t low, uint64_t high, uint64_t *ret_value, struct err *err);
bool sim_device_option_bool(const struct sim_device *device, const char *key, bool otherwise, bool *ret_value,
			   struct err *err);

/* Divider of the clock that option `bus` (1 …) names, or `otherwise` where there is none or nobody set it. */
static inline uint64_t sim_device_bus_div(const struct sim_device *device, uint64_t bus, bool timer,
					  uint64_t otherwise)
{
	const struct sim_bus_clocks *buses = device->wires->buses;
	uint16_t div = !buses || bus == 0 ? 0 : timer ? buses->timer_div[bus - 1] : buses->peripheral_div[bus - 1];
	return div ? div : otherwise;
}

/* False if the board file gives an option that is not in the NULL-terminated list. */
bool sim_device_options_known(const struct sim_device *device, const char *const *known, struct err *err);

#endif
