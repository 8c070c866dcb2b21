# SPDX-License-Identifier: MIT
# Before project(): a bare-metal kernel is compiled for its ISA, whatever the host is. With CC=clang by clang, else by the
# GNU cross compiler.
if(AEGIS_HAL STREQUAL metal AND NOT CMAKE_TOOLCHAIN_FILE)
    if(NOT AEGIS_ISA)
        set(AEGIS_ISA x86_64)
    endif()
    set(CMAKE_TOOLCHAIN_FILE ${CMAKE_CURRENT_LIST_DIR}/toolchain.cmake)
endif()
