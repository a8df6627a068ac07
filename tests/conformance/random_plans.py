#!/usr/bin/python3
"""Random, nasty but valid data sets, planned and judged by the independent checker, then changed and planned again on the published plan.

    random_plans.py [--seeds A-B] [--keep DIR] [--effort N] [--services N]

The last line tells the counts.  --keep leaves what failed in DIR/SEED: data, options, plans and what the checker said."""
import argparse
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from random_change import change_set
from random_set import RandomSet
from shuffle_set import shuffle_set

B = os.environ.get("B", "build/release")
SHARED = os.environ.get("SHARED", "../shared")
CHECKER = os.path.join(SHARED, "tools/check_plan.py")
SLOW_S = 20
FINDING = re.compile(r"(H\d+|D\d|DOC)\s+(\S.*?): ")


class Failed(Exception):
    """What a data set showed."""


def run_plan(case, data, out, *more):
    """Plans a data set: args of the horizon come from the case. Raises Failed on anything but a complete success."""
    command = [os.path.join(B, "planvaxctl"), "plan", "--input", data, "--from", str(case.first), "--to", str(case.last), "--now", case.now_text(),
               "--out", out, "--iterations", str(case.effort), *more]
    start = time.monotonic()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=6 * SLOW_S)
    except subprocess.TimeoutExpired:
        raise Failed("hangs: " + " ".join(command)) from None
    if done.returncode != 0:
        raise Failed("exit %d: %s\n%s" % (done.returncode, " ".join(command), (done.stderr + done.stdout)[-1500:]))
    if time.monotonic() - start > SLOW_S:
        raise Failed("slow: %.1f s: %s" % (time.monotonic() - start, " ".join(command)))


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def kept_items(plan, published):
    """Names of what stands where and when it was published: the notice of H7 and H8 was kept when it was published, not again now."""
    names, where = set(), lambda x: [x.get(k) for k in ("visit", "date", "from", "to", "start", "end", "centre_id", "site", "vehicle")]
    for s, old in ((s, o) for s in plan["services"] for o in published["services"] if o["service_id"] == s["service_id"]):
        for kind, key in (("days", "id"), ("sessions", "id"), ("moved_visits", "visit")):
            before = {x[key]: where(x) for x in old[kind]}
            names |= {x[key] for x in s[kind] if before.get(x[key]) == where(x)}
    return names


def judge(case, data, path, options, published=None):
    """Asks the checker; a finding about notice in what was published before is none."""
    args = ["--input", data, path, "--from", str(case.first), "--to", str(case.last), "--now", case.now_text(), "--max", "400", "--options", options]
    kept = kept_items(load(path), load(published)) if published else set()
    done = subprocess.run([sys.executable, CHECKER, *args, *(["--published", published] if published else [])], capture_output=True, text=True, timeout=300)
    said = [x for x in done.stdout.splitlines() if x.strip()]
    if not said or done.stderr:
        raise Failed("checker: " + done.stderr[-600:])
    bad = [x for x in said if FINDING.match(x)]
    bad = [x for x in bad if not (FINDING.match(x).group(2) in kept and (x.startswith("H8 ") or "at too short notice" in x))]
    differs = [x for x in said if x.endswith("DIFFERS")]
    if bad or differs:
        raise Failed("checker:\n  " + "\n  ".join((bad + differs)[:12]))


def nothing_added(case, path, published):
    """What facts break in a frozen or pinned offer is taken out of it; new ones come in only to reach its least, and in time."""
    for s, old in ((s, o) for s in load(path)["services"] for o in load(published)["services"] if o["service_id"] == s["service_id"]):
        before = {x["id"]: x for x in old["days"] + old["sessions"]}
        for x in s["days"] + s["sessions"]:
            was, away = before.get(x["id"]), (dt.date.fromisoformat(x["date"]) - case.today(s["service_id"])).days
            if was is None or not (was["pinned"] or away <= case.option("freeze_days", 7)):
                continue
            new = [c["siret"] for c in x["companies"] if c["siret"] not in [y["siret"] for y in was["companies"]]] + sorted(set(x["people"]) - set(was["people"]))
            notice = case.option("notice_days", 7) if x.get("site", {}).get("kind") == "company" else case.option("centre_notice_days", 2)
            if new and away < notice:
                raise Failed("H9 %s: frozen, in %d days, but %s came in" % (x["id"], away, ", ".join(new)))
            if was != x and x["id"] not in [f["id"] for f in s["forced"]]:
                raise Failed("H9 %s: frozen, changed, not told as forced" % x["id"])


def same_bytes(case, folder, data, out, more):
    """Shuffled rows and another number of jobs give equal bytes."""
    other, again = os.path.join(folder, "shuffled"), os.path.join(folder, "shuffled.json")
    shutil.rmtree(other, ignore_errors=True)
    shuffle_set(data, other, case.seed)
    run_plan(case, other, again, "--jobs", str(1 + case.seed % 3), *more)
    if digest(again) != digest(out):
        raise Failed("shuffled input: other bytes (input digests %s)" % ("equal" if load(again)["input_digest"] == load(out)["input_digest"] else "differ"))


def pin_some(case, path):
    """Pins some offers of a plan document, as the operator would; returns the path of the new document."""
    plan = load(path)
    for s in plan["services"]:
        for x in s["days"] + s["sessions"]:
            x["pinned"] = case.chance(0.25)
    target = path.replace(".json", "-pinned.json")
    with open(target, "w", encoding="utf-8") as f:
        json.dump(plan, f, ensure_ascii=False, separators=(",", ":"))
    return target


def one_case(seed, folder, args):
    """Plans, checks, shuffles, changes and plans again."""
    case = RandomSet(seed, args.effort, args.services)
    data, options, out = (os.path.join(folder, n) for n in ("data", "options.json", "plan.json"))
    case.write(data)
    with open(options, "w", encoding="utf-8") as f:
        json.dump(case.options, f, indent=1)
    run_plan(case, data, out, "--options", options)
    judge(case, data, out, options)
    if seed % 3 == 0:
        same_bytes(case, folder, data, out, ["--options", options])
    for turn in range(1, case.turns + 1):
        published = pin_some(case, out)
        done = change_set(case, load(published))
        data, out = os.path.join(folder, "data%d" % turn), os.path.join(folder, "plan%d.json" % turn)
        options = os.path.join(folder, "options%d.json" % turn)
        case.write(data)
        with open(options, "w", encoding="utf-8") as f:
            json.dump(case.options, f, indent=1)
        try:
            run_plan(case, data, out, "--options", options, "--published", published)
            judge(case, data, out, options, published)
            nothing_added(case, out, published)
            if seed % 3 == 1:
                same_bytes(case, folder, data, out, ["--options", options, "--published", published])
        except Failed as e:
            raise Failed("turn %d (%s): %s" % (turn, "; ".join(done), e)) from None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="1-25")
    parser.add_argument("--keep", metavar="DIR")
    parser.add_argument("--effort", type=int, default=0, help="iterations (default: drawn)")
    parser.add_argument("--services", type=int, default=0)
    args = parser.parse_args()
    first, _, last = args.seeds.partition("-")
    passed = failed = 0
    for seed in range(int(first), int(last or first) + 1):
        folder = tempfile.mkdtemp(prefix="planvax-random-")
        try:
            one_case(seed, folder, args)
            passed += 1
        except Failed as e:
            failed += 1
            print("FAILED random_plans: seed %d: %s" % (seed, e), flush=True)
            if args.keep:
                os.makedirs(args.keep, exist_ok=True)
                target = os.path.join(args.keep, str(seed))
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(folder, target)
        finally:
            shutil.rmtree(folder)
    print("random_plans: %d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
