/* SPDX-License-Identifier: MIT */
/* Reader of ustar archives in memory, in place. The archive is untrusted: nothing outside [ar, ar+len) is read. */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

/** One regular file of an archive. All pointers are into the archive. */
struct ustar_member {
    const char *name; /* NUL-terminated */
    const uint8_t *data;
    uint64_t size; /* bytes */
};

/**
 * The next regular file at or behind *pos (0 for the first), and *pos moved behind it. Directories and other kinds are
 * passed over. NOT_FOUND: end of the archive. TAR_BAD_HEADER: no ustar header, a wrong checksum, a damaged number, or a
 * name of 100 bytes and more. TAR_TRUNCATED: a header or data beyond the end, or no end mark. Any context.
 */
MUST_CHECK status_t ustar_next(const uint8_t *ar, uint64_t len, uint64_t *pos, struct ustar_member *out);
/** The first file called `name`. Errors as ustar_next(). */
MUST_CHECK status_t ustar_find(const uint8_t *ar, uint64_t len, const char *name, struct ustar_member *out);
