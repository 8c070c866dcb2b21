/* SPDX-License-Identifier: MIT */
/*
 * The state hash: everything that the guest can observe, and nothing that depends on the host. RAM counts by offset, and
 * pages of zeros not at all, so that a page which was never touched equals one that was cleared. User registers and all
 * that the kernel knows come from kernel_hash().
 */
#include <base/hash.h>
#include <sim/device.h>
#include <sim/guest.h>
#include <sim/machine.h>

#include <string.h>

#define PAGE 4096u

static void hash_memory(struct hash *hash, const uint8_t *memory, uint64_t size)
{
    for (uint64_t at = 0; at < size; at += PAGE) {
        const uint8_t *page = memory + at;
        if (page[0] == 0 && memcmp(page, page + 1, PAGE - 1) == 0)
            continue;
        hash_u64(hash, at);
        hash_bytes(hash, page, PAGE);
    }
}

static void hash_cpu(struct hash *hash, const struct sim_cpu *cpu)
{
    hash_u64(hash, (uint64_t)cpu->started << 1 | cpu->halted);
    hash_u64(hash, cpu->id == machine.running ? machine_now() : cpu->clock);
    hash_u64(hash, cpu->fraction);
    hash_u64(hash, cpu->pending);
    hash_u64(hash, cpu->ipi_vectors);
    hash_u64(hash, event_pending(&cpu->tick) ? cpu->tick.time : EVENT_NEVER);
}

uint64_t machine_hash(void)
{
    struct hash hash;

    hash_init(&hash, 0);
    hash_memory(&hash, machine.ram, machine.config.ram_size);
    hash_memory(&hash, machine.framebuffer, machine.framebuffer_size);
    hash_u64(&hash, machine.lines_asserted);
    hash_u64(&hash, machine.lines_unmasked);
    if ((machine.lines_missed | machine.lines_unasked) != 0)
        hash_u64(&hash, machine.lines_missed ^ machine.lines_unasked);
    for (uint32_t i = 0; i < machine.config.cpus; i++)
        hash_cpu(&hash, &machine.cpu[i]);
    for (const struct device *d = device_first(); d != NULL; d = d->next) {
        if (d->hash != NULL)
            d->hash(d, &hash);
    }
    hash_u64(&hash, kernel_hash != NULL ? kernel_hash() : 0);
    return hash_final(&hash);
}
