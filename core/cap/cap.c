/* SPDX-License-Identifier: MIT */
#include <cap/cap.h>

#include <abi/aegis_caps.h>
#include <base/format.h>

bool cap_check(uint32_t held, uint32_t need)
{
    return (held & need) == need;
}

bool cap_for_syscall(uint64_t nr, uint64_t target, uint32_t *need)
{
    return aegis_cap_need(nr, target, need);
}

void cap_names(uint32_t mask, char *out, size_t size)
{
    size_t used = 0;

    if (mask == 0)
        (void)format(out, size, "none");
    for (uint32_t bit = 0; bit < CAP_COUNT; bit++)
        if (mask >> bit & 1u)
            used += format(out + used, size - used, "%s%s", used > 0 ? "+" : "", cap_bit_name(bit));
    if (mask & ~CAP_ALL)
        (void)format(out + used, size - used, "%sUNKNOWN", used > 0 ? "+" : "");
}
