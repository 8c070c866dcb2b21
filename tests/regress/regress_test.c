/* SPDX-License-Identifier: MIT */
/*
 * One test for each known defect of the kernels that Aegis grew out of, in words that say what must hold. Programs run on
 * the whole kernel, with every invariant checked at each kernel exit.
 */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/notes.h>
#include <support/unit.h>

#include <elf.h>
#include <string.h>

#include <abi/caps.h>
#include <abi/layout.h>
#include <arch/memory.h>
#include <cap/cap.h>
#include <sched/sched.h>
#include <task/task.h>

static uint32_t life;

static int setup(void **state)
{
    (void)state;
    life = 0;
    notes_clear();
    kernel_new(NULL);
    kernel_cmdline("check=invariants");
    return 0;
}

static void run(void)
{
    struct null_end end = kernel_boot();

    assert_string_equal(end.message, "");
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
}

static void say(struct null_result r)
{
    note("%s ", status_name(r.status));
}

static void exit_0(struct arch_user *u)
{
    u_exit(u, 0);
}

/* A moment in which every other task may run. */
static void let_others_run(struct arch_user *u)
{
    null_compute(u, 50000);
}

static void knock_on_missing_doors(struct arch_user *u)
{
    static const uint64_t call[][2] = {{AEGIS_NR_SEND, 4}, {AEGIS_NR_RECV, 200}, {AEGIS_NR_CALL, 4}, {14, 0}, {77, 0}};

    if (life < 5) {
        uint32_t now = life++;
        say(null_call(u, call[now][0], call[now][1], 0, 0, 0, 0));
    }
    u_exit(u, 0);
}

TEST(x01)
{
    uint32_t need;

    kernel_task(0, "caps=all", knock_on_missing_doors);
    run();
    assert_string_equal(notes(), "");
    assert_int_equal(console_count("FAULT task 0"), 5);
    assert_false(cap_for_syscall(AEGIS_NR_SEND, 4, &need));
    assert_false(cap_check(CAP_ALL, need));
}

static void write_what_is_not_mine(struct arch_user *u)
{
    say(u_write(u, image_base(1) + IMAGE_DATA_OFFSET, 8));
    say(u_write(u, image_stack(1), 8));
    say(u_write(u, ARCH_KERNEL_VBASE, 8));
    say(u_write(u, ARCH_RAM_BASE, 8));
    say(u_write(u, image_stack(0) + LAYOUT_STACK_SIZE - 4, 8));
    u_exit(u, 0);
}

TEST(x02)
{
    kernel_task(0, "caps=all", write_what_is_not_mine);
    kernel_task(1, "caps=all", exit_0);
    run();
    assert_string_equal(notes(), "BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS BAD_ADDRESS ");
    assert_false(console_has(IMAGE_DATA_TEXT));
}

static void call_early(struct arch_user *u)
{
    struct null_result r = u_call(u, 0, 7);

    note("%s %lu ", status_name(r.status), (unsigned long)r.w[0]);
    u_exit(u, 0);
}

static void serve_late(struct arch_user *u)
{
    let_others_run(u); /* the call is queued by now */
    uint64_t w0 = u_recv(u, 0).w[0];
    let_others_run(u); /* the caller would run on now, had it not been left waiting */
    note("serving ");
    (void)u_send(u, 0, w0 + 100);
    u_exit(u, 0);
}

TEST(x03)
{
    kernel_task(0, "caps=all", serve_late);
    kernel_task(1, "caps=all", call_early);
    run();
    assert_string_equal(notes(), "serving OK 107 ");
}

static void serve_slowly(struct arch_user *u)
{
    (void)u_recv(u, 0);
    let_others_run(u); /* the stranger sends now */
    (void)u_send(u, 0, 1000);
    note("then %lu ", (unsigned long)u_recv(u, 0).w[0]);
    u_exit(u, 0);
}

static void send_as_a_stranger(struct arch_user *u)
{
    (void)u_send(u, 0, 666);
    u_exit(u, 0);
}

TEST(x04)
{
    kernel_task(0, "caps=all", serve_slowly);
    kernel_task(1, "caps=all", call_early);
    kernel_task(2, "caps=all", send_as_a_stranger);
    run();
    assert_string_equal(notes(), "then 666 OK 1000 ");
}

static void receive_first(struct arch_user *u)
{
    note("first %lu ", (unsigned long)u_recv(u, 0).w[0]);
    u_exit(u, 0);
}

static void receive_second(struct arch_user *u)
{
    say(u_recv(u, 0));
    u_exit(u, 0);
}

static void send_late(struct arch_user *u)
{
    let_others_run(u);
    (void)u_send(u, 0, 5);
    u_exit(u, 0);
}

TEST(x05)
{
    kernel_task(0, "caps=all", receive_first);
    kernel_task(1, "caps=all", receive_second);
    kernel_task(2, "caps=all", send_late);
    run();
    assert_string_equal(notes(), "RECEIVER_BUSY first 5 ");
}

static void send_own_slot(struct arch_user *u)
{
    uint32_t slot = 0;

    while (u != &task_get(slot)->thread->user)
        slot++;
    struct null_result r = u_send(u, 0, slot);
    if (r.status != STATUS_OK)
        note("%s %lx ", status_name(r.status), (unsigned long)r.w[0]);
    u_exit(u, 0);
}

static void receive_four(struct arch_user *u)
{
    null_compute(u, 200000);
    for (uint32_t i = 0; i < 4; i++)
        note("%lu ", (unsigned long)u_recv(u, 0).w[0]);
    u_exit(u, 0);
}

TEST(x06)
{
    kernel_task(0, "caps=all", receive_four);
    for (uint32_t i = 1; i <= 5; i++)
        kernel_task(i, "caps=all", send_own_slot);
    run();
    assert_string_equal(notes(), "QUEUE_FULL ffff4001 1 2 3 4 ");
}

static void serve_and_crash(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_recv(u, 0);
    u_crash(u);
}

TEST(x07)
{
    kernel_task(0, "caps=all", serve_and_crash);
    kernel_task(1, "caps=all", call_early);
    run();
    assert_string_equal(notes(), "PEER_CLOSED 4294918147 "); /* word 0 is the code, 0xFFFF4003 */
}

static void hold_and_hang(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_yield(u); /* let the peer start */
    (void)u_grant_create(u, 0, 1);
    (void)u_irq_bind(u, 40, 1);
    (void)u_device_map(u, 0);
    (void)u_heartbeat(u, 10);
    null_compute(u, 10000000);
}

static void take_what_is_free(struct arch_user *u)
{
    null_compute(u, 600000); /* the watchdog has acted by now; the restart is to come */
    say(u_grant_create(u, 0, 2));
    say(u_irq_bind(u, 40, 1));
    say(u_device_map(u, 0));
    u_exit(u, 0);
}

static void wait_a_second(struct arch_user *u)
{
    null_compute(u, 1000000);
    u_exit(u, 0);
}

TEST(x08)
{
    kernel_task(0, "caps=all", hold_and_hang);
    kernel_task(1, "caps=all", take_what_is_free);
    kernel_task(2, "caps=all", wait_a_second);
    run();
    assert_string_equal(notes(), "OK OK OK ");
    assert_true(console_has("cause: no heartbeat for more than 10 ticks"));
}

static void beat_in_the_first_life(struct arch_user *u)
{
    if (life++ == 0)
        (void)u_heartbeat(u, 10);
    if (life == 3)
        u_exit(u, 0);
    null_compute(u, 100000000);
}

TEST(x09)
{
    kernel_task(0, "caps=all", beat_in_the_first_life);
    run();
    assert_int_equal(life, 3);
    assert_int_equal(console_count("cause: no heartbeat"), 2);
}

static void map_and_look(struct arch_user *u)
{
    note("%s ", arch_walk(null_space(), LAYOUT_DEVICE_BASE, NULL, NULL) == STATUS_OK ? "mapped" : "nothing");
    if (life++ == 0) {
        (void)u_device_map(u, 0);
        u_crash(u);
    }
    if (life == 2)
        (void)u_device_map(u, 0);
    u_exit(u, 0);
}

static void map_after_them(struct arch_user *u)
{
    null_compute(u, 100000);
    say(u_device_map(u, 0)); /* the first life has crashed */
    u_exit(u, 0);
}

TEST(x10)
{
    kernel_task(0, "caps=all", map_and_look);
    kernel_task(1, "caps=all", map_after_them);
    run();
    assert_string_equal(notes(), "nothing OK nothing ");
    assert_status(arch_walk(&task_get(0)->space, LAYOUT_DEVICE_BASE, NULL, NULL), ERR_NOT_FOUND); /* nor after the exit */
}

static void share_a_secret_and_revoke(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_yield(u);
    (void)u_grant_create(u, 0, 1);
    null_write(u, LAYOUT_GRANT_BASE, "secret", 7);
    (void)u_grant_revoke(u, 0);
    (void)u_notify(u, 1, 1);
    let_others_run(u);
    null_write(u, LAYOUT_GRANT_BASE, "spying", 7); /* no longer mapped: a fault */
    note("still mapped ");
}

static void use_the_slot_next(struct arch_user *u)
{
    char text[7];

    (void)u_wait_notify(u);
    (void)u_grant_create(u, 0, 2);
    null_read(u, text, LAYOUT_GRANT_BASE, 7);
    note("'%s' ", text);
    null_compute(u, 300000);
    null_read(u, text, LAYOUT_GRANT_BASE, 7);
    note("'%s' ", text);
    u_exit(u, 0);
}

TEST(x11)
{
    kernel_task(0, "caps=all", share_a_secret_and_revoke);
    kernel_task(1, "caps=all", use_the_slot_next);
    kernel_task(2, "caps=all", wait_a_second);
    run();
    assert_string_equal(notes(), "'' '' ");
    assert_int_equal(life, 2);
}

static void change_data_and_crash(struct arch_user *u)
{
    char text[sizeof(IMAGE_DATA_TEXT)];

    null_read(u, text, image_base(0) + IMAGE_DATA_OFFSET, sizeof(text));
    note("%s; ", text);
    if (life++ > 0)
        u_exit(u, 0);
    null_write(u, image_base(0) + IMAGE_DATA_OFFSET, "changed", 8);
    u_crash(u);
}

TEST(x12)
{
    kernel_task(0, "caps=all", change_data_and_crash);
    run();
    assert_string_equal(notes(), IMAGE_DATA_TEXT "; " IMAGE_DATA_TEXT "; ");
}

static void check_own_space(struct arch_user *u)
{
    for (uint32_t i = 0; i < 6; i++)
        if (u == &task_get(i)->thread->user)
            note("%u%s ", i, null_space() == &task_get(i)->space ? "" : " in a foreign space");
    u_exit(u, 0);
}

TEST(x13)
{
    kernel_task(5, "caps=all priority=3", check_own_space);
    for (uint32_t i = 0; i < 5; i++)
        kernel_task(i, "caps=all priority=4", check_own_space);
    run();
    assert_string_equal(notes(), "0 1 2 3 4 5 ");
}

TEST(x14)
{
    static uint8_t elf[IMAGE_ELF_SIZE];
    Elf64_Phdr *data = (Elf64_Phdr *)(elf + sizeof(Elf64_Ehdr)) + 1;

    image_elf(elf, 0);
    data->p_memsz = 8;
    data->p_filesz = 9;
    kernel_task(0, "caps=all", exit_0);
    kernel_file("t0.elf", elf, sizeof(elf));
    assert_int_equal(kernel_boot().why, ARCH_OFF_CONFIG);
    assert_true(console_has("image: t0.elf: ELF: segment lies outside the file or its file size exceeds its memory size\n"));
}

static void reply_and_say_priority(struct arch_user *u)
{
    (void)u_recv(u, 0);
    note("%u ", task_get(0)->thread->prio);
    (void)u_send(u, 0, 0);
    note("%u ", task_get(0)->thread->prio);
    u_exit(u, 0);
}

static void call_from_above(struct arch_user *u)
{
    (void)u_call(u, 0, 0);
    u_exit(u, 0);
}

TEST(x39)
{
    kernel_task(0, "caps=all priority=2", reply_and_say_priority);
    kernel_task(1, "caps=all priority=6", call_from_above);
    run();
    assert_string_equal(notes(), "6 2 ");
}

static void call_without_the_right(struct arch_user *u)
{
    if (life++ == 0)
        (void)u_call(u, 1, 0);
    u_exit(u, 0);
}

TEST(x42)
{
    kernel_task(0, "caps=exit", call_without_the_right);
    run();
    assert_true(console_has("CAP DENIED: task 0 syscall #3 needs SEND_EP1+RECV_EP1\n"));
    assert_false(console_has("UNKNOWN"));
}

/* The machine cannot make threads, so what comes after "image accepted" is not true and must not be printed. The table
 * of core/init/test/faults_test.c breaks every single checkpoint. */
TEST(x46)
{
    kernel_task(0, "caps=all", exit_0);
    kernel_prepare();
    null_limit_kstacks(0);
    assert_int_equal(kernel_continue().why, ARCH_OFF_CONFIG);
    assert_true(console_has(": invariants hold before the first task\n"));
    assert_false(console_has(": image accepted\n"));
    assert_false(console_has(": one ready thread per task\n"));
    assert_false(console_has("boot complete"));
}

#define DEFECT(function, text)                                                                                         \
    {                                                                                                                  \
        .name = text, .test_func = function, .setup_func = setup                                                       \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEFECT(x01, "X01 an unknown endpoint or call is denied, whatever the mask"),
        DEFECT(x02, "X02 WRITE prints only bytes that the task itself may read"),
        DEFECT(x03, "X03 a CALL that had to queue still gets its reply"),
        DEFECT(x04, "X04 only the server's SEND is the reply, and only to its caller"),
        DEFECT(x05, "X05 a second receiver is refused and the first still gets its message"),
        DEFECT(x06, "X06 a SEND to a full queue says so and loses nothing"),
        DEFECT(x07, "X07 a partner that dies wakes who waits for it"),
        DEFECT(x08, "X08 the watchdog releases grants, interrupts and devices"),
        DEFECT(x09, "X09 the watchdog goes on after a restart"),
        DEFECT(x10, "X10 a device mapping ends with its task's life"),
        DEFECT(x11, "X11 a revoked grant is unmapped from its owner and zeroed for the next"),
        DEFECT(x12, "X12 a restarted task finds its data as linked"),
        DEFECT(x13, "X13 every task starts in its own address space, slot 5 or not"),
        DEFECT(x14, "X14 an ELF segment larger in the file than in memory is refused"),
        DEFECT(x39, "X39 an inherited priority is dropped at the reply"),
        DEFECT(x42, "X42 the denial of a CALL names both capabilities"),
        DEFECT(x46, "X46 a checkpoint is printed only if it is true"),
    };

    return cmocka_run_group_tests_name("regress", tests, NULL, NULL);
}
