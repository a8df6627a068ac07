#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Time and peak memory of the demo generator from 5 to 800 services: one JSON object a line."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

CTL = os.path.join(os.environ.get("B", "build/release"), "planvaxctl")

def peak_kib(*words):
    """Peak resident memory of a run, sampled (what wait tells counts the interpreter that forked)."""
    peak = 0
    with subprocess.Popen([CTL] + list(words), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        while child.poll() is None:
            try:
                with open("/proc/%d/status" % child.pid, encoding="ascii", errors="replace") as f:
                    text = f.read()
            except OSError:
                break
            if "Name:\tplanvaxctl" in text:
                found = re.search(r"VmHWM:\s+(\d+) kB", text)
                peak = max(peak, int(found.group(1)) if found else 0)
            time.sleep(0.001)
    assert child.returncode == 0
    return peak


for services in (5, 80, 800):
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        peak = peak_kib("demo", "--dir", os.path.join(folder, "demo"), "--services", str(services))
        print(json.dumps({"bench": "demo", "services": services, "wall_s": round(time.monotonic() - start, 2), "peak_kib": peak}))
        sys.stdout.flush()
