// SPDX-License-Identifier: Apache-2.0
// What ical.js reads of calendars, as an independent reader for conformance: node ical_js_read.mjs MODULE FILE... prints one JSON object a
// file, {"file", "events"}; events as libical_read.py prints them, null where ical.js refuses the file.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const ICAL = (await import(pathToFileURL(process.argv[2]).href)).default;

function moment(event, name) {
	const property = event.getFirstProperty(name);
	if (!property)
		return [null, true];
	const named = property.getParameter("tzid"); // before the value is decoded: that may drop it
	let time = property.getFirstValue();
	if (!time || typeof time.toUnixTime !== "function")
		return [null, false];
	const known = !named || time.zone !== ICAL.Timezone.localTimezone;
	const floating = time.zone === ICAL.Timezone.localTimezone;
	if (!time.isDate && !floating)
		time = time.convertToZone(ICAL.Timezone.utcTimezone);
	const two = (n) => String(n).padStart(2, "0");
	let text = String(time.year).padStart(4, "0") + two(time.month) + two(time.day);
	if (!time.isDate)
		text += "T" + two(time.hour) + two(time.minute) + two(time.second) + (floating ? "" : "Z");
	return [text, known];
}

function read(component, events) {
	if (component.name === "vevent") {
		const [start, a] = moment(component, "dtstart");
		const [end, b] = moment(component, "dtend");
		const [recurrence, c] = moment(component, "recurrence-id");
		const text = (name) => {
			const value = component.getFirstPropertyValue(name);
			return value === null || value === undefined ? null : String(value);
		};
		events.push({ uid: text("uid"), recurrence_id: recurrence, start, end, status: text("status"), sequence: text("sequence"),
			recurs: component.hasProperty("rrule") || component.hasProperty("rdate"), zoned: a && b && c });
		return;
	}
	for (const inner of component.getAllSubcomponents())
		read(inner, events);
}

for (const file of process.argv.slice(3)) {
	let events = [];
	try {
		const parsed = ICAL.parse(readFileSync(file, "utf8"));
		for (const calendar of Array.isArray(parsed[0]) ? parsed : [parsed])
			read(new ICAL.Component(calendar), events);
	} catch {
		events = null;
	}
	console.log(JSON.stringify({ file, events }));
}
