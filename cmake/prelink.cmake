# SPDX-License-Identifier: MIT
# Pre-linking: many objects become one relocatable object (`ld -r`), and all of its symbols but the named ones become
# local. That is how the kernel and the host's libc live in one process without ever meeting by name.
#
#   prelink(NAME OBJECTS o ... [KEEP symbol ...])
#       object file ${CMAKE_CURRENT_BINARY_DIR}/NAME.o; its path is in the variable NAME_OBJECT of the caller.
#       Without KEEP every symbol stays global.

function(prelink name)
    cmake_parse_arguments(PARSE_ARGV 1 P "" "" "OBJECTS;KEEP")
    set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
    set(localise "")
    if(P_KEEP)
        list(TRANSFORM P_KEEP PREPEND --keep-global-symbol=)
        set(localise COMMAND ${CMAKE_OBJCOPY} ${P_KEEP} ${out})
    endif()
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_LINKER} -r -o ${out} ${P_OBJECTS}
        ${localise}
        DEPENDS ${P_OBJECTS}
        COMMENT "Pre-linking ${name}.o"
        COMMAND_EXPAND_LISTS VERBATIM)
    set(${name}_OBJECT ${out} PARENT_SCOPE)
endfunction()
