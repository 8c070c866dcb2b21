/* SPDX-License-Identifier: MIT */
/*
 * What these plugins use of the interface of QEMU's TCG plugins, version 1, of which Debian packages no header; where the
 * programs of tasks lie, and how a system call looks there.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
typedef void (*exec_callback)(unsigned cpu, void *data);
typedef void (*translate_callback)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*exit_callback)(plugin_id id, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, translate_callback);
void qemu_plugin_register_atexit_cb(plugin_id, exit_callback, void *);
uint64_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, uint64_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, enum qemu_plugin_op, void *, uint64_t);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, exec_callback, enum qemu_plugin_cb_flags, void *);
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

/* The programs of tasks (core/abi/layout.tbl); firmware and start code run elsewhere. */
#define USER_START 0x40100000u
#define USER_END 0x40200000u

static inline void call_at(struct qemu_plugin_insn *insn, exec_callback callback, uint64_t data)
{
    qemu_plugin_register_vcpu_insn_exec_cb(insn, callback, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)data);
}

static inline bool is_call(const struct qemu_plugin_insn *insn)
{
    static const uint8_t x86_64[] = {0x0f, 0x05}, aarch64[] = {0x01, 0x00, 0x00, 0xd4}, riscv64[] = {0x73, 0x00, 0x00, 0x00};
    const void *code = qemu_plugin_insn_data(insn);

    if (qemu_plugin_insn_size(insn) == sizeof x86_64)
        return memcmp(code, x86_64, sizeof x86_64) == 0;
    return qemu_plugin_insn_size(insn) == sizeof aarch64 &&
           (memcmp(code, aarch64, sizeof aarch64) == 0 || memcmp(code, riscv64, sizeof riscv64) == 0);
}
