/* SPDX-License-Identifier: MIT */
/* What the executing CPU must be told before it may run user mode. */
#include <arch/cpu.h>

#include <common/cpu.h>
#include <common/port.h>
#include <x86/asm.h>
#include <x86/cpu.h>
#include <x86/entry.h>
#include <x86/irq.h>
#include <x86/tables.h>

#define CR4_TSD (1u << 2) /* RDTSC is the kernel's */
#define CR4_MCE (1u << 6)
#define CR4_OSFXSR (1u << 9) /* without these two, SSE is an illegal instruction instead of a floating-point trap */
#define CR4_OSXMMEXCPT (1u << 10)
#define CR4_UMIP (1u << 11)
#define CR4_OSXSAVE (1u << 18) /* the same for AVX */
#define CR4_SMEP (1u << 20)
#define CR4_SMAP (1u << 21)
#define XCR0_X87_SSE 3u
#define XCR0_AVX 4u

#define MSR_SYSENTER_CS 0x174
#define MSR_PAT 0x277
#define PAT_RESET 0x0007040600070406u
#define MSR_STAR 0xC0000081
#define MSR_LSTAR 0xC0000082
#define MSR_CSTAR 0xC0000083
#define MSR_FMASK 0xC0000084
#define MSR_FS_BASE 0xC0000100
#define MSR_KERNEL_GS_BASE 0xC0000102
#define FMASK_ALL 0x257FD5u /* SYSCALL clears every flag */
/* SYSRET takes SS from 8 above this and CS from 16 above. */
#define STAR_USER (SEL_USER_SS - 8u)

_Static_assert(SEL_USER_SS == ISA_USER_SS && SEL_USER_CS == ISA_USER_CS && STAR_USER + 16 == ISA_USER_CS, "selectors");
_Static_assert(SEL_KERNEL_SS == SEL_KERNEL_CS + 8, "SYSCALL takes SS from 8 above CS");
_Static_assert(FRAME_CS == offsetof(struct trap_frame, cs), "FRAME_CS");
_Static_assert(CPU_KERNEL_SP == offsetof(struct hal_cpu, port.kernel_sp), "CPU_KERNEL_SP");
_Static_assert(CPU_FRAME_END == offsetof(struct hal_cpu, port.frame_end), "CPU_FRAME_END");
_Static_assert(CPU_USER_SP == offsetof(struct hal_cpu, port.user_sp), "CPU_USER_SP");

static const struct {
    uint32_t leaf;
    uint8_t reg; /* 1 ebx, 2 ecx, 3 edx */
    uint8_t bit;
} features[] = {
    [X86_HYPERVISOR] = {1, 2, 31}, [X86_XSAVE] = {1, 2, 26}, [X86_AVX] = {1, 2, 28},  [X86_RDRAND] = {1, 2, 30},
    [X86_MCE] = {1, 3, 7},         [X86_SMEP] = {7, 1, 7},   [X86_SMAP] = {7, 1, 20}, [X86_UMIP] = {7, 2, 2},
    [X86_PAGE_1G] = {0x80000001, 3, 26},
};

bool x86_has(enum x86_feature feature)
{
    uint32_t leaf = features[feature].leaf, reg = features[feature].reg;

    if (x86_cpuid(leaf & 0x80000000, 0).eax < leaf)
        return false;
    struct cpuid r = x86_cpuid(leaf, 0);
    return ((reg == 1 ? r.ebx : reg == 2 ? r.ecx : r.edx) >> features[feature].bit & 1u) != 0;
}

static uint32_t cr4_if(enum x86_feature feature, uint32_t bit)
{
    return x86_has(feature) ? bit : 0;
}

static void set_control_registers(void)
{
    uint32_t cr4 = CR4_PAE | CR4_TSD | CR4_OSFXSR | CR4_OSXMMEXCPT | cr4_if(X86_MCE, CR4_MCE) |
                   cr4_if(X86_UMIP, CR4_UMIP) | cr4_if(X86_XSAVE, CR4_OSXSAVE) | cr4_if(X86_SMEP, CR4_SMEP) |
                   cr4_if(X86_SMAP, CR4_SMAP);

    x86_write_cr4(cr4);
    if (cr4 & CR4_OSXSAVE)
        __asm__ volatile("xsetbv" : : "c"(0), "a"(XCR0_X87_SSE | (x86_has(X86_AVX) ? XCR0_AVX : 0)), "d"(0));
    x86_write_cr0((uint32_t)CR0_PG | CR0_WP | CR0_NE | CR0_TS | CR0_MP | CR0_PE);
}

static void set_model_registers(void)
{
    x86_wrmsr(MSR_EFER, EFER_SCE | EFER_LME | EFER_NXE);
    x86_wrmsr(MSR_STAR, (uint64_t)STAR_USER << 48 | (uint64_t)SEL_KERNEL_CS << 32);
    x86_wrmsr(MSR_LSTAR, (uintptr_t)syscall_entry);
    x86_wrmsr(MSR_CSTAR, (uintptr_t)syscall_entry);
    x86_wrmsr(MSR_FMASK, FMASK_ALL);
    x86_wrmsr(MSR_SYSENTER_CS, 0); /* SYSENTER is a general protection fault */
    x86_wrmsr(MSR_PAT, PAT_RESET);
    x86_wrmsr(MSR_FS_BASE, 0);
    x86_wrmsr(MSR_KERNEL_GS_BASE, 0); /* the user's while the kernel runs */
}

void arch_cpu_init(void)
{
    struct hal_cpu *cpu = hal_cpu();

    tables_load(cpu);
    set_control_registers();
    set_model_registers();
    cpu->irq_enabled = false;
}

void arch_cpu_relax(void)
{
    x86_pause();
    hal_cpu_check_stop();
}

void port_cpu_park(void)
{
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}

/* The others may have interrupts off for ever: only this one they cannot ignore. */
void port_cpu_stop_others(void)
{
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        struct hal_cpu *cpu = &hal_state.cpu[i];
        if (cpu != hal_cpu() && __atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) == HAL_CPU_RUNNING)
            apic_send((uint32_t)cpu->hardware_id, APIC_SEND_NMI | APIC_SEND_ASSERT);
    }
}
