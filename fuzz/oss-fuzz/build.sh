#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the fuzz targets the way OSS-Fuzz and its relatives ask for it: compiler and instrumentation come from CC and CFLAGS,
# the engine from LIB_FUZZING_ENGINE, sources are in SRC/aegis, objects go to WORK, and OUT gets for each target the
# executable, its corpus (NAME_seed_corpus.zip) and its dictionary. fuzz/oss-fuzz/try.sh runs it on this machine.
set -euo pipefail
: "${CC:?}" "${SRC:?}" "${WORK:?}" "${OUT:?}" "${LIB_FUZZING_ENGINE:?}"

tree=$SRC/aegis build=$WORK/aegis
targets=(calls efi_tree elf fdt image text x86_boot)

cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DAEGIS_HAL=null -DAEGIS_SANITIZE=fuzzer \
    -DAEGIS_FUZZING_ENGINE="$LIB_FUZZING_ENGINE"
cmake --build "$build" --target "${targets[@]/#/fuzz_}"
for target in "${targets[@]}"; do
    cp "$build/fuzz/fuzz_$target" "$OUT/"
    (cd "$tree/fuzz/corpus/$target" && zip -q -r "$OUT/fuzz_${target}_seed_corpus.zip" .)
    if [[ -f $tree/fuzz/$target.dict ]]; then
        cp "$tree/fuzz/$target.dict" "$OUT/fuzz_$target.dict"
    fi
done
# Lists of moves are dear to run and cheap to extend.
printf '[libfuzzer]\nmax_len = 1601\ntimeout = 30\n' >"$OUT/fuzz_calls.options"
