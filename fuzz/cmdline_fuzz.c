/* SPDX-License-Identifier: MIT */
/*
 * The simulator's command line, everything up to the machine itself: options, images, programs, device trees, recordings.
 * Each line of the input is one argument; what follows its first NUL, if there is one, is the contents of the file `given`.
 * Arguments end processes, so each input gets one of its own, in a folder with this and other files to name. Whatever is
 * wrong is said in one line with one of the exit codes for it, and nothing is written anywhere.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sim/options.h>

#include "check.h"
#include "cmdline.h"

#define ARGUMENTS_MAX 32u
#define TEXT_SIZE 65536u
#define PATIENCE 10u /* seconds */

/* What the child says: stdout and stderr, by number. */
static int spoken[3];

/* ---- the child ---- */

static int split(char *text, char *argv[ARGUMENTS_MAX + 2])
{
    static char name[] = "aegis-sim";
    int argc = 0;

    argv[argc++] = name;
    for (char *word; (word = strsep(&text, "\n")) != NULL && argc <= (int)ARGUMENTS_MAX;)
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

/* Before anything else that happens at exit, such as a search for leaks. */
static void leave(int status, void *unused)
{
    (void)unused;
    counters_hand_over(status);
}

static _Noreturn void run_child(char *text)
{
    static struct options options;
    char *argv[ARGUMENTS_MAX + 2];
    int argc = split(text, argv);

    signal(SIGALRM, SIG_DFL); /* libFuzzer's handlers are for its own process */
    signal(SIGABRT, SIG_DFL);
    alarm(PATIENCE);
    if (dup2(spoken[1], 1) < 0 || dup2(spoken[2], 2) < 0 || chdir(folder_path()) != 0 || on_exit(leave, NULL) != 0)
        _exit(EXIT_OS);
    options_parse(&options, argc, argv);
    options_prepare(&options);
    exit(EXIT_OK);
}

/* ---- the parent ---- */

static void reset(int fd)
{
    REQUIRE(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0, "the host keeps what a process says");
}

static size_t read_spoken(int which, char text[TEXT_SIZE])
{
    ssize_t n = pread(spoken[which], text, TEXT_SIZE - 1, 0);

    REQUIRE(n >= 0, "the host keeps what a process says");
    text[n] = '\0';
    return (size_t)n;
}

static bool is_refusal(int code)
{
    return code == EXIT_USAGE || code == EXIT_DATA || code == EXIT_NO_INPUT || code == EXIT_UNAVAILABLE || code == EXIT_CONFIG;
}

/* Some argument that asks for help or the version, as an option or the start of one. */
static bool asks_for_text(const char *input, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++)
        if (input[i] == '-' && (strchr("hv", input[i + 1]) != NULL || (input[i + 1] == '-' && i + 2 < size)))
            return true;
    return false;
}

static void check_refusal(const char *said, size_t size)
{
    static const char start[] = "aegis-sim: ";

    REQUIRE(size > sizeof(start) && memcmp(said, start, sizeof(start) - 1) == 0, "a refusal says who refuses");
    REQUIRE(said[size - 1] == '\n', "a refusal is a whole line");
    for (size_t i = 0; i < size - 1; i++)
        REQUIRE((unsigned char)said[i] >= ' ' && said[i] != 0x7F, "a refusal is one line and nothing but text");
}

static void check_end(int status, const char *input, size_t size)
{
    static char out[TEXT_SIZE], err[TEXT_SIZE];
    size_t out_size = read_spoken(1, out), err_size = read_spoken(2, err);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

    if (code != EXIT_OK && !is_refusal(code))
        fprintf(stderr, "%s\nstatus %d\n", err, status);
    REQUIRE(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM, "arguments are judged in time");
    REQUIRE(code == EXIT_OK || is_refusal(code), "arguments are accepted or refused");
    if (code == EXIT_OK) {
        REQUIRE(err_size == 0, "what is right is not commented on");
        REQUIRE(out_size == 0 || asks_for_text(input, size), "only help and version print something");
    } else {
        REQUIRE(out_size == 0, "a refusal leaves the machine's output empty");
        check_refusal(err, err_size);
    }
    REQUIRE(folder_is_untouched(), "arguments alone write nothing");
}

/* Run the arguments in a process of their own; its status. */
static int run(char *text)
{
    int status;
    pid_t child, ended;

    reset(spoken[1]);
    reset(spoken[2]);
    child = fork();
    REQUIRE(child >= 0, "the host has processes");
    if (child == 0)
        run_child(text);
    do {
        ended = waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    REQUIRE(ended == child, "the child ends");
    counters_take_over();
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_SIZE];
    const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
    size_t length = end != NULL ? (size_t)(end - data) : size;

    if (spoken[1] == 0) {
        folder_make();
        counters_share();
        spoken[1] = memfd_create("stdout", MFD_CLOEXEC);
        spoken[2] = memfd_create("stderr", MFD_CLOEXEC);
    }
    if (length >= sizeof(text))
        return 0;
    memcpy(text, data, length);
    text[length] = '\0';
    folder_give(end != NULL ? end + 1 : data, end != NULL ? size - length - 1 : 0);
    check_end(run(text), (const char *)data, length);
    return 0;
}
