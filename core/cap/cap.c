/* SPDX-License-Identifier: MIT */
#include <cap/cap.h>

#include <abi/aegis_caps.h>
#include <base/format.h>

/*@ assigns \nothing;
  @ ensures \result <==> (held & need) == need;
  @ ensures every_bit: \result ==> \forall integer b; 0 <= b < 32 && ((need >> b) & 1) == 1 ==> ((held >> b) & 1) == 1;
  @*/
bool cap_check(uint32_t held, uint32_t need)
{
    return (held & need) == need;
}

/*@ requires \valid(need);
  @ assigns *need;
  @ ensures beyond_the_table: nr >= AEGIS_NR_COUNT ==> !\result;
  @ ensures refused: !\result ==> *need == AEGIS_CAP_IMPOSSIBLE;
  @ ensures bounded: \result ==> 0 < *need <= CAP_ALL;
  @ ensures endpoints: AEGIS_NR_SEND <= nr <= AEGIS_NR_CALL ==> (\result <==> target < AEGIS_ENDPOINTS);
  @ ensures others: nr < AEGIS_NR_COUNT && !(AEGIS_NR_SEND <= nr <= AEGIS_NR_CALL) ==> \result;
  @*/
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
