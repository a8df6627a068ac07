#!/bin/sh
# The whole chain on a data set: `make run` calls this after building, `make stop` with the argument stop.
# Environment: B (build tree), DATA (a folder of registers and calendars; default: demo data), MONTH (2022-01),
# KEEP=1 (go on with the state of the last run, and its month), ONCE=1 (end after the summary, also on a
# terminal), SERVICES (of the demo, 5). All state is in build/run/, readable by its owner only.
set -u
umask 077

B=${B:-build/release}
SERVICES=${SERVICES:-5}
RUN=$(pwd)/build/run
CTL=$B/planvaxctl
SOCKET=
DAEMON_PID=
RECEIVE_PID=

say() { printf '%s\n' "$*"; }
fail() {
	printf 'make run: %s\n' "$*" >&2
	exit 1
}

alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

pid_in() { [ -r "$1" ] && cat "$1"; }

# Ends a process that we started: TERM, then after 10 s KILL.
end_pid() {
	alive "$1" || return 0
	kill "$1" 2>/dev/null
	n=0
	while alive "$1" && [ $n -lt 100 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	alive "$1" && kill -9 "$1" 2>/dev/null
	return 0
}

# A pid file may outlive its process: only the programs of this tree are ended.
is_ours() { alive "$1" && tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null | grep -qxF -e "$RUN/planvaxd.conf" -e "$RUN/authority"; }

# A socket outside build/run/ has a folder of its own.
remove_socket() {
	case $1 in
	"$RUN"/* | '') ;;
	*/planvax.??????/control.sock) rm -f "$1" && rmdir "${1%/*}" 2>/dev/null ;;
	esac
	return 0
}

conf_value() { sed -n "s/^$1 = //p" "$RUN/planvaxd.conf" 2>/dev/null | head -n 1; }

stop_left() {
	for name in planvaxd receive; do
		pid=$(pid_in "$RUN/$name.pid")
		if [ -n "$pid" ] && is_ours "$pid"; then
			say "stopping $name ($pid)"
			end_pid "$pid"
		fi
		rm -f "$RUN/$name.pid"
	done
	remove_socket "$(conf_value socket)"
}

if [ -e "$RUN" ] && ! { [ -w "$RUN" ] && [ -x "$RUN" ]; }; then
	fail "$RUN belongs to $(stat -c %U "$RUN"): make stop as that user, then remove it"
fi
if [ "${1:-}" = stop ]; then
	stop_left
	exit 0
fi

[ -n "${MONTH:-}" ] || { [ "${KEEP:-0}" = 1 ] && MONTH=$(conf_value month); }
MONTH=${MONTH:-2022-01}
case $MONTH in
[0-9][0-9][0-9][0-9]-0[1-9] | [0-9][0-9][0-9][0-9]-1[0-2]) ;;
*) fail "MONTH=$MONTH is no month: write MONTH=2022-01" ;;
esac
[ -x "$CTL" ] && [ -x "$B/planvaxd" ] || fail "$B holds no planvaxd and planvaxctl: run make first"

for name in planvaxd receive; do
	pid=$(pid_in "$RUN/$name.pid")
	if [ -n "$pid" ] && is_ours "$pid"; then
		fail "a run is up already ($name is process $pid): end it by Ctrl-C there, or by make stop"
	fi
done

if [ -n "${DATA:-}" ]; then
	[ -r "$DATA/services.csv" ] || fail "DATA=$DATA holds no services.csv: see README.md, Your own data"
	case $(cd "$DATA" && pwd -P)/ in
	"$(pwd -P)/build/run/"*) fail "DATA=$DATA lies in build/run, which each run clears: copy it elsewhere first" ;;
	esac
fi

clean_up() {
	trap '' INT TERM HUP QUIT PIPE
	end_pid "$DAEMON_PID"
	end_pid "$RECEIVE_PID"
	rm -f "$RUN/planvaxd.pid" "$RUN/receive.pid" 2>/dev/null
	remove_socket "$SOCKET"
}
trap 'clean_up' EXIT
trap 'say ""; say "interrupted: stopping"; exit 1' INT TERM HUP QUIT
trap 'exit 1' PIPE

if [ "${KEEP:-0}" != 1 ] && ! rm -rf "$RUN" 2>/dev/null; then
	fail "cannot clear $RUN: remove it as the user who ran it, then run again"
fi
mkdir -p "$RUN/spool" "$RUN/mail" "$RUN/authority" && [ -w "$RUN" ] || fail "cannot write $RUN"

# ---------------------------------------------------------------- data

if [ -n "${DATA:-}" ]; then
	SET=$DATA
	say "1. Data of $DATA for $MONTH"
elif [ "${KEEP:-0}" = 1 ] && [ -e "$RUN/planvax.db" ]; then
	SET=
	say "1. The registers of the last run, for $MONTH"
else
	SET=$RUN/data
	say "1. Demo data for $MONTH ($SERVICES services)"
	"$CTL" demo --dir "$SET" --services "$SERVICES" --month "$MONTH" --force || fail "the demo data could not be written"
fi

# ---------------------------------------------------------------- authority

say "2. A sample authority that receives the plans (planvaxctl receive)"
if [ ! -s "$RUN/authority.secret" ]; then
	(umask 077 && printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w0)" >"$RUN/authority.secret")
fi
: >"$RUN/receive.out"
"$CTL" receive --listen 127.0.0.1:0 --secret-file "$RUN/authority.secret" --dir "$RUN/authority" \
	>"$RUN/receive.out" 2>"$RUN/receive.log" &
RECEIVE_PID=$!
echo "$RECEIVE_PID" >"$RUN/receive.pid"
n=0
AUTHORITY=
while [ -z "$AUTHORITY" ]; do
	AUTHORITY=$(sed -n 's/^listening //p' "$RUN/receive.out" | head -n 1)
	alive "$RECEIVE_PID" || fail "the receiver ended: $(tail -n 1 "$RUN/receive.log")"
	n=$((n + 1))
	[ $n -lt 100 ] || fail "the receiver does not answer"
	[ -n "$AUTHORITY" ] || sleep 0.1
done

# ---------------------------------------------------------------- daemon

# Noon UTC of the day before the month.
NOW=$(date -u -d "$MONTH-01 12:00 UTC - 1 day" +%Y-%m-%dT%H:%M:%SZ) || fail "MONTH=$MONTH is no month"
PORT=8080
if command -v bash >/dev/null 2>&1 && ! bash -c "! (exec 3<>/dev/tcp/127.0.0.1/$PORT) 2>/dev/null"; then
	say "   port $PORT is taken: a free one is used, printed below"
	PORT=0
fi
# The socket's name must fit in 107 bytes, wherever the tree lies.
SOCKET=$RUN/control.sock
if [ "$(printf %s "$SOCKET" | wc -c)" -gt 100 ]; then
	SOCKET=
	dir=$(mktemp -d /tmp/planvax.XXXXXX) || fail "the path of this folder is too long for a socket, and /tmp cannot be written"
	SOCKET=$dir/control.sock
fi
cat >"$RUN/planvaxd.conf" <<CONF
# Written by make run.
[store]
path = $RUN/planvax.db
[spool]
directory = $RUN/spool
[http]
listen = 127.0.0.1:$PORT
[control]
socket = $SOCKET
[mail]
transport = maildir
maildir = $RUN/mail
from = vaccination@planvax.example
[planning]
month = $MONTH
settle = 1 s
[authority.default]
url = http://$AUTHORITY/plans
secret_file = $RUN/authority.secret
allow_private = 1
[clock]
planning_now = $NOW
CONF

if [ -n "$SET" ]; then
	say "3. Registers and calendars into the drop folder"
	for file in "$SET"/*.csv; do
		[ -e "$file" ] && { cp "$file" "$RUN/spool/.incoming" && mv "$RUN/spool/.incoming" "$RUN/spool/$(basename "$file")"; }
	done
	for folder in "$SET"/calendars/*/; do
		[ -d "$folder" ] || continue
		mkdir -p "$RUN/spool/$(basename "$folder")"
		for file in "$folder"*.ics; do
			[ -e "$file" ] && cp "$file" "$RUN/spool/$(basename "$folder")/"
		done
	done
fi

say "4. planvaxd reads, proposes, plans, invites and pushes"
"$B/planvaxd" --config "$RUN/planvaxd.conf" >"$RUN/planvaxd.log" 2>&1 &
DAEMON_PID=$!
echo "$DAEMON_PID" >"$RUN/planvaxd.pid"
ctl() {
	verb=$1
	shift
	"$CTL" "$verb" "$@" --socket "$SOCKET"
}
LIMIT=${LIMIT:-900}
n=0
# No function here: what a trap says would go where its output goes.
until "$CTL" status --wait 10 --socket "$SOCKET" >"$RUN/status.txt" 2>"$RUN/status.err"; do
	alive "$DAEMON_PID" || fail "planvaxd ended: $(tail -n 1 "$RUN/planvaxd.log") (see $RUN/planvaxd.log)"
	n=$((n + 1))
	[ $((n * 10)) -lt "$LIMIT" ] || fail "the chain did not end within $LIMIT s: $(tail -n 1 "$RUN/status.err")"
	sleep 1
done

TOKEN=$(ctl token add --role national) || fail "no token"
printf '%s\n' "$TOKEN" >"$RUN/token"
chmod 600 "$RUN/token"
OPERATOR=$(ctl token add --role operator) || fail "no token"
ADDRESS=$(ctl status --json | sed -n 's/.*"listen":\["\([^"]*\)".*/\1/p')
[ -n "$ADDRESS" ] || fail "planvaxd listens nowhere"

# ---------------------------------------------------------------- what was left out

# Each report with rejected rows: its first lines, services.csv first, for the rest often follows from it.
rejected=$(cd "$RUN/spool" && find failed done -name '*.report.txt' -type f -exec grep -lE 'rejected [1-9]' {} + 2>/dev/null;
	cd "$RUN/spool" && find failed -name '*.report.txt' -type f 2>/dev/null)
rejected=$(printf '%s\n' "$rejected" | sort -u | awk 'NF { print (/services\.csv/ ? 0 : /\.csv/ ? 1 : 2) "\t" $0 }' | sort -s -k1,1 | cut -f2-)
if [ -n "$rejected" ]; then
	say ""
	say "Left out of the import ($(printf '%s\n' "$rejected" | wc -l) files with rows or events that were not taken):"
	printf '%s\n' "$rejected" | head -n 5 | while IFS= read -r report; do
		head -n 4 "$RUN/spool/$report" | sed 's/^/  /'
		say "  ... all in $RUN/spool/$report"
	done
fi
[ ! -e "$RUN/spool/failed/services.csv" ] || fail "no service could be taken: mend services.csv as told above"

# ---------------------------------------------------------------- summary

say ""
ctl status --summary >"$RUN/status.txt" || fail "no summary"
cat "$RUN/status.txt"
if grep -q '^ *0 visites\{0,1\},' "$RUN/status.txt"; then
	say "No visit lies in $MONTH: is it the month of the data? (MONTH=YYYY-MM)"
fi
FIRST=$(ls "$RUN/authority" | sed -n "s/-$MONTH-v[0-9]*\.json$//p" | sort | head -n 1)
[ -n "$FIRST" ] || fail "the authority received no plan: see $RUN/planvaxd.log and $RUN/receive.log"
MAILS=$(find "$RUN/mail/new" -type f 2>/dev/null | wc -l)
RECEIVED=$(find "$RUN/authority" -name '*.json' | wc -l)

say ""
say "Where things are"
say "  invitations   $RUN/mail/new ($MAILS mails)"
say "  authority     $RUN/authority ($RECEIVED plans), receipts in $RUN/authority/receipts.jsonl"
say "  whole plan    $RUN/plan-$FIRST.json (service $FIRST)"
say "  import        $RUN/spool/done and failed, a report beside each file"
say "  log           $RUN/planvaxd.log"
say ""
DIRECT=
[ -z "${http_proxy:-}${all_proxy:-}${ALL_PROXY:-}" ] || DIRECT=" --noproxy '*'"
say "Ask it (role national: masked, as authorities see it)"
say "  curl$DIRECT -H 'Authorization: Bearer $TOKEN' 'http://$ADDRESS/v1/plans?month=$MONTH'"
say "  curl$DIRECT -H 'Authorization: Bearer $TOKEN' http://$ADDRESS/v1/plans/$FIRST/$MONTH"
say "  curl$DIRECT -H 'Authorization: Bearer $OPERATOR' http://$ADDRESS/v1/plans/$FIRST/$MONTH   # the whole plan"
for url in "/v1/plans?month=$MONTH" "/v1/plans/$FIRST/$MONTH"; do
	curl -q -sf --noproxy '*' -o "$RUN/answer.json" -H "Authorization: Bearer $TOKEN" "http://$ADDRESS$url" || fail "GET $url did not answer"
done
curl -q -sf --noproxy '*' -o "$RUN/plan-$FIRST.json" -H "Authorization: Bearer $OPERATOR" "http://$ADDRESS/v1/plans/$FIRST/$MONTH" ||
	fail "GET /v1/plans/$FIRST/$MONTH did not answer"

if [ "${ONCE:-0}" != 1 ] && [ -t 0 ] && [ -t 1 ]; then
	say ""
	say "planvaxd stays up at http://$ADDRESS until Ctrl-C."
	trap 'say ""; say "stopping"; exit 0' INT TERM HUP QUIT
	wait "$DAEMON_PID"
	code=$?
	DAEMON_PID=
	[ $code -ne 0 ] || { say "planvaxd was stopped from outside"; exit 0; }
	fail "planvaxd ended with exit status $code: $(tail -n 1 "$RUN/planvaxd.log")"
fi
say ""
say "Stopping (make run on a terminal keeps it up; KEEP=1 make run goes on from here)."
end_pid "$DAEMON_PID"
wait "$DAEMON_PID" 2>/dev/null
code=$?
DAEMON_PID=
[ $code -eq 0 ] || fail "planvaxd ended with exit status $code: see $RUN/planvaxd.log"
exit 0
