#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Plans, judged by the independent checker: the plan suite, demo data of several seeds and sizes, re-planning on a published plan;
equal bytes whatever the number of jobs and the form of the registers.  PLANS=small leaves the large sets out."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally
from shuffle_set import shuffle_set

SHARED = os.environ["SHARED"]
SUITE = os.path.join(SHARED, "suites/plans")
CHECKER = os.path.join(SHARED, "tools/check_plan.py")
# seed, services, people of a service, month
DEMOS = [(1, 2, 300, "2022-01"), (2, 1, 900, "2022-01"), (3, 3, 150, "2022-02"), (4, 5, 60, "2022-03"), (5, 2, 500, "2022-10"), (6, 1, 2500, "2022-01"),
         (7, 1, 20, "2022-06")]
tally = Tally("plans")


def ctl(*args):
    return subprocess.run([os.path.join(B, "planvaxctl"), *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)


def plan(data, out, first, last, *more):
    done = ctl("plan", "--input", data, "--from", first, "--to", last, "--out", out, *more)
    tally.check(done.returncode == 0, "plan of %s %s: exit %d: %s" % (data, " ".join(more), done.returncode, done.stderr[-400:]))
    return done.returncode == 0


def judge(name, data, path, *more, kept=()):
    """kept: ids of published items that H9 keeps although they lie within the notice of H8, which the checker asks of every item."""
    done = subprocess.run([sys.executable, CHECKER, "--input", data, path, *more], capture_output=True, text=True, timeout=600)
    said = [x for x in done.stdout.splitlines() if x.strip()]
    found = [x for x in said if re.match(r"(H\d+|D\d|DOC|score)\b", x) and not any(x.startswith("H8 ") and " %s:" % k in x for k in kept)]
    tally.check(said and said[-1].endswith("scores agree") and not found and (done.returncode == 0 or kept),
                "%s: checker says: %s" % (name, "\n".join(found[:8] + said[-1:]) + done.stderr[-300:]))


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def content(path):
    with open(path, "rb") as f:
        return f.read()


def totals(path):
    return [s["score"]["total"] for s in load(path)["services"]]


def month_days(month):
    last = {"01": 31, "02": 28, "03": 31, "06": 30, "10": 31}[month[5:]]
    return month + "-01", "%s-%02d" % (month, last)


def suite(folder):
    for name in ("small", "busy"):
        data, out = os.path.join(SUITE, name), os.path.join(folder, name + ".json")
        if plan(data, out, "2022-01-03", "2022-01-30"):
            judge("suite " + name, data, out, "--from", "2022-01-03", "--to", "2022-01-30", "--now", "2022-01-02T12:00:00Z")
            poor = totals(os.path.join(SUITE, name + "-poor-plan.json"))[0]
            print("suite %s: total %d (poor plan %d)" % (name, totals(out)[0], poor))
            tally.check(totals(out)[0] > poor, "%s: better than the poor plan" % name)


def demos(folder):
    small = os.environ.get("PLANS") == "small"
    for seed, services, people, month in DEMOS:
        if small and services * people > 700:
            continue
        name = "demo seed %d, %d services of %d, %s" % (seed, services, people, month)
        data, out = os.path.join(folder, "demo%d" % seed), os.path.join(folder, "demo%d.json" % seed)
        done = ctl("demo", "--dir", data, "--services", str(services), "--people", str(people), "--month", month, "--seed", str(seed))
        tally.check(done.returncode == 0, "%s: %s" % (name, done.stderr))
        start = time.monotonic()
        if plan(data, out, *month_days(month)):
            print("%s: planned in %.1f s, totals %s" % (name, time.monotonic() - start, totals(out)))
            judge(name, data, out, "--from", month_days(month)[0], "--to", month_days(month)[1])


def equal_bytes(folder):
    data = os.path.join(folder, "demo1")
    base = os.path.join(folder, "base.json")
    first, last = month_days("2022-01")
    if not plan(data, base, first, last, "--jobs", "1", "--iterations", "40"):
        return
    for jobs in ("1", "2", "4"):
        out = os.path.join(folder, "jobs%s.json" % jobs)
        plan(data, out, first, last, "--jobs", jobs, "--iterations", "40")
        tally.check(content(out) == content(base), "equal bytes with --jobs %s" % jobs)
    for seed in (1, 2, 3):
        other, out = os.path.join(folder, "shuffled%d" % seed), os.path.join(folder, "shuffled%d.json" % seed)
        shuffle_set(data, other, seed)
        if plan(other, out, first, last, "--iterations", "40"):
            tally.check(load(out)["input_digest"] == load(base)["input_digest"], "shuffled %d: equal input digest" % seed)
            tally.check(content(out) == content(base), "shuffled %d: equal bytes" % seed)
    out = os.path.join(folder, "seed2.json")
    plan(data, out, first, last, "--iterations", "40", "--seed", "2")
    tally.check(load(out)["seed"] == 2 and content(out) != content(base), "the seed is told and counts")
    plan(data, out, first, last, "--iterations", "40", "--service", "S002")
    tally.check([s["service_id"] for s in load(out)["services"]] == ["S002"], "--service plans that one alone")
    alone, both = load(out)["services"][0], load(base)["services"][1]
    tally.check({k: v for k, v in alone.items() if k != "bound"} == {k: v for k, v in both.items() if k != "bound"}, "a service planned alone has the same plan")
    judge("one service of two", data, out, "--from", first)


def published(folder):
    """Planned again on the published plan: nothing frozen moves, versions rise, and unchanged input changes nothing."""
    data = os.path.join(folder, "demo1")
    base, again, later = (os.path.join(folder, n) for n in ("base.json", "again.json", "later.json"))
    first, last = month_days("2022-01")
    if plan(data, again, first, last, "--iterations", "40", "--published", base):
        judge("again", data, again, "--published", base)
        tally.check([s["version"] for s in load(again)["services"]] == [2, 2], "versions rise by one")
        tally.check([s["score"]["changes"] + s["score"]["dropped"] for s in load(again)["services"]] == [0, 0], "unchanged input: no offer is changed or dropped")
    if plan(data, later, first, last, "--iterations", "40", "--published", base, "--now", "2022-01-09T12:00:00Z"):
        close = [x["id"] for s in load(base)["services"] for x in s["days"] + s["sessions"] if x["date"] <= "2022-01-16"]
        judge("later", data, later, "--published", base, "--now", "2022-01-09T12:00:00Z", kept=close)
    forbidden(folder, data, base, first, last)


def forbidden(folder, data, base, first, last):
    """What a prohibition takes out of a published plan is gone or changed; what is frozen and breaks is told in `forced`."""
    service = load(base)["services"][0]
    day = service["days"][0]
    given, out = os.path.join(folder, "forbid.json"), os.path.join(folder, "forbidden.json")
    with open(given, "w", encoding="utf-8") as f:
        json.dump({"forbid": [{"staff_id": day["staff"][0], "date": day["date"]}]}, f)
    if plan(data, out, first, last, "--iterations", "40", "--published", base, "--options", given):
        judge("forbidden", data, out, "--published", base, "--options", given)
        after = load(out)["services"][0]
        using = [x for x in after["days"] + after["sessions"] if day["staff"][0] in x["staff"] and x["date"] == day["date"]]
        tally.check(not using, "the forbidden member is not used on that day")
        tally.check(day["id"] in [x["id"] for x in after["forced"]], "the frozen day that this breaks is told as forced: %s" % after["forced"])
        tally.check(load(out)["services"][1]["score"]["changes"] == 0, "the other service keeps its plan")


def options(folder):
    data, out, path = os.path.join(folder, "demo1"), os.path.join(folder, "options.json"), os.path.join(folder, "given.json")
    for given in ({"nurse_protocol": 1}, {"rate_per_hour": 6, "distance_limit_m": 8000}, {"freeze_days": 0, "notice_days": 3}):
        with open(path, "w", encoding="utf-8") as f:
            json.dump(given, f)
        if plan(data, out, *month_days("2022-01"), "--iterations", "20", "--options", path):
            judge("options %s" % given, data, out, "--options", path)


def main():
    with tempfile.TemporaryDirectory(prefix="planvax-plans-") as folder:
        suite(folder)
        demos(folder)
        equal_bytes(folder)
        published(folder)
        options(folder)
    tally.end()


main()
