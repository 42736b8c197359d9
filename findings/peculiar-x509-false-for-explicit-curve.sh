#!/usr/bin/env bash
# @peculiar/x509 says of a sound CSCA certificate with explicit curve parameters that its signature is wrong.
#
# Guess beforehand: a key whose curve is written out as numbers is not supported, and verify() says so, as an exception.
# Seen: verify() returns false, without an exception, the same answer as for an altered certificate. The certificate reads
# without a word; the algorithm of its key is a bare object identifier with an empty set of parameters. The same key with
# its curve by name verifies.
# Why it matters: Doc 9303-12, 4.1.6.3 asks for explicit parameters in certificates that States issue, P-256 included. A reader for
# browsers or Node that believes this answer reports a forgery for most States with elliptic curves. Look at the key's
# algorithm first: without a named curve the answer means "not checked".
# Versions: @peculiar/x509 1.14.3 on Node 20, certificates by OpenSSL 3.0. Date: 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund @peculiar/x509@1.14.3 > /dev/null
for form in explicit named_curve; do
  openssl ecparam -name prime256v1 -param_enc "$form" -genkey -noout -out key.pem
  openssl req -x509 -new -key key.pem -sha256 -days 30 -subj "/C=UT/CN=CSCA SPECIMEN" -out "$form.pem" 2> /dev/null
done
cat > ask.mjs <<'JS'
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
x509.cryptoProvider.set(webcrypto);
const altered = (raw) => { const copy = Buffer.from(raw); copy[copy.length - 1] ^= 1; return copy; };
for (const form of ["explicit", "named_curve"]) {
  const certificate = new x509.X509Certificate(readFileSync(`${form}.pem`, "utf8"));
  const other = new x509.X509Certificate(altered(Buffer.from(certificate.rawData)));
  const key = JSON.stringify(certificate.publicKey.algorithm);
  console.log(`${form}: key ${key}; verify() ${await certificate.verify()}, altered ${await other.verify()}`);
}
JS
echo "@peculiar/x509 $(node -p 'require("./node_modules/@peculiar/x509/package.json").version'), Node $(node --version), $(openssl version)"
node ask.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
explicit: key {"name":"1.2.840.10045.2.1","parameters":{}}; verify() false, altered false
named_curve: key {"name":"ECDSA","namedCurve":"P-256"}; verify() true, altered false
TEXT
diff expected.txt seen.txt || { echo "the behaviour has changed" >&2; exit 1; }
