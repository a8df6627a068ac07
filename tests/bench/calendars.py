#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Calendars of national size piped through `planvaxctl ingest --dry-run --summary -`: resident memory and CPU time by size and kind, and the
reader against libical in one run. The sizes are 50 MB and 400 MB; with BIG=1 100 MB and 2 GB, and a line of 5 GB. One JSON object a
line; nothing is judged by time."""
import json
import os
import re
import subprocess

B = os.environ.get("B", "build/release")
BIG = os.environ.get("BIG", "") not in ("", "0")
HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//planvax//bench//EN\r\n", "END:VCALENDAR\r\n"
VISIT = ("BEGIN:VEVENT\r\nUID:%(n)08d-visit@agenda.example\r\nDTSTAMP:20220101T000000Z\r\nDTSTART;TZID=Europe/Paris:202201%(d)02dT%(h)02d3000\r\n"
         "DTEND;TZID=Europe/Paris:202201%(d)02dT%(h)02d5000\r\nSUMMARY:Visite p\u00e9riodique %(n)d\r\nDESCRIPTION:Convocation envoy\u00e9e\\, venir avec le "
         "carnet de vaccination et\r\n  une pi\u00e8ce d'identit\u00e9.\r\nATTENDEE;CN=Docteur;PARTSTAT=ACCEPTED:mailto:medecin%(s)d@service.example\r\n"
         "LOCATION:Centre %(s)d\r\nCATEGORIES:VIP_PERIODIQUE\r\nX-PLANVAX-PERSON:P%(n)08d\r\nSTATUS:CONFIRMED\r\nSEQUENCE:0\r\nEND:VEVENT\r\n")
SERIES = ("BEGIN:VEVENT\r\nUID:%(n)08d-series@agenda.example\r\nDTSTAMP:20220101T000000Z\r\nDTSTART;TZID=Europe/Paris:202201%(d)02dT%(h)02d3000\r\n"
          "DURATION:PT1H\r\nSUMMARY:R\u00e9union\r\nATTENDEE:mailto:medecin%(s)d@service.example\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\n")
OVERRIDE = ("BEGIN:VEVENT\r\nUID:%(before)08d-series@agenda.example\r\nDTSTAMP:20220101T000000Z\r\n"
            "RECURRENCE-ID;TZID=Europe/Paris:202201%(d)02dT%(h)02d3000\r\nDTSTART;TZID=Europe/Paris:20220131T083000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n")
KINDS = {"visits": [VISIT], "series": [SERIES], "overrides": [OVERRIDE], "mixed": [VISIT, SERIES, OVERRIDE]}


def blocks(kind, size, end):
    """Events in blocks of a thousand."""
    n = done = 0
    while done < size:
        out = []
        for _ in range(1000):
            n += 1
            out.append(KINDS[kind][n % len(KINDS[kind])] % {"n": n, "d": n % 28 + 1, "h": 8 + n % 9, "s": n % 50, "before": n // 3 * 3 + 1})
        block = "".join(out).replace("\r\n", end).encode()
        done += len(block)
        yield block


def one_line(size):
    block = b"x" * 1000000
    yield b"BEGIN:VEVENT\r\nUID:a\r\nATTENDEE:"
    for _ in range(size // len(block)):
        yield block


def measure(name, size, parts, end="\r\n"):
    child = subprocess.Popen([os.path.join(B, "planvaxctl"), "ingest", "--dry-run", "--summary", "--from", "2022-01-01", "--to", "2022-01-31", "-"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peak = 0
    child.stdin.write(HEAD.replace("\r\n", end).encode())
    for i, part in enumerate(parts):
        child.stdin.write(part)
        if i % 16 == 0:
            peak = max(peak, resident(child.pid))
    child.stdin.write(TAIL.replace("\r\n", end).encode())
    child.stdin.close()
    while True:
        done, status, used = os.wait4(child.pid, os.WNOHANG)
        if done:
            break
        peak = max(peak, resident(child.pid))
    summary = json.loads(child.stdout.read())["summary"]
    child.returncode = os.waitstatus_to_exitcode(status)
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"calendar": name, "mb": size // 1000000, "resident_mib": round(peak / 1024, 1), "cpu_s": round(cpu, 2),
                      "cpu_s_per_gb": round(cpu * 1e9 / summary["bytes"], 2), "components": summary["components"],
                      "occurrences": summary["occurrences"], "rejected": summary["rejected"]}), flush=True)


def resident(pid):
    try:
        with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as f:
            text = f.read()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found.group(1)) if found and "Name:\tplanvaxctl" in text else 0


def main():
    subprocess.run([os.path.join(B, "bench-calendar")], check=True)
    small, large = (100, 2000) if BIG else (50, 400)
    for kind in KINDS:
        for mb in (small, large):
            measure(kind, mb * 1000000, blocks(kind, mb * 1000000, "\r\n"))
    for mb in (small // 5, small):
        measure("visits, lone CR", mb * 1000000, blocks("visits", mb * 1000000, "\r"), "\r")
    for mb in ((small, 5000) if BIG else (small, large)):
        measure("one line", mb * 1000000, one_line(mb * 1000000))


main()
