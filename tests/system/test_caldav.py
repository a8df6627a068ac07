# SPDX-License-Identifier: Apache-2.0
"""CalDAV sources against Radicale, directly and through a proxy that breaks its answers."""
import http.client
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import Tally  # noqa: E402
from feed_servers import Radicale, Scripted  # noqa: E402
from feed_world import FeedWorld, calendar, event  # noqa: E402

tally = Tally("caldav")
check = tally.check
MANY = 5000 if os.environ.get("SLOW") else 600  # Radicale itself reads some fifty a second at first
SECTION = "[source.agenda]\nkind = caldav\nservice = S001\nurl = %s\nallow_private = 1\n"


def series(uid, instances, overrides=()):
    """A daily series from 10 January, and overrides of some of its days."""
    master = event(uid, 10, more="RRULE:FREQ=DAILY;COUNT=%d\r\n" % instances)
    moved = [event(uid, day, 15, "RECURRENCE-ID:202201%02dT080000Z\r\n" % day) for day in overrides]
    return calendar(master, *moved)


class Proxy:
    """Radicale behind a server that may change an answer: spoil(request, status, body) -> what Scripted takes, or None."""

    def __init__(self, radicale):
        self.radicale, self.spoil = radicale, None
        self.server = Scripted(self.answer)
        self.seen = self.server.seen

    def url(self, path=Radicale.PATH):
        return self.server.url(path)

    def answer(self, request):
        connection = http.client.HTTPConnection("127.0.0.1", self.radicale.port, timeout=60)
        headers = {k: v for k, v in request.headers.items() if k in ("depth", "content-type")}
        connection.request(request.method, request.path, body=request.body, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        spoilt = self.spoil(request, answer.status, body) if self.spoil else None
        return spoilt or (answer.status, {"Content-Type": answer.headers.get("Content-Type", "text/xml")}, body)

    def end(self):
        self.server.end()


def reports(proxy, word):
    return [r for r in proxy.seen if r.method == "REPORT" and word.encode() in r.body]


def test_life_of_a_calendar(radicale, world, proxy):
    for i in range(6):
        radicale.put("v%d.ics" % i, calendar(event("v%d" % i, 10 + i % 5, 8 + i)))
    check(world.begin(SECTION % proxy.url()), "the daemon comes to rest")
    s = world.source("agenda")
    check(s["state"] == "ok" and s["counts"]["created"] == 6, "six resources are taken: %r" % s)
    check(world.uids() == ["v%d" % i for i in range(6)], "their events are there")
    check("/test/..." in s["where"] and "agenda" not in s["where"], "the address is shown without its end: %s" % s["where"])
    n = len(proxy.seen)
    s = world.fetch("agenda")
    check(s["state"] == "ok" and len(proxy.seen) == n + 1, "nothing changed: one request, %d" % (len(proxy.seen) - n))
    radicale.put("v1.ics", calendar(event("v1", 20, stamp=5)))
    radicale.put("new.ics", calendar(event("new", 21)))
    radicale.delete("v2.ics")
    s = world.fetch("agenda")
    check(len(reports(proxy, "sync-collection")) == 1, "changes come by the token")
    check(s["counts"]["changed"] == 1 and s["counts"]["created"] == 1 and s["counts"]["cancelled"] == 1, "and are counted: %r" % s["counts"])
    check(world.uids() == ["new", "v0", "v1", "v3", "v4", "v5"], "the deleted one is gone: %r" % world.uids())
    check([r for r in world.rows() if r[0] == "v1"][0][2] == 1642665600, "the changed one has its new time")


def test_overrides(radicale, world):
    radicale.put("series.ics", series("series", 5, (11, 13)))
    world.fetch("agenda")
    rows = {r[1]: r[2] for r in world.rows() if r[0] == "series"}
    check(len(rows) == 5 and rows["20220111T080000Z"] == 1641913200, "a series with two overrides: %r" % rows)
    radicale.put("series.ics", series("series", 5, (13,)))
    world.fetch("agenda")
    rows = {r[1]: r[2] for r in world.rows() if r[0] == "series"}
    check(rows.get("20220111T080000Z") == 1641888000 and len(rows) == 5, "an override that left the resource is undone: %r" % rows)
    radicale.put("series.ics", series("series", 3))
    world.fetch("agenda")
    rows = [r[1] for r in world.rows() if r[0] == "series"]
    check(rows == ["20220110T080000Z", "20220111T080000Z", "20220112T080000Z"], "a series that got shorter: %r" % rows)
    radicale.put_files({"series.ics": calendar(event("other-uid", 10))})  # Radicale itself refuses it
    world.fetch("agenda")
    uids = world.uids()
    check("series" not in uids and "other-uid" in uids, "a resource with another UID: the old one is gone")
    radicale.delete("series.ics")
    radicale.put("renamed.ics", calendar(event("other-uid", 10)))
    world.fetch("agenda")
    check("other-uid" in world.uids(), "a resource that was renamed keeps its event")


def test_token_expiry(radicale, world, proxy):
    radicale.put("v0.ics", calendar(event("v0", 25, stamp=9)))
    radicale.delete("v3.ics")
    radicale.forget_tokens()
    n = len(proxy.seen)
    s = world.fetch("agenda")
    asked = [r.method for r in proxy.seen[n:]]
    check(s["state"] == "ok" and asked == ["PROPFIND", "REPORT", "PROPFIND", "REPORT"], "an expired token: all is listed, %r" % asked)
    got = len(re.findall(b"<D:href>", proxy.seen[-1].body))
    check(got == 1, "only what changed is fetched: %d" % got)
    check("v3" not in world.uids() and [r for r in world.rows() if r[0] == "v0"][0][2] == 1643097600, "what was deleted meanwhile is gone")


def spoil_status(method, word, status):
    def spoil(request, got, body):
        return (status, {}, b"no") if request.method == method and word in request.body else None
    return spoil


def spoil_cut(word):
    """The answer ends in the middle: with its Content-Length kept (a cut connection), or not (a wrong server)."""
    def spoil(request, got, body):
        if word not in request.body:
            return None

        def send(handler):
            handler.wfile.write(b"HTTP/1.1 207 Multi-Status\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:len(body) * 2 // 3])
        return send
    return spoil


def spoil_short(word):
    def spoil(request, got, body):
        return (207, {"Content-Type": "text/xml"}, body[:len(body) * 2 // 3]) if word in request.body else None
    return spoil


def spoil_empty(request, got, body):
    return (207, {"Content-Type": "text/xml"}, b'<multistatus xmlns="DAV:"/>') if b"getetag" in request.body else None


def test_faults_delete_nothing(radicale, world, proxy):
    before = world.uids()
    cases = [("a 500 to sync-collection", spoil_status("REPORT", b"sync-collection", 500)), ("a 503 to multiget", spoil_status("REPORT", b"multiget", 503)),
             ("a 401", spoil_status("PROPFIND", b"", 401)), ("a cut listing of changes", spoil_cut(b"sync-collection")),
             ("a cut multiget", spoil_cut(b"multiget")), ("a multiget that lacks its end", spoil_short(b"multiget")),
             ("a listing that lacks its end", spoil_short(b"sync-collection")), ("HTML", lambda r, g, b: (200, {"Content-Type": "text/html"}, b"<html>log in</html>")),
             ("a DOCTYPE", lambda r, g, b: (207, {}, b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><multistatus xmlns="DAV:">&b;</multistatus>')),
             ("an empty list", spoil_empty)]
    radicale.put("late.ics", calendar(event("late", 26)))
    radicale.delete("v4.ics")
    for i, (name, spoil) in enumerate(cases):
        if name == "an empty list":
            radicale.forget_tokens()
        proxy.spoil = spoil
        s = world.fetch("agenda")
        check(s["state"] == "failing" and s["failures"] == i + 1 and s["problem"], "%s is a failure: %r" % (name, s["problem"]))
        check(set(before) <= set(world.uids()), "%s removes nothing" % name)
    proxy.spoil = None
    s = world.fetch("agenda")
    check(s["state"] == "ok" and s["failures"] == 0 and s["problem"] is None, "then all is well again: %r" % s["problem"])
    check("late" in world.uids() and "v4" not in world.uids(), "and nothing was missed")


def test_single_resources(radicale, world, proxy):
    """Inside of a multiget: one that is gone meanwhile, one that the server cannot read, hrefs in other spellings."""
    radicale.put("a b%40.ics".replace("%40", "@").replace(" ", "%20"), calendar(event("spelt", 27)))
    radicale.put("gone.ics", calendar(event("gone", 27)))
    radicale.put("sick.ics", calendar(event("sick", 27)))

    def spoil(request, got, body):
        if b"multiget" not in request.body:
            return None
        text = body.decode().replace("/test/agenda/", "http://127.0.0.1:%d/test/agenda/" % proxy.server.port).replace("a%20b@.ics", "a%20b%40.ics")
        for name, status in (("gone", "404 Not Found"), ("sick", "500 Oops")):
            text = re.sub(r"<response><href>([^<]*%s.ics)</href>.*?</response>" % name,
                          r"<response><href>\1</href><status>HTTP/1.1 %s</status></response>" % status, text, flags=re.S)
        return 207, {"Content-Type": "text/xml"}, text.encode()
    proxy.spoil = spoil
    s = world.fetch("agenda")
    uids = world.uids()
    check("spelt" in uids, "an absolute href in another spelling is the same resource: %r" % uids)
    check("gone" not in uids and "sick" not in uids, "what did not come is not there")
    check("1 resources could not be read" in (s["problem"] or "") and s["state"] == "ok", "and is told: %r" % s["problem"])
    proxy.spoil = None
    s = world.fetch("agenda")
    check("sick" in world.uids() and s["problem"] is None, "the next run reads it, since the token was not kept: %r" % s["problem"])


def test_bad_calendar_in_batch(radicale, world, proxy):
    def spoil(request, got, body):
        if b"multiget" not in request.body:
            return None
        return 207, {"Content-Type": "text/xml"}, body.replace(b"END:VEVENT", b"X-NO:END", 1)
    for name in ("b1", "b2", "b3"):
        radicale.put(name + ".ics", calendar(event(name, 28)))
    proxy.spoil = spoil
    s = world.fetch("agenda")
    check(len({"b1", "b2", "b3"} & set(world.uids())) == 2, "an event without end spoils no other resource: %r" % world.uids())
    check(s["counts"]["rejected"] == 1 and s["report"], "and is told: %r" % s["report"])
    proxy.spoil = None


def test_held(radicale, world):
    for i in range(30):
        radicale.put("m%d.ics" % i, calendar(event("m%d" % i, 3 + i % 20)))
    world.fetch("agenda")
    n = len(world.uids())
    for i in range(30):
        radicale.delete("m%d.ics" % i)
    s = world.fetch("agenda")
    check(s["state"] == "held" and "gone" in s["problem"], "a mass deletion is held: %r %r" % (s["state"], s["problem"]))
    check(len(world.uids()) == n, "and removes nothing")
    for i in range(30):
        radicale.put("m%d.ics" % i, calendar(event("m%d" % i, 3 + i % 20)))
    s = world.fetch("agenda")
    check(s["state"] == "ok" and len(world.uids()) == n, "back again: no longer held, %r" % s["state"])
    check("agenda" not in world.ctl("sources", "held", remote=True).stdout, "nothing waits for the operator")
    for i in range(30):
        radicale.delete("m%d.ics" % i)
    check(world.fetch("agenda")["state"] == "held", "gone again, held again")
    check("agenda" in world.ctl("sources", "held", remote=True).stdout, "it waits for the operator")
    world.ctl("sources", "release", "agenda", remote=True, check=True)
    check(len(world.uids()) == n - 30, "who releases it: %d" % len(world.uids()))
    s = world.fetch("agenda")
    check(s["state"] == "ok" and s["problem"] is None and len(world.uids()) == n - 30, "which settles it: %r" % s["problem"])
    world.fetch("agenda")
    check("m3" not in world.uids() and world.source("agenda")["state"] == "ok", "for good")


def test_discovery(radicale, world, proxy):
    def spoil(request, got, body):
        principal = b"<current-user-principal><href>/test/</href></current-user-principal>"
        head, tail = b'<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><response><href>%s</href><propstat><prop>' % request.path.encode(), \
            b"</prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
        if request.path == "/dav/":
            return 207, {}, head + b"<resourcetype><collection/></resourcetype>" + (principal if b"principal" in request.body else b"") + tail
        if request.path == "/test/" and request.headers.get("depth") == "0":
            return 207, {}, head + b"<C:calendar-home-set><href>/test/</href></C:calendar-home-set>" + tail
        return None
    proxy.spoil = spoil
    world.configure(SECTION % proxy.url("/dav/"))
    world.ctl("reload", remote=True, check=True)
    world.wait_idle()
    s = world.source("agenda")
    check(s["state"] == "ok", "the address of an account leads to its one calendar: %r" % s)
    n = len(proxy.seen)
    world.fetch("agenda")
    check([r.path for r in proxy.seen[n:]] == [Radicale.PATH], "which is known from then on")
    status, data = radicale.ask("MKCALENDAR", "/test/second/")
    check(status == 201, "a second calendar: %r" % data)
    world.configure(SECTION % proxy.url("/dav/") + "mapping = default\n")
    world.ctl("reload", remote=True, check=True)
    world.wait_idle()
    s = world.source("agenda")
    check(s["state"] == "failing" and "2 calendars" in s["problem"] and "/test/second/" in s["report"], "two calendars: the operator chooses, %r" % s)
    proxy.spoil = None


def test_many_and_kill(radicale, world):
    radicale.put_files({"big%d.ics" % i: calendar(event("big%d" % i, 3 + i % 25, 7 + i % 10)) for i in range(MANY)})
    world.configure(SECTION % radicale.url)
    start = time.monotonic()
    world.ctl("reload", remote=True, check=True)
    while len(world.uids("uid LIKE 'big%'")) < 100 and time.monotonic() < start + 300:
        time.sleep(0.02)
    seen = len(world.uids("uid LIKE 'big%'"))
    world.kill()
    check(100 <= seen < MANY, "killed in the middle of %d resources: %d" % (MANY, seen))
    world.start()
    check(world.wait_idle(300), "started again")
    s = world.fetch("agenda", 300)
    n = len(world.uids("status IN ('visit', 'busy', 'free') AND uid LIKE 'big%'"))
    check(s["state"] == "ok" and n == MANY, "all are there: %d, %r" % (n, s["problem"]))
    print("caldav: %d resources in %.1f s, killed at %d" % (MANY, time.monotonic() - start, seen))
    world.ctl("sources", "fetch", "agenda", remote=True, check=True)
    check(world.kill(15) == 0, "it ends well in the middle of a run")


def main():
    radicale = Radicale()
    proxy, world = Proxy(radicale), FeedWorld(services=0)
    try:
        test_life_of_a_calendar(radicale, world, proxy)
        test_overrides(radicale, world)
        test_token_expiry(radicale, world, proxy)
        test_faults_delete_nothing(radicale, world, proxy)
        test_single_resources(radicale, world, proxy)
        test_bad_calendar_in_batch(radicale, world, proxy)
        test_held(radicale, world)
        test_discovery(radicale, world, proxy)
        test_many_and_kill(radicale, world)
        if tally.failed:
            print(world.log()[-4000:])
    finally:
        world.end()
        proxy.end()
        radicale.end()
    tally.end()


if __name__ == "__main__":
    main()
