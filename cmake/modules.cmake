# SPDX-License-Identifier: MIT
# How a folder becomes part of the project.
#
#   core_module(NAME SRCS a.c ... DEPS x ...) target core_NAME with core/NAME/include; DEPS only from below (AEGIS_CORE_ORDER)
#   core_objects(OUT)                         the objects of every module of core

# Dependencies point one way: a module may use those before it.
set(AEGIS_CORE_ORDER abi base hal diag sync mm sched cap ipc task dev sys init)

function(core_module name)
    cmake_parse_arguments(PARSE_ARGV 1 M "" "" "SRCS;DEPS")
    if(M_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "core_module(${name}): what is '${M_UNPARSED_ARGUMENTS}'?")
    endif()
    list(FIND AEGIS_CORE_ORDER ${name} own)
    if(own EQUAL -1)
        message(FATAL_ERROR "core_module(${name}): not in AEGIS_CORE_ORDER (cmake/modules.cmake)")
    endif()
    foreach(dep IN LISTS M_DEPS)
        list(FIND AEGIS_CORE_ORDER ${dep} below)
        if(below EQUAL -1 OR NOT below LESS own)
            message(FATAL_ERROR "core_module(${name}): ${dep} is not below it; the order is ${AEGIS_CORE_ORDER}")
        endif()
    endforeach()
    list(TRANSFORM M_DEPS PREPEND core_)
    if(M_SRCS)
        add_library(core_${name} STATIC ${M_SRCS})
        target_include_directories(core_${name} PUBLIC include)
        target_link_libraries(core_${name} PUBLIC ${M_DEPS} config PRIVATE kernel_flags)
        if(AEGIS_HAL STREQUAL null)
            target_link_libraries(core_${name} INTERFACE $<LINK_ONLY:hal_null>) # the linker wants it behind core
        endif()
        set_target_properties(core_${name} PROPERTIES LINK_LIBRARIES_ONLY_TARGETS ON) # a misspelt name is an error
        set_property(GLOBAL APPEND PROPERTY AEGIS_CORE_COMPILED core_${name})
    else()
        add_library(core_${name} INTERFACE)
        target_include_directories(core_${name} INTERFACE include)
        target_link_libraries(core_${name} INTERFACE ${M_DEPS} config)
    endif()
    set_property(GLOBAL APPEND PROPERTY AEGIS_CORE_MODULES ${name})
endfunction()

function(core_objects out)
    get_property(targets GLOBAL PROPERTY AEGIS_CORE_COMPILED)
    list(TRANSFORM targets REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")
    set(${out} ${targets} PARENT_SCOPE)
endfunction()
