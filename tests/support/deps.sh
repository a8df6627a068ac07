#!/bin/sh
# deps.sh GROUP...: installs the Debian packages of the groups build, check
# and lint that are missing. Says and does nothing when none is.
#
# As root it calls apt-get itself, else through sudo (without asking where
# there is no terminal), else it prints the line to type and fails. Services
# of installed packages are not started.
set -u

build='gcc libc6-dev make pkg-config libevent-dev libical-dev libsqlite3-dev
	libcurl4-openssl-dev libexpat1-dev libjansson-dev libssl-dev zlib1g-dev libicu-dev
	ca-certificates tzdata curl'
check='libcriterion-dev python3 python3-icalendar radicale'
lint='clang-tidy clang'
policy=/usr/sbin/policy-rc.d
mark='# planvax: no service starts while test packages are installed'

say() { echo "deps: $*" >&2; }

missing_of() {
	for p in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
		*' installed') ;;
		*) printf '%s ' "$p" ;;
		esac
	done
}

apt() {
	LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 -o Acquire::Retries=2 -o Acquire::http::Timeout=30 \
		-o APT::Update::Error-Mode=any "$@" </dev/null
}

# dpkg's lock is waited for by apt-get; those on lists and archives are waited for here.
told=
wait_told() {
	[ -n "$told" ] || say 'waiting for another apt-get or dpkg to end'
	told=yes
}

# retry COMMAND...: again while its $out names a lock; its status.
retry() {
	tries=0
	while ! "$@"; do
		case $out in
		*'Could not get lock'*) ;;
		*) return 1 ;;
		esac
		tries=$((tries + 1))
		[ "$tries" -lt 120 ] || return 1
		wait_told
		sleep 5
	done
}

update() { out=$(apt update 2>&1); }

# Packages are fetched first and quietly: a failed download of apt-get is told in thousands of lines.
fetch() {
	out=$({
		apt install -y --download-only --no-install-recommends "$@" 2>&1
		echo "status $?"
	} | while IFS= read -r l; do
		case $l in 'Waiting for '*) wait_told ;; esac
		printf '%s\n' "$l"
	done)
	case $out in *'status 0') return 0 ;; esac
	return 1
}

errors() { echo "$out" | grep '^E: ' | tail -n 4 >&2; }

# A policy file that someone else wrote stays as it is; one that an
# interrupted run of ours left behind is ours to remove.
block_services() {
	if [ -e "$policy" ] && ! grep -qF "$mark" "$policy" 2>/dev/null; then
		return 0
	fi
	trap 'rm -f "$policy"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy" && chmod 755 "$policy"
}

install_as_root() {
	block_services
	say 'fetching packages'
	if ! retry fetch "$@"; then
		retry update || errors
		retry fetch "$@" || { errors; return 1; }
	fi
	apt install -y --no-install-recommends "$@" >&2
}

if [ "${1:-}" = --install ]; then
	shift
	install_as_root "$@"
	exit
fi

names=
for group in "$@"; do
	case $group in
	build) names="$names $build" ;;
	check) names="$names $check" ;;
	lint) names="$names $lint" ;;
	*) say "unknown group $group: build, check or lint"; exit 2 ;;
	esac
done
if ! command -v dpkg-query >/dev/null 2>&1; then
	say 'not a Debian system; needed are the equivalents of:' $names
	exit 0
fi
missing=$(missing_of $names)
[ -n "$missing" ] || exit 0

line="apt-get update && apt-get install -y --no-install-recommends ${missing% }"
say "missing: ${missing% }"
if [ "$(id -u)" -eq 0 ]; then
	sh "$0" --install $missing
elif ! command -v sudo >/dev/null 2>&1; then
	say 'neither root nor sudo here; type (su asks for the password of root):'
	echo "su - -c '$line'" >&2
	exit 1
elif [ -t 0 ] && [ -t 2 ]; then
	sudo sh "$0" --install $missing
elif sudo -n true 2>/dev/null; then
	sudo -n sh "$0" --install $missing
else
	say 'sudo asks for a password and there is no terminal; type:'
	echo "sudo sh -c '$line'" >&2
	exit 1
fi
left=$(missing_of $names)
[ -n "$left" ] || exit 0
say "could not be installed (no network, or no such package): ${left% }"
say 'the line to type once it can:'
echo "$line" >&2
exit 1
