/* SPDX-License-Identifier: MIT */
/* The boot's display stage on machines with a framebuffer, without one, and with one that cannot be used. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/unit.h>

#include <dev/fbcon.h>
#include <diag/check.h>

static void exit_0(struct arch_user *u)
{
    u_exit(u, 0);
}

/* Boot a machine whose framebuffer is changed by `edit` first. */
static void boot(bool framebuffer, void (*edit)(struct boot_framebuffer *fb))
{
    kernel_new(&(struct null_config){.framebuffer = framebuffer});
    kernel_task(0, "caps=exit", exit_0);
    kernel_prepare();
    if (edit != NULL)
        edit(&((struct boot_info *)(uintptr_t)null_boot_info())->framebuffer);
    assert_int_equal(kernel_continue().why, ARCH_OFF_DONE);
}

TEST(without_a_framebuffer_there_is_no_display)
{
    boot(false, NULL);
    assert_true(console_has("summary and boot information agree on the framebuffer\n"));
    assert_false(console_has("display cleared"));
    assert_false(console_has("display: "));
    assert_int_equal(fbcon_grid().columns, 0);
}

TEST(the_display_shows_the_end_of_the_console)
{
    static const char last[] = "[aegis] task 0 exited (code=0)";
    bool found = false;

    boot(true, NULL);
    assert_int_equal(fbcon_grid().columns, 80);
    for (uint32_t row = 0; row < fbcon_grid().rows; row++) {
        uint32_t n = 0;

        while (last[n] != '\0' && fbcon_shows((struct fbcon_place){n + 28, row}, last[n])) /* behind tick, task, level */
            n++;
        found = found || last[n] == '\0';
    }
    assert_true(found);
}

TEST(what_the_display_shows_counts_in_the_hash)
{
    uint64_t before;

    boot(true, NULL);
    before = kernel_hash();
    fbcon_write("x", 1);
    assert_int_not_equal(before, kernel_hash());
}

static void break_pitch(struct boot_framebuffer *fb)
{
    fb->pitch = 12;
}

TEST(a_framebuffer_that_cannot_be_used_is_named_and_left_alone)
{
    boot(true, break_pitch);
    assert_true(console_has("[WARN] display: framebuffer of 640x480, pitch 12, 32 bits refused: an argument is invalid\n"));
    assert_false(console_has("display cleared"));
    assert_true(console_has("boot complete"));
    assert_int_equal(fbcon_grid().columns, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_framebuffer_there_is_no_display),
        cmocka_unit_test(the_display_shows_the_end_of_the_console),
        cmocka_unit_test(what_the_display_shows_counts_in_the_hash),
        cmocka_unit_test(a_framebuffer_that_cannot_be_used_is_named_and_left_alone),
    };

    return cmocka_run_group_tests_name("boot_display", tests, NULL, NULL);
}
