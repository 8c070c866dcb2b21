# SPDX-License-Identifier: MIT
"""The ABI generator: tables.py reads and checks core/abi/*.tbl, the emit modules turn them into files."""
