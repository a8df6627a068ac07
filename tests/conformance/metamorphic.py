#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Relations that hold whatever the rules say: the order of doses, facts and files; a dose that no rule of a group mentions; one group asked
for and all; any number of threads; rules whose every name is another give the same answers under those names, so the engine knows no
vaccine, antigen, group or country by name."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from daemon_support import B, Tally
from rules_cases import Maker

CASES = 250


def forecast(folder, cases, *args):
    data = "".join(json.dumps(c) + "\n" for c in cases)
    done = subprocess.run([os.path.join(B, "planvaxctl"), "forecast", "--rules", folder, *args], input=data.encode(), capture_output=True, timeout=600)
    return [json.loads(x) for x in done.stdout.splitlines()]


def same(tally, what, got, want):
    wrong = [i for i, (a, b) in enumerate(zip(got, want)) if a != b]
    tally.check(len(got) == len(want) and not wrong, "%s: %d differ, first got %s\n want %s" % (
        what, len(wrong), json.dumps(got[wrong[0]])[:700] if wrong else len(got), json.dumps(want[wrong[0]])[:700] if wrong else len(want)))


def shuffled(case, rng):
    """Another order of doses (those of one day keep theirs) and facts; the place of each dose in the original."""
    days = sorted({d["date"] for d in case["doses"]})
    rng.shuffle(days)
    doses = [(i, d) for day in days for i, d in enumerate(case["doses"]) if d["date"] == day]
    facts = case["observations"][:]
    rng.shuffle(facts)
    return dict(case, doses=[d for _, d in doses], observations=facts), {new: old + 1 for new, (old, _) in enumerate(doses, 1)}


def orders(tally, name, folder, cases, want, rng):
    pairs = [shuffled(c, rng) for c in cases]
    got = forecast(folder, [c for c, _ in pairs])
    for (_, places), answer in zip(pairs, got):
        for e in answer["evaluations"]:
            e["n"] = places[e["n"]]
        answer["evaluations"].sort(key=lambda e: (e["group"], e["type"] == "risk", e["n"]))
    plain = json.loads(json.dumps(want))
    for answer in plain:
        answer["evaluations"].sort(key=lambda e: (e["group"], e["type"] == "risk", e["n"]))
    same(tally, name + ": order of doses and facts", got, plain)


def groups(tally, name, folder, cases, want, rng):
    known = sorted({f["group"] for a in want for f in a["forecasts"]})
    for group in rng.sample(known, min(4, len(known))):
        only = [dict(a, evaluations=[e for e in a["evaluations"] if e["group"] == group], forecasts=[f for f in a["forecasts"] if f["group"] == group])
                for a in want]
        same(tally, "%s: --group %s" % (name, group), forecast(folder, cases, "--group", group), only)


def unrelated(tally, name, folder, maker, cases, want, rng):
    """A dose, before the last day, of a code that no conflict and no rule of the other groups names."""
    schedule, more, keep = maker.rules.schedule, [], []
    text = {a: json.dumps(f) for a, f in maker.rules.files.items()}
    group_of = {a: g for g, list_ in schedule["group_antigens"].items() for a in list_}
    free = [c for c in sorted(schedule["vaccines"]) if c not in maker.rules.named]
    for case in cases:
        code = rng.choice(free)
        own = {x["antigen"] for x in schedule["vaccines"][code]["antigens"]}
        touched = {group_of[a] for a in text if a in own or '"%s"' % code in text[a] or ":%s" % code in text[a] or ",%s" % code in text[a]}
        doses = case["doses"] + [{"date": max([case["dob"]] + [d["date"] for d in case["doses"]][:1]), "cvx": code, "mvx": None}]
        more.append(dict(case, doses=doses))
        keep.append({g for g in schedule["groups"]} - touched)
    got = forecast(folder, more)
    limit = lambda answers: [{k: [x for x in a[k] if x["group"] in g] for k in ("evaluations", "forecasts")} for a, g in zip(answers, keep)]
    same(tally, name + ": an unrelated dose", limit(got), limit(want))


def renamed(value, names, key=None):
    """The same rules under other names; `names` maps each old one. Aliases, makers and prose stay."""
    if isinstance(value, dict):
        return {k: renamed(v, names, k) for k, v in value.items()}
    if isinstance(value, list):
        return [renamed(v, names, key) for v in value]
    if not isinstance(value, str) or key not in NAMED:
        return value
    head, colon, tail = value.partition(":")
    if key == "from" and colon and head in ("recent", "obs"):
        return head + ":" + ",".join(names[c] for c in tail.split(","))
    return names.get(value, value)


NAMED = ("antigen", "code", "prev", "cur", "obs", "codes", "history", "exclusions", "vaccine_group", "inadvertent", "any", "from", "group_antigens")


def renames(tally, name, folder, maker, cases, want, work):
    schedule = maker.rules.schedule
    words = sorted(set(schedule["vaccines"]) | set(schedule["observations"]) | set(schedule["groups"]) | maker.rules.named |
                   {a for g in schedule["group_antigens"].values() for a in g})
    names = {w: "Q-%s" % w for w in words}  # the order by bytes stays
    target = os.path.join(work, "renamed")
    os.mkdir(target)
    for i, file in enumerate(sorted(os.listdir(folder), reverse=True)):
        if not file.endswith(".json"):
            continue
        with open(os.path.join(folder, file)) as f:
            root = json.load(f)
        root = {k: root[k] for k in sorted(root, reverse=True)}
        new = renamed_file(root, names)
        dated = "-" + root["valid_from"] if "valid_from" in root else ""
        with open(os.path.join(target, file if file == "schedule.json" else "f%03d%s.json" % (i, dated)), "w") as f:
            json.dump(new, f)
    codes = lambda c: dict(c, doses=[dict(d, cvx=names[d["cvx"]]) for d in c["doses"]], observations=[dict(o, code=names[o["code"]]) for o in c["observations"]])
    got = forecast(target, [codes(c) for c in cases])
    back = {v: k for k, v in names.items()}
    for a in got:
        for x in a.get("evaluations", []) + a.get("forecasts", []):
            x["group"] = back[x["group"]]
        for f in a.get("forecasts", []):
            f["vaccines"] = [back[v] for v in f["vaccines"]]
            f["volumes_ml"] = {back[k]: v for k, v in f.get("volumes_ml", {}).items()}
            for w in f["why"]:
                w["rule"] = w["rule"].replace("Q-", "", 1)
    plain = json.loads(json.dumps(want))
    for a in plain:
        for f in a.get("forecasts", []):
            f["volumes_ml"] = f.get("volumes_ml", {})
    same(tally, name + ": other names, files and order of keys", got, plain)


def renamed_file(root, names):
    if "vaccines" in root and "group_antigens" in root:
        out = dict(root)
        out["vaccines"] = {names[k]: renamed(v, names) for k, v in root["vaccines"].items()}
        out["observations"] = {names[k]: v for k, v in root["observations"].items()}
        out["groups"] = {names[k]: v for k, v in root["groups"].items()}
        out["group_antigens"] = {names[k]: [names[a] for a in v] for k, v in root["group_antigens"].items()}
        out["conflicts"] = renamed(root["conflicts"], names)
        return out
    return {k: renamed(v, names, k) for k, v in root.items()}


def names_in_sources(tally):
    """No source of the layers that decide holds a code, an antigen or a group of the project's rules."""
    with open(os.path.join(ROOT, "conf/rules/schedule.json")) as f:
        schedule = json.load(f)
    words = set(schedule["vaccines"]) | set(schedule["groups"]) | {a for g in schedule["group_antigens"].values() for a in g}
    found = []
    for layer in ("rules", "plan", "jobs", "view"):
        for file in sorted(os.listdir(os.path.join(ROOT, "daemon", layer))):
            with open(os.path.join(ROOT, "daemon", layer, file), encoding="utf-8") as f:
                code = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
            found += ["%s/%s: %s" % (layer, file, w) for w in words if '"%s' % w in code]
    tally.check(len(words) > 10 and not found, "names in sources: %s" % found)


def main():
    tally = Tally("metamorphic")
    names_in_sources(tally)
    folders = [os.path.join(ROOT, "conf/rules")] + [d for d in [os.path.join(os.environ.get("SHARED", ""), "suites/doses/cdsi-rules")] if os.path.isdir(d)]
    for folder in folders:
        name = os.path.basename(folder)
        rng = random.Random("1 " + name)
        maker = Maker(folder, rng)
        cases = [maker.case(n) for n in range(CASES)]
        want = forecast(folder, cases)
        tally.check(len(want) == CASES and all("error" not in a for a in want), name + ": every case is answered")
        orders(tally, name, folder, cases, want, rng)
        groups(tally, name, folder, cases, want, rng)
        unrelated(tally, name, folder, maker, cases, want, rng)
        same(tally, name + ": threads", forecast(folder, cases, "--jobs", "7"), forecast(folder, cases, "--jobs", "1"))
        with tempfile.TemporaryDirectory() as work:
            renames(tally, name, folder, maker, cases, want, work)
    tally.end()


main()
