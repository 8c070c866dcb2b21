/* SPDX-License-Identifier: MIT */
#include <diag/check.h>

#include "diag_priv.h"

#include <diag/panic.h>

void check_register(const struct check_module *module)
{
    struct diag_state *d = diag_state();

    ASSERT(d->modules < CHECK_MODULES_MAX);
    d->module[d->modules++] = module;
}

const char *kernel_check(const char **module)
{
    const struct diag_state *d = diag_state();

    for (uint32_t i = 0; i < d->modules; i++) {
        const char *broken = d->module[i]->check ? d->module[i]->check() : NULL;

        if (broken) {
            *module = d->module[i]->name;
            return broken;
        }
    }
    return NULL;
}

void check_set_always(bool on)
{
    arch_atomic_store32(&diag_state()->check_always, on);
}

void check_at_exit(void)
{
    if (LIKELY(!diag_state()->check_always))
        return;
    check_now();
}

void check_now(void)
{
    const char *module;
    const char *broken = kernel_check(&module);

    if (broken)
        panic("invariant of %s broken: %s", module, broken);
}

const char *kernel_leak(const char **module)
{
    const struct diag_state *d = diag_state();

    for (uint32_t i = 0; i < d->modules; i++) {
        const char *left = d->module[i]->leak ? d->module[i]->leak() : NULL;

        if (left) {
            *module = d->module[i]->name;
            return left;
        }
    }
    return NULL;
}

void check_at_end(void)
{
    const char *module;
    const char *left;

    check_at_exit();
    if (!diag_state()->check_always)
        return;
    left = kernel_leak(&module);
    if (left)
        panic("leak in %s: %s", module, left);
}

uint64_t kernel_hash(void)
{
    const struct diag_state *d = diag_state();
    struct hash hash;

    hash_init(&hash, 0);
    for (uint32_t i = 0; i < d->modules; i++)
        if (d->module[i]->hash)
            d->module[i]->hash(&hash);
    return hash_final(&hash);
}
