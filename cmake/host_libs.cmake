# SPDX-License-Identifier: MIT
# Libraries of the host. Many of them bring no pkg-config file, so all are found by header and library name.
#
#   host_library(NAME HEADER file.h LIBRARY name)    interface target host_NAME; tools/packages.tbl names the package
#   host_library(NAME ... OPTIONAL)                  the target exists only if the library does

function(host_library name)
    cmake_parse_arguments(PARSE_ARGV 1 L "OPTIONAL" "HEADER;LIBRARY" "")
    if(TARGET host_${name})
        return()
    endif()
    find_path(HOST_${name}_INCLUDE ${L_HEADER})
    find_library(HOST_${name}_LIBRARY ${L_LIBRARY})
    mark_as_advanced(HOST_${name}_INCLUDE HOST_${name}_LIBRARY)
    if(HOST_${name}_INCLUDE AND HOST_${name}_LIBRARY)
        add_library(host_${name} INTERFACE IMPORTED GLOBAL)
        target_include_directories(host_${name} SYSTEM INTERFACE ${HOST_${name}_INCLUDE})
        target_link_libraries(host_${name} INTERFACE ${HOST_${name}_LIBRARY})
    elseif(NOT L_OPTIONAL)
        message(FATAL_ERROR "${L_HEADER} / lib${L_LIBRARY} not found: run tools/deps.sh, or let ./aegis-sim do it.")
    endif()
endfunction()
