#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second engine for planvax-rules/1, slow and plain: written step by step from the format's definition, sharing no line with the
daemon's. Tests compare the two on random histories and random rules. usage: rules_oracle.py RULES [GROUP...] < cases.jsonl"""
import datetime as dt
import json
import os
import re
import sys

FIRST, LAST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)
ORDER = ("contraindicated", "aged_out", "not_recommended", "undetermined", "not_complete", "immune", "complete")
ANSWERS = {"not_complete": 0, "undetermined": 0, "immune": 1, "complete": 2, "contraindicated": 3, "aged_out": 4, "not_recommended": 5}


def day(text):
    return dt.date.fromisoformat(text)


def rolled(year, month, d):
    """A day that does not exist becomes the first of the next month."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if year > 9990:
        return dt.date(9990, 1, 1)
    try:
        return dt.date(year, month, d)
    except ValueError:
        return dt.date(year + month // 12, month % 12 + 1, 1)


def plus(date, dur):
    """date + dur: years, then months, then days."""
    sums, sign = {"y": 0, "m": 0, "d": 0}, 1
    for op, number, unit in re.findall(r"([+-])?\s*(\d+)\s+([a-z]+)", dur):
        sign = -1 if op == "-" else 1
        kind = {"d": "d", "w": "d", "m": "m", "y": "y"}[unit[0]]
        sums[kind] += sign * int(number) * (7 if unit[0] == "w" else 1)
    date = rolled(date.year + sums["y"], date.month, date.day)
    date = rolled(date.year, date.month + sums["m"], date.day)
    return date + dt.timedelta(days=sums["d"])


class Rules:
    def __init__(self, folder):
        with open(os.path.join(folder, "schedule.json")) as f:
            self.schedule = json.load(f)
        self.files = {}
        for name in sorted(os.listdir(folder)):
            if name.endswith(".json") and name != "schedule.json":
                with open(os.path.join(folder, name)) as f:
                    one = json.load(f)
                self.files.setdefault(one["antigen"], []).append(one)
        self.named = {c["prev"] for c in self.schedule["conflicts"]} | {c["cur"] for c in self.schedule["conflicts"]}

    def vaccine(self, code, mvx):
        """The entry of a code or alias; None where it is undeclared; KeyError where that is an error."""
        vaccines = self.schedule["vaccines"]
        if code in vaccines:
            return code
        same = sorted(k for k, v in vaccines.items() if v.get("cvx") == code and "mvx" in v and v["mvx"] == mvx)
        same = same or sorted(k for k, v in vaccines.items() if v.get("cvx") == code and "mvx" not in v)
        if same:
            return same[0]
        if code in self.named:
            return None
        raise KeyError("unknown vaccine code %s" % code)

    def file(self, antigen, assessed):
        for f in self.files.get(antigen, []):
            if day(f.get("valid_from", "1900-01-01")) <= assessed <= day(f.get("valid_to", "2999-12-31")):
                return f
        return None


class Dose:
    def __init__(self, n, date, code, vaccine, mvx):
        self.n, self.date, self.code, self.vaccine, self.mvx, self.valid, self.conflict = n, date, code, vaccine, mvx, False, False


class Person:
    def __init__(self, rules, case):
        self.rules, self.birth, self.assessed = rules, day(case["dob"]), day(case["assessment_date"])
        self.gender = {"F": "Female", "M": "Male"}.get(case.get("gender"), "Unknown")
        self.facts = [(o["code"], day(o["date"]) if o.get("date") else None) for o in case.get("observations") or []]
        for code, _ in self.facts:
            if code not in rules.schedule["observations"]:
                raise KeyError("unknown observation %s" % code)
        self.doses = []
        for n, d in enumerate(case.get("doses") or [], 1):
            v = rules.vaccine(d["cvx"], d.get("mvx"))
            self.doses.append(Dose(n, day(d["date"]), v or d["cvx"], v, d.get("mvx")))
        self.doses.sort(key=lambda d: d.date)

    def age(self, dur, absent):
        return absent if dur is None else plus(self.birth, dur)

    def aged(self, entry, on, begin="begin_age", end="end_age"):
        return self.age(entry.get(begin), FIRST) <= on < self.age(entry.get(end), LAST)

    def has(self, code, on):
        """(held, latest date or None)"""
        dates = [d for c, d in self.facts if c == code and (d is None or d <= on)]
        known = [d for d in dates if d is not None]
        return bool(dates), max(known) if known else None


def in_force(entry, on):
    return day(entry.get("effective", "1900-01-01")) <= on <= day(entry.get("cessation", "2999-12-31"))


class Series:
    """One series of a person: evaluation and forecast."""

    def __init__(self, person, file, rule, doses):
        self.p, self.file, self.rule, self.doses = person, file, rule, doses
        self.targets = rule["doses"]
        self.reset()

    def reset(self):
        self.at, self.outcome, self.satisfied, self.previous, self.status, self.first_valid, self.n_valid = 0, {}, {}, None, None, None, 0
        self.earliest, self.ended, self.judging = None, None, False

    # ---- references
    def reference(self, ref, before, on):
        if ref == "previous":
            return self.previous.date if self.previous else None
        if ref.startswith("dose:"):
            d = self.satisfied.get(int(ref[5:]))
            return d.date if d else None
        if ref.startswith("recent:"):
            codes = ref[7:].split(",")
            found = [d.date for d in before if d.code in codes]
            return found[-1] if found else None
        held, latest = self.p.has(ref[4:], on)
        return latest if held else None

    # ---- skips
    def is_complete(self, judging, n_before):
        """In a forecast by the status; while a dose is judged, by the doses before it."""
        if judging:
            return self.ended is not None and self.ended < n_before and self.n_valid > 0
        return self.status == "complete"

    def condition(self, c, on, before, siblings):
        kind = c["type"].lower()
        if kind == "age":
            return self.p.aged(c, on)
        if kind == "interval":
            return self.previous is not None and on >= plus(self.previous.date, c["interval"])
        if kind == "completed series":
            return any(s is not self and s.is_complete(self.judging, len(before)) and s.rule["group"] in c["groups"] for s in siblings)
        if kind == "observation":
            return any(self.fact(code, c.get("interval"), on) for code in c["codes"])
        valid = c["dose_type"].lower() == "valid"
        pool = before if "codes" in c and not valid else [d for d in before if d in self.doses]
        n = 0
        for d in pool:
            if valid and self.outcome.get(d.n) != "Valid":
                continue
            if "codes" in c and d.code not in c["codes"]:
                continue
            if self.p.aged(c, d.date) and day(c.get("start", "1900-01-01")) <= d.date < day(c.get("end", "2999-12-31")):
                n += 1
        want = int(c["count"])
        return {"greater than": n > want, "equal to": n == want, "less than": n < want}[c["logic"].lower()]

    def fact(self, code, interval, on):
        held, latest = self.p.has(code, on)
        if not held or interval is None or self.previous is None:
            return held
        return latest is not None and latest >= plus(self.previous.date, interval)

    def skipped(self, target, context, on, before, siblings):
        for skip in target.get("skip", []):
            if skip["context"].lower() not in (context, "both"):
                continue
            sets = []
            for s in skip["sets"]:
                if in_force(s, on):
                    met = [self.condition(c, on, before, siblings) for c in s["conditions"]]
                    sets.append(any(met) if s.get("logic", "AND").upper() == "OR" else all(met))
            if sets and (any(sets) if skip.get("logic", "AND").upper() == "OR" else all(sets)):
                return True
        return False

    # ---- E
    def judge(self, d, before):
        t, p = self.targets[self.at], self.p
        if d.code in t.get("inadvertent", []):
            return "inadvertent"
        for a in t.get("age", []):
            if in_force(a, d.date):
                if d.date < p.age(a.get("abs_min"), FIRST):
                    return "Not Valid"
                if d.date >= p.age(a.get("max"), LAST):
                    return "Extraneous"
        met = True
        for w in t.get("interval", []):
            ref = self.reference(w["from"], before, d.date) if in_force(w, d.date) else None
            if ref is None:
                continue
            if "max" in w and d.date >= plus(ref, w["max"]):
                return "Not Valid"
            met = met and ("abs_min" not in w or d.date >= plus(ref, w["abs_min"]))
        if not met:
            second = t.get("allowable_interval", [])
            refs = [(self.reference(w["from"], before, d.date), w) for w in second]
            if not second or any(r is not None and d.date < plus(r, w["abs_min"]) for r, w in refs):
                return "Not Valid"
        if d.conflict:
            return "Not Valid"
        good = any(v["code"] == d.code and p.aged(v, d.date) and v.get("mvx") in (None, d.mvx) for v in t.get("preferable", []))
        good = good or any(v["code"] == d.code and p.aged(v, d.date) for v in t.get("allowable", []))
        return "Valid" if good else "Not Valid"

    def evaluate(self, d, before, siblings):
        self.judging = True
        while self.at < len(self.targets) and self.skipped(self.targets[self.at], "evaluation", d.date, before, siblings):
            self.at += 1
        result = self.judge(d, before) if self.at < len(self.targets) else "Extraneous"
        self.outcome[d.n] = "Not Valid" if result == "inadvertent" else result
        if result in ("Valid", "Not Valid"):
            self.previous = d
        if result == "Valid":
            self.satisfied[self.targets[self.at]["n"]] = d
            self.n_valid += 1
            self.first_valid = self.first_valid or d.date
            if not self.targets[self.at].get("recurring"):
                self.at += 1
        if self.at >= len(self.targets) and self.ended is None:
            self.ended = len(before)
        self.judging = False
        return result == "Valid"

    # ---- F
    def immune(self):
        im, p = self.file.get("immunity") or {}, self.p
        if any(p.has(o, p.assessed)[0] for o in im.get("history", [])):
            return True
        return any(p.birth < day(b["before"]) and not any(p.has(o, p.assessed)[0] for o in b.get("exclusions", [])) for b in im.get("birth", []))

    def vaccine_barred(self, code):
        p = self.p
        return any(p.has(c["obs"], p.assessed)[0] and any(v["code"] == code and p.aged(v, p.assessed) for v in c["vaccines"])
                   for c in self.file["contraindications"].get("vaccine", []))

    def barred(self, t):
        p = self.p
        if any(p.has(c["obs"], p.assessed)[0] and p.aged(c, p.assessed) for c in self.file["contraindications"]["antigen"]):
            return True
        codes = [v["code"] for v in t.get("preferable", [])]
        return bool(codes) and all(self.vaccine_barred(c) for c in codes)

    def dates(self, t):
        p = self.p
        age = next((a for a in t.get("age", []) if in_force(a, p.assessed)), {})
        earliest = [FIRST, p.age(age.get("min"), FIRST)]
        rec, due = [], []
        self.undated = self.priority = False
        for w in t.get("interval", []):
            if not in_force(w, p.assessed):
                continue
            ref = self.reference(w["from"], p.doses, p.assessed)
            if ref is None:
                if "max" in w and w["from"].startswith("obs:") and p.has(w["from"][4:], p.assessed)[0]:
                    self.undated = self.undated or "date : " + p.rules.schedule["observations"][w["from"][4:]]
                continue
            if "min" in w:
                earliest.append(plus(ref, w["min"]))
            self.priority = self.priority or bool(w.get("priority"))
            if "earliest_rec" in w:
                rec.append(plus(ref, w["earliest_rec"]))
            if "latest_rec" in w:
                due.append(plus(ref, w["latest_rec"]) - dt.timedelta(days=1))
        codes = {v["code"] for v in t.get("preferable", [])}
        for c in p.rules.schedule["conflicts"]:
            if c["cur"] in codes:
                earliest += [plus(d.date, c["end"]) for d in p.doses if d.code == c["prev"]]
        if "season" in t:
            earliest.append(day(t["season"]["start"]))
        if self.doses:
            earliest.append(self.doses[-1].date)
        self.earliest = max(earliest)
        if "earliest_rec" in age:
            rec = [p.age(age["earliest_rec"], FIRST)]
        if "latest_rec" in age:
            due = [p.age(age["latest_rec"], FIRST) - dt.timedelta(days=1)]
        self.recommended = max([self.earliest] + rec)
        self.past_due = max([self.earliest, max(due)]) if due else None
        return age

    def forecast(self, siblings):
        p = self.p
        while True:
            while self.at < len(self.targets) and self.skipped(self.targets[self.at], "forecast", p.assessed, p.doses, siblings):
                self.at += 1
            self.earliest, self.open_from, self.limit, self.overdue, self.needs, self.dose = None, None, None, False, [], None
            if self.immune():
                return "immune"
            if self.at >= len(self.targets):
                return "complete" if self.n_valid else "not_recommended"
            t = self.targets[self.at]
            if self.barred(t):
                return "contraindicated"
            if "season" in t and p.assessed > day(t["season"].get("end", "2999-12-31")):
                return "not_recommended"
            age = self.dates(t)
            last = p.age(age.get("max"), LAST)
            if p.assessed >= last or self.earliest >= last:
                return "aged_out"
            for w in t.get("interval", []):
                ref = self.reference(w["from"], p.doses, p.assessed) if "max" in w and in_force(w, p.assessed) else None
                if ref is not None and max(p.assessed, self.earliest) >= plus(ref, w["max"]):
                    self.overdue = True
                    return "not_recommended"
            self.dose = self.n_valid + 1
            if "season" in t:
                self.dose = 1 + sum(self.outcome[d.n] == "Valid" and d.date >= day(t["season"]["start"]) for d in self.doses)
            if self.skipped(t, "forecast", max(p.assessed, self.earliest), p.doses, siblings):
                self.at += 1
                continue
            return self.finish(t)

    def finish(self, t):
        p = self.p
        opens = []
        for o in t.get("open_from", []):
            first = max(day(o["date"]), p.age(o.get("begin_age"), FIRST))
            if in_force(o, p.assessed) and first < p.age(o.get("end_age"), LAST) and \
                    ("obs" not in o or any(p.has(c, p.assessed)[0] for c in o["obs"])):
                opens.append(first)
        if t.get("open_from"):
            if not opens:
                return "not_recommended"
            self.open_from = max(self.earliest, min(opens))
        limits = []
        for m in t.get("limit", []):
            ref = self.reference(m.get("from", "previous"), p.doses, p.assessed)
            if in_force(m, p.assessed) and p.aged(m, p.assessed) and ref is not None:
                limits.append(max(plus(ref, m["after"]), day(m.get("not_before", "1900-01-01")), p.age(m.get("not_before_age"), FIRST)))
        self.limit = min(limits) if limits else None
        self.needs = [self.undated] if self.undated else []
        self.needs += [n["text"] for n in t.get("needs", []) if not any(self.fact(c, n.get("interval"), p.assessed) for c in n["any"])]
        return "undetermined" if self.needs else "not_complete"

    def vaccines(self):
        t, p = self.targets[self.at], self.p
        named = any(v.get("forecast") for v in t.get("preferable", []))
        on = max(self.earliest, p.assessed)
        return [v["code"] for v in t.get("preferable", []) if (v.get("forecast") or not named) and p.aged(v, on) and not self.vaccine_barred(v["code"])]

    # ---- S
    def is_open(self):
        return self.status in ("not_complete", "undetermined")

    def in_process(self):
        return self.is_open() and self.n_valid > 0

    def infection_only(self):
        if self.at >= len(self.targets):
            return False
        t, vaccines = self.targets[self.at], self.p.rules.schedule["vaccines"]
        return not t.get("preferable") and all(vaccines[v["code"]].get("infection") for v in t["allowable"])

    def ends(self):
        """The day on which it can end, or None."""
        if not self.is_open():
            return None
        p, on = self.p, self.earliest
        for i in range(self.at + 1, len(self.targets)):
            if self.targets[i - 1].get("recurring"):
                break
            t, start = self.targets[i], on
            for w in t.get("interval", []):
                if w["from"] == "previous" and "min" in w and in_force(w, p.assessed):
                    on = max(on, plus(start, w["min"]))
            for a in t.get("age", []):
                if in_force(a, p.assessed):
                    on = max(on, p.age(a.get("min"), FIRST))
                    if on >= p.age(a.get("max"), LAST):
                        return None
        return on


def award(points, runs, value, plus_points, yes_no=False):
    values = {id(r): value(r) for r in runs}
    best = True if yes_no else max(values.values())
    n = sum(v == best for v in values.values())
    for r in runs:
        if values[id(r)] != best:
            points[id(r)] -= plus_points
        elif n == 1:
            points[id(r)] += plus_points


def choose(runs):
    """S1 to S4 for the runs of one series group."""
    p = runs[0].p if runs else None
    able = [r for r in runs if not r.infection_only() and not (r.overdue and r.rule["type"] == "risk" and not r.n_valid)]
    risk = [r for r in able if r.rule["type"] == "risk"]
    standard = [r for r in able if r.rule["type"] == "standard"]
    risk = [r for r in risk if r.rule["priority"] == min(x.rule["priority"] for x in risk)]
    begun = [r for r in standard if r.first_valid and r.first_valid < p.age(r.rule.get("max_age_to_start"), LAST)]
    standard = begun or [r for r in standard if r.rule.get("default")] or standard
    alone = [r for r in able if r.rule["type"] == "evaluation_only" and r.status == "complete"]
    runs = [r for r in able if r in risk or r in standard or r in alone]
    if len(runs) < 2:
        return runs[0] if runs else None
    complete = [r for r in runs if r.status == "complete"]
    process = [r for r in runs if r.in_process()]
    if len(complete) == 1:
        return complete[0]
    if not complete and len(process) == 1:
        return process[0]
    defaults = [r for r in runs if r.rule.get("default")]
    if not complete and not any(r.n_valid for r in runs) and len(defaults) == 1:
        return defaults[0]
    points = {id(r): 0 for r in runs}
    ends = {id(r): r.ends() for r in runs}
    if len(complete) > 1:
        runs = complete
        award(points, runs, lambda r: r.n_valid, 1)
    elif len(process) > 1:
        runs = process
        award(points, runs, lambda r: bool(r.rule.get("product_path")) and all(v == "Valid" for v in r.outcome.values()), 2, True)
        award(points, runs, lambda r: ends[id(r)] is not None, 3, True)
        award(points, runs, lambda r: r.n_valid, 2)
        award(points, runs, lambda r: r.at - len(r.targets), 2)
        award(points, runs, lambda r: -(ends[id(r)] or LAST).toordinal(), 1)
    else:
        award(points, runs, lambda r: -r.earliest.toordinal() if r.earliest and r.status != "aged_out" else -10 ** 9, 1)
        award(points, runs, lambda r: ends[id(r)] is not None, 1, True)
        for r in runs:
            points[id(r)] += -1 if r.rule.get("product_path") else 1
    return min(runs, key=lambda r: (-points[id(r)], r.rule.get("preference", 2 ** 31 - 1)))


def select(file, runs):
    """The standard and the risk answer of an antigen."""
    groups = []
    for s in file["series"]:
        if s["group"] not in groups:
            groups.append(s["group"])
    kinds = {g: next((s["type"] for s in file["series"] if s["group"] == g and s["type"] != "evaluation_only"), "standard") for g in groups}
    risky = lambda r: (kinds[r.rule["group"]] if r.rule["type"] == "evaluation_only" else r.rule["type"]) == "risk"
    chosen = {g: choose([r for r in runs if r.rule["group"] == g]) for g in groups}
    left = []
    for g in groups:
        r = chosen[g]
        others = [chosen.get(o) for o in (r.rule.get("equivalent_groups", []) if r else [])]
        if r and not any(o and o is not r and ((o.status == "complete" and r.status != "complete") or (risky(o) and not risky(r))) for o in others):
            left.append(r)
    ready = [r for r in left if not risky(r) and (r.n_valid or r.p.assessed >= r.p.age(r.rule.get("min_age_to_start"), FIRST))]
    answers = {}
    for r in left:
        kind = "risk" if risky(r) else "standard"
        if kind == "standard" and ready and r not in ready:
            continue
        key = (ANSWERS[r.status], r.earliest or dt.date.min)
        if kind not in answers or key < answers[kind][0]:
            answers[kind] = (key, r)
    return {k: v[1] for k, v in answers.items()}


def asks_for(run):
    return {g for t in run.targets for s in t.get("skip", []) for x in s["sets"] for c in x["conditions"]
            if c["type"].lower() == "completed series" for g in c["groups"]}


def settle(person, by_antigen):
    """Evaluates date by date and forecasts; series that ask for another's completion come after it."""
    done = set()
    todo = [(a, r) for a, runs in by_antigen.items() for r in runs]
    while todo:
        now = [(a, r) for a, r in todo if not any(o is not r and o.rule["group"] in asks_for(r) and id(o) not in done for o in by_antigen[a])]
        for i, d in enumerate(person.doses):
            d.conflict = False
            for c in person.rules.schedule["conflicts"]:
                if c["cur"] == d.code:
                    for e in person.doses[:i]:
                        if e.code == c["prev"] and plus(e.date, c["begin"]) <= d.date < plus(e.date, c["min_end"] if e.valid else c["end"]):
                            d.conflict = True
            for a, r in now:
                if d in r.doses:
                    d.valid = r.evaluate(d, person.doses[:i], by_antigen[a]) or d.valid
        for a, r in now:
            r.status = r.forecast(by_antigen[a])
            done.add(id(r))
        todo = [x for x in todo if x not in now]


def answer(rules, case, wanted=()):
    p = Person(rules, case)
    by_antigen, files = {}, {}
    for antigens in rules.schedule["group_antigens"].values():
        for antigen in antigens:
            f = rules.file(antigen, p.assessed)
            if not f:
                continue
            doses = [d for d in p.doses if d.vaccine and any(x["antigen"] == antigen and p.aged(x, d.date)
                                                             for x in rules.schedule["vaccines"][d.vaccine]["antigens"])]
            files[antigen] = f
            by_antigen[antigen] = [Series(p, f, s, doses) for s in f["series"] if p.gender in s.get("gender", [p.gender]) and
                                   (s["type"] != "risk" or any(p.has(x["obs"], p.assessed)[0] and p.aged(x, p.assessed) for x in s["indications"]))]
    settle(p, by_antigen)
    chosen = {a: select(files[a], runs) for a, runs in by_antigen.items()}
    out = []
    for group in sorted(rules.schedule["groups"], key=lambda g: g.encode()):
        for kind in ("standard", "risk"):
            runs = [chosen[a][kind] for a in sorted(rules.schedule["group_antigens"][group], key=lambda a: a.encode())
                    if a in chosen and kind in chosen[a]]
            if runs and (not wanted or group in wanted):
                out.append(combine(p, rules, group, kind, runs))
    return out


def combine(p, rules, group, kind, runs):
    status = next(s for s in ORDER if any(r.status == s for r in runs))
    a = {"group": group, "type": kind, "status": status, "earliest": None, "recommended": None, "past_due": None, "dose": None}
    if status == "undetermined":
        a["needs"] = [n for r in runs if r.status == status for n in r.needs]
        a["dose"] = next(r.dose for r in runs if r.status == status)
    if status == "not_complete":
        some = [r for r in runs if r.status == status]
        earliest = max(r.earliest for r in some)
        if any(r.priority for r in some):
            earliest = max([min(r.earliest for r in some)] + [r.doses[-1].date for r in runs if r.doses])
        due = [r.past_due for r in some if r.past_due]
        doses = [r.dose for r in some]
        a.update(earliest=earliest, recommended=max(earliest, min(r.recommended for r in some)), past_due=max(earliest, min(due)) if due else None,
                 dose=min(doses) if rules.schedule["groups"][group]["full"] else max(doses))
        opens, limits = [r.open_from for r in some if r.open_from], [r.limit for r in some if r.limit]
        if opens:
            a["open_from"] = max(opens + [earliest])
        if limits:
            a["limit"] = min(limits)
        if len(some) == 1:
            a["vaccines"] = list(dict.fromkeys(some[0].vaccines()))
    return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in a.items()}, {
        d.n: max((r.outcome[d.n] for r in runs if d.n in r.outcome), key=("Extraneous", "Valid", "Not Valid").index)
        for d in p.doses if any(d.n in r.outcome for r in runs)}


def main():
    rules = Rules(sys.argv[1])
    for line in sys.stdin:
        case = json.loads(line)
        out = {"id": case["id"], "evaluations": [], "forecasts": []}
        try:
            for forecast, outcomes in answer(rules, case, sys.argv[2:]):
                out["forecasts"].append(forecast)
                out["evaluations"] += [{"n": n, "group": forecast["group"], "type": forecast["type"], "status": s} for n, s in sorted(outcomes.items())]
        except KeyError as e:
            out = {"id": case["id"], "error": str(e)}
        print(json.dumps(out))


if __name__ == "__main__":
    main()
