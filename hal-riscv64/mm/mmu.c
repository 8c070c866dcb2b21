/* SPDX-License-Identifier: MIT */
/*
 * satp and sfence.vma. Tables of spaces are tagged with the space's number where the hart has at least 8 bits for it;
 * where it has not, every change of space drops everything.
 */
#include <arch/mmu.h>

#include <abi/status.h>
#include <arch/isa.h>
#include <common/cpu.h>
#include <common/kernel_map.h>
#include <common/port.h>
#include <riscv/csr.h>
#include <riscv/priv.h>

#define ASID_NEEDED UINT64_C(0xFF)
#define ASID_ALL UINT64_C(0xFFFF)

static KSTATE struct {
    bool tagged; /* [I] */
} state;

static uint64_t make_satp(paddr_t root, uint64_t asid)
{
    return (uint64_t)SATP_SV39 << SATP_MODE_SHIFT | asid << SATP_ASID_SHIFT | root / PAGE_SIZE;
}

/* Bits of the tag that do not exist read as zero. */
void mmu_start(paddr_t root)
{
    CSR_WRITE(satp, make_satp(root, ASID_ALL));
    state.tagged = (CSR_READ(satp) >> SATP_ASID_SHIFT & ASID_NEEDED) == ASID_NEEDED;
    CSR_WRITE(satp, make_satp(root, 0));
    fence_tables();
    fence_all();
    __atomic_store_n(&secondary_satp, make_satp(root, 0), __ATOMIC_RELEASE); /* other harts may be waiting for it */
}

void port_space_load(paddr_t root, uint32_t asid)
{
    uint64_t satp = make_satp(root != 0 ? root : hal_map.root, state.tagged ? asid : 0);

    if (CSR_READ(satp) == satp)
        return;
    CSR_WRITE(satp, satp);
    if (!state.tagged)
        fence_tables();
}

void port_tlb_flush_page(vaddr_t va)
{
    __asm__ volatile("sfence.vma %0, zero" ::"r"(va) : "memory");
}

/* Requests of other CPUs come here too, and some of them are about code. */
void port_tlb_flush_all(void)
{
    fence_tables();
    fence_code();
}

static bool is_alone(void)
{
    return cpus_running_elsewhere() == 0;
}

/* A CPU that is alone knows whose page it is; what others hold goes by way of a request to all. */
void port_tlb_invalidate(uint32_t asid, vaddr_t va)
{
    if (!is_alone())
        hal_tlb_shootdown();
    else if (state.tagged)
        __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"((uint64_t)asid) : "memory");
    else
        port_tlb_flush_page(va);
}

void port_tlb_invalidate_space(uint32_t asid)
{
    if (!is_alone())
        hal_tlb_shootdown();
    else if (state.tagged)
        __asm__ volatile("sfence.vma zero, %0" ::"r"((uint64_t)asid) : "memory");
    else
        fence_tables();
}

/* Other harts may remember that the entry was invalid: they fault once, and mmu_is_spurious() says so. */
void port_kernel_map_changed(void)
{
    fence_tables();
}

bool mmu_is_spurious(uint64_t cause, vaddr_t va)
{
    struct pt_leaf leaf;

    if (va <= ARCH_USER_VTOP || hal_map_walk(va, &leaf) != STATUS_OK)
        return false;
    if ((cause == CAUSE_STORE_PAGE && (leaf.flags & ARCH_MAP_WRITABLE) == 0) ||
        (cause == CAUSE_FETCH_PAGE && (leaf.flags & ARCH_MAP_NO_EXECUTE) != 0))
        return false;
    port_tlb_flush_page(va);
    return true;
}

/*
 * As for a changed mapping: CPUs that run user code are interrupted, the others fetch anew before they do. The firmware's
 * remote fence would make every CPU wait for all of them.
 */
void arch_sync_code(paddr_t pa, uint64_t len)
{
    (void)pa; /* fence.i knows no addresses */
    (void)len;
    if (is_alone())
        fence_code();
    else
        hal_tlb_shootdown();
}
