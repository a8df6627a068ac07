# SPDX-License-Identifier: Apache-2.0
"""Random cases for a rule set, on and beside its bounds."""
import datetime as dt

import rules_oracle


def texts(value, key, out):
    """Every value of a key anywhere in a JSON value."""
    if isinstance(value, dict):
        for k, v in value.items():
            if k in key and isinstance(v, str):
                out.add(v)
            texts(v, key, out)
    elif isinstance(value, list):
        for v in value:
            texts(v, key, out)
    return out


class Maker:
    """Random cases that lie on and beside the bounds of a rule set."""

    def __init__(self, folder, rng):
        self.rules, self.rng = rules_oracle.Rules(folder), rng
        schedule = self.rules.schedule
        self.codes = {}
        for code, v in schedule["vaccines"].items():
            for a in v["antigens"]:
                self.codes.setdefault(a["antigen"], []).append(code)
        self.antigens = sorted(self.codes)
        self.spans, self.ages, self.days, self.facts, self.mvx = {}, {}, {}, {}, {}
        for antigen in self.antigens:
            files = self.rules.files.get(antigen, [])
            self.ages[antigen] = sorted(texts(files, {"abs_min", "min", "max", "begin_age", "end_age", "earliest_rec", "min_age_to_start",
                                                      "max_age_to_start"}, set()))
            self.spans[antigen] = sorted(texts([w for f in files for s in f["series"] for d in s["doses"] for k in ("interval", "allowable_interval")
                                                for w in d.get(k, [])], {"abs_min", "min", "latest_rec", "max"}, set())) or ["28 days"]
            self.days[antigen] = sorted(texts(files, {"effective", "cessation", "date", "not_before", "start", "end", "valid_from", "valid_to", "before"}, set()))
            self.facts[antigen] = sorted(texts(files, {"obs"}, set()) | {o for f in files for o in f.get("immunity", {}).get("history", [])}
                                         | {c for f in files for c in self.lists(f)})
            self.mvx[antigen] = sorted(texts(files, {"mvx"}, set()))

    def lists(self, f):
        for s in f["series"]:
            for d in s["doses"]:
                for n in d.get("needs", []):
                    yield from n["any"]
                for o in d.get("open_from", []):
                    yield from o.get("obs", [])
                for k in d.get("skip", []):
                    for x in k["sets"]:
                        for c in x["conditions"]:
                            if c["type"].lower() == "observation":
                                yield from c["codes"]

    def near(self, date):
        return date + dt.timedelta(days=self.rng.choice((-5, -4, -1, 0, 0, 0, 1, 3)))

    def birth(self):
        r = self.rng
        year = r.choice((1930, 1944, 1957, 1970, 1980, 1996, 2004, 2010, 2016, 2019, 2020, 2021)) + r.randrange(3)
        if year % 4 == 0 and r.random() < 0.3:
            return dt.date(year, 2, 29)
        return dt.date(year, 1, 1) + dt.timedelta(days=r.randrange(365))

    def case(self, n):
        r = self.rng
        antigen = r.choice(self.antigens)
        others = r.sample(self.antigens, min(2, len(self.antigens)))
        born = self.birth()
        doses, at = [], None
        for _ in range(r.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 7))):
            a = antigen if r.random() < 0.8 else r.choice(others)
            if at is None or r.random() < 0.15:
                at = rules_oracle.plus(born, r.choice(self.ages[a] or ["18 years"]))
                if r.random() < 0.4:
                    at = dt.date(2019, 1, 1) + dt.timedelta(days=r.randrange(1400))
            else:
                at = rules_oracle.plus(at, r.choice(self.spans[a]))
            if self.days[a] and r.random() < 0.1:
                at = dt.date.fromisoformat(r.choice(self.days[a]))
            at = max(born, min(self.near(at), dt.date(2030, 1, 1)))
            doses.append({"date": at.isoformat(), "cvx": r.choice(self.codes[a]), "mvx": r.choice(self.mvx[a] + [None])})
        last = dt.date.fromisoformat(max(d["date"] for d in doses)) if doses else born
        when = r.choice((lambda: rules_oracle.plus(last, r.choice(self.spans[antigen])), lambda: rules_oracle.plus(born, r.choice(self.ages[antigen] or ["1 year"])),
                         lambda: dt.date(2020, 1, 1) + dt.timedelta(days=r.randrange(1500)),
                         lambda: dt.date.fromisoformat(r.choice(self.days[antigen] or ["2022-01-10"]))))()
        assessed = min(max(born, self.near(when)), dt.date(2040, 1, 1))
        facts = []
        for _ in range(r.choice((0, 0, 0, 1, 1, 2, 3))):
            if self.facts[antigen]:
                on = r.choice((None, self.near(assessed), self.near(last), self.near(rules_oracle.plus(last, r.choice(self.spans[antigen])))))
                facts.append({"code": r.choice(self.facts[antigen]), "date": on.isoformat() if on else None})
        r.shuffle(doses)
        return {"id": n, "dob": born.isoformat(), "gender": r.choice(("F", "M", "U", None)), "assessment_date": assessed.isoformat(),
                "observations": facts, "doses": doses}
