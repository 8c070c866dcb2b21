/* SPDX-License-Identifier: MIT */
/* How to drive what DEVICE_MAP gives: the kinds of register blocks. */
#pragma once

/** aegis_device.kind. MMIO kinds: base is the user address of register 0; PORT: base is the first I/O port. */
enum aegis_device_kind {
    AEGIS_DEVICE_PL011 = 1,
    AEGIS_DEVICE_NS16550 = 2,
    AEGIS_DEVICE_NS16550_PORT = 3,
    AEGIS_DEVICE_I8042 = 4,
    AEGIS_DEVICE_I8042_PORT = 5,
};
