# SPDX-License-Identifier: MIT
# Two interface targets carry every compiler flag: kernel_flags (core, HALs, isa halves: no libc, no system headers) and
# host_flags (the simulator's host side, tools, tests).
include(CheckCCompilerFlag)

set(AEGIS_WARNINGS -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition -Wundef -Wvla
    -Wshadow -Wpointer-arith -Wwrite-strings -Wimplicit-fallthrough -Wmissing-declarations)

# __FILE__ (panic messages) must not depend on where the tree lies.
set(common_compile -fno-common -fno-omit-frame-pointer -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)

# Instrumentation. Under TSan only the kernel is instrumented: the simulator around it is the "hardware".
set(kernel_instrument "")
set(host_instrument "")
set(link_instrument "")
if(AEGIS_SANITIZE STREQUAL address)
    set(kernel_instrument -fsanitize=address,undefined -fno-sanitize-recover=all)
    set(host_instrument ${kernel_instrument})
    set(link_instrument ${kernel_instrument})
elseif(AEGIS_SANITIZE STREQUAL thread)
    set(kernel_instrument -fsanitize=thread)
    set(link_instrument -fsanitize=thread)
elseif(AEGIS_SANITIZE STREQUAL fuzzer)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL Clang)
        message(FATAL_ERROR "AEGIS_SANITIZE=fuzzer: libFuzzer needs clang (CC=clang)")
    endif()
    # FUZZ_UNSEEN: what a target does is not what the fuzzers explore. FUZZ_BRANCHES_ONLY: its branches are, without what it
    # compares. Target properties, because what a target says of itself comes before these flags.
    set(kernel_instrument -fsanitize=address,undefined -fno-sanitize-recover=all
        $<$<NOT:$<BOOL:$<TARGET_PROPERTY:FUZZ_UNSEEN>>>:-fsanitize=fuzzer-no-link>
        $<$<BOOL:$<TARGET_PROPERTY:FUZZ_BRANCHES_ONLY>>:-fno-sanitize-coverage=trace-cmp>)
    set(link_instrument -fsanitize=address,undefined)
    if(NOT AEGIS_FUZZING_ENGINE STREQUAL "-fsanitize=fuzzer")
        set(kernel_instrument "") # who brings an engine brings the flags for it (fuzz/oss-fuzz)
        set(link_instrument "")
    endif()
    set(host_instrument ${kernel_instrument})
endif()
if(AEGIS_COVERAGE)
    set(count --coverage)
    if(CMAKE_C_COMPILER_ID STREQUAL Clang AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 19)
        set(count -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc) # which conditions decide, too
    endif()
    list(APPEND kernel_instrument ${count})
    list(APPEND host_instrument ${count})
    list(APPEND link_instrument ${count})
endif()
if(kernel_instrument AND CMAKE_C_COMPILER_ID STREQUAL GNU)
    list(APPEND AEGIS_WARNINGS -Wno-maybe-uninitialized) # instrumented code confuses gcc's flow analysis
endif()

# The compiler's own headers (stdint.h, stdbool.h, stdarg.h ...) and no others.
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include
    OUTPUT_VARIABLE AEGIS_COMPILER_INCLUDE OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

add_library(kernel_flags INTERFACE)
target_compile_options(kernel_flags INTERFACE
    -ffreestanding -nostdinc "SHELL:-isystem \"${AEGIS_COMPILER_INCLUDE}\"" -fvisibility=hidden
    ${AEGIS_WARNINGS} ${common_compile} ${kernel_instrument})
# A frame may not jump over a guard page; atomics may not become library calls.
foreach(flag -fstack-clash-protection -mno-outline-atomics)
    string(MAKE_C_IDENTIFIER has${flag} has)
    check_c_compiler_flag("-Werror ${flag}" ${has})
    if(${has})
        target_compile_options(kernel_flags INTERFACE ${flag})
    endif()
endforeach()
# Who may touch what without which lock (base/compiler.h). gcc has nothing like it: every clang build checks.
if(CMAKE_C_COMPILER_ID STREQUAL Clang)
    target_compile_options(kernel_flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-Wthread-safety>)
endif()
if(CMAKE_BUILD_TYPE STREQUAL Release AND NOT kernel_instrument)
    target_compile_options(kernel_flags INTERFACE -Wframe-larger-than=4096)
endif()

add_library(host_flags INTERFACE)
target_compile_options(host_flags INTERFACE ${AEGIS_WARNINGS} ${common_compile} ${host_instrument})
target_compile_definitions(host_flags INTERFACE _GNU_SOURCE $<$<BOOL:${AEGIS_COVERAGE}>:AEGIS_COVERAGE=1>)
target_link_options(host_flags INTERFACE ${link_instrument})
