/* SPDX-License-Identifier: MIT */
/* Images: what is accepted, and that every other one is refused with one line and a stop that is no panic. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/unit.h>

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include <abi/caps.h>
#include <arch/memory.h>
#include <task/task.h>

static uint8_t elf[IMAGE_ELF_SIZE];

static void exit_0(struct arch_user *u)
{
    u_exit(u, 0);
}

static int setup(void **state)
{
    (void)state;
    kernel_new(NULL);
    image_elf(elf, 0);
    return 0;
}

/* Boot, and expect the machine to stop with this line, before any task ran. */
static void assert_refused(const char *line)
{
    char full[200];
    struct null_end end = kernel_boot();

    snprintf(full, sizeof(full), "[ERROR] image: %s\n", line);
    assert_string_equal(end.message, "");
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_CONFIG);
    if (!console_has(full))
        print_error("%s", null_serial());
    assert_true(console_has(full));
    assert_false(console_has("exited"));
}

static void assert_accepted(void)
{
    struct null_end end = kernel_boot();

    assert_string_equal(end.message, "");
    assert_int_equal(end.why, ARCH_OFF_DONE);
}

TEST(attributes_of_the_manifest_reach_the_task)
{
    kernel_task(1, "priority=6 budget=7 heartbeat=800 caps=exit+write restart=never", exit_0);
    assert_accepted();
    const struct task *t = task_get(1);
    assert_true(t->used);
    assert_string_equal(t->config.name, "t1");
    assert_int_equal(t->config.caps, CAP_EXIT | CAP_WRITE);
    assert_int_equal(t->config.restart, MANIFEST_RESTART_NEVER);
    assert_int_equal(t->heartbeat, 800);
    assert_int_equal(t->thread->base_prio, 6);
    assert_int_equal(t->thread->budget, 7);
    assert_string_equal(t->thread->name, "t1");
    assert_false(task_get(0)->used);
    assert_int_equal(task_count(), 1);
}

TEST(a_machine_without_a_module_is_refused)
{
    kernel_prepare();
    null_reset(NULL);
    struct null_end end = kernel_continue();
    assert_int_equal(end.why, ARCH_OFF_CONFIG);
    assert_true(console_has("[ERROR] image: no boot module: no such thing\n"));
}

static void assert_module_refused(const void *data, uint64_t size, const char *line)
{
    kernel_new(&(struct null_config){.module_count = 1, .modules = {{.data = data, .size = size}}});
    assert_refused(line);
}

TEST(a_module_that_is_no_archive_is_refused)
{
    static const uint8_t noise[2048] = {0x7F, 'E', 'L', 'F'};

    assert_module_refused(noise, sizeof(noise), "manifest: image: not a ustar archive, or a header is damaged");
}

TEST(a_truncated_archive_is_refused)
{
    static struct image image;

    image_begin(&image);
    image_add(&image, "manifest", "# nothing\n", 10);
    assert_module_refused(image.bytes, image.size - 512, "manifest: image: archive is truncated");
}

TEST(an_archive_without_a_manifest_is_refused)
{
    static struct image image;

    image_begin(&image);
    image_add(&image, "t0.elf", elf, sizeof(elf));
    image_end(&image);
    assert_module_refused(image.bytes, image.size, "manifest: no such thing");
}

TEST(a_manifest_without_tasks_is_refused)
{
    kernel_manifest("# only a comment");
    assert_refused("manifest names no task: no such thing");
}

TEST(a_syntax_error_is_refused_with_its_line)
{
    kernel_manifest("# one");
    kernel_manifest("# two");
    kernel_manifest("tusk 0 name=x file=x");
    assert_refused("manifest line 3: image: syntax error in manifest");
}

TEST(a_value_out_of_range_is_refused_with_its_line)
{
    kernel_task(0, "priority=8", exit_0);
    assert_refused("manifest line 1: image: value out of range in manifest");
}

TEST(an_unknown_capability_is_refused)
{
    kernel_task(0, "caps=exit+fly", exit_0);
    assert_refused("manifest line 1: image: value out of range in manifest");
}

TEST(a_slot_twice_is_refused)
{
    kernel_task(0, "caps=exit", exit_0);
    kernel_manifest("task 0 name=again file=t0.elf");
    assert_refused("manifest line 2: image: the same slot or key twice in manifest");
}

TEST(a_slot_that_this_profile_lacks_is_refused)
{
    char line[64];

    snprintf(line, sizeof(line), "task %u name=x file=x.elf", CONFIG_TASKS);
    kernel_manifest(line);
    assert_refused("manifest line 1: image: value out of range in manifest");
}

TEST(a_missing_program_is_refused_by_name)
{
    kernel_manifest("task 0 name=ghost file=ghost.elf");
    assert_refused("ghost.elf: no such thing");
}

TEST(a_program_for_another_slot_is_refused)
{
    image_elf(elf, 1);
    kernel_task(0, "caps=exit", exit_0);
    kernel_file("t0.elf", elf, sizeof(elf));
    assert_refused("t0.elf: ELF: segment outside the task's slot");
}

static Elf64_Ehdr *header(void)
{
    return (Elf64_Ehdr *)elf;
}

static Elf64_Phdr *segment(uint32_t i)
{
    return (Elf64_Phdr *)(elf + sizeof(Elf64_Ehdr)) + i;
}

static void assert_elf_refused(const char *line)
{
    kernel_task(0, "caps=exit", exit_0);
    kernel_file("t0.elf", elf, sizeof(elf));
    assert_refused(line);
}

TEST(a_program_for_another_machine_is_refused)
{
    header()->e_machine = EM_AARCH64;
    assert_elf_refused("t0.elf: ELF: made for another instruction set");
}

TEST(a_writable_and_executable_segment_is_refused)
{
    segment(0)->p_flags |= PF_W;
    assert_elf_refused("t0.elf: ELF: a segment is both writable and executable");
}

TEST(a_segment_larger_in_the_file_than_in_memory_is_refused)
{
    segment(1)->p_filesz = segment(1)->p_memsz + 1;
    assert_elf_refused("t0.elf: ELF: segment lies outside the file or its file size exceeds its memory size");
}

TEST(a_program_without_the_aegis_note_is_refused)
{
    header()->e_phnum = 2;
    assert_elf_refused("t0.elf: ELF: malformed or foreign Aegis note");
}

TEST(the_second_program_is_checked_like_the_first)
{
    header()->e_ident[0] = 'X';
    kernel_task(0, "caps=exit", exit_0);
    kernel_task(1, "caps=exit", exit_0);
    kernel_file("t1.elf", elf, sizeof(elf));
    assert_refused("t1.elf: ELF: bad magic");
}

TEST(two_tasks_may_not_share_a_program_linked_for_one_slot)
{
    kernel_task(0, "caps=exit", exit_0);
    kernel_manifest("task 1 name=copy file=t0.elf");
    assert_refused("t0.elf: ELF: segment outside the task's slot");
}

TEST(files_that_nobody_names_are_ignored)
{
    kernel_task(0, "caps=exit", exit_0);
    kernel_file("readme.txt", "hello", 5);
    assert_accepted();
}

TEST(a_segment_need_not_start_or_end_at_a_page)
{
    segment(1)->p_vaddr += 0x123;
    segment(1)->p_offset += 0x123;
    segment(1)->p_memsz = 0x1000;
    kernel_task(0, "caps=exit", exit_0);
    kernel_file("t0.elf", elf, sizeof(elf));
    assert_accepted();
    const uint8_t *page = arch_phys_ptr(task_get(0)->image_page[1]);
    for (uint32_t i = 0; i < 0x123; i++)
        assert_int_equal(page[i], 0);
    assert_memory_equal(page + 0x123, elf + 2 * PAGE_SIZE + 0x123, sizeof(IMAGE_DATA_TEXT));
    assert_int_not_equal(task_get(0)->image_page[2], 0);
}

static uint32_t life;

/* Its first life leaves no byte of its data as it was. */
static void soil_data(struct arch_user *u)
{
    static const uint8_t dirt[16] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

    if (life++ == 0) {
        for (uint64_t i = 0; i < segment(1)->p_memsz; i++)
            null_write(u, segment(1)->p_vaddr + i, dirt, 1);
        u_crash(u);
    }
    u_exit(u, 0);
}

/* Data that begins `shift` bytes into its page is the file's, then zeroes, and nothing around it is touched. */
static void assert_loads(uint64_t shift, uint64_t filesz, uint64_t memsz)
{
    setup(NULL);
    life = 0;
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        elf[2 * PAGE_SIZE + i] = (uint8_t)(i % 251 + 1);
    segment(1)->p_vaddr += shift;
    segment(1)->p_offset += shift;
    segment(1)->p_filesz = filesz;
    segment(1)->p_memsz = memsz;
    kernel_task(0, "caps=exit", soil_data);
    kernel_file("t0.elf", elf, sizeof(elf));
    assert_accepted();
    assert_int_equal(life, 2);
    for (uint64_t at = 0; at < 3 * PAGE_SIZE; at++) {
        paddr_t page = task_get(0)->image_page[1 + at / PAGE_SIZE];
        bool in_file = at >= shift && at < shift + filesz;

        assert_int_equal(page != 0, at / PAGE_SIZE <= (shift + memsz - 1) / PAGE_SIZE);
        if (page != 0)
            assert_int_equal(((uint8_t *)arch_phys_ptr(page))[at % PAGE_SIZE], in_file ? elf[2 * PAGE_SIZE + at] : 0);
    }
}

TEST(data_may_begin_and_end_anywhere)
{
    assert_loads(0, 16, PAGE_SIZE);
    assert_loads(0, PAGE_SIZE, PAGE_SIZE + 1);
    assert_loads(0, PAGE_SIZE, 3 * PAGE_SIZE);
    assert_loads(0, 0, 2 * PAGE_SIZE);
    assert_loads(0x123, 0x200, 0x200);
    assert_loads(0x123, 0x200, 2 * PAGE_SIZE);
    assert_loads(0x123, PAGE_SIZE - 0x123, PAGE_SIZE);
    assert_loads(PAGE_SIZE - 1, 1, 2);
    assert_loads(PAGE_SIZE / 2, PAGE_SIZE / 2, PAGE_SIZE / 2);
}

TEST(a_program_without_data_has_no_data_pages)
{
    segment(1)->p_type = PT_NULL;
    kernel_task(0, "caps=exit", exit_0);
    kernel_file("t0.elf", elf, sizeof(elf));
    assert_accepted();
    assert_int_not_equal(task_get(0)->image_page[0], 0);
    for (uint32_t i = 1; i < TASK_IMAGE_PAGES; i++)
        assert_int_equal(task_get(0)->image_page[i], 0);
}

TEST(too_little_memory_is_said_not_panicked)
{
    kernel_new(&(struct null_config){.ram_size = NULL_KERNEL_SIZE + 64 * PAGE_SIZE});
    kernel_task(0, "caps=exit", exit_0);
    struct null_end end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_CONFIG);
    assert_true(console_has("[ERROR] FATAL: No usable memory found: the image needs a range of at least "));
}

TEST(a_machine_without_kernel_stacks_is_refused)
{
    kernel_task(0, "caps=exit", exit_0);
    kernel_prepare();
    null_limit_kstacks(0);
    struct null_end end = kernel_continue();
    assert_int_equal(end.why, ARCH_OFF_CONFIG);
    assert_true(console_has("[ERROR] image: t0.elf: no memory or pool slot left\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(attributes_of_the_manifest_reach_the_task, setup),
        cmocka_unit_test_setup(a_machine_without_a_module_is_refused, setup),
        cmocka_unit_test_setup(a_module_that_is_no_archive_is_refused, setup),
        cmocka_unit_test_setup(a_truncated_archive_is_refused, setup),
        cmocka_unit_test_setup(an_archive_without_a_manifest_is_refused, setup),
        cmocka_unit_test_setup(a_manifest_without_tasks_is_refused, setup),
        cmocka_unit_test_setup(a_syntax_error_is_refused_with_its_line, setup),
        cmocka_unit_test_setup(a_value_out_of_range_is_refused_with_its_line, setup),
        cmocka_unit_test_setup(an_unknown_capability_is_refused, setup),
        cmocka_unit_test_setup(a_slot_twice_is_refused, setup),
        cmocka_unit_test_setup(a_slot_that_this_profile_lacks_is_refused, setup),
        cmocka_unit_test_setup(a_missing_program_is_refused_by_name, setup),
        cmocka_unit_test_setup(a_program_for_another_slot_is_refused, setup),
        cmocka_unit_test_setup(a_program_for_another_machine_is_refused, setup),
        cmocka_unit_test_setup(a_writable_and_executable_segment_is_refused, setup),
        cmocka_unit_test_setup(a_segment_larger_in_the_file_than_in_memory_is_refused, setup),
        cmocka_unit_test_setup(a_program_without_the_aegis_note_is_refused, setup),
        cmocka_unit_test_setup(the_second_program_is_checked_like_the_first, setup),
        cmocka_unit_test_setup(two_tasks_may_not_share_a_program_linked_for_one_slot, setup),
        cmocka_unit_test_setup(files_that_nobody_names_are_ignored, setup),
        cmocka_unit_test_setup(a_segment_need_not_start_or_end_at_a_page, setup),
        cmocka_unit_test_setup(data_may_begin_and_end_anywhere, setup),
        cmocka_unit_test_setup(a_program_without_data_has_no_data_pages, setup),
        cmocka_unit_test_setup(too_little_memory_is_said_not_panicked, setup),
        cmocka_unit_test_setup(a_machine_without_kernel_stacks_is_refused, setup),
    };

    return cmocka_run_group_tests_name("create", tests, NULL, NULL);
}
