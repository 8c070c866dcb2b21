# SPDX-License-Identifier: MIT
# What a build directory is: HAL, ISA, profile, instrumentation. Makes <config/config.h> from the profile.
# Nothing here depends on the HAL: core sees the same configuration on every one.

function(choice name default doc)
    set(${name} ${default} CACHE STRING "${doc}: one of ${ARGN}")
    set_property(CACHE ${name} PROPERTY STRINGS ${ARGN})
    if(NOT ${name} IN_LIST ARGN)
        string(REPLACE ";" ", " known "${ARGN}")
        message(FATAL_ERROR "${name}=${${name}}: not one of ${known}")
    endif()
endfunction()

choice(AEGIS_HAL sim "The machine that core runs on" sim null metal)
choice(AEGIS_ISA x86_64 "Instruction set of the user programs" x86_64 aarch64 riscv64)
choice(AEGIS_PROFILE full "What core contains" full safety)
set(AEGIS_FUZZING_ENGINE -fsanitize=fuzzer CACHE STRING "What fuzz targets are linked with (AEGIS_SANITIZE=fuzzer)")
choice(AEGIS_SANITIZE none "Instrumentation" none address thread fuzzer)
option(AEGIS_COVERAGE "Count executed lines (gcov)" OFF)
option(AEGIS_TESTS "Declare the tests too" ON)
set(AEGIS_DEPS ${CMAKE_SOURCE_DIR}/build/deps CACHE PATH "Where tools/deps.sh unpacked newer libraries")

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release: -O2 -g; Debug: -O0 -g" FORCE)
endif()
# Assertions stay in every build, and valgrind reads DWARF 4 of every compiler.
set(CMAKE_C_FLAGS_RELEASE "-O2 -gdwarf-4")
set(CMAKE_C_FLAGS_DEBUG "-O0 -gdwarf-4")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

# The null build links no user program, so it holds the pure halves of all ISAs for their unit tests.
if(AEGIS_HAL STREQUAL null)
    set(AEGIS_ISAS_BUILT x86_64 aarch64 riscv64)
else()
    set(AEGIS_ISAS_BUILT ${AEGIS_ISA})
endif()

# Pool sizes of the profile; each can be overridden, for example with -DAEGIS_TASKS=16.
if(AEGIS_PROFILE STREQUAL full)
    set(AEGIS_FULL 1)
    set(defaults TASKS 64 ENDPOINTS 4 GRANTS 4 IRQ_BINDINGS 8 POOL_FRAMES 1024)
else()
    set(AEGIS_FULL 0)
    set(defaults TASKS 8 ENDPOINTS 4 GRANTS 4 IRQ_BINDINGS 8 POOL_FRAMES 256)
endif()
while(defaults)
    list(POP_FRONT defaults key value)
    if(NOT DEFINED AEGIS_${key})
        set(AEGIS_${key} ${value})
    endif()
    if(NOT AEGIS_${key} MATCHES "^[1-9][0-9]*$")
        message(FATAL_ERROR "AEGIS_${key}=${AEGIS_${key}}: not a positive number")
    endif()
endwhile()
if(AEGIS_TASKS GREATER 64)
    message(FATAL_ERROR "AEGIS_TASKS=${AEGIS_TASKS}: the user layout has 64 slots")
endif()

configure_file(cmake/config.h.in ${CMAKE_BINARY_DIR}/config/config/config.h)
add_library(config INTERFACE)
target_include_directories(config INTERFACE ${CMAKE_BINARY_DIR}/config)
