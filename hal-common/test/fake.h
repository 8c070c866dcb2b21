/* SPDX-License-Identifier: MIT */
/*
 * What the common half needs of a port and of the linker, for tests on the host: an "image" of a few pages with two guards,
 * a console that remembers, a panic that comes back to the test.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <abi/status.h>
#include <common/kernel_map.h>

#define TEST(name) static void name(__attribute__((unused)) void **state)

#define IMAGE_TEXT_PAGES 3u
#define IMAGE_RODATA_PAGES 2u
#define IMAGE_DATA_PAGES 8u
#define IMAGE_PAGES (IMAGE_TEXT_PAGES + IMAGE_RODATA_PAGES + IMAGE_DATA_PAGES)

struct fake {
    char console[16384]; /* what was printed, terminated */
    const char *panic;   /* the last panic's message */
    jmp_buf *catcher;
    uint32_t guards; /* guard pages that port_boot_guard() tells of: 0-2 */
};

extern struct fake fake;

/* From the linker: the mutable state of all modules. */
extern char __start_kstate[], __stop_kstate[];

/** cmocka setup and teardown: the common half as it is before boot, two guards, nothing printed. */
int fake_setup(void **state);
int fake_teardown(void **state);

/** Page `index` of the image's data that is guard 0 or 1. */
paddr_t fake_guard(uint32_t index);
/** RAM around the image, aligned to 2 MiB at both ends. */
struct hal_range fake_image_ram(void);

/** The statement panics, with exactly this message. */
#define assert_panics_with(statement, text)              \
    do {                                                 \
        jmp_buf catcher_;                                \
        fake.panic = NULL;                               \
        fake.catcher = &catcher_;                        \
        if (setjmp(catcher_) == 0) {                     \
            statement;                                   \
        }                                                \
        fake.catcher = NULL;                             \
        assert_non_null(fake.panic);                     \
        assert_string_equal(fake.panic, text);           \
    } while (0)
