# SPDX-License-Identifier: MIT
# Bare-metal kernels: compiler flags of each ISA, and how a kernel is linked.
#
#   metal_kernel(NAME OBJECTS ...)   NAME.elf, and NAME.img where the boot protocol wants a flat image, in
#                                    ${CMAKE_BINARY_DIR}/kernel; property KERNEL_FILE is the one to boot

set(metal_flags_x86_64 -m64 -mno-red-zone -mgeneral-regs-only -fcf-protection=none -fPIE)
set(metal_flags_aarch64 -mgeneral-regs-only -mstrict-align -fno-pic)
set(riscv_isa rv64imac_zicsr_zifencei)
if(CMAKE_C_COMPILER_ID STREQUAL Clang AND CMAKE_C_COMPILER_VERSION VERSION_LESS 17)
    set(riscv_isa rv64imac) # older ones count the other two in, and do not know their names
endif()
set(metal_flags_riscv64 -march=${riscv_isa} -mabi=lp64 -mcmodel=medany -fno-pic)
# AArch64 moves itself to where it was loaded: the linker keeps the places of absolute addresses in .rela.dyn.
set(metal_link_aarch64 -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,notext)
target_compile_options(kernel_flags INTERFACE ${metal_flags_${AEGIS_ISA}} -fno-stack-protector
    -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections)
if(AEGIS_ISA STREQUAL riscv64)
    # Constants stay out of .sdata, which can be written.
    target_compile_options(kernel_flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-msmall-data-limit=0>)
endif()

# The kernel is small enough to be optimised as one unit, across its modules' borders; targets with the property
# METAL_NO_LTO are not part of that. The objects hold ordinary code too, for the tools that look into them.
set(metal_lto "")
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_BUILD_TYPE STREQUAL Release)
    target_compile_options(kernel_flags INTERFACE
        "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:METAL_NO_LTO>>>:-flto;-ffat-lto-objects>")
    set(metal_lto -flto=1 -O2 -fno-omit-frame-pointer)
endif()

function(metal_kernel name)
    cmake_parse_arguments(PARSE_ARGV 1 K "" "" "OBJECTS")
    set(script ${CMAKE_SOURCE_DIR}/hal-${AEGIS_ISA}/boot/kernel.ld)
    add_executable(${name} ${K_OBJECTS} $<TARGET_OBJECTS:hal_${AEGIS_ISA}> $<TARGET_OBJECTS:hal_common>
        $<TARGET_OBJECTS:isa_${AEGIS_ISA}>)
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${name}.elf LINK_DEPENDS ${script}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/kernel)
    target_link_options(${name} PRIVATE ${metal_flags_${AEGIS_ISA}} ${metal_lto} -nostdlib -static -no-pie ${metal_link_${AEGIS_ISA}}
        -Wl,-T,${script}
        -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -Wl,--gc-sections -Wl,--no-warn-rwx-segments
        -Wl,--fatal-warnings -Wl,-Map,${CMAKE_BINARY_DIR}/kernel/${name}.map)
    set(file ${CMAKE_BINARY_DIR}/kernel/${name}.elf)
    if(NOT AEGIS_ISA STREQUAL x86_64)
        target_link_libraries(${name} PRIVATE efi_stub)
        set(file ${CMAKE_BINARY_DIR}/kernel/${name}.img)
        add_custom_command(TARGET ${name} POST_BUILD VERBATIM
            COMMAND ${CMAKE_OBJCOPY} -O binary $<TARGET_FILE:${name}> ${file})
    endif()
    set_property(TARGET ${name} PROPERTY KERNEL_FILE ${file})
endfunction()
