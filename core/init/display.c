/* SPDX-License-Identifier: MIT */
/* The boot stage that brings up the text console on the framebuffer, if the machine has one. */
#include "boot.h"

#include <abi/status.h>
#include <dev/fbcon.h>
#include <diag/console.h>
#include <diag/log.h>

/* A character is drawn, found in the framebuffer pixel by pixel, and erased again. */
static void test_drawing(struct fbcon_grid grid)
{
    const struct fbcon_place first = {0, 0};
    const struct fbcon_place last = {grid.columns - 1, grid.rows - 1};

    boot_checkpoint("display cleared", fbcon_shows(first, ' ') && fbcon_shows(last, ' '));
    fbcon_write("A", 1);
    boot_checkpoint("a glyph's pixels are in the framebuffer", fbcon_shows(first, 'A'));
    fbcon_write("\b \b", 3);
    boot_checkpoint("and gone when it is erased", fbcon_shows(first, ' '));
}

void boot_display(void)
{
    const struct boot_framebuffer fb = boot_state()->info->framebuffer;
    struct hw_summary hw;
    status_t status;

    arch_get_hw_summary(&hw);
    boot_checkpoint("summary and boot information agree on the framebuffer", hw.framebuffer_available == (fb.addr != 0));
    if (fb.addr == 0)
        return;
    status = fbcon_init(fb);
    if (status != STATUS_OK) {
        log_warn("display: framebuffer of %ux%u, pitch %u, %u bits refused: %s", fb.width, fb.height, fb.pitch, fb.bpp,
                 status_sentence(status));
        return;
    }
    test_drawing(fbcon_grid());
    console_set_mirror(fbcon_write);
    check_register(&fbcon_check_module);
}
