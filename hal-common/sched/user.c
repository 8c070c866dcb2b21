/* SPDX-License-Identifier: MIT */
/* What a user state holds: everything here is in the ISA's frame. */
#include <arch/context.h>

#include <arch/isa.h>

void arch_user_get_call(const struct arch_user *user, struct arch_call *call)
{
    isa_frame_get_call(&user->frame, call);
}

void arch_user_set_result(struct arch_user *user, status_t status, const uint64_t w[4], uint32_t words)
{
    isa_frame_set_result(&user->frame, status, w, words);
}

vaddr_t arch_user_pc(const struct arch_user *user)
{
    return isa_frame_pc(&user->frame);
}

vaddr_t arch_user_sp(const struct arch_user *user)
{
    return isa_frame_sp(&user->frame);
}

bool arch_user_register(const struct arch_user *user, uint32_t i, const char **name, uint64_t *value)
{
    return isa_frame_register(&user->frame, i, name, value);
}
