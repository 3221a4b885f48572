# shellcheck shell=bash
# lib.sh - what the scripts of this folder share. Sourced, never run.
#
# Everything happens in one temporary folder, $T, which is removed at the end:
#
#   $T/pg     a private copy of the PostgreSQL installation. PostgreSQL finds its
#             files relative to its own programs, so that "make install" with the
#             copy's pg_config changes nothing on the system and needs no root
#   $T/src    a copy of the checkout; built and tested there
#   $T/data   the cluster of the private server
#   $T/run    its socket; there is no TCP port
#   $T/tmp    TMPDIR of everything that runs
#   $T/log    one log per step
#
# A script calls, in this order: require, workspace, private_environment,
# private_postgres, build, start_server. Then as_user runs a command, follow runs
# one whose output is watched, quietly makes a step of it.
# Root may not run a server: as root all of it runs as an unprivileged user.

set -euo pipefail

CHECKOUT=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
SUPPORTED="18 17 16 15"     # newest first
DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
T=                          # the temporary folder
CONFIG=                     # pg_config of the installation in use
JOB=                        # process group of what follow runs
KEEP=                       # not empty: leave folder and server at the end
INSTALLING=                 # not empty: log of an apt-get at work
LEFTOVER=                   # not empty: another folder to remove at the end
SUDO=                       # what makes a command run as root
MIRROR=                     # the Debian mirror that apt uses here
RUN_AS=                     # the unprivileged user, when we are root
STEP=0 STEPS=0 STEP_START=0 NEXT_PROGRESS=0
STEP_LOUD=1                 # not empty: the cursor is at the start of a line

# ---------------------------------------------------------------- talking

say() { printf '%s\n' "$*"; }

die() {
    if [ -z "$STEP_LOUD" ]; then echo >&2; fi
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The comment block on top of a script is its manual.
manual() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }

# usage_error MESSAGE: for a wrong option or argument.
usage_error() {
    printf '%s: %s\n\n' "${0##*/}" "$1" >&2
    manual | sed -n '/^Usage:/,/^$/p' >&2
    exit 2
}

# step TITLE opens a numbered step, end_step closes it with its time.
step() {
    STEP=$((STEP + 1)) STEP_START=$SECONDS STEP_LOUD='' NEXT_PROGRESS=$((SECONDS + 10))
    printf '[%d/%d] %s ...' "$STEP" "$STEPS" "$1"
}

end_step() {
    printf '%s %d s\n' "${STEP_LOUD:+     }" $((SECONDS - STEP_START))
    STEP_LOUD=1
}

# loud: the rest of this step comes on lines of its own.
loud() {
    if [ -z "$STEP_LOUD" ]; then echo; fi
    STEP_LOUD=1
}

# Line handlers for follow: one shows, every ten seconds, where a long step has
# got to; the others show everything, and nothing.
show_progress() {
    if [ "$SECONDS" -lt "$NEXT_PROGRESS" ]; then return; fi
    NEXT_PROGRESS=$((SECONDS + 10))
    loud
    printf '      %3d s: %.64s\n' $((SECONDS - STEP_START)) "$1"
}

show_line() { say "$1"; }

show_nothing() { :; }

# failed_step LOG: shows the end of the log and stops.
failed_step() {
    say ' FAILED'
    STEP_LOUD=1
    tail -n 40 "$1" >&2
    die "step $STEP failed; the end of its log stands above"
}

# ---------------------------------------------------------------- what is needed

# usable BINDIR: is this a whole server with its headers?
usable() {
    [ -x "$1/pg_config" ] && [ -x "$1/postgres" ] && [ -x "$1/initdb" ] && has_headers "$1/pg_config"
}

has_headers() {
    [ -e "$("$1" --pgxs)" ] && [ -e "$("$1" --includedir-server)/postgres.h" ]
}

major_of() { "$1" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; }

# Sets CONFIG to the pg_config to use: $PG_CONFIG, else the newest complete one.
find_postgres() {
    local version
    CONFIG=
    if [ -n "${PG_CONFIG:-}" ]; then
        CONFIG=$(command -v "$PG_CONFIG") || die "PG_CONFIG=$PG_CONFIG is not a program"
        usable "$("$CONFIG" --bindir)" ||
            die "PG_CONFIG=$PG_CONFIG: the server, initdb or the server's headers are missing there"
        [ "$(major_of "$CONFIG")" -ge 15 ] ||
            die "PG_CONFIG=$PG_CONFIG: PostgreSQL 15 or newer is needed"
        return
    fi
    for version in $SUPPORTED; do
        if usable "/usr/lib/postgresql/$version/bin"; then
            CONFIG=/usr/lib/postgresql/$version/bin/pg_config
            return
        fi
    done
}

# on_offer PACKAGE: do the package sources have it?
on_offer() { [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [0-9] ]]; }

# Prints the packages of the version to install: that of a server which only lacks
# its headers, else the distribution's default, else the newest on offer.
server_packages() {
    local version default
    for version in $SUPPORTED; do
        if [ -x "/usr/lib/postgresql/$version/bin/postgres" ] && on_offer "postgresql-server-dev-$version"; then
            echo "postgresql-server-dev-$version"
            return
        fi
    done
    default=$(LC_ALL=C apt-cache depends postgresql 2>/dev/null |
        sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p')
    for version in $default $SUPPORTED; do
        case " $SUPPORTED " in *" $version "*) ;; *) continue ;; esac
        if on_offer "postgresql-$version"; then
            echo "postgresql-$version postgresql-server-dev-$version"
            return
        fi
    done
    echo "postgresql postgresql-server-dev-all"
}

# missing_for ROLE: prints the packages that a role lacks. Roles: build (compiler
# and make), server (PostgreSQL with headers), headers:N, psql, tap, clang, analysers,
# smith, source (what PostgreSQL is built with from Debian's package), debootstrap.
missing_for() {
    local tool
    case $1 in
    build)
        command -v gcc >/dev/null || echo gcc
        command -v make >/dev/null || echo make
        [ -e /usr/include/stdio.h ] || echo libc6-dev
        ;;
    server) [ -n "$CONFIG" ] || server_packages ;;
    headers:*)
        has_headers "/usr/lib/postgresql/${1#*:}/bin/pg_config" 2>/dev/null ||
            echo "postgresql-server-dev-${1#*:}"
        ;;
    psql) find_psql >/dev/null || echo postgresql-client ;;
    tap)
        command -v prove >/dev/null || echo perl
        perl -MIPC::Run -e 1 2>/dev/null || echo libipc-run-perl
        ;;
    clang) command -v clang >/dev/null || echo clang ;;
    analysers)
        command -v clang-tidy >/dev/null || echo clang-tidy
        command -v cppcheck >/dev/null || echo cppcheck
        ;;
    smith)
        command -v sqlsmith >/dev/null || echo sqlsmith
        perl -MJSON::PP -e 1 2>/dev/null || echo perl
        ;;
    source)
        for tool in bison flex bzip2 valgrind; do command -v "$tool" >/dev/null || echo "$tool"; done
        command -v dpkg-source >/dev/null || echo dpkg-dev
        [ -e /usr/include/zlib.h ] || echo zlib1g-dev
        [ -e "$DEBIAN_KEYRING" ] || echo debian-archive-keyring
        ;;
    debootstrap)
        command -v debootstrap >/dev/null || echo debootstrap
        [ -e "$DEBIAN_KEYRING" ] || echo debian-archive-keyring
        ;;
    esac
}

# missing ROLE...: sets MISSING to the packages to install.
missing() {
    local role
    find_postgres
    MISSING=$(for role in "$@"; do missing_for "$role"; done | tr '\n' ' ')
    MISSING=${MISSING% }
}

# Prints the newest psql here.
find_psql() {
    local version
    for version in $SUPPORTED; do
        if [ -x "/usr/lib/postgresql/$version/bin/psql" ]; then
            echo "/usr/lib/postgresql/$version/bin/psql"
            return
        fi
    done
    command -v psql
}

explain_missing() {
    loud
    printf '\nMissing here: %s\n' "$MISSING"
    if command -v apt-get >/dev/null; then
        printf 'The command that brings it, as root or with sudo in front of each apt-get:\n\n'
        printf '    apt-get update && apt-get install --no-install-recommends %s\n\n' "$MISSING"
    else
        printf 'Please install it with the package manager of this system: PostgreSQL 15 or\n'
        printf 'newer with its server headers, gcc, make, and for the tests Perl with IPC::Run.\n'
        printf 'Where needed name the pg_config: export PG_CONFIG=/path/to/pg_config\n\n'
    fi
}

explain_too_old() {
    loud
    printf '\nPostgreSQL 15 or newer is needed, and the package sources of this machine do not\n'
    printf 'have it. The PostgreSQL project keeps it for Debian and Ubuntu at\n'
    printf 'https://apt.postgresql.org; these two commands, as root, add that source:\n\n'
    printf '    apt-get install postgresql-common ca-certificates\n'
    printf '    /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh\n\n'
}

# Sets SUDO; fails where there is no way to become root.
find_root() {
    SUDO=
    if [ "$(id -u)" = 0 ]; then return 0; fi
    command -v sudo >/dev/null || return 1
    SUDO=sudo
    if sudo -n true 2>/dev/null; then return 0; fi
    [ -t 0 ] || return 1
    loud
    say "      sudo will ask for your password, to $1"
    sudo -v
}

# require ROLE...: installs what is missing, or says what that is and stops.
require() {
    missing "$@"
    if [ -z "$MISSING" ]; then return; fi
    if ! command -v apt-get >/dev/null; then
        explain_missing >&2
        die "there is no apt-get here to install it"
    fi
    if ! find_root "install $MISSING"; then
        explain_missing >&2
        die "this needs root, or a user with sudo"
    fi
    install_missing "$@"
    missing "$@"
    if [ -n "$MISSING" ]; then
        explain_missing >&2
        die "still missing after the installation"
    fi
}

install_missing() {
    INSTALLING=$(mktemp)
    loud
    say '      reading the package lists'
    follow show_progress "$INSTALLING" apt update || failed_installation
    missing "$@"
    case " $MISSING " in *" postgresql "*)
        explain_too_old >&2
        die "no PostgreSQL 15 or newer on offer"
        ;;
    esac
    say "      installing $MISSING"
    # shellcheck disable=SC2086
    follow show_progress "$INSTALLING" install_packages $MISSING || failed_installation
    rm -f "$INSTALLING"
    INSTALLING=
}

failed_installation() {
    tail -n 20 "$INSTALLING" >&2
    explain_missing >&2
    die "apt-get failed; the end of its output stands above"
}

apt() { $SUDO env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y "$@"; }

# The server's package would create and start a cluster of its own, unless told
# not to; the note must lie there before the package comes.
install_packages() {
    local note=/etc/postgresql-common/createcluster.d/engagement.conf status=0
    $SUDO mkdir -p "${note%/*}"
    echo 'create_main_cluster = false' | $SUDO tee "$note" >/dev/null
    apt install --no-install-recommends "$@" || status=$?
    $SUDO rm -f "$note"
    $SUDO rmdir --ignore-fail-on-non-empty "${note%/*}"
    return "$status"
}

# Prints the Debian mirror that apt uses here.
debian_mirror() {
    local uri
    # shellcheck disable=SC2016
    uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p)
    printf '%s' "${uri%/}"
}

# Sets MIRROR; asks for the package lists where there are none.
find_mirror() {
    MIRROR=$(debian_mirror)
    if [ -z "$MIRROR" ]; then
        follow show_progress "$T/log/update" apt update || failed_step "$T/log/update"
        MIRROR=$(debian_mirror)
    fi
    [ -n "$MIRROR" ] || die "this needs a Debian machine: apt here has no source of Debian packages"
}

# ---------------------------------------------------------------- running

# Who runs everything: ourselves, or as root somebody harmless.
find_user() {
    RUN_AS=
    if [ "$(id -u)" != 0 ]; then return; fi
    for RUN_AS in postgres nobody; do
        if id "$RUN_AS" >/dev/null 2>&1; then return; fi
    done
    die "root may not run a server, and there is no user postgres or nobody"
}

# as_user COMMAND...
as_user() {
    if [ -z "$RUN_AS" ]; then
        "$@"
    elif command -v setpriv >/dev/null; then
        setpriv --reuid="$RUN_AS" --regid="$(id -g "$RUN_AS")" --init-groups -- "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$RUN_AS" -- "$@"
    else
        # shellcheck disable=SC2016
        su -s /bin/sh "$RUN_AS" -c 'exec "$@"' -- sh "$@"
    fi
}

# follow HANDLER LOG COMMAND...: runs the command, a function too, in a process
# group of its own; its output goes to LOG, and each line of it to HANDLER as it
# comes. Returns the command's status.
follow() {
    local handler=$1 log=$2 status=0 running=1
    shift 2
    : >"$log"
    set -m
    "$@" >"$log" 2>&1 </dev/null &
    JOB=$!
    set +m
    exec 9<"$log"
    REST=
    while [ -n "$running" ]; do
        sleep 0.2
        kill -0 "$JOB" 2>/dev/null || running=
        hand_lines_to "$handler"
    done
    exec 9<&-
    wait "$JOB" || status=$?
    JOB=
    return "$status"
}

# hand_lines_to HANDLER: the whole lines that have come since; REST keeps a part.
hand_lines_to() {
    local line
    while IFS= read -r line <&9; do
        "$1" "$REST$line"
        REST=
    done
    REST+=$line
}

# quietly TITLE COMMAND...: a step that shows no more than its progress.
quietly() {
    local title=$1 log
    shift
    step "$title"
    log=$T/log/$STEP
    follow show_progress "$log" "$@" || failed_step "$log"
    end_step
}

# ---------------------------------------------------------------- counting

PASSED=0 FAILED=0 SKIPPED=0

passed() { PASSED=$((PASSED + 1)); printf '  ok       %s\n' "$1"; }
failed() { FAILED=$((FAILED + 1)); printf '  FAILED   %s\n' "$1"; }
skipped() { SKIPPED=$((SKIPPED + 1)); printf '  skipped  %s\n' "$1"; }

# count_run LOG COMMAND...: runs one of these scripts, shows its output and adds the
# counts of its last line to ours. A run without such a line is one failure.
count_run() {
    local log=$1 line counts='^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$'
    shift
    follow show_line "$log" "$@" || true
    line=$(tail -n 1 "$log")
    if [[ $line =~ $counts ]]; then
        PASSED=$((PASSED + BASH_REMATCH[1]))
        FAILED=$((FAILED + BASH_REMATCH[2]))
        SKIPPED=$((SKIPPED + ${BASH_REMATCH[4]:-0}))
    else
        FAILED=$((FAILED + 1))
    fi
}

# data_folder: prints the folder of public data sets for the tests, if there is one.
data_folder() {
    if [ -e "${ENGAGEMENT_DATA:-}/load.sh" ]; then readlink -f "$ENGAGEMENT_DATA"; fi
}

# ---------------------------------------------------------------- cleaning up

trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

clean_up() {
    local status=$?
    set +e
    trap '' HUP INT TERM
    if [ -n "$INSTALLING" ]; then finish_installing; fi
    if [ -n "$T" ] && [ -z "$KEEP" ]; then SEGMENTS=$(segments); fi
    if [ -n "$JOB" ]; then stop_job; fi
    if [ -n "$T" ] && [ -z "$KEEP" ]; then
        stop_programs
        remove_segments
        rm -rf "$T"
    fi
    if [ -n "$LEFTOVER" ]; then rm -rf "$LEFTOVER"; fi
    exit "$status"
}

# An interrupted apt-get would leave the machine's packages broken.
finish_installing() {
    if [ -n "$JOB" ]; then
        printf '\nwaiting for apt-get, which must not be interrupted\n' >&2
        wait "$JOB" || true
        JOB=
    fi
    rm -f "$INSTALLING"
}

# stop_job: ends the process group of the step at work.
stop_job() {
    kill -TERM -- "-$JOB" 2>/dev/null || return 0
    for _ in {1..150}; do
        kill -0 -- "-$JOB" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL -- "-$JOB" 2>/dev/null || true
}

# Prints the ids of the processes that run a program of the folder.
programs() {
    find /proc/[0-9]* -maxdepth 1 -name exe -lname "$T/*" 2>/dev/null | cut -d/ -f3
}

# Prints the shared memory that these processes hold, as "file PATH" or "id NUMBER":
# an interrupted initdb leaves it behind.
segments() {
    local id
    for id in $(programs); do
        awk '$6 ~ "^/dev/shm/PostgreSQL" { print "file", $6 } $6 ~ "^/SYSV" { print "id", $5 }' \
            "/proc/$id/maps" 2>/dev/null
    done | sort -u
}

remove_segments() {
    local kind name
    while read -r kind name; do
        case $kind in
        file) rm -f "$name" ;;
        id) ipcrm -m "$name" 2>/dev/null ;;
        esac
    done <<<"$SEGMENTS"
}

# stop_programs: QUIT is how a PostgreSQL server stops at once.
stop_programs() {
    local signal ids
    for signal in QUIT KILL; do
        for _ in {1..50}; do
            ids=$(programs || true)
            if [ -z "$ids" ]; then return 0; fi
            # shellcheck disable=SC2086
            kill "-$signal" $ids 2>/dev/null || true
            sleep 0.1
        done
    done
}

# ---------------------------------------------------------------- the folder

# The folder's name must be short (the path of a socket has at most 107 bytes),
# without blanks (for make), and within reach of the unprivileged user.
workspace() {
    local base
    find_user
    for base in "${TMPDIR:-/tmp}" /tmp; do
        case $base in *[[:space:]]*) continue ;; esac
        if [ "${#base}" -gt 50 ] || ! [ -w "$base" ]; then continue; fi
        T=$(mktemp -d "$base/engagement.XXXXXX")
        if [ -n "$RUN_AS" ]; then chown "$RUN_AS:$(id -g "$RUN_AS")" "$T"; fi
        if as_user test -w "$T/."; then break; fi
        rmdir "$T"
        T=
    done
    [ -n "$T" ] || die "no place for temporary files; set TMPDIR to a short path without blanks"
    as_user mkdir -m 700 "$T/src" "$T/pg" "$T/run" "$T/tmp" "$T/log"
    cd "$T"
    copy_checkout "$T/src"
}

# copy_checkout DIR: the tree without its history and without products of a build.
copy_checkout() {
    tar -C "$CHECKOUT" --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
        --exclude=./tmp_check --exclude=./results -cf - . | as_user tar -C "$1" --no-same-owner -xf -
}

# Keeps settings of the caller away from the private server, psql and make.
private_environment() {
    local name
    for name in ${!PG@} MAKEFLAGS MFLAGS MAKELEVEL; do unset "$name"; done
    # Both: PostgreSQL's Perl modules take LC_ALL away.
    export HOME=$T TMPDIR=$T/tmp LANG=C.UTF-8 LC_ALL=C.UTF-8
    export PGHOST=$T/run PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
}

# copy_tree DIR [TAR OPTION...]: to the same place below $T/pg.
copy_tree() {
    local dir=$1
    shift
    as_user mkdir -p "$T/pg$dir"
    tar -C "$dir" "$@" -cf - . | as_user tar -C "$T/pg$dir" --no-same-owner -xf -
}

# link_tree DIR: the same for what is only read.
link_tree() {
    if [ -e "$T/pg$1" ] || ! [ -e "$1" ]; then return 0; fi
    as_user mkdir -p "$T/pg${1%/*}"
    as_user ln -s "$1" "$T/pg$1"
}

# Makes the private copy of the installation that CONFIG belongs to.
private_postgres() {
    local dir
    copy_tree "$("$CONFIG" --bindir)"
    copy_tree "$("$CONFIG" --pkglibdir)" --exclude=./bitcode
    copy_tree "$("$CONFIG" --sharedir)"
    for dir in --includedir --pkgincludedir --includedir-server --libdir; do
        link_tree "$("$CONFIG" "$dir")"
    done
    dir=$T/pg$("$CONFIG" --bindir)
    case $(as_user "$dir/pg_config" --sharedir) in
    "$T"/*) ;;
    *) die "a copy of ${dir#"$T/pg"} does not work in $T (mounted noexec? then set TMPDIR)" ;;
    esac
    export PATH=$dir:$PATH PG_CONFIG=$dir/pg_config
}

processors() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1; }

# compile [MAKE ARGUMENT...]: builds $T/src afresh.
# with_llvm=no: the bitcode for JIT would double the time and is not used here.
compile() {
    as_user make -s -C "$T/src" with_llvm=no "$@" clean &&
        as_user make -s -C "$T/src" -j"$(processors)" with_llvm=no "$@" all
}

# build: the same, and installs it into the private copy.
build() { compile PG_CONFIG="$PG_CONFIG" && as_user make -s -C "$T/src" with_llvm=no install; }

# start_server: a cluster and its server, on a Unix socket only.
start_server() {
    as_user initdb -D "$T/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
        server_settings | as_user tee -a "$T/data/postgresql.conf" &&
        as_user pg_ctl -D "$T/data" -l "$T/log/server" -w start
}

server_settings() {
    printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$T/run'" \
        "unix_socket_permissions = 0700" "fsync = off" "jit = off" "timezone = 'UTC'"
}

# psql_as_user [ARGUMENT...]: stops at the first error.
psql_as_user() { as_user psql -X -q -v ON_ERROR_STOP=1 "$@"; }
