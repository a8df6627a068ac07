#!/usr/bin/python3
"""check_webhook.py SECRET BODY_FILE ID TIMESTAMP SIGNATURES DIGEST: verifies a push as a receiver would:
the v1 signature of Standard Webhooks by a whsec_ secret, and Content-Digest. Exit 1 if one does not fit."""
import base64
import hashlib
import hmac
import sys

secret, body_file, message_id, timestamp, signatures, digest = sys.argv[1:]
with open(body_file, "rb") as f:
    body = f.read()
content = ("%s.%s." % (message_id, timestamp)).encode() + body
key = base64.b64decode(secret[len("whsec_"):])
wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
if not any(hmac.compare_digest(wanted, s) for s in signatures.split(" ")):
    sys.exit("PROBLEM: no signature fits")
if digest != "sha-256=:%s:" % base64.b64encode(hashlib.sha256(body).digest()).decode():
    sys.exit("PROBLEM: Content-Digest is %s" % digest)
