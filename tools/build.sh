# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Configuring and building one build directory. Sourced after lib.sh; everything it prints goes to stderr.

# check_preset HAL PRESET: a kernel without an operating system has no sanitizer's run-time library below it.
check_preset() {
    [[ $1 != metal || $2 =~ ^(plain|clang|debug)$ ]] ||
        die "$EX_USAGE" "preset $2 needs a process around the kernel; --hal=metal has plain, clang and debug"
    [[ $1 == null || $2 != mcdc ]] || die "$EX_USAGE" "preset mcdc measures the unit tests; add --hal=null"
}

# groups_of HAL ISA PRESET: the package groups that a build directory needs, its tests apart.
groups_of() {
    local groups=build
    [[ $1 == sim ]] && groups+=" sim"
    [[ $1 == null ]] || groups+=" $2"
    case $3 in
    clang | fuzz) groups+=" clang" ;;
    esac
    echo "$groups"
}

# configure_tree HAL ISA PROFILE PRESET: make build/NAME ready for ninja. AEGIS_TESTS=OFF, as ./aegis-sim sets it, leaves
# out the tests and what only they need, unless they are configured already.
configure_tree() {
    local hal=$1 isa=$2 profile=$3 preset=$4 tests=${AEGIS_TESTS:-ON} name dir log
    name=$(build_name "$hal" "$isa" "$profile" "$preset")
    dir=$AEGIS_ROOT/build/$name
    # A tree that was moved or copied starts afresh: CMake refuses to reuse a cache of another place.
    if [[ -e $dir/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$AEGIS_ROOT" "$dir/CMakeCache.txt"; then
        rm -rf "$dir"
    fi
    log=$dir/configure.log
    # Packages that came or went since may be libraries that were looked for.
    if [[ -e $dir/build.ninja && ! /var/lib/dpkg/status -nt $log ]] &&
        { [[ $tests == OFF ]] || grep -qx AEGIS_TESTS:BOOL=ON "$dir/CMakeCache.txt"; }; then
        return
    fi
    grep -qsx AEGIS_TESTS:BOOL=ON "$dir/CMakeCache.txt" && tests=ON
    mkdir -p "$dir"
    [[ $preset == plain ]] && preset=$hal || preset=$hal-$preset
    # CMake's report matters only when something is wrong.
    if ! (cd "$AEGIS_ROOT" && cmake --preset "$preset" -B "$dir" -DAEGIS_ISA="$isa" -DAEGIS_PROFILE="$profile" \
        -DAEGIS_DEPS="${AEGIS_DEPS:-$AEGIS_ROOT/build/deps}" -DAEGIS_TESTS="$tests") >"$log" 2>&1; then
        say "configuring build/$name failed:"
        grep -vE '^-- ' "$log" >&2
        return 1
    fi
}

# build_tree HAL ISA PROFILE PRESET [TARGET...]: configure if needed and build. One at a time in each directory.
build_tree() {
    local hal=$1 isa=$2 profile=$3 preset=$4 name dir
    shift 4
    name=$(build_name "$hal" "$isa" "$profile" "$preset")
    dir=$AEGIS_ROOT/build/$name
    mkdir -p "$dir"
    (
        flock 9
        configure_tree "$hal" "$isa" "$profile" "$preset" &&
            quietly "building build/$name" "$dir/build.log" ninja -C "$dir" "$@"
    ) 9>"$dir/.lock"
}

# build_if_stale HAL ISA PROFILE PRESET TARGET: the same, unless no source file or folder is newer (ctime, so moved and
# copied files count too) than the last time.
build_if_stale() {
    local stamp
    stamp=$AEGIS_ROOT/build/$(build_name "$1" "$2" "$3" "$4")/$5.stamp
    [[ -e $stamp && -z $(cd "$AEGIS_ROOT" && find CMakeLists.txt CMakePresets.json cmake core hal-* user tools \
        -cnewer "$stamp" -print -quit) ]] && return
    mkdir -p "${stamp%/*}"
    : >"$stamp.$$" # before the build: an edit during it makes the next start look again
    build_tree "$@" || { rm -f "$stamp.$$"; return 1; }
    mv "$stamp.$$" "$stamp"
}
