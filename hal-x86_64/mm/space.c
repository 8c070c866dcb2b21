/* SPDX-License-Identifier: MIT */
/* Address spaces in CR3, without tags: loading it forgets everything, and nothing is global. */
#include <arch/mmu.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/port.h>
#include <x86/cpu.h>

/*
 * Data segments do nothing in 64-bit code, but user mode can load them and see them again. They are no part of the
 * frame; no space learns what another left there. GS is loaded while its base is the user's.
 */
static void forget_segments(void)
{
    __asm__ volatile("movl %0, %%ds\n\t"
                     "movl %0, %%es\n\t"
                     "movl %0, %%fs\n\t"
                     "swapgs\n\t"
                     "movl %0, %%gs\n\t"
                     "swapgs"
                     :
                     : "r"(0)
                     : "memory");
}

void port_space_load(paddr_t root, uint32_t asid)
{
    struct port_cpu *port = &hal_cpu()->port;

    (void)asid;
    if (root == 0)
        root = hal_map.root;
    if (port->root == root)
        return;
    port->root = root;
    x86_write_cr3(root);
    forget_segments();
}

void port_tlb_flush_page(vaddr_t va)
{
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

void port_tlb_flush_all(void)
{
    x86_write_cr3(x86_read_cr3());
}

void port_tlb_invalidate(uint32_t asid, vaddr_t va)
{
    (void)asid;
    (void)va;
    hal_tlb_shootdown();
}

void port_tlb_invalidate_space(uint32_t asid)
{
    (void)asid;
    hal_tlb_shootdown();
}

void port_kernel_map_changed(void)
{
    /* What is absent is not cached. */
}

/*
 * Caches see each other, and a CPU that runs the code for the first time gets there by IRET, which lets it fetch
 * afresh: new code has a new user state.
 */
void arch_sync_code(paddr_t pa, uint64_t len)
{
    (void)pa;
    (void)len;
    (void)x86_cpuid(0, 0); /* serialises the CPU that wrote */
}
