# SPDX-License-Identifier: MIT
"""The parts of tools/twin.py: what a run leaves behind, and how two of them are compared."""
