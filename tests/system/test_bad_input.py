#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Broken registers, calendars, configurations, options, plan documents, rules, tokens and command lines: each is told with its
place and a hint, the exit code says how much was done, and the rest goes on."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally, World
from http_client import wait_for_socket

tally = Tally("bad-input")
CELL = r"%s:%d: column %s \(cell %s\): .+, .+"


def append(path, text):
    with open(path, "a", encoding="utf-8") as f:
        f.write(text)


def lines_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read().splitlines()


def plan(world, data, *more):
    out = os.path.join(world.dir, "plan.json")
    if os.path.exists(out):
        os.unlink(out)
    done = world.ctl("plan", "--input", data, "--from", "2022-01-01", "--to", "2022-01-31", "--iterations", "1", "--out", out, *more, timeout=60)
    return done, out


def told(done, pattern, what):
    tally.check(re.search(pattern, done.stderr, re.M), "%s: told as %s: %s" % (what, pattern, done.stderr[-400:]))
    tally.check("assert" not in done.stderr.lower(), what + ": no assertion")


# Rows that one register does not take: the row, the column and its cell.
ROWS = [("people.csv", "NEW1;S001;;1980-13-01;M;employee;;;;", "birth_date", "D"), ("people.csv", "NEW2;S001;12345;1980-01-01;M;employee;;;;", "siret", "C"),
        ("people.csv", "NEW3;S001;;1980-01-01;M;worker;;;;", "kind", "F"), ("people.csv", "NEW4;S001;;1980-01-01;M;employee;;;;soon", "history_as_of", "J"),
        ("people.csv", ";S001;;1980-01-01;M;employee;;;;", "person_ref", "A"), ("people.csv", "NEW5;S001;;1980-01-01;M;employee;;;12;", "priority", "I"),
        ("centres.csv", "NEW6;S001;Nom;palace;36044;;;;1;;", "kind", "D"), ("centres.csv", "NEW7;S001;Nom;service;36044;;;mon-fri 8h;1;;", "hours", "H"),
        ("centres.csv", "NEW8;S001;Nom;service;36044;91.5;0;;1;;", "lat", "F"), ("staff.csv", "NEW9;S001;wizard;;Nom;a@b.example;;;;;1", "role", "C"),
        ("vehicles.csv", "NEW11;S001;S001-C01;many;mon-fri;480;30;15", "posts", "D"),
        ("companies.csv", "73282932000074;S001;Nom;36044;;;;-5;general;company;;1;;", "headcount", "H"),
        ("companies.csv", "73282932000075;S001;Nom;36044;;;;5;general;company;;1;;", "siret", "A"),
        ("stock.csv", ";S001;COMIRNATY;2022-01-03;-1;L1;2022-02-01", "vials", "E"),
        ("stock.csv", ";S001;ELIXIR;2022-01-03;5;L1;2022-02-01", "product", "C"),
        ("staff.csv", "NEW12;S001;nurse;;Nom;nobody;;;;;1", "email", "F"),
        ("services.csv", "S099;Nom;CLUB;;24;;;", "kind", "C"), ("services.csv", "S098;Nom;SPSTI;;24;Mars/Olympus;;", "timezone", "F")]


def registers(world):
    """Each broken row alone costs that row only."""
    good, out = plan(world, world.data)
    tally.check(good.returncode == 0 and good.stderr == "", "the set is clean: %s" % good.stderr[-300:])
    with open(out, encoding="utf-8") as f:
        proposals = len(json.load(f)["services"][0]["proposals"])
    for name, row, column, letter in ROWS:
        data = os.path.join(world.dir, "set")
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(world.data, data)
        path = os.path.join(data, name)
        append(path, row + "\n")
        at = len(lines_of(path))
        done, out = plan(world, data)
        what = "%s %s" % (name, row)
        tally.check(done.returncode == 3 and os.path.exists(out), "%s: exit %d" % (what, done.returncode))
        told(done, CELL % (re.escape(name), at, column, letter + str(at)), what)
        with open(out, encoding="utf-8") as f:
            tally.check(len(json.load(f)["services"][0]["proposals"]) == proposals, what + ": the rest is planned")
    for name, change, pattern in (("people.csv", lambda t: t.replace("birth_date", "born", 1), r"people.csv:1: .*birth_date"),
                                  ("staff.csv", lambda t: t + '"open;S001\n', r"staff.csv:\d+: .*quot"),
                                  ("companies.csv", lambda t: t.replace("siret;", "siret;fax;", 1).replace("\n", "\nx;", 0), r"companies.csv"),
                                  ("history.csv", lambda t: t + "NOBODY;2021-01-01;208;\n", r"history.csv:\d+: .*NOBODY")):
        shutil.rmtree(data)
        shutil.copytree(world.data, data)
        with open(os.path.join(data, name), encoding="utf-8") as f:
            text = change(f.read())
        with open(os.path.join(data, name), "w", encoding="utf-8") as f:
            f.write(text)
        done, out = plan(world, data)
        tally.check(done.returncode in (1, 3), "%s changed: exit %d" % (name, done.returncode))
        told(done, pattern, name + " changed")


def calendars(world):
    data = os.path.join(world.dir, "set")
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(world.data, data)
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n%sEND:VCALENDAR\r\n"
    events = [("DTSTART:garbage", 5), ("DTSTART:20220105T080000\r\nRRULE:FREQ=SOMETIMES", 6), ("DTSTART;TZID=Mars/Olympus:20220105T080000", 5)]
    for n, (event, line) in enumerate(events):
        with open(data + "/calendars/S001/bad%d.ics" % n, "w", encoding="utf-8", newline="") as f:
            f.write(text % ("BEGIN:VEVENT\r\nUID:bad-%d\r\n%s\r\nEND:VEVENT\r\n" % (n, event)))
    done, out = plan(world, data)
    tally.check(done.returncode == 3 and os.path.exists(out), "broken events: exit %d" % done.returncode)
    for n, (event, line) in enumerate(events):
        told(done, r"bad%d\.ics:%d:\d+: .+" % (n, line), event)
    for name, content in (("zero.ics", b""), ("noise.ics", bytes(range(256)) * 40), ("page.ics", b"<!doctype html><html></html>\n")):
        path = os.path.join(world.dir, name)
        with open(path, "wb") as f:
            f.write(content)
        done = world.ctl("ingest", "--dry-run", path)
        tally.check(done.returncode in (0, 1, 3) and '"summary"' in done.stdout, "%s: exit %d" % (name, done.returncode))
        tally.check(name == "zero.ics" or name in done.stderr, "%s: told: %s" % (name, done.stderr[-200:]))


def documents(world):
    """Options, published plans and rules."""
    path = os.path.join(world.dir, "given.json")
    for content, pattern in (('{"rate_per_hour": "fast"}', r"given.json:1:\d+ \(/rate_per_hour\): "), ('{"rate_per_hours": 3}', r"did you mean \"rate_per_hour\""),
                             ('{"rate_per_hour": 3,', r"given.json:\d+:\d+: "), ('{"weights": {"chnge": 3}}', r"/weights/chnge.*did you mean \"change\""),
                             ("[]", r"given.json:1:1: .*object"), ('{"forbid": [{"site": 3}]}', r"given.json:1:\d+ \(/forbid/0"), ('{"rate_per_hour": 100000}', r"/rate_per_hour.*1 to ")):
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
        done, out = plan(world, world.data, "--options", path)
        tally.check(done.returncode == 1 and not os.path.exists(out), "options %s: exit %d" % (content, done.returncode))
        told(done, pattern, "options " + content)
    done, out = plan(world, world.data)
    with open(out, encoding="utf-8") as f:
        whole = f.read()
    for content, pattern in (('{"format":"planvax-plan/2"}', r"given.json.*/format"), (whole[:3000], r"given.json:1:\d+: "), ("", r"given.json"), ("null", r"given.json"),
                             (whole.replace('"days":[{', '"days":[{"ghost":1,', 1).replace('"date":', '"dat":', 1), r"given.json")):
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
        done, out = plan(world, world.data, "--published", path)
        tally.check(done.returncode == 1 and not os.path.exists(out), "published %s: exit %d" % (content[:60], done.returncode))
        told(done, pattern, "published " + content[:60])
    for args, code in ((["--options", "/nonexistent"], 1), (["--published", "/nonexistent"], 1), (["--rules", "/nonexistent"], 1), (["--service", "S999"], 1)):
        done, out = plan(world, world.data, *args)
        tally.check(done.returncode == code and args[1] in done.stderr, "%s: exit %d: %s" % (args, done.returncode, done.stderr))
    rules = os.path.join(world.dir, "rules")
    os.mkdir(rules)
    with open(rules + "/schedule.json", "w", encoding="utf-8") as f:
        f.write('{"format": "planvax-rules/1", ')
    done, out = plan(world, world.data, "--rules", rules)
    tally.check(done.returncode == 1, "broken rules: exit %d" % done.returncode)
    told(done, r"schedule.json:\d+:\d+: ", "broken rules")


CONFIGS = [("[store]\npth = x\n", r':2:1: unknown key "pth".*did you mean "path"'), ("[stor]\npath = x\n", r":1:1: unknown section .*did you mean \[store\]"),
           ("[http]\nhead_deadline = fast\n", r":2:17: .*duration"), ("[planning]\nrate_per_hour = -3\n", r":2:17: .*1 to 1000"),
           ("[planning]\npublish = sometimes\n", r":2:11: .*automatic, approval"), ("[privacy]\nmin_persons = eleven\n", r":2:15: .*whole number"),
           ("junk\n", r":1:1: .*key = value"), ("[store\n", r":1:1: .*\[section\]"), ("\0\1", r":1:1: "), ("[planning]\nmonth = 2022-13\n", r"month.*YYYY-MM"),
           ("[clock]\nplanning_now = noon\n", r"planning_now.*2021-12-31T12:00:00Z"), ("[mail]\nfrom = nobody\n", r"from.*NAME@DOMAIN"),
           ("[authority.11]\nurl = https://a.example/\n", r"authority.11.*secret_file"), ("[mail]\ntransport = smtp\n", r"smtp_url"),
           ("[authority.11]\nurl = http://a.example/\nsecret_file = /x\n", r"https")]


def configurations(world):
    path = os.path.join(world.dir, "bad.conf")
    for content, pattern in CONFIGS:
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
        for command in ([world.path("planvaxd"), "--check-config", "--config", path], [world.path("planvaxctl"), "config", "check", "--config", path]):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
            tally.check(done.returncode == 1, "%r: exit %d" % (content, done.returncode))
            told(done, r"bad\.conf.*" + pattern, repr(content))
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(c for c, _ in CONFIGS[:6]))
    done = subprocess.run([world.path("planvaxd"), "--check-config", "--config", path], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    tally.check(len(re.findall(r"^\S*bad\.conf:\d+:\d+: ", done.stderr, re.M)) == 6, "all errors are told in one run: %s" % done.stderr)
    tally.check(len(re.findall(r"^ +\^", done.stderr, re.M)) == 6, "each with a caret")
    done = subprocess.run([world.path("planvaxd"), "--check-config", "--config", "/nonexistent.conf"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    tally.check(done.returncode == 1 and "/nonexistent.conf" in done.stderr, "a file that is not there: %s" % done.stderr)
    sample = world.ctl("config", "sample", check=True).stdout
    with open(path, "w", encoding="utf-8") as f:
        f.write(sample)
    tally.check(world.ctl("config", "check", "--config", path).returncode == 0, "the sample has no errors")
    tally.check(world.ctl("config", "dump", "--config", path).stdout.strip() == "", "the sample differs in nothing from the defaults")


def refused_starts(world):
    """What only a start can find: it ends by itself with 1 and one clear line."""
    for name, change, pattern in (("a listen address", ("listen = 127.0.0.1:0", "listen = nowhere"), r"nowhere.*127\.0\.0\.1:8080"),
                                  ("a store that is none", ("%s/planvax.db" % world.dir, "%s/noise.ics" % world.dir), r"noise\.ics"),
                                  ("no folder for the store", ("%s/planvax.db" % world.dir, "%s/none/p.db" % world.dir), r"none/p\.db"),
                                  ("no rules", ("[planning]", "[rules]\ndirectory = /nonexistent\n[planning]"), r"/nonexistent.*rules"),
                                  ("no secret", ("[planning]", "[authority.11]\nurl = https://a.example/\nsecret_file = /nonexistent\n[planning]"), r"/nonexistent")):
        with open(world.conf, encoding="utf-8") as f:
            text = f.read().replace(*change)
        path = os.path.join(world.dir, "start.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        try:
            done = subprocess.run([world.path("planvaxd"), "--config", path], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        except subprocess.TimeoutExpired:
            tally.check(False, name + ": the daemon starts")
            continue
        tally.check(done.returncode == 1, "%s: exit %d" % (name, done.returncode))
        told(done, pattern, name)


def wait_gone(path, seconds=30):
    end = time.monotonic() + seconds
    while os.path.exists(path) and time.monotonic() < end:
        time.sleep(0.1)
    return not os.path.exists(path)


def the_service(world):
    """The drop folder, import and reload of a running service."""
    second = subprocess.run([world.path("planvaxd"), "--config", world.conf], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    tally.check(second.returncode == 1 and second.stderr.strip(), "a second one on the same store ends: %d %s" % (second.returncode, second.stderr))
    part, none = os.path.join(world.dir, "part.csv"), os.path.join(world.dir, "none.csv")
    with open(part, "w", encoding="utf-8") as f:
        f.write("person_ref;service_id;birth_date;kind\nNEW1;S001;1980-01-01;employee\nNEW2;S001;1980-31-01;employee\n")
    with open(none, "w", encoding="utf-8") as f:
        f.write("nothing;of;this\n1;2;3\n")
    world.drop(part, "people.csv")
    world.drop(none, "stock.csv")
    world.drop(none, "shopping-list.csv")
    tally.check(all(wait_gone(os.path.join(world.spool, n)) for n in ("people.csv", "stock.csv", "shopping-list.csv")), "the drop folder is emptied")
    world.wait_idle(30)
    reports = {k: "".join(open(p, encoding="utf-8", errors="replace").read() for p in glob.glob("%s/%s/**/*" % (world.spool, k), recursive=True) if os.path.isfile(p))
               for k in ("done", "failed")}
    names = {k: " ".join(os.path.basename(p) for p in glob.glob("%s/%s/**/*" % (world.spool, k), recursive=True)) for k in ("done", "failed")}
    tally.check("people.csv" in names["done"] and re.search(r"people\.csv:3: column birth_date \(cell C3\): .+, .+", reports["done"]), "what is taken in part lies in done/ with its report")
    tally.check("stock.csv" in names["failed"] and "shopping-list.csv" in names["failed"], "what is taken not at all lies in failed/: %s" % names["failed"])
    held = [p for p in glob.glob(world.dir + "/spool/done/**/*", recursive=True) if "people" in p]
    tally.check(held, "people.csv lies in done/")
    shutil.copyfile(part, os.path.join(world.dir, "people.csv"))
    shutil.copyfile(none, os.path.join(world.dir, "stock.csv"))
    done = world.ctl("import", os.path.join(world.dir, "people.csv"), remote=True)
    tally.check(done.returncode == 3, "import of it: exit %d" % done.returncode)
    told(done, r"people\.csv:3: column birth_date", "import")
    tally.check(world.ctl("import", os.path.join(world.dir, "stock.csv"), remote=True).returncode == 1, "import of nothing usable: 1")
    tally.check(world.ctl("import", "/nonexistent.csv", remote=True).returncode == 1, "import of a file that is not there: 1")
    append(world.conf, "[nonsense]\n")
    done = world.ctl("reload", remote=True)
    tally.check(done.returncode == 1, "reload of a broken configuration: %d" % done.returncode)
    told(done, r"nonsense", "reload")
    tally.check(world.ctl("status", "--json", remote=True).returncode == 0 and world.daemon.poll() is None, "the service goes on")


def command_lines(world):
    for args, code in ((["frobnicate"], 2), ([], 2), (["plan"], 2), (["plan", "--input", "x", "--from", "2022-01-31", "--to", "2022-01-01"], 2),
                       (["plan", "--input", "x", "--from", "2022-02-30", "--to", "2022-03-01"], 2), (["plan", "--input", "/nonexistent", "--from", "2022-01-01", "--to", "2022-01-31"], 1),
                       (["ingest", "x"], 2), (["forecast", "--rules", "/nonexistent"], 1), (["receive"], 2), (["token", "add", "--role", "king", "--socket", world.socket], 2),
                       (["outbox", "show", "none", "--socket", world.socket], 1), (["plan", "show", "S999", "--socket", world.socket], 1),
                       (["explain", "visit", "none", "--socket", world.socket], 1), (["status", "--socket", "/nonexistent.sock"], 1), (["status", "--wait", "soon", "--socket", world.socket], 2),
                       (["plan", "pin", "S001", "none", "--socket", world.socket], 1), (["plan", "decline", "none", "S001-P01", "--socket", world.socket], 1)):
        done = world.ctl(*args, timeout=20)
        tally.check(done.returncode == code, "%s: exit %d for %d: %s" % (" ".join(args), done.returncode, code, done.stderr[-200:]))
        tally.check(done.stdout == "" and done.stderr.strip(), "%s: talk on stderr alone" % " ".join(args))


def main():
    world = World(services=1, people=150)
    try:
        registers(world)
        calendars(world)
        documents(world)
        configurations(world)
        world.configure()
        refused_starts(world)
        world.drop_all()
        world.start()
        wait_for_socket(world)
        if tally.check(world.wait_idle(60), "becomes idle"):
            the_service(world)
            command_lines(world)
    finally:
        world.end()
        tally.end()


main()
