# SPDX-License-Identifier: MIT
# Target `unicorn`: the user-mode CPU, version 2.1 or newer. The system's own if new enough (Debian 13), else the one that
# tools/deps.sh unpacked into AEGIS_DEPS. An older one is refused: it cannot serve (docs/simulator.md).
#
function(unicorn_version header out)
    file(STRINGS ${header} lines REGEX "^#define UC_API_(MAJOR|MINOR) [0-9]+")
    string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" version "${lines}")
    set(${out} ${version} PARENT_SCOPE)
endfunction()

# The unpacked one first: it exists only where the system's is too old.
find_path(UNICORN_INCLUDE unicorn/unicorn.h PATHS ${AEGIS_DEPS}/usr/include NO_DEFAULT_PATH)
find_library(UNICORN_LIBRARY unicorn
    PATHS ${AEGIS_DEPS}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} ${AEGIS_DEPS}/usr/lib NO_DEFAULT_PATH)
find_path(UNICORN_INCLUDE unicorn/unicorn.h)
find_library(UNICORN_LIBRARY unicorn)
if(NOT UNICORN_INCLUDE OR NOT UNICORN_LIBRARY)
    message(FATAL_ERROR "Unicorn (libunicorn-dev >= 2.1) is missing: run tools/deps.sh, or let ./aegis-sim do it.")
endif()
unicorn_version(${UNICORN_INCLUDE}/unicorn/unicorn.h AEGIS_UNICORN_VERSION)
if(AEGIS_UNICORN_VERSION VERSION_LESS 2.1)
    message(FATAL_ERROR "Unicorn ${AEGIS_UNICORN_VERSION} in ${UNICORN_INCLUDE} is too old (2.1 is needed): run tools/deps.sh.")
endif()
message(STATUS "Unicorn ${AEGIS_UNICORN_VERSION}: ${UNICORN_LIBRARY}")

add_library(unicorn INTERFACE)
target_include_directories(unicorn SYSTEM INTERFACE ${UNICORN_INCLUDE})
target_link_libraries(unicorn INTERFACE ${UNICORN_LIBRARY}) # CMake adds the build rpath
