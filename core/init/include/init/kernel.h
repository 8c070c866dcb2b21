/* SPDX-License-Identifier: MIT */
/* What the outside of the kernel may call or configure: kernel_main() is declared in <arch/boot.h>, kernel_hash() and
 * kernel_check() in <diag/check.h>. This header names the words of the kernel command line.
 *
 *   check=invariants   run kernel_check() at every kernel exit
 *   on-fault=stop      stop the machine at the first task fault (default: restart by the task's policy)
 *   exit-task=N        the exit code of slot N is the machine's
 */
#pragma once
#include <abi/types.h>
#include <arch/boot.h>
#include <diag/check.h>
