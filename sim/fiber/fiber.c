/* SPDX-License-Identifier: MIT */
/*
 * Fibers are made by makecontext() and started once, at preparation, so far that they wait for their first switch; from
 * then on a switch is a dozen instructions.
 */
#include <sim/fiber.h>

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "annotate.h"
#include "switch.h"

struct fiber {
    void *sp;           /* saved stack pointer, FIBER_HAVE_SWITCH */
    ucontext_t context; /* how it starts; without FIBER_HAVE_SWITCH also where it waits */
    void *stack;        /* lowest usable byte; NULL: the host thread's own stack */
    size_t size;
    void (*entry)(void *arg);
    void *arg;
    void *fake_stack;     /* ASan: saved while it does not run */
    const void *asan_low; /* ASan: bounds of the stack */
    size_t asan_size;
    void *tsan;           /* TSan: its fiber */
    unsigned valgrind_id; /* valgrind: its stack */
};

static struct {
    struct fiber *self;
    struct fiber *from; /* who switched last */
    struct fiber host;
} fibers;

struct fiber *fiber_self(void)
{
    return fibers.self;
}

void fiber_stack(const struct fiber *fiber, uintptr_t *low, size_t *size)
{
    *low = (uintptr_t)fiber->stack;
    *size = fiber->size;
}

bool fiber_holds(const struct fiber *fiber, uintptr_t address, size_t size)
{
    uintptr_t offset = address - (uintptr_t)fiber->stack;

    return fiber->stack != NULL && address % sizeof(void *) == 0 && offset < fiber->size && size <= fiber->size - offset;
}

/* First thing on every arrival. ASan tells the bounds of the stack we left: the only way to learn the host thread's. */
static inline __attribute__((always_inline)) void arrive(void)
{
    const void *low;
    size_t size;

    if (__sanitizer_finish_switch_fiber == NULL)
        return;
    __sanitizer_finish_switch_fiber(fibers.self->fake_stack, &low, &size);
    if (fibers.from->asan_low == NULL) {
        fibers.from->asan_low = low;
        fibers.from->asan_size = size;
    }
}

/* Last thing before leaving. Inlined: TSan wants its call in the function that switches. */
static inline __attribute__((always_inline)) void leave(struct fiber *to, unsigned tsan_flags)
{
    fibers.from = fibers.self;
    fibers.self = to;
    if (__sanitizer_start_switch_fiber != NULL)
        __sanitizer_start_switch_fiber(&fibers.from->fake_stack, to->asan_low, to->asan_size);
    if (__tsan_switch_to_fiber != NULL)
        __tsan_switch_to_fiber(to->tsan, tsan_flags);
}

static inline __attribute__((always_inline)) void swap(struct fiber *from, struct fiber *to)
{
#if FIBER_HAVE_SWITCH
    fiber_swap_stack(&from->sp, to->sp);
#else
    if (swapcontext(&from->context, &to->context) != 0)
        abort();
#endif
}

void fiber_switch(struct fiber *to, enum fiber_order order)
{
    struct fiber *me = fibers.self;

    if (to == me)
        return;
    leave(to, order == FIBER_UNORDERED ? __tsan_switch_to_fiber_no_sync : 0);
    swap(me, to);
    arrive();
}

/* makecontext() passes ints: the pointer comes in two halves. */
static void trampoline(unsigned low, unsigned high)
{
    struct fiber *me = (struct fiber *)((uintptr_t)high << 32 | low);

    arrive();
    fiber_switch(fibers.from, FIBER_ORDERED); /* back to fiber_prepare(); the next arrival is the first real one */
    me->entry(me->arg);
    abort(); /* entry must not return: there is nothing to return to */
}

void fiber_prepare(struct fiber *fiber, void (*entry)(void *arg), void *arg)
{
    struct fiber *me = fibers.self;
    uintptr_t p = (uintptr_t)fiber;

    /* Frames that never returned left their redzones poisoned, and TSan its shadow call stack. */
    if (__asan_unpoison_memory_region != NULL)
        __asan_unpoison_memory_region(fiber->stack, fiber->size);
    if (__tsan_create_fiber != NULL) {
        if (fiber->tsan != NULL)
            __tsan_destroy_fiber(fiber->tsan);
        fiber->tsan = __tsan_create_fiber(0);
    }
    fiber->fake_stack = NULL;
    fiber->entry = entry;
    fiber->arg = arg;
    if (getcontext(&fiber->context) != 0)
        abort();
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = fiber->size;
    fiber->context.uc_link = NULL;
    makecontext(&fiber->context, (void (*)(void))trampoline, 2, (unsigned)p, (unsigned)(p >> 32));
    leave(fiber, 0);
#if FIBER_HAVE_SWITCH
    fiber_enter_context(&me->sp, &fiber->context);
#else
    swap(me, fiber);
#endif
    arrive();
}

struct fiber *fiber_adopt(void)
{
    if (__tsan_get_current_fiber != NULL)
        fibers.host.tsan = __tsan_get_current_fiber();
    fibers.self = &fibers.host;
    return fibers.self;
}

struct fiber *fiber_create(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct fiber *fiber = calloc(1, sizeof *fiber);

    if (fiber == NULL)
        return NULL;
    size = (size + page - 1) / page * page;
    char *area = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED)
        goto out_fiber;
    if (mprotect(area, page, PROT_NONE) != 0)
        goto out_area;
    fiber->stack = area + page;
    fiber->size = size;
    fiber->asan_low = fiber->stack;
    fiber->asan_size = size;
    fiber->valgrind_id = VALGRIND_STACK_REGISTER(area + page, area + page + size);
    return fiber;

out_area:
    munmap(area, size + page);
out_fiber:
    free(fiber);
    return NULL;
}

void fiber_destroy(struct fiber *fiber)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (__asan_unpoison_memory_region != NULL)
        __asan_unpoison_memory_region(fiber->stack, fiber->size);
    if (__tsan_destroy_fiber != NULL && fiber->tsan != NULL)
        __tsan_destroy_fiber(fiber->tsan);
    VALGRIND_STACK_DEREGISTER(fiber->valgrind_id);
    munmap((char *)fiber->stack - page, fiber->size + page);
    free(fiber);
}
