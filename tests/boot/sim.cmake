# SPDX-License-Identifier: MIT
# Simulated machines; included by CMakeLists.txt.
set(machine $<TARGET_FILE:${AEGIS_SIM_EXECUTABLE}> ${images})

function(boot name)
    cmake_parse_arguments(PARSE_ARGV 1 B "" "STATUS" "ARGS;SAYS")
    list(JOIN B_SAYS "|" says)
    declare_test(${name} LABEL boot TIMEOUT 120
        COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/run.sh ${machine} ${B_STATUS} ${says} ${B_ARGS})
endfunction()

function(hostile program)
    cmake_parse_arguments(PARSE_ARGV 1 H "" "" "SAYS")
    boot(hostile-${program} STATUS 0 ARGS --image=hostile-${program} --stop-at=3s
        SAYS "task 2 exited (code=0)" ${H_SAYS} "!panic")
endfunction()

foreach(cpus 1 2 4 8)
    boot(boots-${cpus} STATUS 0 ARGS --image=tasks --stop-at=3s --cpus=${cpus}
        SAYS "profile ${AEGIS_PROFILE}" "boot complete: 6" "DRV:ready" "J4:UserDrv" "!FAULT" "!panic")
    boot(tour-${cpus} STATUS 0 ARGS --image=tour --cpus=${cpus}
        SAYS "DRV:ready" "FAULT task 5 (clumsy)" "task 5 restarted (2)" "!panic")
endforeach()
boot(boots-hello STATUS 0 ARGS --image=tasks --stop-at=3s SAYS "L5:ELF" "task 2 exited (code=0)")
boot(boots-sensor STATUS 0 ARGS --image=tasks --stop-at=3s SAYS "LOG:1 " "sensor: counter 4" "sensor: counter 8")
declare_test(boots-same LABEL boot TIMEOUT 200 COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/same.sh ${machine})

boot(ends-deadlock STATUS 83 ARGS --image=deadlock SAYS "deadlock")
boot(ends-timeout STATUS 124 ARGS --image=hostile-over_budget --timeout=2 SAYS "aegis-sim: ${AEGIS_ISA}")
boot(ends-memory STATUS 78 ARGS --image=tasks --memory=1M SAYS "!boot")

foreach(case roundtrip exit_status early_end differs refused agree found seeds reproduce no_privileges)
    declare_test(replay-${case} LABEL boot TIMEOUT 300 COMMAND ${AEGIS_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/replay.py ${case} ${machine})
endforeach()
