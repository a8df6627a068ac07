#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What libical reads of a calendar, as an independent reader for conformance: libical_read.py FILE prints one JSON object a VEVENT,
{"uid", "recurrence_id", "start", "end", "status", "sequence", "recurs", "zoned"}; times are UTC where libical knows the zone, else as they
stand. It runs in a process of its own because libical may crash or hang on hostile files."""
import ctypes
import json
import sys


class Time(ctypes.Structure):
    _fields_ = [(n, ctypes.c_int) for n in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")] + [("zone", ctypes.c_void_p)]


lib = ctypes.CDLL("libical.so.3")


def function(name, result, *arguments):
    f = getattr(lib, name)
    f.restype, f.argtypes = result, arguments
    return f


P, S, I = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
parse = function("icalparser_parse_string", P, S)
kind_of = function("icalcomponent_string_to_kind", I, S)
isa = function("icalcomponent_isa", I, P)
first = function("icalcomponent_get_first_component", P, P, I)
following = function("icalcomponent_get_next_component", P, P, I)
property_kind = function("icalproperty_string_to_kind", I, S)
first_property = function("icalcomponent_get_first_property", P, P, I)
value_of = function("icalproperty_get_value_as_string", S, P)
time_of = function("icalproperty_get_datetime_with_component", Time, P, P)
parameter = function("icalproperty_get_parameter_as_string", S, P, S)
utc_zone = function("icaltimezone_get_utc_timezone", P)
convert = function("icaltime_convert_to_zone", Time, Time, P)
is_null = function("icaltime_is_null_time", I, Time)


def moment(event, name):
    """(text, whether its zone is known to libical)"""
    prop = first_property(event, property_kind(name))
    if not prop:
        return None, True
    t = time_of(prop, event)
    if is_null(t):
        return None, True
    named = parameter(prop, b"TZID")
    known = named is None or bool(t.zone)
    if t.zone and not t.is_date:
        t = convert(t, utc_zone())
    text = "%04d%02d%02d" % (t.year, t.month, t.day)
    if not t.is_date:
        text += "T%02d%02d%02d" % (t.hour, t.minute, t.second) + ("Z" if t.zone else "")
    return text, known


def text_of(event, name):
    prop = first_property(event, property_kind(name))
    value = value_of(prop) if prop else None
    return value.decode("utf-8", "replace") if value is not None else None


def read(component, out):
    event_kind = kind_of(b"VEVENT")
    if isa(component) == event_kind:
        start, a = moment(component, b"DTSTART")
        end, b = moment(component, b"DTEND")
        recurrence, c = moment(component, b"RECURRENCE-ID")
        out.append({"uid": text_of(component, b"UID"), "recurrence_id": recurrence, "start": start, "end": end,
                    "status": text_of(component, b"STATUS"), "sequence": text_of(component, b"SEQUENCE"),
                    "recurs": bool(text_of(component, b"RRULE") or text_of(component, b"RDATE")), "zoned": a and b and c})
        return
    any_kind = kind_of(b"ANY")
    inner = first(component, any_kind)
    children = []
    while inner:
        children.append(inner)
        inner = following(component, any_kind)
    for child in children:
        read(child, out)


def main():
    with open(sys.argv[1], "rb") as f:
        data = f.read()
    root = parse(data)
    out = []
    if root:
        read(root, out)
    for event in out:
        print(json.dumps(event))


main()
