#!/bin/sh
# Changes a file that could lock out its administrator, and takes the change back unless it is confirmed.
# Written by Millwright; changes here are overwritten.
#
#   guard try sshd FILE SECONDS       judge FILE.new, put it in FILE's place, load it, and start the clock
#   guard try nftables FILE SECONDS
#   guard try pam FILE SECONDS
#   guard confirm KIND                keep it: somebody came in through it
#   guard restore [KIND]              take it back (the clock runs out, or the host boots unconfirmed)
set -eu

pending=${GUARD_PENDING:-/var/lib/millwright/guard}

judge() { # KIND FILE: refuse what its own program refuses
    case $1 in
    sshd) sshd -t -f "$2" ;;
    nftables) nft -c -f "$2" ;;
    pam) grep -qE '^(@include|-?account)[[:space:]]' "$2" ;; # libpam has no judge of its own
    *) echo "guard: no kind of file: $1" >&2 && exit 64 ;;
    esac
}

load() { # KIND FILE: let all files together count now; sessions stay
    case $1 in
    sshd) sshd -t && reload_sshd ;;
    pam) ;; # read at the next login
    nftables)
        if [ -e "$2" ]; then
            nft -f "$2" && nft -s list table inet millwright >"$2.loaded"
        else
            nft delete table inet millwright 2>/dev/null || true
        fi
        ;;
    esac
}

reload_sshd() { # Debian calls its unit ssh, others sshd; one that does not run reads its files when it starts
    for unit in ssh.service sshd.service; do
        if systemctl is-active --quiet "$unit"; then
            systemctl reload "$unit"
            return
        fi
    done
}

put_back() { # KIND
    file=$(cat "$pending/$1/file")
    if [ -e "$pending/$1/old" ]; then
        cp -p "$pending/$1/old" "$file.old" && mv "$file.old" "$file"
    else
        rm -f "$file"
    fi
    load "$1" "$file" || echo "guard: the old $file could not be loaded" >&2
    rm -rf "${pending:?}/$1"
    logger -t millwright-guard "$file was not confirmed: the old one is back" || true
}

try() { # KIND FILE SECONDS
    judge "$1" "$2.new"
    if [ -e "$pending/$1/file" ]; then put_back "$1"; fi # an earlier try that nobody confirmed
    mkdir -p -m 0700 "$pending" "$pending/$1.new"
    rm -f "$pending/$1.new/old"
    if [ -e "$2" ]; then cp -p "$2" "$pending/$1.new/old"; fi
    printf '%s\n' "$2" >"$pending/$1.new/file"
    mv "$pending/$1.new" "$pending/$1" # from here on a restore knows all it needs
    stop_clock "$1"
    systemd-run --quiet --collect --unit="millwright-guard-$1" --on-active="$3" \
        --timer-property=AccuracySec=1s "$0" restore "$1"
    mv "$2.new" "$2"
    if ! load "$1" "$2"; then
        put_back "$1"
        stop_clock "$1"
        exit 1
    fi
}

stop_clock() { systemctl stop "millwright-guard-$1.timer" 2>/dev/null || true; }

confirm() { # KIND
    if [ ! -e "$pending/$1/file" ]; then
        echo "guard: no change of $1 waits: it was taken back" >&2
        exit 1
    fi
    rm -rf "${pending:?}/$1"
    stop_clock "$1"
}

restore() { # [KIND]
    for kind in ${1:-sshd nftables pam}; do
        if [ -e "$pending/$kind/file" ]; then put_back "$kind"; fi
    done
}

mkdir -p -m 0700 "$pending"
exec 9>"$pending/.lock"
flock -w 30 9
verb=$1
shift
case $verb in
try | confirm | restore) "$verb" "$@" ;;
*) echo "guard: no verb: $verb" >&2 && exit 64 ;;
esac
