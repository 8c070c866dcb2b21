/* SPDX-License-Identifier: MIT */
/* A run that splits: what the parent learns of the child, and what the child leaves alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <sim/branch.h>
#include <sim/input.h>
#include <sim/serial.h>
#include <sim/trace.h>

/* -- The rest of the simulator -- */

static bool deaf, sources_forgotten, files_forgotten, on_stdout;

void input_ignore_live(void)
{
    deaf = true;
}

void input_forget_sources(void)
{
    sources_forgotten = true;
}

void trace_forget_files(void)
{
    files_forgotten = true;
}

void serial_flush(void)
{
}

struct serial_backend *serial_stdout(void)
{
    static struct serial_backend backend;

    return &backend;
}

void serial_set_backend(struct serial_backend *backend)
{
    on_stdout = backend == serial_stdout();
}

/* -- Tests -- */

static char lines[256];

static void note(void *ctx, const char *line)
{
    (void)ctx;
    strcat(strcat(lines, line), "|");
}

static int end(struct branch *branch, char **output)
{
    lines[0] = '\0';
    int code = branch_join(branch, note, NULL);
    char *text = branch_output(branch, NULL);

    if (output != NULL)
        *output = text;
    else
        free(text);
    return code;
}

static void the_parent_learns_lines_output_and_code(void **state)
{
    struct branch branch;
    char *output;

    (void)state;
    printf("before\n"); /* still in the buffer when the process forks: it must come once */
    if (branch_fork(&branch, 0)) {
        branch_tell("number %d", 17);
        printf("printed\n");
        branch_tell("last");
        branch_exit(7);
    }
    assert_int_equal(end(&branch, &output), 7);
    assert_string_equal(lines, "number 17|last|");
    assert_string_equal(output, "printed\n");
    free(output);
}

static void the_child_is_alone(void **state)
{
    struct branch branch;
    char byte;

    (void)state;
    assert_false(branch_is_child());
    if (branch_fork(&branch, 0)) {
        bool alone = branch_is_child() && deaf && sources_forgotten && files_forgotten && on_stdout;
        branch_exit(alone && read(STDIN_FILENO, &byte, 1) == 0 ? 0 : 1);
    }
    assert_int_equal(end(&branch, NULL), 0);
    assert_false(deaf || sources_forgotten || files_forgotten || on_stdout);
}

static void a_signal_and_a_timeout_are_told(void **state)
{
    struct branch branch;

    (void)state;
    if (branch_fork(&branch, 0)) {
        signal(SIGABRT, SIG_DFL);
        abort();
    }
    assert_int_equal(end(&branch, NULL), 128 + SIGABRT);
    if (branch_fork(&branch, 1)) {
        signal(SIGALRM, SIG_DFL);
        pause();
    }
    assert_int_equal(end(&branch, NULL), 128 + SIGALRM);
}

static void on_alarm(int signal)
{
    (void)signal;
}

static void a_signal_to_the_parent_takes_nothing_from_the_child(void **state)
{
    const struct itimerval often = {.it_interval.tv_usec = 10000, .it_value.tv_usec = 10000}, never = {.it_value.tv_sec = 0};
    struct branch branch;

    (void)state;
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
    if (branch_fork(&branch, 0)) {
        branch_tell("first");
        usleep(100000);
        branch_tell("last");
        branch_exit(7);
    }
    setitimer(ITIMER_REAL, &often, NULL);
    int code = end(&branch, NULL);
    setitimer(ITIMER_REAL, &never, NULL);
    signal(SIGALRM, SIG_DFL);
    assert_string_equal(lines, "first|last|");
    assert_int_equal(code, 7);
}

static void a_branch_can_split_again(void **state)
{
    struct branch branch, twig;

    (void)state;
    if (branch_fork(&branch, 0)) {
        if (branch_fork(&twig, 0)) {
            branch_tell("to my parent");
            branch_exit(3);
        }
        int code = end(&twig, NULL);
        branch_tell("%s%d", lines, code);
        branch_exit(0);
    }
    assert_int_equal(end(&branch, NULL), 0);
    assert_string_equal(lines, "to my parent|3|");
}

static void count(void *ctx, const char *line)
{
    *(uint32_t *)ctx += strcmp(line, "a line that is neither long nor short") == 0;
}

static void a_child_that_tells_much_is_heard_out(void **state)
{
    struct branch branch;
    uint32_t told = 0;

    (void)state;
    if (branch_fork(&branch, 0)) {
        for (uint32_t i = 0; i < 20000; i++)
            branch_tell("a line that is neither long nor short");
        branch_exit(0);
    }
    assert_int_equal(branch_join(&branch, count, &told), 0);
    free(branch_output(&branch, NULL));
    assert_int_equal(told, 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parent_learns_lines_output_and_code),
        cmocka_unit_test(the_child_is_alone),
        cmocka_unit_test(a_signal_and_a_timeout_are_told),
        cmocka_unit_test(a_signal_to_the_parent_takes_nothing_from_the_child),
        cmocka_unit_test(a_branch_can_split_again),
        cmocka_unit_test(a_child_that_tells_much_is_heard_out),
    };

    return cmocka_run_group_tests_name("sim_branch", tests, NULL, NULL);
}
