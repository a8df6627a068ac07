#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Calendars through the drop folder of a running daemon: a national month (665,000 visits of 800 services; VISITS and SERVICES in the
environment for others), first and again, in seconds on the wall and of CPU; then one calendar of 100 MB and one of LARGE_MB (300 unless told, 2000 with
BIG=1) into a daemon that just began, in peaks of resident memory. One JSON object a line; nothing is judged by time."""
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import World

TICK = os.sysconf("SC_CLK_TCK")
SERVICES, VISITS = int(os.environ.get("SERVICES", "800")), int(os.environ.get("VISITS", "665000"))
LARGE_MB = int(os.environ.get("LARGE_MB", "2000" if os.environ.get("BIG", "") not in ("", "0") else "300"))
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//planvax//bench//EN\r\n"
EVENT = ("BEGIN:VEVENT\r\nUID:%(n)08d-visit@agenda.example\r\nDTSTAMP:20220101T000000Z\r\nCREATED:20211201T101010Z\r\n"
         "DTSTART;TZID=Europe/Paris:202201%(d)02dT%(h)02d3000\r\nDTEND;TZID=Europe/Paris:202201%(d)02dT%(h)02d5000\r\n"
         "SUMMARY:Visite p\u00e9riodique num\u00e9ro %(n)d\r\nDESCRIPTION:Convocation envoy\u00e9e\\, venir avec le carnet de vaccination et u\r\n"
         " ne pi\u00e8ce d'identit\u00e9. Merci de pr\u00e9venir en cas d'emp\u00eachement.\r\nORGANIZER;CN=Secr\u00e9tariat:mailto:secretariat@service.example\r\n"
         "ATTENDEE;CN=\"Docteur\";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:medecin@service.example\r\nLOCATION:C1\r\n"
         "CATEGORIES:VIP_PERIODIQUE\r\nX-PLANVAX-PERSON:P%(n)08d\r\nSTATUS:CONFIRMED\r\nSEQUENCE:0\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n")


def cpu_s(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_kib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))


def write_calendar(path, first, n):
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(HEAD)
        for at in range(first, first + n, 1000):
            f.write("".join(EVENT % {"n": i, "d": i % 28 + 1, "h": 8 + i % 9} for i in range(at, min(at + 1000, first + n))))
        f.write("END:VCALENDAR\r\n")


def begin(services):
    """A daemon that has taken its registers; nothing is planned meanwhile: the settle time is longer than the run."""
    world = World(services=services, people=20)
    world.configure("[planning]\nsettle = 1 h\n")
    for name in ("communes.csv", "services.csv", "centres.csv", "staff.csv"):
        world.drop(os.path.join(world.data, name), name)
    world.start()
    while any(x.endswith(".csv") for x in os.listdir(world.spool)):
        time.sleep(0.2)
    time.sleep(2)
    with open(os.path.join(world.data, "services.csv"), encoding="utf-8") as f:
        return world, [x.split(";")[0].split(",")[0] for x in f.read().splitlines()[1:]]


def offer(world, made, service):
    folder = os.path.join(world.spool, service)
    os.makedirs(folder, exist_ok=True)
    os.link(made, os.path.join(folder, ".incoming"))
    os.rename(os.path.join(folder, ".incoming"), os.path.join(folder, "agenda.ics"))


def take(world, files):
    """Offers (service, file) pairs and waits until all were taken. Seconds on the wall, of CPU, sums of the reports."""
    before, start = cpu_s(world.daemon.pid), time.monotonic()
    for service, made in files:
        offer(world, made, service)
    waiting = dict(files)
    while waiting and world.daemon.poll() is None:
        time.sleep(0.1)
        for service in list(waiting):
            if os.path.exists(os.path.join(world.spool, "done", service, "agenda.ics.report.txt")):
                del waiting[service]
    wall, cpu, sums = time.monotonic() - start, cpu_s(world.daemon.pid) - before, {}
    for service, _ in files:
        path = os.path.join(world.spool, "done", service, "agenda.ics")
        with open(path + ".report.txt", encoding="utf-8") as f:
            for word, number in re.findall(r"(read|created|unchanged|rejected) (\d+)", f.readline()):
                sums[word] = sums.get(word, 0) + int(number)
        os.unlink(path)
        os.unlink(path + ".report.txt")
    return wall, cpu, sums


def month():
    world, services = begin(SERVICES)
    try:
        files, each = [], VISITS // len(services)
        for i, service in enumerate(services):
            made = os.path.join(world.dir, "made-%d.ics" % i)
            write_calendar(made, i * each, each + (VISITS % len(services) if i == 0 else 0))
            files.append((service, made))
        for kind in ("first", "again"):
            wall, cpu, sums = take(world, files)
            print(json.dumps({"bench": "month", "kind": kind, "services": len(services), "visits": VISITS, "wall_s": round(wall, 1), "cpu_s": round(cpu, 1),
                              "visits_per_cpu_s": int(VISITS / max(cpu, 0.01)), "peak_mib": round(peak_kib(world.daemon.pid) / 1024, 1), "reports": sums}), flush=True)
    finally:
        world.end()


def memory(megabytes):
    world, services = begin(1)
    try:
        made = os.path.join(world.dir, "made.ics")
        write_calendar(made, 0, megabytes * 1000000 // len((EVENT % {"n": 0, "d": 1, "h": 8}).encode()))
        before = peak_kib(world.daemon.pid)
        wall, cpu, sums = take(world, [(services[0], made)])
        print(json.dumps({"bench": "memory", "mb": megabytes, "peak_before_mib": round(before / 1024, 1), "peak_mib": round(peak_kib(world.daemon.pid) / 1024, 1),
                          "wall_s": round(wall, 1), "cpu_s": round(cpu, 1), "reports": sums}), flush=True)
    finally:
        world.end()


if "memory" not in sys.argv:
    month()
for mb in (100, LARGE_MB):
    memory(mb)
