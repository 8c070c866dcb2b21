# SPDX-License-Identifier: MIT
# How a test is declared. Labels say what it is: unit, check, conformance, boot; `ctest -L unit` runs one kind.
#
#   unit_test(NAME SRCS test/x_test.c ... MODULES base sched ... [LIBS target ...])
#       cmocka executable test_NAME, linked with those modules of core, hal-null and the test support. Null build only.
#   fuzzer(NAME SRCS x_fuzz.c ... MODULES base ... [LIBS target ...])
#       libFuzzer target fuzz_NAME in the fuzz preset. In every other null build the same source runs over its kept corpus
#       fuzz/corpus/NAME as unit test fuzz-NAME.
#   benchmark(NAME SRCS ... MODULES ... [LIBS target ...])
#       program build/.../bench/NAME for `./aegis bench`; prints one JSON object a line. Null build only.
#   qemu_tests()
#       sets AEGIS_QEMU to a script that boots a kernel of this build as `./aegis qemu` does. Metal build only.
#   declare_test(NAME LABEL label [TIMEOUT s] COMMAND ...)
#       any other test, in the same environment.

set(AEGIS_TEST_ENVIRONMENT
    "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0"
    "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"
    "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1"
    "LSAN_OPTIONS=suppressions='${CMAKE_SOURCE_DIR}/tools/lsan.supp':print_suppressions=0")

# ThreadSanitizer cannot place its shadow where the host randomises addresses more than it expects.
set(AEGIS_TEST_LAUNCHER "")
if(AEGIS_SANITIZE STREQUAL thread AND EXISTS /proc/sys/vm/mmap_rnd_bits)
    file(READ /proc/sys/vm/mmap_rnd_bits random_bits)
    if(random_bits GREATER 28)
        set(AEGIS_TEST_LAUNCHER setarch -R)
    endif()
endif()

function(declare_test name)
    cmake_parse_arguments(PARSE_ARGV 1 T "" "LABEL;TIMEOUT" "COMMAND")
    if(NOT T_LABEL OR NOT T_COMMAND OR T_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "declare_test(${name}): LABEL and COMMAND are needed, ${T_UNPARSED_ARGUMENTS} is not")
    endif()
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 60)
    endif()
    list(POP_FRONT T_COMMAND program)
    if(TARGET ${program})
        set(program $<TARGET_FILE:${program}>)
    endif()
    add_test(NAME ${name} COMMAND ${AEGIS_TEST_LAUNCHER} ${program} ${T_COMMAND} COMMAND_EXPAND_LISTS)
    set_tests_properties(${name} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT}
        ENVIRONMENT "${AEGIS_TEST_ENVIRONMENT}" SKIP_RETURN_CODE 77)
endfunction()

function(qemu_tests)
    find_program(AEGIS_PYTHON python3 REQUIRED)
    set(AEGIS_QEMU ${CMAKE_BINARY_DIR}/qemu PARENT_SCOPE)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/qemu @ONLY CONTENT "#!/bin/sh
command -v qemu-system-@AEGIS_ISA@ >/dev/null || exit 77
exec @AEGIS_PYTHON@ -B @CMAKE_SOURCE_DIR@/tools/qemu.py --isa=@AEGIS_ISA@ --build=@CMAKE_BINARY_DIR@ \"\$@\"
")
    file(CHMOD ${CMAKE_BINARY_DIR}/qemu FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endfunction()

# An executable over modules of core on hal-null.
function(null_program target)
    cmake_parse_arguments(PARSE_ARGV 1 T "" "" "SRCS;MODULES;LIBS")
    if(T_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "${target}: what is '${T_UNPARSED_ARGUMENTS}'?")
    endif()
    list(TRANSFORM T_MODULES PREPEND core_)
    add_executable(${target} ${T_SRCS})
    target_link_libraries(${target} PRIVATE ${T_MODULES} ${T_LIBS} test_support hal_null host_flags)
endfunction()

function(unit_test name)
    if(AEGIS_HAL STREQUAL null)
        host_library(cmocka HEADER cmocka.h LIBRARY cmocka)
        null_program(test_${name} ${ARGN})
        target_link_libraries(test_${name} PRIVATE host_cmocka)
        declare_test(${name} LABEL unit COMMAND test_${name})
    endif()
endfunction()

function(fuzzer name)
    null_program(fuzz_${name} ${ARGN})
    fuzzer_main(${name} unit)
endfunction()

# The main() of fuzz_NAME, and its test with label LABEL.
function(fuzzer_main name label)
    if(AEGIS_SANITIZE STREQUAL fuzzer)
        target_link_libraries(fuzz_${name} PRIVATE ${AEGIS_FUZZING_ENGINE})
    else()
        target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/replay.c)
        declare_test(fuzz-${name} LABEL ${label} COMMAND fuzz_${name} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
    endif()
endfunction()

function(benchmark name)
    if(AEGIS_HAL STREQUAL null)
        null_program(bench_${name} ${ARGN})
        set_target_properties(bench_${name} PROPERTIES OUTPUT_NAME ${name}
            RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    endif()
endfunction()
