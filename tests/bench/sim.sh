#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Benchmarks of the simulator: start-up, calls between tasks, speed of user code, memory, builds. One JSON object a line.
exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/sim.py" "${AEGIS_ROOT:-$PWD}" "${AEGIS_ARCH:-x86_64}"
