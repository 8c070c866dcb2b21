/* SPDX-License-Identifier: MIT */
/*
 * HAL contract: fault points, the places where core asks whether something that rarely fails is to fail now. On hardware the
 * answer is the constant false and no code remains of the question; the simulator (--fault, --fail-each) and hal-null
 * (null_fault()) say yes when they were told to.
 *
 * A point stands where the real failure would be seen, and what follows is the code of the real failure: the documented error,
 * and nothing kept. docs/faults.md says how a module adds one.
 */
#pragma once
#include <abi/types.h>

/*
 * The points: constant, name, group, the status that the failure is reported with, what fails. In the group "pool" is every
 * place where core takes something out of a pool.
 */
#define FAULT_POINTS(POINT)                                                                                            \
    POINT(FAULT_FRAME, "frame", "pool", ERR_NO_MEMORY, "no page frame is left: for a task, a page table or a grant")   \
    POINT(FAULT_STACK, "stack", "pool", ERR_NO_MEMORY, "no kernel stack is left for a thread")                         \
    POINT(FAULT_GRANT, "grant", "pool", ERR_NO_MEMORY, "GRANT_CREATE cannot take its slot")                            \
    POINT(FAULT_IRQ_SLOT, "irq-slot", "pool", ERR_IRQ_FULL, "IRQ_BIND finds every binding in use")                     \
    POINT(FAULT_QUEUE, "queue", "pool", ERR_QUEUE_FULL, "SEND or CALL finds the endpoint's sender queue full")         \
    POINT(FAULT_USER_COPY, "user-copy", "", ERR_BAD_ADDRESS, "a copy from a task's memory meets a page it may not read") \
    POINT(FAULT_SEGMENT_LOAD, "segment-load", "", ERR_IO, "a segment cannot be read when a task starts or restarts: it faults")

#define FAULT_CONSTANT(constant, name, group, status, what) constant,
enum fault_point { FAULT_POINTS(FAULT_CONSTANT) FAULT_POINT_COUNT };
#undef FAULT_CONSTANT

/**
 * Is what stands here to fail, this time? Any context, locks may be held. Takes no virtual time. Each call is one occurrence of
 * the point, so it is made only where success is otherwise certain.
 */
static inline bool arch_fault(enum fault_point point);

#include <port/fault_inline.h>
