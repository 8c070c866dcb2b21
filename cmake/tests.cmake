# SPDX-License-Identifier: MIT
# How a test is declared. Labels say what it is: unit, check, conformance, boot; `ctest -L unit` runs one kind.
#
#   unit_test(NAME SRCS test/x_test.c ... MODULES base sched ... [LIBS target ...])
#       cmocka executable test_NAME, linked with those modules of core, hal-null and the test support. Null build only.
#   declare_test(NAME LABEL label [TIMEOUT s] COMMAND ...)
#       any other test, in the same environment.

set(AEGIS_TEST_ENVIRONMENT
    "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0"
    "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"
    "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1"
    "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tools/lsan.supp:print_suppressions=0")

function(declare_test name)
    cmake_parse_arguments(PARSE_ARGV 1 T "" "LABEL;TIMEOUT" "COMMAND")
    if(NOT T_LABEL OR NOT T_COMMAND OR T_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "declare_test(${name}): LABEL and COMMAND are needed, ${T_UNPARSED_ARGUMENTS} is not")
    endif()
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 60)
    endif()
    add_test(NAME ${name} COMMAND ${T_COMMAND} COMMAND_EXPAND_LISTS)
    set_tests_properties(${name} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT}
        ENVIRONMENT "${AEGIS_TEST_ENVIRONMENT}" SKIP_RETURN_CODE 77)
endfunction()

function(unit_test name)
    if(NOT AEGIS_HAL STREQUAL null)
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 1 T "" "" "SRCS;MODULES;LIBS")
    if(T_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "unit_test(${name}): what is '${T_UNPARSED_ARGUMENTS}'?")
    endif()
    host_library(cmocka HEADER cmocka.h LIBRARY cmocka)
    list(TRANSFORM T_MODULES PREPEND core_)
    add_executable(test_${name} ${T_SRCS})
    target_link_libraries(test_${name} PRIVATE ${T_MODULES} ${T_LIBS} test_support hal_null host_flags host_cmocka)
    declare_test(${name} LABEL unit COMMAND test_${name})
endfunction()
