"""Random data sets by INTERFACE.md section 2: valid, but as unkind as they may be."""
import csv
import datetime as dt
import os
import random
from zoneinfo import ZoneInfo

# department: (region, zone blank or named, latitude, longitude, more communes with INSEE codes of their own)
PLACES = [("07", "84", "", 44.9, 4.5), ("67", "44", "", 48.6, 7.7), ("57", "44", "Europe/Paris", 49.1, 6.2), ("2A", "94", "", 41.9, 8.7),
          ("971", "01", "", 16.2, -61.5), ("972", "02", "", 14.6, -61.0), ("973", "03", "America/Cayenne", 4.9, -52.3),
          ("974", "04", "", -21.1, 55.5), ("976", "06", "", -12.8, 45.2), ("75", "11", "", 48.85, 2.35), ("01", "84", "", 46.2, 5.2)]
# first day, days, the planning clock's days before (negative: inside the horizon) and its hour
HORIZONS = [("2022-01-03", 28, 1), ("2022-01-05", 24, 1), ("2022-01-10", 7, 3), ("2022-01-12", 70, 5), ("2022-04-01", 30, 4), ("2022-04-04", 28, 0),
            ("2022-04-11", 14, -2), ("2022-05-02", 35, 1), ("2022-05-18", 20, 9), ("2021-12-20", 28, 2), ("2021-12-15", 21, -5), ("2022-10-19", 28, 1),
            ("2022-03-14", 28, 1), ("2022-07-04", 35, 1), ("2022-12-12", 28, -3), ("2022-02-01", 28, 12), ("2022-01-08", 9, 1), ("2022-04-29", 10, 8)]
TYPES = ("VIP_INITIALE", "VIP_PERIODIQUE", "VIP_PERIODIQUE_SIA", "APTITUDE_INITIAL_SIR", "APTITUDE_PERIODIQUE_SIR", "APTITUDE_ANNUEL_CAT_A", "INTERMEDIAIRE_SIR",
         "PREREPRISE", "REPRISE", "MI_CARRIERE", "POST_EXPOSITION", "A_LA_DEMANDE", "SAISONNIER_EMBAUCHE", "INTERIM_VIP")
HOURS = ("", "", "mon-fri 08:30-12:30,13:30-17:30", "mon-fri 08:00-12:00,13:00-17:00", "mon-thu 09:00-12:30,14:00-18:00|fri 08:00-12:00", "mon-sat 08:00-12:00",
         "mon,wed,fri 08:30-17:00", "tue-fri 10:00-19:00", "mon-fri 07:00-11:00,11:30-15:00,15:30-19:00", "sat 09:00-17:00|mon-tue 08:30-12:30", "mon-sun 06:00-22:00",
         "mon-fri 08:00-10:00,10:20-12:00,13:00-13:40,14:00-18:00")
FLAGS = ("DISABLED", "INVALIDITY_PENSION", "PREGNANT", "NIGHT_WORKER", "EMF_ABOVE_LIMIT", "BIO_GROUP_2", "IONISING_CAT_A", "IMMUNOSUPPRESSED", "SEVERE_RISK",
         "PRIORITY_OCCUPATION", "HEALTH_WORKER", "CAPILLARY_LEAK", "ANAPHYLAXIS_MRNA", "MPOX_RISK", "SMALLPOX_VACCINATED", "PREGNANT_POSTPARTUM_BREASTFEEDING")
KINDS = ("employee",) * 6 + ("temporary", "contractor", "head", "relative", "self_employed")
CODES = ("208", "208", "208", "207", "207", "212", "210", "211", "COMIRNATY", "SPIKEVAX")
PRODUCTS = ("COMIRNATY", "COMIRNATY", "208", "SPIKEVAX", "SPIKEVAX", "207", "JANSSEN", "212", "NUVAXOVID", "VAXZEVRIA", "IMVANEX", "206", "JYNNEOS")
COLUMNS = {
    "services": "service_id name kind siret region timezone mobilised contact_email", "communes": "insee name departement region lat lon population dens7",
    "centres": "centre_id service_id name kind insee lat lon hours posts opens_on closes_on",
    "staff": "staff_id service_id role vaccinates rpps name email centre_id hours languages max_days_per_week",
    "vehicles": "vehicle_id service_id centre_id posts days max_minutes setup_min pack_min",
    "companies": "siret service_id name insee lat lon naf headcount regime kind works_at can_host expected_takers contact_email",
    "people": "person_ref service_id siret birth_date sex kind flags relative_of priority history_as_of", "history": "person_ref date code lot",
    "stock": "centre_id service_id product delivered_on vials lot expires_on",
    "visits": "visit_id service_id staff_id start end minutes person_ref type due postponed_before centre_id status"}


def luhn_digit(digits):
    total = sum(sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


class RandomSet:
    """Tables of a data set, its horizon and options; `write` puts the data set into a folder."""

    def __init__(self, seed, effort=0, services=0):
        self.seed, self.r = seed, random.Random("planvax %d" % seed)
        r = self.r
        self.tables = {name: [] for name in COLUMNS}
        self.events = {}  # service: [event as a dict]
        self.theme = r.choice(("any", "any", "any", "postpone", "tours"))
        first, days, before = r.choice(HORIZONS) if self.theme != "postpone" else r.choice((("2022-04-01", 30, 4), ("2022-04-04", 28, 0), ("2022-04-11", 14, -2)))
        self.first = dt.date.fromisoformat(first)
        self.last = self.first + dt.timedelta(days - 1)
        self.now = dt.datetime.combine(self.first, dt.time(r.choice((0, 5, 12, 12, 22, 23)), r.choice((0, 0, 59))), dt.timezone.utc) - dt.timedelta(before)
        self.effort = effort or r.choice((1, 20, 200, 1000))
        self.turns = r.choice((0, 1, 1, 2, 3))
        self.mood = {k: r.random() for k in ("doses", "busy", "far", "staff", "hosts", "blank")}
        for i in range(services or r.choice((1, 1, 1, 2, 3))):
            self.make_service("S%03d" % (i + 1))
        self.options = self.make_options() if r.random() < 0.6 else {}

    # ---- small helpers

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *values):
        return self.r.choice(values)

    def option(self, name, default):
        return self.options.get(name, default)

    def now_text(self):
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def today(self, sid):
        """The local date of the planning clock."""
        row = self.of("services", sid)[0]
        zone = row["timezone"] or {"01": "America/Guadeloupe", "02": "America/Martinique", "03": "America/Cayenne", "04": "Indian/Reunion",
                                   "06": "Indian/Mayotte"}.get(row["region"], "Europe/Paris")
        return self.now.astimezone(ZoneInfo(zone)).date()

    def add(self, table, **row):
        self.tables[table].append(row)
        return row

    def of(self, table, sid):
        return [x for x in self.tables[table] if x.get("service_id") == sid]

    def day(self, low=0, high=None):
        """A day of the horizon, or so many days from its ends."""
        return self.first + dt.timedelta(self.r.randint(low, (self.last - self.first).days if high is None else high))

    def siret(self):
        siren = "%08d" % self.r.randint(10 ** 7, 10 ** 8 - 1)
        siren += luhn_digit(siren)
        base = siren + "%04d" % self.r.randint(1, 999)
        return base + luhn_digit(base)

    # ---- registers

    def make_service(self, sid):
        r = self.r
        dep, region, zone, lat, lon = r.choice(PLACES)
        kind = self.pick("SPSTI", "SPSTI", "SPSTA", "MSA")
        self.add("services", service_id=sid, name="Service " + sid, kind=kind, siret="", region=region, timezone=zone, mobilised=self.pick("1", "1", "1", "0", ""),
                 contact_email="")
        self.kind_to_plan = self.theme != "any" or self.chance(0.7)
        spread = self.pick(0.1, 0.2) if self.theme == "tours" else self.pick(0.02, 0.05, 0.1) if self.kind_to_plan else self.pick(0.02, 0.25, 0.6)
        communes = self.make_communes(sid, dep, region, (lat, lon), spread)
        centres = self.make_centres(sid, kind, communes, spread)
        self.make_staff(sid, centres)
        self.make_vehicles(sid, centres)
        companies = self.make_companies(sid, communes, spread)
        self.make_people(sid, companies)
        self.make_stock(sid, centres)
        self.events[sid] = []
        self.make_visits(sid)
        if self.theme == "postpone" or self.chance(0.3):
            self.make_full_days(sid)
        self.make_busy(sid)

    def make_communes(self, sid, dep, region, at, spread):
        """A few communes; a neighbouring department where another set of holidays holds."""
        out = []
        taken = {c["insee"] for c in self.tables["communes"]}
        for i in range(self.r.randint(2, 12)):
            where = self.pick("55", "88") if dep in ("57", "67") and self.chance(0.2) else dep
            insee = where + ("%03d" % self.r.randint(1, 899))[len(where) - 2:]
            if dep == "75":
                insee = "751%02d" % self.r.randint(1, 20)
            if insee in taken:
                continue
            taken.add(insee)
            out.append(self.add("communes", insee=insee, name="Commune %s" % insee, departement=where, region=region, lat="%.4f" % (at[0] + self.r.gauss(0, spread)),
                                lon="%.4f" % (at[1] + self.r.gauss(0, spread)), population=str(self.r.randint(50, 90000)), dens7=self.pick("1", "4", "5", "6", "7", "7", "")))
        return out or [c for c in self.tables["communes"] if c["departement"] == dep][:1]

    def near(self, row, commune, spread, p):
        if self.chance(p):
            row["lat"] = "%.5f" % (float(commune["lat"]) + self.r.gauss(0, spread / 4))
            row["lon"] = "%.5f" % (float(commune["lon"]) + self.r.gauss(0, spread / 4))
        return row

    def make_centres(self, sid, service_kind, communes, spread):
        kinds = ["service"] + [self.pick("service", "msa", "town_hall", "health_centre", "hospital", "pharmacy", "cegidd", "vaccination_centre")
                               for _ in range(self.r.randint(0, 5))]
        out = []
        for i, kind in enumerate(kinds):
            commune = self.r.choice(communes)
            opens, closes = "", ""
            if self.chance(0.2):
                opens = str(self.day(-20, 12))
            if self.chance(0.2):
                closes = str(max(self.day(0, 25), dt.date.fromisoformat(opens or "2000-01-01")))
            out.append(self.near(self.add("centres", centre_id="%s-C%d" % (sid, i + 1), service_id=sid, name="Centre %s %d" % (sid, i + 1), kind=kind, insee=commune["insee"],
                                          lat="", lon="", hours=self.r.choice(HOURS[:4] if self.kind_to_plan and self.chance(0.6) else HOURS), posts=self.pick("", "1", "2", "3", "4", "6"), opens_on=opens, closes_on=closes),
                                 commune, spread, 0.7))
        return out

    def make_staff(self, sid, centres):
        roles = ["physician"] * self.r.randint(1, 4) + ["nurse"] * self.r.randint(0, 5) + ["driver"] * self.r.randint(0, 2)
        if self.kind_to_plan:
            roles += ["physician", "nurse", "nurse", "driver", "driver"]
        roles += [self.pick("assistant", "mediator", "interpreter") for _ in range(self.r.randint(0, 3))]
        homes = [c for c in centres if c["kind"] in ("service", "msa")][:2 if self.kind_to_plan else None]
        kind = self.kind_to_plan and self.chance(0.7)
        for i, role in enumerate(roles):
            name = "%s-%c%02d" % (sid, role[0].upper(), i + 1)
            self.add("staff", staff_id=name, service_id=sid, role=role, vaccinates="" if kind else self.pick("", "1", "1", "1", "0"), rpps="", name="Membre " + name,
                     email="" if self.chance(0.2) else name.lower() + "@example.org", centre_id="" if self.chance(0.2) else self.r.choice(homes)["centre_id"],
                     hours=self.r.choice(HOURS[:4] if kind else HOURS), languages=self.pick("", "fr|en"),
                     max_days_per_week=self.pick("", "3", "5") if kind else self.pick("", "", "0", "1", "2", "3", "4", "5"))

    def make_vehicles(self, sid, centres):
        homes = [c for c in centres if c["kind"] in ("service", "msa")][:2 if self.kind_to_plan else None]
        for i in range(self.pick(1, 2, 3) if self.kind_to_plan else self.pick(0, 1, 1, 2)):
            self.add("vehicles", vehicle_id="%s-V%d" % (sid, i + 1), service_id=sid, centre_id=self.r.choice(homes)["centre_id"], posts=self.pick("", "1", "2", "4"),
                     days=self.pick("", "mon-fri", "mon-sat", "tue,thu", "wed"), max_minutes=self.pick("", "480", "600") if self.kind_to_plan else self.pick("", "120", "240", "370", "400", "480", "700"),
                     setup_min=self.pick("", "0", "5", "30", "90"), pack_min=self.pick("", "0", "15", "60"))

    def make_companies(self, sid, communes, spread):
        out, blank = [], self.pick(0, 0.3, 1)
        for i in range(self.r.randint(3, 45)):
            commune = self.r.choice(communes)
            headcount = self.pick(0, 1, 2, 4, 7, 9, 10, 11, 15, 30, 60, 200, 900)
            takers = self.pick("0", "0", "1", "2", "3", "5", "6", "8", "11", "12", "13", "25", "60", "400")
            row = self.add("companies", siret=self.siret(), service_id=sid, name="Entreprise %d" % i, insee=commune["insee"], lat="", lon="", naf=self.pick("", "01.63Z", "61.90Z"),
                           headcount=str(headcount), regime=self.pick("", "general", "agricultural"), kind=self.pick("", "company", "company", "temp_agency"), works_at="",
                           can_host=self.pick("", "0", "1", "1") if self.mood["hosts"] > 0.3 and self.theme != "tours" else self.pick("0", "", "0", "1"),
                           expected_takers="" if self.chance(blank) else takers, contact_email="")
            out.append(self.near(row, commune, spread, 0.6))
        for row in out:
            if self.chance(0.15):
                row["works_at"] = self.pick(self.r.choice(out)["siret"], self.r.choice(out)["siret"], row["siret"], self.siret())
        return out

    # ---- people

    def make_people(self, sid, companies):
        n, blank = self.r.randint(5, 260), self.pick(0, 0.5, 1)
        for i in range(n):
            kind, ref = self.r.choice(KINDS), "%s-P%04d" % (sid, i)
            siret = self.r.choice(companies)["siret"] if not self.chance(0.08) else ""
            if self.chance(0.5):
                siret = companies[int(len(companies) * self.r.random() ** 3)]["siret"]
            flags = "|".join(sorted(self.r.sample(FLAGS, self.pick(0, 0, 0, 1, 1, 2, 3))))
            known = self.pick("", str(self.day(-250, -1)), str(self.day(-250, -1)), str(self.first), str(self.day(-900, -400)))
            self.add("people", person_ref=ref, service_id=sid, siret=siret, birth_date=str(dt.date(self.pick(1941, 1955, 1962, 1975, 1988, 1996, 2003), self.r.randint(1, 12), 7)),
                     sex=self.pick("", "F", "M"), kind=kind, flags=flags, relative_of=self.pick("", "%s-P%04d" % (sid, self.r.randint(0, 2 * n))) if kind == "relative" else "",
                     priority="" if self.chance(blank) else str(self.r.randint(1, 9)), history_as_of=known)
            self.make_history(ref)

    def make_history(self, ref):
        code, back = self.r.choice(CODES), self.r.randint(10, 320)
        for k in range(self.pick(0, 0, 1, 2, 2, 2, 2, 3)):
            when = self.first - dt.timedelta(back) - dt.timedelta(self.r.randint(21, 40) * k)
            if when > dt.date(2021, 1, 5):
                self.add("history", person_ref=ref, date=str(when), code=self.pick(code, code, code, self.r.choice(CODES)), lot="")
        if self.chance(0.06):
            self.add("history", person_ref=ref, date=str(self.day(-150, 0)), code="REFUSAL:COVID-19", lot="")

    def make_stock(self, sid, centres):
        scale = self.pick(1, 3, 10) if self.kind_to_plan else self.pick(0, 0, 1, 3)
        for _ in range(self.r.randint(1, 9) if scale else 0):
            came = self.day(-20, 5 if self.kind_to_plan else 15)
            at = {"centre_id": "", "service_id": sid} if self.chance(0.4) else {"centre_id": self.r.choice(centres)["centre_id"], "service_id": ""}
            self.add("stock", product=self.r.choice(PRODUCTS), delivered_on=str(came), vials=str(self.r.randint(0, 8) * scale), lot=self.pick("", "L%d" % self.r.randint(1, 99)),
                     expires_on=self.pick("", str(came + dt.timedelta(self.r.randint(0, 31)))), **at)

    # ---- calendars

    def make_visits(self, sid):
        people, staff = self.of("people", sid), self.of("staff", sid)
        takers = [s for s in staff if s["role"] in ("physician", "nurse")]
        for i in range(int(self.r.randint(0, 60) * (0.3 + 3 * self.mood["busy"] ** 2))):
            day, who = self.day(-3, (self.last - self.first).days + 4), self.r.choice(takers)
            start = dt.datetime.combine(day, dt.time(self.pick(8, 8, 9, 9, 10, 11, 13, 14, 15, 16, 6, 20), self.pick(0, 0, 15, 30, 30, 45)))
            minutes = self.pick(20, 30, 30, 40, 60)
            person = self.r.choice(people)["person_ref"] if not self.chance(0.05) else "UNKNOWN-%d" % i
            due = self.pick("", str(day), str(day + dt.timedelta(self.r.randint(-40, 60))), str(day + dt.timedelta(self.r.randint(0, 20))))
            location = self.pick("", "", self.r.choice(self.of("centres", sid))["centre_id"], self.r.choice(self.of("centres", sid))["name"])
            self.add_visit(sid, i, who, start, minutes, {"person": person, "type": self.r.choice(TYPES), "due": due, "location": location})
            if self.chance(0.1):
                self.add_visit(sid, 1000 + i, who, start + dt.timedelta(minutes=self.pick(-10, 15, 30, 240)), minutes,
                               {"person": person, "type": self.r.choice(TYPES), "due": due, "location": location})

    def make_full_days(self, sid):
        """Practitioners with slots back to back, as real ones are, due late enough to be moved or early enough not to."""
        people, n, slack = self.of("people", sid), 2000, self.pick(0, 15, 40)
        regime = self.theme == "postpone" and self.chance(0.8)
        fill = self.r.uniform(0.7, 1) if regime else self.r.uniform(0.2, 0.9)
        for who in [s for s in self.of("staff", sid) if s["role"] in ("physician", "nurse") and self.chance(0.6)]:
            for k in range((self.last - self.first).days + 1):
                day = self.first + dt.timedelta(k)
                if day.weekday() > 4 or not self.chance(0.9 if regime else 0.6):
                    continue
                for slot in (8.5, 9, 9.5, 10, 10.5, 11, 11.5, 13.5, 14, 14.5, 15, 15.5, 16, 16.5):
                    if self.chance(fill) and n < 2600:
                        due = str(dt.date(2022, 4, self.r.randint(1, 30))) if regime else str(day + dt.timedelta(self.r.randint(-3, slack)))
                        start = dt.datetime.combine(day, dt.time(int(slot), int(slot * 60) % 60))
                        kinds = ("VIP_PERIODIQUE", "VIP_INITIALE", "REPRISE", "VIP_PERIODIQUE", "APTITUDE_PERIODIQUE_SIR")
                        self.add_visit(sid, n, who, start, 30, {"person": self.r.choice(people)["person_ref"], "type": self.r.choice(kinds), "due": due, "location": ""})
                        n += 1

    def add_visit(self, sid, i, who, start, minutes, facts):
        if self.chance(0.4) or not who["email"]:
            centre = facts["location"] if "-C" in facts["location"] else ""
            self.add("visits", visit_id="%s-T%04d" % (sid, i), service_id=sid, staff_id=who["staff_id"], start=start.strftime("%Y-%m-%dT%H:%M"),
                     end=(start + dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M") if self.chance(0.3) else "", minutes=str(minutes), person_ref=facts["person"],
                     type=facts["type"], due=facts["due"], postponed_before=self.pick("", "0", "1"), centre_id=centre, status=self.pick("", "planned", "planned", "cancelled"))
            return
        self.events[sid].append(dict(facts, uid="%s-E%04d@example.org" % (sid, i), staff=[who], start=start, minutes=minutes,
                                     status="CANCELLED" if self.chance(0.05) else ""))

    def make_busy(self, sid):
        staff = [s for s in self.of("staff", sid) if s["email"]]
        for i in range(int(20 * self.mood["busy"]) if staff else 0):
            day = self.day()
            start = dt.datetime.combine(day, dt.time(self.pick(8, 9, 12, 13, 14), self.pick(0, 30)))
            event = {"uid": "%s-B%03d@example.org" % (sid, i), "staff": self.r.sample(staff, min(len(staff), self.pick(1, 1, 1, 2, 3))), "start": start,
                     "minutes": self.pick(30, 60, 120, 240), "person": "", "type": "", "due": "", "location": "", "status": ""}
            if self.chance(0.15):
                event["all_day"] = self.pick(1, 1, 3)
            elif self.chance(0.2):
                event["rrule"] = self.pick("FREQ=WEEKLY;COUNT=6", "FREQ=DAILY;COUNT=4", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=5", "FREQ=DAILY;INTERVAL=3;COUNT=9")
            elif self.chance(0.1):
                event["transparent"] = True
            self.events[sid].append(event)

    # ---- options

    def make_options(self):
        out, r = {}, self.r
        if self.theme == "postpone" and self.chance(0.6):
            out["weights"] = {"postponed": self.pick(0, 1, 100)}
            out["move_notice_days"] = self.pick(0, 5, 30)
        if self.theme == "tours" and self.chance(0.4):
            out["weights"] = {"tour": 0, "stop": 0, "travel_km": 0, "staff_hour": self.pick(0, 2)}
        choices = {
            "nurse_protocol": (1,), "visit_places_per_day": (0, 1, 2, 10), "split_from": (1, 2, 6, 30, 1000), "session_min_expected": (1, 3, 12), "small_min_expected": (1, 2, 6),
            "distance_limit_m": (1000, 5000, 40000, 200000), "team_min": (1, 3, 4), "rate_per_hour": (1, 6, 20), "day_min_expected": (1, 12), "day_min_minutes": (30, 60, 300),
            "delay_pct": (0, 5), "distance_loss_pct": (0, 100), "host_min_headcount": (0, 1, 50), "isolated_m": (0, 3000, 60000), "speed_kmh": (15, 90), "detour_pct": (100, 160),
            "notice_days": (0, 2, 14), "centre_notice_days": (0, 7), "move_notice_days": (0, 2, 14), "freeze_days": (0, 3, 14), "break_after_min": (120, 240, 600),
            "break_min": (15, 60), "refusal_days": (0, 30, 400), "weekdays": ("mon-sat", "tue-fri", "mon-sun"),
            "uptake": (0, 1, 20, 100, {k: r.randint(0, 60) for k in sorted(set(KINDS))})}
        for name in r.sample(sorted(choices), r.randint(0, 5)):
            out[name] = r.choice(choices[name])
        if self.chance(0.4):
            names = ("change", "dropped", "isolated_taker", "missing_msa", "missing_weekly_day", "moved", "postponed", "session", "staff_hour", "stop", "tour", "travel_km",
                     "visit_dose", "wasted_dose")
            out.setdefault("weights", {}).update({k: self.pick(0, 1, 100000) for k in r.sample(names, r.randint(1, 4))})
        if self.chance(0.35):
            out["forbid"] = [x for x in (self.make_forbid() for _ in range(r.randint(1, 4))) if x]
        return out

    def make_forbid(self):
        out = {}
        for key, table, name in (("centre_id", "centres", "centre_id"), ("siret", "companies", "siret"), ("staff_id", "staff", "staff_id"), ("vehicle_id", "vehicles", "vehicle_id")):
            if self.chance(0.3) and self.tables[table]:
                out[key] = self.r.choice(self.tables[table])[name]
        if self.chance(0.5) or not out:
            out["date"] = str(self.day())
        return out

    # ---- files

    def write(self, folder):
        os.makedirs(folder)
        for name, columns in COLUMNS.items():
            with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as f:
                writer = csv.writer(f, delimiter=";,\t"[self.seed % 3])
                writer.writerow(columns.split())
                writer.writerows([row.get(c, "") for c in columns.split()] for row in self.tables[name])
        for sid, events in self.events.items():
            self.write_calendars(os.path.join(folder, "calendars", sid), sid, events)

    def write_calendars(self, folder, sid, events):
        os.makedirs(folder)
        by_file = {}
        for e in events:
            by_file.setdefault(e["staff"][0]["staff_id"] if self.seed % 2 else "all", []).append(e)
        for name, group in by_file.items():
            lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//planvax//random//EN"]
            for e in group:
                lines += self.event_lines(e)
            with open(os.path.join(folder, name + ".ics"), "w", encoding="utf-8", newline="") as f:
                f.write("\r\n".join(lines + ["END:VCALENDAR", ""]))

    @staticmethod
    def event_lines(e):
        out = ["BEGIN:VEVENT", "UID:" + e["uid"], "DTSTAMP:20211201T060000Z"]
        if "all_day" in e:
            out += ["DTSTART;VALUE=DATE:%s" % e["start"].strftime("%Y%m%d"), "DTEND;VALUE=DATE:%s" % (e["start"] + dt.timedelta(e["all_day"])).strftime("%Y%m%d")]
        else:
            out += ["DTSTART:" + e["start"].strftime("%Y%m%dT%H%M%S"), "DTEND:" + (e["start"] + dt.timedelta(minutes=e["minutes"])).strftime("%Y%m%dT%H%M%S")]
        out += ["ATTENDEE:mailto:" + s["email"] for s in e["staff"]]
        for name, value in (("RRULE", e.get("rrule")), ("X-PLANVAX-PERSON", e["person"]), ("CATEGORIES", e["type"]), ("X-PLANVAX-DUE", e["due"].replace("-", "")),
                            ("LOCATION", e["location"]), ("STATUS", e["status"]), ("TRANSP", "TRANSPARENT" if e.get("transparent") else "")):
            out += ["%s:%s" % (name, value)] if value else []
        return out + ["END:VEVENT"]
