/* SPDX-License-Identifier: MIT */
/* Stacks and switches. The sanitizers' rules: see the comments at arrive() and null_fiber_switch(). */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <arch/memory.h>

#include "fiber.h"
#include "null_priv.h"
#include "switch.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define WITH_ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define WITH_ASAN 0
#endif
/* hal-null itself is the "hardware" and not instrumented under TSan, so the compiler does not say that TSan is there. */
#ifdef HAL_NULL_TSAN
#include <sanitizer/tsan_interface.h>
/* In the runtime, but in no header of it. */
void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_end(void);
#else
#define __tsan_ignore_thread_begin() ((void)0)
#define __tsan_ignore_thread_end() ((void)0)
#define __tsan_create_fiber(flags) NULL
#define __tsan_destroy_fiber(fiber) ((void)(fiber))
#define __tsan_get_current_fiber() NULL
#define __tsan_switch_to_fiber(fiber, flags) ((void)(fiber), (void)(flags))
#define __tsan_release(address) ((void)(address))
#define __tsan_acquire(address) ((void)(address))
#define __tsan_switch_to_fiber_no_sync 1u
#endif
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) ((void)(low), (void)(high), 0u)
#endif

static struct null_stack stacks[NULL_STACK_COUNT];
static struct null_stack host;

/* For TSan: every switch to another CPU releases it and the end of the machine acquires it, so that whoever looks at a dead
 * machine, or resets it, comes after everything that any CPU did. */
static char machine_end;

struct null_stack *null_stack_get(uint32_t index)
{
    struct null_stack *stack = &stacks[index];
    if (stack->base == NULL) {
        size_t size = ARCH_STACK_SIZE + PAGE_SIZE;
        uint8_t *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (map == MAP_FAILED || mprotect(map, PAGE_SIZE, PROT_NONE) != 0)
            null_misuse("no host memory for a stack");
        stack->base = map + PAGE_SIZE;
        stack->size = ARCH_STACK_SIZE;
        (void)VALGRIND_STACK_REGISTER(stack->base, stack->base + stack->size);
    }
    return stack;
}

void null_stack_reset(void)
{
    for (uint32_t i = 0; i < NULL_STACK_COUNT; i++)
        stacks[i].live = false;
}

struct null_stack *null_stack_host(void)
{
    if (host.base == NULL) {
        pthread_attr_t attr;
        void *base;
        if (pthread_getattr_np(pthread_self(), &attr) != 0 || pthread_attr_getstack(&attr, &base, &host.size) != 0)
            null_misuse("the host does not know its own stack");
        pthread_attr_destroy(&attr);
        host.base = base;
        host.tsan = __tsan_get_current_fiber();
    }
    return &host;
}

/* First thing on every arrival on a stack: hands ASan's fake stack back. */
static inline __attribute__((always_inline)) void arrive(struct null_stack *stack)
{
#if WITH_ASAN
    __sanitizer_finish_switch_fiber(stack->fake, NULL, NULL);
#else
    (void)stack;
#endif
}

void null_fiber_main(struct arch_context *ctx)
{
    arrive(ctx->stack);
    ctx->entry(ctx->arg);
    null_misuse("the entry function of a kernel context returned");
}

/* A stack on which nothing ran yet. */
static void renew(struct null_stack *stack)
{
#if WITH_ASAN
    /* Frames that never returned left their redzones behind. Their fake stack is used again: see arrive(). */
    __asan_unpoison_memory_region(stack->base, stack->size);
#endif
    if (stack->tsan != NULL)
        __tsan_destroy_fiber(stack->tsan);
    stack->tsan = __tsan_create_fiber(0);
}

void null_fiber_init(struct arch_context *ctx, struct null_stack *stack, void (*entry)(void *arg), void *arg)
{
    renew(stack);
    uint64_t frame[FRAME_WORDS] = {0};
    frame[FRAME_FP] = FRAME_FP_INITIAL;
    frame[FRAME_ARG] = (uintptr_t)ctx;
    frame[FRAME_PC] = (uintptr_t)null_stack_start;
    uint8_t *sp = stack->base + stack->size - 64 - sizeof(frame); /* 64: what backtraces may look at; keeps alignment 16 */
    memcpy(sp, frame, sizeof(frame));
    *ctx = (struct arch_context){.sp = sp, .entry = entry, .arg = arg, .stack = stack};
}

void null_fiber_save(struct null_fiber_start *start, uint32_t index)
{
    const struct null_stack *stack = &stacks[index];
    start->live = stack->live;
    if (stack->live)
        memcpy(start->top, stack->base + stack->size - sizeof(start->top), sizeof(start->top));
}

void null_fiber_restore(const struct null_fiber_start *start, uint32_t index)
{
    struct null_stack *stack = &stacks[index];
    stack->live = start->live;
    if (!start->live)
        return;
    renew(stack);
    memcpy(stack->base + stack->size - sizeof(start->top), start->top, sizeof(start->top));
}

void null_fiber_switch(struct arch_context *from, struct arch_context *to, bool sync)
{
#if WITH_ASAN
    __sanitizer_start_switch_fiber(&from->stack->fake, to->stack->base, to->stack->size);
#endif
    if (!sync)
        __tsan_release(&machine_end);
    /* TSan wants its call in the function that switches. */
    __tsan_switch_to_fiber(to->stack->tsan, sync ? 0 : __tsan_switch_to_fiber_no_sync);
    null_stack_switch(&from->sp, to->sp);
    arrive(from->stack);
}

void null_fiber_join_all(void)
{
    __tsan_acquire(&machine_end);
}

void null_fiber_resync(void)
{
    struct null_stack *host_stack = null_stack_host();
#if WITH_ASAN
    void *fake;
    __sanitizer_start_switch_fiber(&fake, host_stack->base, host_stack->size);
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
    if (__tsan_get_current_fiber() != host_stack->tsan)
        __tsan_switch_to_fiber(host_stack->tsan, 0);
    null_fiber_join_all();
}

void null_fiber_as_hardware(bool on)
{
    if (on)
        __tsan_ignore_thread_begin();
    else
        __tsan_ignore_thread_end();
}
