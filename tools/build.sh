# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Configuring and building one build directory. Sourced after lib.sh; everything it prints goes to stderr.

# groups_of HAL ISA PRESET: the package groups that a build directory needs.
groups_of() {
    local groups=build
    case $1 in
    sim) groups+=" sim $2" ;;
    null) groups+=" test" ;;
    esac
    case $3 in
    clang | fuzz) groups+=" clang" ;;
    esac
    echo "$groups"
}

# quietly LABEL LOG COMMAND...: on a terminal run it with its own progress; elsewhere one line, and the log if it fails.
quietly() {
    local label=$1 log=$2 start=$SECONDS
    shift 2
    if [[ -t 2 ]]; then
        "$@" >&2
        return
    fi
    if ! "$@" >"$log" 2>&1; then
        say "$label failed:"
        # Of ninja's log only what failed.
        awk '/^FAILED:/ { show = 1 } /^\[[0-9]+\/[0-9]+\]/ { show = 0 } show || /^ninja: error/' "$log" | head -n 80 >&2
        return 1
    fi
    say "$label: $((SECONDS - start)) s"
}

# configure_tree HAL ISA PROFILE PRESET [CMAKE-ARGUMENT...]: make build/NAME ready for ninja.
configure_tree() {
    local hal=$1 isa=$2 profile=$3 preset=$4 name dir log
    shift 4
    name=$(build_name "$hal" "$isa" "$profile" "$preset")
    dir=$AEGIS_ROOT/build/$name
    # A tree that was moved or copied starts afresh: CMake refuses to reuse a cache of another place.
    if [[ -e $dir/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$AEGIS_ROOT" "$dir/CMakeCache.txt"; then
        rm -rf "$dir"
    fi
    if [[ -e $dir/build.ninja ]] && (($# == 0)); then
        return
    fi
    mkdir -p "$dir"
    [[ $preset == plain ]] && preset=$hal || preset=$hal-$preset
    log=$dir/configure.log
    # CMake's report matters only when something is wrong.
    if ! (cd "$AEGIS_ROOT" && cmake --preset "$preset" -B "$dir" -DAEGIS_ISA="$isa" -DAEGIS_PROFILE="$profile" \
        -DAEGIS_DEPS="$AEGIS_ROOT/build/deps" "$@") >"$log" 2>&1; then
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
