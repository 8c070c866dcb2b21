/* SPDX-License-Identifier: MIT */
#include <common/pci.h>

#include <abi/status.h>
#include <arch/discovery.h>
#include <common/kernel_map.h>

#define ABSENT 0xFFFFFFFFu

#define REG_ID 0x00u          /* vendor, device << 16 */
#define REG_COMMAND 0x04u     /* command; status << 16, whose bits are cleared by ones */
#define REG_HEADER 0x0Cu      /* header type in bits 16-23 */
#define REG_BAR0 0x10u
#define REG_BUS_NUMBERS 0x18u /* of a bridge: secondary bus in bits 8-15 */

#define COMMAND_MASK 0xFFFFu
#define COMMAND_IO 0x1u
#define COMMAND_MEMORY 0x2u
#define HEADER_MULTIFUNCTION (1u << 23)
#define HEADER_TYPE(reg) ((reg) >> 16 & 0x7Fu)
#define HEADER_BRIDGE 1u

#define BAR_COUNT 6u
#define BAR_IO 0x1u
#define BAR_64 0x4u
#define BAR_ADDRESS 0xFFFFFFF0u

#define BUSES 256u
#define DEVICES 32u
#define FUNCTIONS 8u

static uint32_t read(struct pci_function f, uint32_t offset)
{
    return arch_pci_config_read32(f.bus, f.dev, f.func, offset);
}

static void write(struct pci_function f, uint32_t offset, uint32_t value)
{
    arch_pci_config_write32(f.bus, f.dev, f.func, offset, value);
}

/* -- Finding -- */

struct search {
    uint32_t id;
    uint64_t bus[BUSES / 64]; /* a set bit per bus to look at */
};

static void note_bridge(struct search *search, struct pci_function f)
{
    uint32_t secondary = read(f, REG_BUS_NUMBERS) >> 8 & 0xFFu;

    /* Numbers grow away from the root; a bridge that says otherwise would lead in a circle. */
    if (HEADER_TYPE(read(f, REG_HEADER)) == HEADER_BRIDGE && secondary > f.bus)
        search->bus[secondary / 64] |= UINT64_C(1) << secondary % 64;
}

static bool search_device(struct search *search, struct pci_function *f)
{
    uint32_t functions = 1;

    for (f->func = 0; f->func < functions; f->func++) {
        uint32_t id = read(*f, REG_ID);
        if (id == ABSENT)
            continue;
        if (id == search->id)
            return true;
        note_bridge(search, *f);
        if (f->func == 0 && (read(*f, REG_HEADER) & HEADER_MULTIFUNCTION) != 0)
            functions = FUNCTIONS;
    }
    return false;
}

bool pci_find(uint32_t vendor, uint32_t device, struct pci_function *out)
{
    struct search search = {.id = device << 16 | vendor, .bus = {1}};

    for (out->bus = 0; out->bus < BUSES; out->bus++) {
        if ((search.bus[out->bus / 64] >> out->bus % 64 & 1u) == 0)
            continue;
        for (out->dev = 0; out->dev < DEVICES; out->dev++) {
            if (search_device(&search, out))
                return true;
        }
    }
    return false;
}

/* -- Base address registers -- */

/* The bits of a register that stay 0 say how much it decodes. 0: not implemented. */
static uint32_t measure(struct pci_function f, uint32_t reg, uint32_t old)
{
    write(f, reg, ABSENT);
    uint32_t mask = read(f, reg) & BAR_ADDRESS;
    write(f, reg, old);
    return mask == 0 ? 0 : ~mask + 1u;
}

static status_t assign(struct pci_function f, uint32_t reg, bool wide, uint32_t size, struct pci_window *window)
{
    uint64_t step = size < PAGE_SIZE ? PAGE_SIZE : size; /* no two functions share a page */
    paddr_t base = (window->next + step - 1) / step * step;

    if (base + step > window->end || window->end > UINT32_MAX)
        return ERR_NO_MEMORY;
    write(f, reg, (uint32_t)base);
    if (wide)
        write(f, reg + 4, 0);
    window->next = base + step;
    return STATUS_OK;
}

static status_t claim(struct pci_function f, uint32_t reg, struct pci_window *window, struct hal_range *out)
{
    uint32_t old = read(f, reg);
    uint32_t size = measure(f, reg, old);
    bool wide = (old & BAR_64) != 0;

    if (old == ABSENT || (old & BAR_IO) != 0 || size == 0 || (size & (size - 1)) != 0)
        return ERR_NOT_FOUND;
    uint32_t high = wide ? read(f, reg + 4) : 0;
    if ((old & BAR_ADDRESS) == 0 && high == 0) {
        status_t status = assign(f, reg, wide, size, window);
        if (status != STATUS_OK)
            return status;
    }
    *out = (struct hal_range){(uint64_t)high << 32 | (read(f, reg) & BAR_ADDRESS), size};
    return hal_map_device(out->base, size) != NULL ? STATUS_OK : ERR_OUT_OF_RANGE;
}

status_t pci_claim_bar(struct pci_function f, uint32_t index, struct pci_window *window, struct hal_range *out)
{
    uint32_t command = read(f, REG_COMMAND) & COMMAND_MASK;

    if (index >= BAR_COUNT)
        return ERR_NOT_FOUND;
    write(f, REG_COMMAND, command & ~(COMMAND_MEMORY | COMMAND_IO));
    status_t status = claim(f, REG_BAR0 + 4 * index, window, out);
    write(f, REG_COMMAND, command);
    return status;
}

void pci_enable_memory(struct pci_function f)
{
    write(f, REG_COMMAND, (read(f, REG_COMMAND) & COMMAND_MASK) | COMMAND_MEMORY);
}
