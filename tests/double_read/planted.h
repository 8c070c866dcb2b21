/* SPDX-License-Identifier: MIT */
/* The shipped WRITE, under the name that shipped.c compiles it with. */
#pragma once
#include <sys/frame.h>

status_t shipped_write(struct sys_frame *f, struct uaddr buf, uint64_t len);
