/* SPDX-License-Identifier: MIT */
/* Where assembly and C meet. */
#pragma once
#include <abi/types.h>
#include <arch/context.h>
#include <base/compiler.h>

struct hal_cpu;

/* boot/start.S calls this once; `magic` says what `parameters` (a physical address) is. */
NORETURN void boot_start(uint32_t magic, uint32_t parameters);
extern uint64_t early_tables[][512]; /* root, next level, four of 2 MiB pages */
#define EARLY_TABLES_COUNT 6u

/* cpu/trampoline.S */
struct trampoline {
    uint64_t stack, cpu, entry;
    uint32_t cr3;
    uint32_t far_offset;
    uint16_t far_selector;
    uint16_t gdt_limit;
    uint32_t gdt_base;
} __attribute__((packed));
extern const uint8_t trampoline_begin[], trampoline_data[], trampoline_end[];

/* cpu/entry.S */
void user_enter(struct trap_frame *frame, bool fast);
void syscall_entry(void);
extern const uint8_t trap_vectors[]; /* 16 bytes per vector */
#define TRAP_VECTOR_BYTES 16u
/** From the entry code: an exception or interrupt that found the kernel running, or a vector with its own stack. */
void trap_kernel(struct trap_frame *frame);

/* sched/switch.S */
void context_switch(uint64_t *from_sp, uint64_t to_sp);
void context_begin(void);
