#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the Debian packages that groups of tools/packages.tbl name, as far as they are missing. Where Debian's own are
# too old or absent (Debian 12: Unicorn, CBMC; the table says "NAME >= VERSION"), the next release's are unpacked into
# build/deps instead: apt verifies them with the distribution's archive keyring, and nothing outside build/ changes.
set -euo pipefail
AEGIS_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$AEGIS_ROOT/tools/lib.sh"
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

usage() {
    cat <<'TXT'
usage: tools/deps.sh [--yes] [--offline] [--list] GROUP...

Installs what is missing of the package groups of tools/packages.tbl ("all": every group).
  --yes      do not ask (the same when standard input is no terminal)
  --offline  change nothing: report what is missing, status 69
  --list     print the packages of the groups, one a line, and whether they are there
Exit status: 0 everything is there, 64 usage, 69 missing and not installed.
TXT
}

yes=false offline=false list=false
groups=()
while (($#)); do
    case $1 in
    --yes) yes=true ;;
    --offline) offline=true ;;
    --list) list=true ;;
    -h | --help) usage; exit 0 ;;
    -*) unknown option "$1" --yes --offline --list --help ;;
    *) groups+=("$1") ;;
    esac
    shift
done
((${#groups[@]})) || { usage >&2; exit "$EX_USAGE"; }

table() { sed -E '/^(#|$)/d; s/ *\| */|/g' "$AEGIS_ROOT/tools/packages.tbl"; }
mapfile -t known < <(table | cut -d'|' -f1 | uniq)
[[ " ${groups[*]} " == *" all "* ]] && groups=("${known[@]}")
for group in "${groups[@]}"; do
    check_choice "package group" "$group" "${known[@]}"
done

# The host: Debian 12 or newer (testing has no number). AEGIS_OS_RELEASE stands in for another host in tests.
read_host() {
    local ID='' VERSION_ID='' VERSION_CODENAME='' PRETTY_NAME='' file=${AEGIS_OS_RELEASE:-/etc/os-release}
    # shellcheck disable=SC1090
    [[ -r $file ]] && . "$file"
    host_name=${PRETTY_NAME:-an unknown system}
    host_codename=$VERSION_CODENAME
    host_release=${VERSION_ID:-99}
    [[ $ID == debian && ${host_release%%.*} -ge 12 ]]
}
read_host || die "$EX_UNAVAILABLE" "this host is $host_name; packages are installed on Debian 12 or newer only." \
    "Use a container instead: docker build -t aegis . && docker run -it --rm aegis (see Dockerfile)."

# ---- packages of the next release, unpacked privately --------------------------------------------------------------

deps=${AEGIS_DEPS:-$AEGIS_ROOT/build/deps}
is_private() { [[ $1 == *' >= '* ]] && ((host_release < 13)); }

# private_of PACKAGE: what to fetch for it, where it is unpacked, which file must come out of it, what its stamp is. CBMC
# needs a newer C library than the host's, so it has a folder of its own and is started by that library's loader.
private_of() {
    case $1 in
    libunicorn-dev) fetch=(libunicorn2t64 libunicorn-dev) folder=$deps probe='usr/lib/*/libunicorn.so' stamp=$deps/unicorn.stamp ;;
    cbmc) fetch=(cbmc minisat libc6 libstdc++6 libgcc-s1 zlib1g) folder=$deps/cbmc probe=usr/bin/cbmc stamp=$folder/stamp ;;
    *) die "$EX_UNAVAILABLE" "tools/deps.sh does not know how to unpack $1; see private_of() there." ;;
    esac
}

# The stamp is written last and names the probed file; what went away is fetched again.
private_present() {
    private_of "$1"
    [[ -s $stamp && -e $folder/$(head -n 1 "$stamp") ]]
}

# The system's mirror: the address from which apt itself takes the distribution.
system_mirror() {
    apt-get --print-uris update 2>/dev/null | sed -nE "s|^'(.*)/dists/$host_codename/InRelease'.*|\1|p" | head -n 1
}

# Own lists and caches in $1, so the system's are not touched; no indexes but Packages.
write_apt_state() {
    local state=$1 mirror=$2 next=$3 keyring='' file
    for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
        [[ -r $file ]] && keyring=$file && break
    done
    [[ $keyring ]] || die "$EX_UNAVAILABLE" "no Debian archive keyring: install debian-archive-keyring."
    rm -rf "$state"
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$next" >"$state/sources.list"
    cat >"$state/apt.conf" <<CONF
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$state/lists";
Dir::Cache "$state/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "3";
APT::Sandbox::User "root";
CONF
}

# Download and unpack the packages that stand for $2, with the apt state in $1.
fetch_private() {
    local state=$1 package=$2 found file
    private_of "$package"
    mkdir -p "$state/debs/$package" "$folder"
    cd "$state/debs/$package"
    apt-get -qq download "${fetch[@]}" >&2 || die "$EX_UNAVAILABLE" "fetching ${fetch[*]} failed; see above."
    for file in *.deb; do
        dpkg -x "$file" "$folder"
    done
    found=$(cd "$folder" && compgen -G "$probe" | head -n 1) || true
    [[ $found && -e $folder/$found ]] || die "$EX_UNAVAILABLE" "the fetched packages hold no $probe"
    { echo "$found"; ls; } >"$stamp.new"
    mv "$stamp.new" "$stamp"
}

fetch_all_private() {
    local next=trixie mirror state=$deps/apt package
    mirror=$(system_mirror)
    [[ $mirror ]] || die "$EX_UNAVAILABLE" "apt's sources name no mirror for $host_codename; cannot fetch: $*."
    write_apt_state "$state" "$mirror" "$next"
    export APT_CONFIG=$state/apt.conf
    say "fetching $* of Debian's $next from $mirror into build/deps (6 MB for libunicorn-dev, 26 MB for cbmc, and 10 MB of" \
        "package index)"
    apt-get -qq update >&2 || die "$EX_UNAVAILABLE" "reading the index of $mirror failed; see above."
    for package; do
        (fetch_private "$state" "$package")
    done
    rm -rf "$state"
}

# ---- packages ------------------------------------------------------------------------------------------------------

status=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null)
installed() { [[ $'\n'$status$'\n' == *$'\n'"installed $1"$'\n'* ]]; }

packages=() private=()
while IFS='|' read -r group package _; do
    [[ " ${groups[*]} " == *" $group "* ]] || continue
    [[ $package == gcc-x86-64-linux-gnu && $(uname -m) == x86_64 ]] && package=gcc
    # Newer releases have RISC-V in a package of its own.
    [[ $package == qemu-system-misc ]] && apt-cache show qemu-system-riscv >/dev/null 2>&1 && package=qemu-system-riscv
    if is_private "$package"; then
        private+=("${package%% *}")
        continue
    fi
    package=${package%% *}
    [[ " ${packages[*]} " == *" $package "* ]] || packages+=("$package")
done < <(table)

missing=() to_fetch=()
for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
done
for package in "${private[@]}"; do
    private_present "$package" || to_fetch+=("$package")
done

if $list; then
    for package in "${packages[@]}"; do
        installed "$package" && echo "$package installed" || echo "$package missing"
    done
    for package in "${private[@]}"; do
        private_present "$package" && echo "$package $folder" || echo "$package missing"
    done
    exit 0
fi
((${#missing[@]} + ${#to_fetch[@]})) || exit 0

wanted="${missing[*]}"
((${#to_fetch[@]})) && wanted+="${wanted:+ }${to_fetch[*]} (unpacked into build/deps)"
$offline && die "$EX_UNAVAILABLE" "missing and --offline: $wanted. Run tools/deps.sh ${groups[*]} with a network first."

# plan: what apt would fetch, as "megabytes count"; fails when its lists do not know a package.
plan() {
    apt-get install -qq --no-install-recommends --print-uris "${missing[@]}" 2>/dev/null |
        awk '/^\x27/ { n++; bytes += $3 } END { printf "%.0f %d\n", bytes / 1e6, n }'
}

as_root=()
if ((${#missing[@]} && EUID != 0)); then
    command -v sudo >/dev/null || die "$EX_UNAVAILABLE" \
        "missing: $wanted. There is no sudo; as root: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
fi

say "needed and missing: $wanted"
if ((${#missing[@]})); then
    if figures=$(plan); then
        read -r megabytes count <<<"$figures"
        say "apt would fetch $count packages, $megabytes MB, from $(system_mirror)"
    else
        say "from $(system_mirror) after an update of apt's lists (the size is known then)"
    fi
fi
if ! $yes && [[ -t 0 && -t 2 ]]; then
    printf 'aegis: install them%s? [Y/n] ' "${as_root[*]:+ with sudo}" >&2
    read -r answer
    [[ ${answer,,} == y* || -z $answer ]] || die "$EX_UNAVAILABLE" "not installed."
fi

if ((${#missing[@]})); then
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    install() {
        quietly "apt-get install" "$log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "${missing[@]}"
    }
    # Lists that are absent or out of date are the usual reason for a failure: refresh them and try once more.
    if ! plan >/dev/null || ! install; then
        quietly "apt-get update" "$log" "${as_root[@]}" apt-get -q update || die "$EX_UNAVAILABLE" "not installed."
        figures=$(plan) && say "packages and megabytes to fetch: ${figures#* }, ${figures% *}"
        install || die "$EX_UNAVAILABLE" "not installed."
    fi
fi
if ((${#to_fetch[@]})); then
    (fetch_all_private "${to_fetch[@]}")
fi
