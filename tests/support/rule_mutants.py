#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rule_mutants: rule sets that differ from the one that ships by one day in one place, and whether the golden cases tell them apart.

A mutant adds or takes a day from one duration or date of one file of dose rules. `golden_cases.tsv` beside this file has rows of
group, birth date, assessment date, doses, facts, expected answer; a mutant is killed when some answer differs or the rules do not load."""
import copy
import datetime
import glob
import json
import os
import re
import subprocess

DURATIONS = {"abs_min", "min", "earliest_rec", "latest_rec", "max", "begin_age", "end_age", "interval", "after", "not_before_age",
             "min_age_to_start", "max_age_to_start"}
DATES = {"date", "effective", "cessation", "not_before", "start", "end", "before", "valid_from", "valid_to"}
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden_cases.tsv")
DATE = re.compile(r"\d{4}-\d\d-\d\d$")


def places(value, path=()):
    """Paths of all durations and dates of a file, but those of its sources."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key == "sources":
            continue
        here = path + (key,)
        if isinstance(inner, str) and ((key in DURATIONS and not DATE.match(inner)) or (key in DATES and DATE.match(inner))):
            yield here
        else:
            yield from places(inner, here)


def shifted(text, days):
    if DATE.match(text):
        return (datetime.date.fromisoformat(text) + datetime.timedelta(days)).isoformat()
    return "%s %s 1 day" % (text, "+" if days > 0 else "-")


def changed(root, path, days):
    copied = copy.deepcopy(root)
    at = copied
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = shifted(at[path[-1]], days)
    return copied


def name_of(name, root):
    """Name of a file with its own validity."""
    return re.sub(r"-\d{4}-\d\d-\d\d\.json$", "-%s.json" % root["valid_from"], name) if "valid_from" in root else name


class Rules:
    """The dose rules of a directory in memory, written to a scratch directory with one file changed."""

    def __init__(self, directory, scratch):
        self.scratch = scratch
        self.files = {}
        for path in sorted(glob.glob(os.path.join(directory, "*.json"))):
            with open(path, encoding="utf-8") as f:
                self.files[os.path.basename(path)] = json.load(f)
        for name, root in self.files.items():
            self.write(name, root)

    def write(self, name, root):
        with open(os.path.join(self.scratch, name), "w", encoding="utf-8") as f:
            json.dump(root, f, ensure_ascii=False)

    def mutants(self):
        for name, root in self.files.items():
            if name == "schedule.json":
                continue
            for path in places(root):
                for days in (1, -1):
                    yield name, path, days

    def with_mutant(self, mutant, use):
        """What use() finds while the scratch directory has the mutant."""
        name, path, days = mutant
        root = changed(self.files[name], path, days)
        other = name_of(name, root)
        os.remove(os.path.join(self.scratch, name))
        self.write(other, root)
        try:
            return use()
        finally:
            os.remove(os.path.join(self.scratch, other))
            self.write(name, self.files[name])

    def group(self, name):
        return self.files[name]["series"][0]["vaccine_group"]


def told(mutant, rules):
    name, path, days = mutant
    at = rules.files[name]
    for key in path:
        at = at[key]
    return "%s /%s: %s %+d day" % (name, "/".join(map(str, path)), at, days)


def brief(answer):
    """What counts of an answer, in short: "standard not_complete 3 booster 2022-01-22 open 2022-01-22 limit 2022-05-24: A 0.25; 1 Valid"."""
    answer, parts = json.loads(answer), []
    if "error" in answer:
        return "error"
    for f in answer["forecasts"]:
        words = [f["type"], f["status"]]
        if f["status"] == "not_complete":
            words += [str(f["dose"]), f.get("dose_kind", "primary"), f["earliest"]]
            for word, key in (("rec", "recommended"), ("past", "past_due"), ("open", "open_from"), ("limit", "limit")):
                if f.get(key) and not (key == "recommended" and f[key] == f["earliest"]):
                    words += [word, f[key]]
            words += ["+".join("%s/%g" % (v, f.get("volumes_ml", {}).get(v, 0)) for v in f["vaccines"])]
        parts.append(" ".join(words))
    parts += ["%d %s" % (e["n"], e["status"]) for e in answer["evaluations"]]
    return "; ".join(parts) or "no answer"


def line_of(row):
    """A golden row (group, birth, assessed, doses, facts) as a forecast line."""
    doses = [d.split(" ") for d in row[3].split(", ") if d]
    facts = [f.split(" ") for f in row[4].split(", ") if f]
    case = {"id": "g", "dob": row[1], "gender": "F", "assessment_date": row[2],
            "doses": [{"date": date, "cvx": code} for date, code in doses],
            "observations": [{"code": f[0], "date": f[1]} if len(f) > 1 else {"code": f[0]} for f in facts]}
    return json.dumps(case)


def golden():
    """Rows of golden_cases.tsv by group: [(row, expected answer)]."""
    by_group = {}
    with open(GOLDEN, encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                *row, expected = line.rstrip("\n").split("\t")
                by_group.setdefault(row[0], []).append((row, expected))
    return by_group


def ask(ctl, directory, group, rows):
    """Brief answers of a directory to rows of one group; None if it does not load."""
    text = "".join(line_of(row) + "\n" for row in rows).encode()
    return ask_text(ctl, directory, group, text)


def ask_text(ctl, directory, group, text):
    done = subprocess.run([ctl, "forecast", "--rules", directory, "--group", group], input=text, capture_output=True, timeout=120)
    return [brief(x) for x in done.stdout.splitlines()] if done.returncode in (0, 3) and done.stdout else None
