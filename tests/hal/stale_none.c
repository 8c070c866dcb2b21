/* SPDX-License-Identifier: MIT */
/* For machines that do not promise to keep stale translations: nothing to test. */
#include "suite.h"

const struct hal_group hal_stale_group = {NULL, 0};
