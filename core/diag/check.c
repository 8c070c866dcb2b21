/* SPDX-License-Identifier: MIT */
#include <diag/check.h>

#include "diag_priv.h"

#include <diag/panic.h>

#define QUICK_EXITS 64u /* one of so many is checked fully */

void check_register(const struct check_module *module)
{
    struct diag_state *d = diag_state();

    ASSERT(d->modules < CHECK_MODULES_MAX);
    d->module[d->modules++] = module;
}

static const char *check_modules(bool slow, const char **module)
{
    const struct diag_state *d = diag_state();

    for (uint32_t i = 0; i < d->modules; i++) {
        bool wanted = d->module[i]->check && (slow || !d->module[i]->slow);
        const char *broken = wanted ? d->module[i]->check() : NULL;

        if (broken) {
            *module = d->module[i]->name;
            return broken;
        }
    }
    return NULL;
}

const char *kernel_check(const char **module)
{
    return check_modules(true, module);
}

void check_set_when(enum check_when when)
{
    arch_atomic_store32(&diag_state()->check_when, when);
}

static void check_or_panic(bool slow)
{
    const char *module;
    const char *broken = check_modules(slow, &module);

    if (broken)
        panic("invariant of %s broken: %s", module, broken);
}

void check_now(void)
{
    check_or_panic(true);
}

void check_at_exit(void)
{
    struct diag_state *d = diag_state();
    bool slow = true;

    if (LIKELY(!d->check_when))
        return;
    if (d->check_when == CHECK_QUICK)
        slow = __atomic_fetch_add(&d->check_exits, 1, __ATOMIC_RELAXED) % QUICK_EXITS == 0;
    check_or_panic(slow);
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
    if (!diag_state()->check_when)
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
