# SPDX-License-Identifier: MIT
# Machines of QEMU; included by CMakeLists.txt.
#
#   reaches(NAME ARGS argument ... SAYS text ...)
#       a run that need not end: within a minute every text is on the console, in any order, and none that begins with '!'
#   parallel(NAME LABEL ...)
#       the same on one host thread per CPU: real concurrency, and time that passes while the host does something else
#
# Everything else counts instructions instead of time (--icount), so that a busy host changes nothing.
function(reach name label)
    cmake_parse_arguments(PARSE_ARGV 2 B "" "STATUS" "ARGS;SAYS")
    list(JOIN B_SAYS "|" says)
    declare_test(${name} LABEL ${label} TIMEOUT 120
        COMMAND ${AEGIS_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/reach.py ${AEGIS_QEMU} ${B_STATUS} ${says} --timeout=100 ${B_ARGS})
endfunction()

function(boot name)
    cmake_parse_arguments(PARSE_ARGV 1 B "" "STATUS" "ARGS;SAYS")
    reach(${name} boot STATUS ${B_STATUS} ARGS --icount ${B_ARGS} SAYS ${B_SAYS})
endfunction()

function(reaches name)
    cmake_parse_arguments(PARSE_ARGV 1 R "" "" "ARGS;SAYS")
    reach(${name} boot STATUS - ARGS --icount ${R_ARGS} SAYS ${R_SAYS})
endfunction()

function(parallel name label)
    cmake_parse_arguments(PARSE_ARGV 2 R "" "" "ARGS;SAYS")
    reach(${name} ${label} STATUS - ARGS ${R_ARGS} SAYS ${R_SAYS})
endfunction()

function(hostile program)
    cmake_parse_arguments(PARSE_ARGV 1 H "" "" "SAYS")
    reaches(hostile-${program} ARGS --image=hostile-${program} SAYS "task 2 exited (code=0)" ${H_SAYS} "!panic")
endfunction()

# Which checkpoints a boot passes depends on one thing only: a screen has three of its own.
set(boot_is_complete "boot complete: 59 checkpoints")
set(boot_with_screen_is_complete "boot complete: 62 checkpoints")
set(tasks_work "DRV:ready" "J4:UserDrv" "L5:ELF" "task 2 exited (code=0)" "LOG:1 " "sensor: counter 4" "!FAULT" "!panic")

foreach(cpus 1 2 4 8)
    reaches(boots-${cpus} ARGS --image=tasks --cpus=${cpus} SAYS "profile ${AEGIS_PROFILE}, ${cpus} CPU" ${boot_is_complete}
        ${tasks_work})
    boot(tour-${cpus} STATUS 0 ARGS --image=tour --cpus=${cpus}
        SAYS "DRV:ready" "FAULT task 5 (clumsy)" "task 5 restarted (2)" "!panic")
endforeach()
foreach(cpus 2 4 8)
    set(label parallel)
    if(cpus EQUAL 4)
        set(label boot)
    endif()
    parallel(parallel-${cpus} ${label} ARGS --image=tasks --cpus=${cpus} SAYS ${boot_is_complete} "DRV:ready" "J4:UserDrv"
        "L5:ELF" "task 2 exited (code=0)" "LOG:1 " "sensor: counter 4" "!panic")
    parallel(parallel-tour-${cpus} parallel ARGS --image=tour --cpus=${cpus}
        SAYS "DRV:ready" "FAULT task 5 (clumsy)" "task 5 restarted (2)" "!panic")
endforeach()
boot(ends-idle STATUS 124 ARGS --image=idle --timeout=8 SAYS ${boot_is_complete} "!panic")
boot(ends-missing STATUS 78 ARGS --image=none SAYS "image: no boot module" "!panic")

# What QEMU still loads kernel, image and device tree into, and is too little all the same.
set(too_little_x86_64 4M)
set(too_little_aarch64 8M)
set(too_little_riscv64 9M)
if(AEGIS_PROFILE STREQUAL full)
    boot(ends-memory STATUS 78 ARGS --image=tasks --memory=${too_little_${AEGIS_ISA}} SAYS "No usable memory found" "!panic")
endif()

# Other machines: the least and the most memory, the CPU that can do most, the older interrupt controller. With label
# `machines` the rest: sizes between, what else a boot loader or a board may give, CPUs of several generations.
#   works_on(NAME LABEL option ...)
function(works_on name label)
    reach(${name} ${label} STATUS - ARGS --icount --image=tasks --cpus=2 ${ARGN} SAYS ${boot_is_complete} ${tasks_work})
endfunction()

works_on(memory-64M boot --memory=64M)
works_on(memory-4G boot --memory=4G)
foreach(memory 128M 1G 2G 3G)
    works_on(memory-${memory} machines --memory=${memory})
endforeach()
if(AEGIS_ISA STREQUAL riscv64)
    works_on(cpu-without-sstc boot --cpu=rv64,sstc=off)
else()
    works_on(cpu-max boot --cpu=max)
endif()
if(AEGIS_ISA STREQUAL aarch64)
    works_on(gic-version-2 boot --machine=gic-version=2)
endif()
set(machines_x86_64 pc)
set(cpus_x86_64 qemu64 Nehalem Haswell-noTSX EPYC)
set(machines_aarch64 virtualization=on gic-version=2,virtualization=on secure=on highmem=off)
set(cpus_aarch64 cortex-a53 cortex-a57 cortex-a76 neoverse-n1)
set(machines_riscv64 aclint=on)
set(cpus_riscv64 rv64 rv64,h=off sifive-u54)
foreach(machine IN LISTS machines_${AEGIS_ISA})
    works_on(machine-${machine} machines --machine=${machine})
endforeach()
foreach(cpu IN LISTS cpus_${AEGIS_ISA})
    works_on(cpu-${cpu} machines --cpu=${cpu})
endforeach()

# Seeing the machine: its tables, its screen, the same run twice.
reaches(memory-map ARGS --image=none --append=memory-map
    SAYS "[aegis] map ffff" " r-x" "map audit: no page is writable and executable, none is the user's" "!panic")
reaches(display ARGS --image=tasks "--qemu=-device bochs-display" SAYS ${boot_with_screen_is_complete} ${tasks_work})
reaches(display-off ARGS --image=tasks "--qemu=-device bochs-display" --append=display=off
    SAYS ${boot_is_complete} ${tasks_work})

set(qemu ${AEGIS_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/qemu.py)
foreach(case garbage control screenshot damaged repeat killed too-many-cpus task functions)
    declare_test(qemu-${case} LABEL boot TIMEOUT 300 COMMAND ${qemu} ${case} ${AEGIS_QEMU} ${images})
endforeach()
foreach(cpus 1 4)
    declare_test(compare-${cpus} LABEL compare TIMEOUT 300
        COMMAND ${AEGIS_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/compare.py ${AEGIS_QEMU} ${AEGIS_ISA} ${AEGIS_PROFILE} ${cpus})
endforeach()
