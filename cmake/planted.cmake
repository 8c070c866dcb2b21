# SPDX-License-Identifier: MIT
# Planted bugs: each tests/planted/NAME.patch is applied to a copy of the one file that it changes, and a simulator is linked with
# that object in place of the sound one. Target `planted` makes them all, build/.../planted/NAME; nothing else does. A patch that
# does not apply any more fails the build.
#
#   planted_simulator(NAME)
find_program(PATCH_TOOL patch)

function(planted_simulator name)
    set(patch ${CMAKE_SOURCE_DIR}/tests/planted/${name}.patch)
    file(STRINGS ${patch} target REGEX "^\\+\\+\\+ b/" LIMIT_COUNT 1)
    string(REPLACE "+++ b/" "" file "${target}")
    cmake_path(GET file PARENT_PATH dir)
    cmake_path(GET file STEM stem)
    if(dir MATCHES "^core/")
        string(REPLACE "core/" "core_" module "${dir}")
    else()
        string(REPLACE "-" "_" module "${dir}")
    endif()
    set(tree ${CMAKE_BINARY_DIR}/planted/tree/${name})
    file(MAKE_DIRECTORY ${tree}/${dir})
    add_custom_command(OUTPUT ${tree}/${file}
        COMMAND ${PATCH_TOOL} --silent --reject-file=- -o ${tree}/${file} ${CMAKE_SOURCE_DIR}/${file} ${patch}
        DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${patch} COMMENT "Planting ${name} in ${file}" VERBATIM)
    add_library(planted_${name}_object OBJECT EXCLUDE_FROM_ALL ${tree}/${file})
    target_link_libraries(planted_${name}_object PRIVATE ${module} kernel_flags)
    target_compile_options(planted_${name}_object PRIVATE "SHELL:-iquote ${CMAKE_SOURCE_DIR}/${dir}"
        -ffile-prefix-map=${tree}=${CMAKE_SOURCE_DIR}
        -ffile-prefix-map=planted/tree/${name}=${CMAKE_SOURCE_DIR}) # as Ninja calls it
    core_objects(objects)
    sim_kernel(planted_${name} OBJECTS ${objects} $<TARGET_OBJECTS:planted_${name}_object>
        WITHOUT "/${module}[.]dir/([.]/)?${stem}[.]c[.]o$")
    sim_executable(planted-${name} planted_${name})
    set_target_properties(planted-${name} PROPERTIES EXCLUDE_FROM_ALL ON OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/planted)
    add_dependencies(planted planted-${name})
endfunction()

add_custom_target(planted)
add_dependencies(planted machine explore_images)
if(PATCH_TOOL)
    file(GLOB patches CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/planted/*.patch)
    foreach(patch IN LISTS patches)
        cmake_path(GET patch STEM name)
        planted_simulator(${name})
    endforeach()
endif()
