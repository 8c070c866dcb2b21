/* SPDX-License-Identifier: MIT */
/* PCI and the display on it, on buses made of an array. */
#include "fake.h"

#include <arch/discovery.h>
#include <arch/io.h>
#include <common/display.h>
#include <common/pci.h>
#include <support/random.h>

#include <string.h>

#define FUNCTIONS_MAX 8u
#define BARS 6u
#define BAR_IO 0x1u
#define BAR_64 0x4u
#define PREFETCHABLE 0x8u
#define DECODE 0x3u
#define WINDOW 0x40000000u
#define WINDOW_SIZE 0x10000000u
#define PIXELS 0x1000000u
#define DISPI 0x500u
#define DISPI_ID 0xB0C5u

struct function {
    struct pci_function at;
    uint32_t id, header, command, buses;
    uint32_t bar[BARS], flags[BARS], size[BARS]; /* size 0: not implemented */
};

static struct function functions[FUNCTIONS_MAX];
static uint32_t function_count;
static uint32_t reads;
static uint16_t dispi[16];
static paddr_t registers;
static bool anything; /* configuration space is noise */
static struct test_random noise;

static struct function *find(uint32_t bus, uint32_t dev, uint32_t func)
{
    for (uint32_t i = 0; i < function_count; i++) {
        const struct pci_function *at = &functions[i].at;
        if (at->bus == bus && at->dev == dev && at->func == func)
            return &functions[i];
    }
    return NULL;
}

uint32_t arch_pci_config_read32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset)
{
    const struct function *f = find(bus, dev, func);

    reads++;
    assert_true(bus < 256 && dev < 32 && func < 8 && offset < 256 && offset % 4 == 0);
    if (anything)
        return (uint32_t)test_random_next(&noise);
    if (f == NULL)
        return UINT32_MAX;
    if (offset == 0x18 && (f->header >> 16 & 0x7F) == 1)
        return f->buses;
    if (offset >= 0x10 && offset < 0x10 + 4 * BARS)
        return f->bar[(offset - 0x10) / 4];
    return offset == 0 ? f->id : offset == 4 ? (f->command | 0xFFFF0000u) : offset == 0xC ? f->header : 0;
}

static void write_bar(struct function *f, uint32_t i, uint32_t value)
{
    if (!(i > 0 && (f->flags[i - 1] & BAR_64) != 0))
        assert_int_equal(f->command & DECODE, 0); /* never while it decodes */
    f->bar[i] = f->size[i] == 0 ? 0 : (value & ~(f->size[i] - 1)) | f->flags[i];
}

void arch_pci_config_write32(uint32_t bus, uint32_t dev, uint32_t func, uint32_t offset, uint32_t value)
{
    struct function *f = find(bus, dev, func);

    if (anything)
        return;
    assert_non_null(f);
    if (offset == 4) {
        assert_int_equal(value >> 16, 0); /* ones would clear what the status register remembers */
        f->command = value;
    } else {
        assert_true(offset >= 0x10 && offset < 0x10 + 4 * BARS);
        write_bar(f, (offset - 0x10) / 4, value);
    }
}

uint16_t arch_io_read16(uint64_t addr)
{
    return addr >= registers + DISPI && addr < registers + DISPI + sizeof dispi ? dispi[(addr - registers - DISPI) / 2]
                                                                                : UINT16_MAX;
}

void arch_io_write16(uint64_t addr, uint16_t value)
{
    assert_true(addr >= registers + DISPI && addr < registers + DISPI + sizeof dispi);
    assert_true(dispi[4] == 0 || addr == registers + DISPI + 8); /* the size is not changed while it is on */
    dispi[(addr - registers - DISPI) / 2] = value;
}

static struct function *add(uint32_t bus, uint32_t dev, uint32_t func, uint32_t id)
{
    struct function *f = &functions[function_count++];

    *f = (struct function){.at = {bus, dev, func}, .id = id};
    return f;
}

static int setup(void **state)
{
    function_count = 0;
    anything = false;
    memset(dispi, 0, sizeof dispi);
    noise.state = 11;
    fake_setup(state);
    hal_map_add_device(WINDOW, WINDOW_SIZE);
    return 0;
}

static struct pci_window window(void)
{
    return (struct pci_window){.next = WINDOW + 0x123, .end = WINDOW + WINDOW_SIZE};
}

/* -- Finding -- */

TEST(a_function_is_found)
{
    struct pci_function f;

    (void)add(0, 3, 0, 0x56781234);
    add(0, 31, 0, 0x00010001)->header = 1u << 23;
    (void)add(0, 31, 7, 0x22221111);
    assert_true(pci_find(0x1234, 0x5678, &f));
    assert_true(f.bus == 0 && f.dev == 3 && f.func == 0);
    assert_true(pci_find(0x1111, 0x2222, &f));
    assert_true(f.bus == 0 && f.dev == 31 && f.func == 7);
    assert_false(pci_find(0x1111, 0x2223, &f));
}

TEST(only_devices_that_say_so_have_more_functions)
{
    struct pci_function f;

    (void)add(0, 4, 0, 0x00010001);
    (void)add(0, 4, 1, 0x22221111); /* decoded twice by a device that looks at no function number */
    assert_false(pci_find(0x1111, 0x2222, &f));
}

TEST(buses_behind_bridges_are_searched)
{
    struct function *bridge = add(0, 1, 0, 0x00010001);
    struct function *second = add(5, 0, 0, 0x00010001);
    struct pci_function f;

    bridge->header = second->header = 1u << 16;
    bridge->buses = 5u << 8;
    second->buses = 200u << 8;
    (void)add(200, 9, 0, 0x22221111);
    assert_true(pci_find(0x1111, 0x2222, &f));
    assert_true(f.bus == 200 && f.dev == 9);
}

TEST(a_bridge_to_itself_ends)
{
    struct function *bridge = add(0, 1, 0, 0x00010001);
    struct function *back = add(7, 1, 0, 0x00010001);
    struct pci_function f;

    bridge->header = back->header = 1u << 16;
    bridge->buses = 7u << 8;
    back->buses = 7u << 8;
    reads = 0;
    assert_false(pci_find(0x1111, 0x2222, &f));
    assert_true(reads < 200);
}

/* -- Addresses -- */

TEST(what_is_unassigned_gets_an_address)
{
    struct function *f = add(0, 2, 0, 1);
    struct pci_window w = window();
    struct hal_range out;

    f->command = 0x107;
    f->size[0] = 0x1000000;
    f->flags[0] = f->bar[0] = PREFETCHABLE;
    f->size[2] = 0x100;
    assert_int_equal(pci_claim_bar(f->at, 0, &w, &out), STATUS_OK);
    assert_true(out.base == WINDOW + 0x1000000 && out.size == 0x1000000);
    assert_int_equal(pci_claim_bar(f->at, 2, &w, &out), STATUS_OK);
    assert_true(out.base == WINDOW + 0x2000000 && out.size == 0x100);
    assert_int_equal(f->command, 0x107);
    assert_true(w.next == WINDOW + 0x2000000 + PAGE_SIZE); /* the page is nobody else's */
    assert_int_equal(pci_claim_bar(f->at, 0, &w, &out), STATUS_OK);
    assert_true(out.base == WINDOW + 0x1000000); /* once is enough */
}

TEST(what_the_firmware_assigned_stays)
{
    struct function *f = add(0, 2, 0, 1);
    struct pci_window none = {0};
    struct hal_range out;

    f->size[1] = 0x1000;
    f->flags[1] = BAR_64;
    f->bar[1] = (WINDOW + 0x5000) | BAR_64;
    assert_int_equal(pci_claim_bar(f->at, 1, &none, &out), STATUS_OK);
    assert_true(out.base == WINDOW + 0x5000 && out.size == 0x1000);
    f->bar[2] = 3; /* above 4 GiB, where no device window is */
    assert_int_equal(pci_claim_bar(f->at, 1, &none, &out), ERR_OUT_OF_RANGE);
    f->bar[1] = BAR_64;
    assert_int_equal(pci_claim_bar(f->at, 1, &none, &out), ERR_OUT_OF_RANGE);
}

TEST(what_is_no_memory_is_refused)
{
    struct function *f = add(0, 2, 0, 1);
    struct pci_window w = window(), tight = {.next = WINDOW, .end = WINDOW + 0xFFF};
    struct hal_range out;

    f->size[0] = 0x20;
    f->flags[0] = f->bar[0] = BAR_IO;
    f->size[3] = 0x1000;
    assert_int_equal(pci_claim_bar(f->at, 0, &w, &out), ERR_NOT_FOUND);
    assert_int_equal(pci_claim_bar(f->at, 1, &w, &out), ERR_NOT_FOUND);
    assert_int_equal(pci_claim_bar(f->at, 6, &w, &out), ERR_NOT_FOUND);
    assert_int_equal(pci_claim_bar(f->at, 3, &tight, &out), ERR_NO_MEMORY);
    assert_true(f->bar[3] == 0 && tight.next == WINDOW);
}

TEST(noise_is_survived)
{
    struct pci_window w = window();
    struct boot_info info = {.cmdline = ""};
    struct hal_range out;
    struct pci_function f;

    anything = true;
    for (uint32_t i = 0; i < 300; i++) {
        (void)pci_find((uint32_t)test_random_next(&noise) & 0xFFFF, 0, &f);
        f = (struct pci_function){i % 256, i % 32, i % 8};
        for (uint32_t bar = 0; bar < BARS; bar++) {
            if (pci_claim_bar(f, bar, &w, &out) == STATUS_OK)
                assert_true(out.base >= WINDOW && out.base + out.size <= WINDOW + WINDOW_SIZE);
        }
        assert_true(w.next <= w.end);
    }
    display_init(&info, &w);
}

/* -- The display -- */

static struct function *add_display(void)
{
    struct function *f = add(0, 5, 0, 0x11111234);

    f->size[0] = PIXELS;
    f->size[2] = 0x1000;
    registers = WINDOW + 2 * PIXELS;
    dispi[0] = DISPI_ID;
    return f;
}

TEST(a_display_is_set_up)
{
    const uint16_t mode[] = {DISPI_ID, 640, 480, 32, 0x41};
    struct boot_info info = {.cmdline = "quiet"};
    struct pci_window w = window();
    const struct function *f = add_display();

    display_init(&info, &w);
    assert_memory_equal(dispi, mode, sizeof mode);
    assert_true(info.framebuffer.addr == WINDOW + PIXELS && info.framebuffer.width == 640 && info.framebuffer.height == 480);
    assert_true(info.framebuffer.pitch == 2560 && info.framebuffer.bpp == 32);
    assert_true(hal_map.framebuffer.base == WINDOW + PIXELS && hal_map.framebuffer.size == PIXELS);
    assert_int_equal(f->command & DECODE, 2);
    assert_ptr_equal(hal_phys_ptr_slow(WINDOW + PIXELS), hal_direct(WINDOW + PIXELS));
}

TEST(a_display_may_be_unwanted)
{
    struct boot_info off = {.cmdline = "a display=off b"}, firmware = {.framebuffer = {.addr = 0x1000}};
    struct pci_window w = window();
    const struct function *f = add_display();

    display_init(&off, &w);
    display_init(&firmware, &w);
    assert_true(off.framebuffer.addr == 0 && firmware.framebuffer.addr == 0x1000);
    assert_true(f->bar[0] == 0 && hal_map.framebuffer.size == 0);
}

TEST(a_display_that_cannot_be_used_is_left_alone)
{
    struct boot_info info = {.cmdline = ""};
    struct pci_window w = window(), none = {0};
    struct function *f = add_display();

    display_init(&info, &none);
    f->size[0] = 0x100000; /* less than a picture */
    display_init(&info, &w);
    f->size[0] = PIXELS;
    dispi[0] = 0x1234;
    w = window();
    f->bar[0] = f->bar[2] = 0;
    display_init(&info, &w);
    assert_true(info.framebuffer.addr == 0 && hal_map.framebuffer.size == 0 && dispi[4] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_function_is_found, setup),
        cmocka_unit_test_setup(only_devices_that_say_so_have_more_functions, setup),
        cmocka_unit_test_setup(buses_behind_bridges_are_searched, setup),
        cmocka_unit_test_setup(a_bridge_to_itself_ends, setup),
        cmocka_unit_test_setup(what_is_unassigned_gets_an_address, setup),
        cmocka_unit_test_setup(what_the_firmware_assigned_stays, setup),
        cmocka_unit_test_setup(what_is_no_memory_is_refused, setup),
        cmocka_unit_test_setup(noise_is_survived, setup),
        cmocka_unit_test_setup(a_display_is_set_up, setup),
        cmocka_unit_test_setup(a_display_may_be_unwanted, setup),
        cmocka_unit_test_setup(a_display_that_cannot_be_used_is_left_alone, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
