/* SPDX-License-Identifier: MIT */
/*
 * The system calls of a running machine, by name, and when each is needed. Calls that are allowed only with certain
 * arguments stand in sandbox.c. A name that the host's architecture does not have is passed over.
 */
#pragma once
#include <stdint.h>

/** When a call is allowed: ALWAYS, or if any of these features is there. */
enum {
    SANDBOX_ALWAYS = 0,
    SANDBOX_GDB = 1 << 0,
    SANDBOX_WINDOW = 1 << 1,
    SANDBOX_WRITES = 1 << 2,
    SANDBOX_SPLITS = 1 << 3, /* fork: fault reports, branches */
    SANDBOX_WIDE = 1 << 4,   /* a sanitizer, valgrind or gcov is part of the process and asks for its own */
};

struct sandbox_call {
    const char *name;
    uint32_t when;
};

static const struct sandbox_call sandbox_calls[] = {
    /* files that are open */
    {"read", SANDBOX_ALWAYS}, {"readv", SANDBOX_ALWAYS}, {"pread64", SANDBOX_ALWAYS},
    {"write", SANDBOX_ALWAYS}, {"writev", SANDBOX_ALWAYS}, {"pwrite64", SANDBOX_ALWAYS}, {"lseek", SANDBOX_ALWAYS},
    {"close", SANDBOX_ALWAYS}, {"fstat", SANDBOX_ALWAYS}, {"newfstatat", SANDBOX_ALWAYS},
    {"poll", SANDBOX_ALWAYS}, {"ppoll", SANDBOX_ALWAYS}, {"fcntl", SANDBOX_ALWAYS},
    /* memory */
    {"mmap", SANDBOX_ALWAYS}, {"munmap", SANDBOX_ALWAYS}, {"mprotect", SANDBOX_ALWAYS},
    {"mremap", SANDBOX_ALWAYS}, {"madvise", SANDBOX_ALWAYS}, {"brk", SANDBOX_ALWAYS},
    /* time and signals of its own */
    {"clock_gettime", SANDBOX_ALWAYS}, {"gettimeofday", SANDBOX_ALWAYS}, {"clock_nanosleep", SANDBOX_ALWAYS},
    {"nanosleep", SANDBOX_ALWAYS}, {"restart_syscall", SANDBOX_ALWAYS}, {"alarm", SANDBOX_ALWAYS},
    {"setitimer", SANDBOX_ALWAYS}, {"rt_sigaction", SANDBOX_ALWAYS}, {"rt_sigprocmask", SANDBOX_ALWAYS},
    {"rt_sigreturn", SANDBOX_ALWAYS}, {"sigaltstack", SANDBOX_ALWAYS}, {"tgkill", SANDBOX_ALWAYS},
    /* itself */
    {"getpid", SANDBOX_ALWAYS}, {"gettid", SANDBOX_ALWAYS}, {"getpgrp", SANDBOX_ALWAYS}, {"getpgid", SANDBOX_ALWAYS},
    {"futex", SANDBOX_ALWAYS}, {"getrandom", SANDBOX_ALWAYS}, {"exit", SANDBOX_ALWAYS}, {"exit_group", SANDBOX_ALWAYS},
    /* gdb */
    {"accept4", SANDBOX_GDB}, {"setsockopt", SANDBOX_GDB}, {"unlink", SANDBOX_GDB | SANDBOX_WRITES},
    {"unlinkat", SANDBOX_GDB | SANDBOX_WRITES}, {"recvfrom", SANDBOX_GDB | SANDBOX_WINDOW},
    {"sendto", SANDBOX_GDB | SANDBOX_WINDOW}, {"rt_sigqueueinfo", SANDBOX_GDB},
    /* children */
    {"wait4", SANDBOX_SPLITS | SANDBOX_WINDOW}, {"kill", SANDBOX_SPLITS | SANDBOX_WINDOW},
    {"pipe2", SANDBOX_SPLITS}, {"memfd_create", SANDBOX_SPLITS}, {"ftruncate", SANDBOX_ALWAYS},
    {"dup2", SANDBOX_SPLITS}, {"dup3", SANDBOX_SPLITS}, {"set_robust_list", SANDBOX_SPLITS}, {"getppid", SANDBOX_SPLITS},
    /* what libdw asks when it looks for debugging information */
    {"getcwd", SANDBOX_SPLITS}, {"readlink", SANDBOX_SPLITS}, {"readlinkat", SANDBOX_SPLITS}, {"access", SANDBOX_SPLITS},
    {"faccessat", SANDBOX_SPLITS}, {"faccessat2", SANDBOX_SPLITS}, {"stat", SANDBOX_SPLITS}, {"statx", SANDBOX_SPLITS},
    {"getdents64", SANDBOX_SPLITS}, {"sysinfo", SANDBOX_SPLITS},
    /* sanitizers, valgrind, gcov, and the symboliser that they start */
    {"arch_prctl", SANDBOX_WIDE}, {"clone", SANDBOX_WIDE}, {"clone3", SANDBOX_WIDE}, {"execve", SANDBOX_WIDE},
    {"fadvise64", SANDBOX_WIDE}, {"fork", SANDBOX_WIDE}, {"getdents", SANDBOX_WIDE},
    {"flock", SANDBOX_WIDE}, {"getegid", SANDBOX_WIDE}, {"geteuid", SANDBOX_WIDE},
    {"getgid", SANDBOX_WIDE}, {"getrlimit", SANDBOX_WIDE}, {"getrusage", SANDBOX_WIDE}, {"getuid", SANDBOX_WIDE},
    {"lstat", SANDBOX_WIDE}, {"membarrier", SANDBOX_WIDE}, {"mincore", SANDBOX_WIDE}, {"mkdir", SANDBOX_WIDE},
    {"mkdirat", SANDBOX_WIDE}, {"mlock", SANDBOX_WIDE}, {"mlockall", SANDBOX_WIDE}, {"msync", SANDBOX_WIDE},
    {"munlock", SANDBOX_WIDE}, {"munlockall", SANDBOX_WIDE}, {"open", SANDBOX_WIDE}, {"openat", SANDBOX_WIDE},
    {"personality", SANDBOX_WIDE}, {"pipe", SANDBOX_WIDE}, {"prctl", SANDBOX_WIDE}, {"prlimit64", SANDBOX_WIDE},
    {"process_vm_readv", SANDBOX_WIDE}, {"ptrace", SANDBOX_WIDE}, {"rename", SANDBOX_WIDE}, {"rseq", SANDBOX_WIDE},
    {"rt_sigpending", SANDBOX_WIDE}, {"rt_sigtimedwait", SANDBOX_WIDE}, {"sched_getaffinity", SANDBOX_WIDE},
    {"sched_setaffinity", SANDBOX_WIDE}, {"sched_yield", SANDBOX_WIDE}, {"set_tid_address", SANDBOX_WIDE},
    {"setrlimit", SANDBOX_WIDE}, {"setpgid", SANDBOX_WIDE}, {"socketpair", SANDBOX_WIDE}, {"tkill", SANDBOX_WIDE},
    {"uname", SANDBOX_WIDE}, {"vfork", SANDBOX_WIDE}, {"waitid", SANDBOX_WIDE}, {"ioctl", SANDBOX_WIDE},
};
