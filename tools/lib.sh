# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# What the launchers and the scripts of tools/ share. Sourced with AEGIS_ROOT set to the top of the tree.

AEGIS_ISAS=(x86_64 aarch64 riscv64)
AEGIS_PROFILES=(full safety)
AEGIS_PRESETS=(plain asan tsan coverage mcdc fuzz clang debug)

# Exit codes (sysexits).
EX_USAGE=64
EX_UNAVAILABLE=69

# Everything a launcher says goes to stderr: stdout belongs to the machine.
say() { printf 'aegis: %s\n' "$*" >&2; }

# die CODE MESSAGE: one line saying what, where and what to do.
die() {
    local code=$1
    shift
    say "$*"
    exit "$code"
}

# nearest WORD CANDIDATE...: the candidate within a third of the word's length in edits, if any.
nearest() {
    local word=$1
    shift
    printf '%s\n' "$@" | awk -v w="$word" '
        function distance(a, b,    i, j, c, d, m, n) {
            m = length(a); n = length(b)
            for (i = 0; i <= m; i++) d[i, 0] = i
            for (j = 0; j <= n; j++) d[0, j] = j
            for (i = 1; i <= m; i++)
                for (j = 1; j <= n; j++) {
                    c = d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1))
                    if (d[i - 1, j] + 1 < c) c = d[i - 1, j] + 1
                    if (d[i, j - 1] + 1 < c) c = d[i, j - 1] + 1
                    if (i > 1 && j > 1 && substr(a, i - 1, 2) == substr(b, j, 1) substr(b, j - 1, 1) &&
                        d[i - 2, j - 2] + 1 < c) c = d[i - 2, j - 2] + 1 # two letters swapped
                    d[i, j] = c
                }
            return d[m, n]
        }
        {
            x = (length($0) > 2 && index(w, $0) == 1) || (length(w) > 1 && index($0, w) == 1) ? 1 : distance(w, $0)
            if (best == "" || x < least) { best = $0; least = x }
        }
        END { if (best != "" && least * 3 <= length(w) + 2) print best }'
}

# unknown KIND WORD CANDIDATE...: refuse a word nobody knows, with the one that was probably meant.
unknown() {
    local kind=$1 word=$2 guess
    shift 2
    guess=$(nearest "$word" "$@")
    die "$EX_USAGE" "unknown $kind '$word'${guess:+; did you mean $guess?} (known: $*)"
}

# check_choice KIND WORD CANDIDATE...: the same, but only if it is not among them.
check_choice() {
    local kind=$1 word=$2 candidate
    shift 2
    for candidate; do
        [[ $candidate == "$word" ]] && return
    done
    unknown "$kind" "$word" "$@"
}

# The host's own ISA where Aegis runs it, else x86_64.
AEGIS_DEFAULT_ARCH=x86_64
[[ " ${AEGIS_ISAS[*]} " == *" $HOSTTYPE "* ]] && AEGIS_DEFAULT_ARCH=$HOSTTYPE

# build_name HAL ISA PROFILE PRESET: the name of the build directory under build/.
build_name() {
    local name=$1
    [[ $1 == null ]] || name+=-$2
    name+=-$3
    [[ $4 == plain ]] || name+=-$4
    echo "$name"
}

# json_string TEXT: a JSON string.
json_string() {
    local s=${1//\\/\\\\}
    s=${s//\"/\\\"}
    s=${s//$'\n'/\\n}
    printf '"%s"' "${s//$'\t'/\\t}"
}

# What most commands accept. common_option "$@": if $1 is one of these options, set its variable and `used`, the number of
# words it took; else fail.
hal=sim arch=$AEGIS_DEFAULT_ARCH profile=full preset=plain install=() used=0
COMMON_OPTIONS='arch|profile|preset|yes|offline'
common_option() {
    local name value
    [[ $1 =~ ^--?($COMMON_OPTIONS)(=(.*))?$ ]] || return 1
    name=${BASH_REMATCH[1]} value=${BASH_REMATCH[3]} used=1
    case $name in
    yes | offline)
        [[ ${BASH_REMATCH[2]} ]] && die "$EX_USAGE" "option --$name takes no value"
        install=("--$name")
        return
        ;;
    esac
    if [[ -z ${BASH_REMATCH[2]} ]]; then
        (($# > 1)) || die "$EX_USAGE" "option --$name needs a value"
        value=$2 used=2
    fi
    case $name in
    arch) check_choice ISA "$value" "${AEGIS_ISAS[@]}" ; arch=$value ;;
    profile) check_choice profile "$value" "${AEGIS_PROFILES[@]}"; profile=$value ;;
    preset) check_choice preset "$value" "${AEGIS_PRESETS[@]}"; preset=$value ;;
    hal) check_choice HAL "$value" sim null metal; hal=$value ;;
    esac
}

# sim_binary ISA PROFILE PRESET: path of the executable.
sim_binary() {
    local binary
    binary=$AEGIS_ROOT/build/$(build_name sim "$@")/sim/aegis-sim-$1
    [[ $2 == full ]] || binary+=-$2
    echo "$binary"
}

# help_of SCRIPT: the comment block below its licence line is its help; print it and end.
help_of() {
    awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$1"
    exit 0
}

# quietly LABEL LOG COMMAND...: on a terminal run it with its own progress; elsewhere one line, and from the log what failed.
quietly() {
    local label=$1 log=$2 start=$SECONDS
    shift 2
    if [[ -t 2 ]]; then
        "$@" >&2
        return
    fi
    if ! "$@" >"$log" 2>&1; then
        say "$label failed:"
        # Of a build only what failed, of anything else the end.
        if grep -q '^FAILED:' "$log" && ! grep -q '^CMake Error' "$log"; then
            awk '/^FAILED:/ { show = 1 } /^\[[0-9]+\/[0-9]+\]/ { show = 0 } show' "$log" | head -n 80 >&2
        else
            tail -n 60 "$log" >&2
        fi
        return 1
    fi
    say "$label: $((SECONDS - start)) s"
}
