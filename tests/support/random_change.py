"""What happens between two plans: random changes of a random data set, its clock and its options."""
import datetime as dt


def drop_visits(case, plan):
    for sid, events in case.events.items():
        case.events[sid] = [e for e in events if not (e["person"] and case.chance(0.2))]
    for row in case.tables["visits"]:
        if case.chance(0.15):
            row["status"] = "cancelled"
    return "visits cancelled"


def new_visits(case, plan):
    for row in list(case.tables["services"]):
        before = len(case.tables["visits"])
        case.make_visits(row["service_id"])
        for x in case.tables["visits"][before:]:
            x["visit_id"] += "-n%d" % case.fresh
        for e in case.events[row["service_id"]]:
            e["uid"] = e["uid"] if e.get("seen") else "%d-%s" % (case.fresh, e["uid"])
    return "new visits"


def staff_away(case, plan):
    for s in plan["services"]:
        for x in s["days"] + s["sessions"]:
            members = [m for m in case.tables["staff"] if m["staff_id"] in x["staff"] and m["email"]]
            if members and case.chance(0.3):
                start = dt.datetime.fromisoformat(x["start"]).replace(tzinfo=None)
                case.events[s["service_id"]].append({
                    "uid": "away-%d-%s" % (case.fresh, x["id"]), "staff": [case.r.choice(members)], "start": start + dt.timedelta(minutes=case.pick(-60, 0, 30)), "minutes": 90,
                    "person": "", "type": "", "due": "", "location": "", "status": ""})
    return "staff away"


def staff_gone(case, plan):
    rows = case.tables["staff"]
    if len(rows) > 3:
        gone = rows.pop(case.r.randrange(len(rows)))["staff_id"]
        case.tables["visits"] = [v for v in case.tables["visits"] if v["staff_id"] != gone]
        for sid, events in case.events.items():
            case.events[sid] = [e for e in events if e["staff"][0]["staff_id"] != gone]
        return "staff %s gone" % gone
    return "staff stays"


def less_stock(case, plan):
    for row in case.tables["stock"]:
        if case.chance(0.5):
            row["vials"] = str(int(row["vials"]) // case.pick(2, 3, 100))
    return "less stock"


def more_stock(case, plan):
    for row in case.tables["services"]:
        case.make_stock(row["service_id"], case.of("centres", row["service_id"]))
    return "more stock"


def other_demand(case, plan):
    for row in case.tables["companies"]:
        if case.chance(0.3):
            row["expected_takers"] = case.pick("", "0", "4", "11", "14", "30")
    return "other demand"


def no_vehicle(case, plan):
    case.tables["vehicles"] = case.tables["vehicles"][1:]
    return "a vehicle less"


def company_gone(case, plan):
    rows = case.tables["companies"]
    if len(rows) > 4:
        gone = rows.pop(case.r.randrange(len(rows)))["siret"]
        for x in case.tables["people"]:
            x["siret"] = "" if x["siret"] == gone else x["siret"]
    return "a company gone"


def centre_closes(case, plan):
    row = case.r.choice(case.tables["centres"])
    row["closes_on"] = str(max(case.day(), dt.date.fromisoformat(row["opens_on"] or "2000-01-01")))
    return "centre %s closes on %s" % (row["centre_id"], row["closes_on"])


def centre_hours(case, plan):
    row = case.r.choice(case.tables["centres"] + case.tables["staff"])
    row["hours"] = case.pick("mon-fri 09:00-12:00", "tue-wed 13:00-18:00", "")
    return "other hours"


def doses_given(case, plan):
    for x in case.tables["people"]:
        if case.chance(0.1):
            case.add("history", person_ref=x["person_ref"], date=str(case.now.date()), code="208", lot="")
    return "doses given"


def later(case, plan):
    case.now += dt.timedelta(case.r.randint(1, 9), hours=case.r.randint(0, 12))
    return "now " + case.now_text()


def other_options(case, plan):
    if case.chance(0.5):
        case.options = dict(case.options, freeze_days=case.pick(0, 2, 7, 20))
    offers = [x for s in plan["services"] for x in s["days"] + s["sessions"]]
    if offers:
        x = case.r.choice(offers)
        case.options = dict(case.options, forbid=case.options.get("forbid", []) + [case.pick({"staff_id": case.r.choice(x["staff"])}, {"date": x["date"]},
                                                                                           {"staff_id": case.r.choice(x["staff"]), "date": x["date"]})])
    return "other options"


CHANGES = (drop_visits, new_visits, staff_away, staff_gone, less_stock, more_stock, other_demand, no_vehicle, company_gone, centre_closes, centre_hours, doses_given, later, later,
           other_options)


def change_set(case, plan):
    """Changes the case (a RandomSet) after `plan` was published; returns what was done, in words."""
    case.fresh = getattr(case, "fresh", 0) + 1
    for events in case.events.values():
        for e in events:
            e["seen"] = True
    return [change(case, plan) for change in case.r.sample(CHANGES, case.pick(0, 1, 1, 2, 3))]
