#!/usr/bin/env bash
# PKI.js calls a valid chain invalid as soon as it is given any CRL, if that CRL is of another State.
#
# Guess beforehand: a CRL of another issuer is passed over, and the chain is judged as without any CRL.
# Seen: without a CRL the chain is valid; with the CRL of another CSCA alone it is not: "No revocation values found"; with
# the chain's own CRL next to it it is valid again. With passedWhenNotRevValues the first CRL does no harm.
# Why it matters: a border keeps the CRLs of many States in one store, and CRLs are missing for most. A reader that hands
# its whole store over refuses every document of a State without a CRL, and admits the same document with an empty store.
# Choose the CRLs of the signer's issuer first, and let a missing one be a result of its own.
# Versions: pkijs 4.0.0 with asn1js 4.0.0 on Node 20, certificates and CRLs by OpenSSL 3.0. Date: 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund pkijs@4.0.0 asn1js@4.0.0 > /dev/null
for state in UT XX; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 30 -subj "/C=$state/CN=CSCA SPECIMEN" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout "$state.key" -out "$state.pem" 2> /dev/null
  : > "$state.index"
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s.index\ndefault_md=sha256\ndefault_crl_days=20\n' "$state" > "$state.cnf"
  openssl ca -gencrl -config "$state.cnf" -keyfile "$state.key" -cert "$state.pem" -out "$state.crl.pem" 2> /dev/null
  openssl crl -in "$state.crl.pem" -outform DER -out "$state.crl"
  openssl x509 -in "$state.pem" -outform DER -out "$state.cer"
done
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/C=UT/CN=SIGNER SPECIMEN" \
  -keyout leaf.key -out leaf.csr 2> /dev/null
openssl x509 -req -in leaf.csr -CA UT.pem -CAkey UT.key -sha256 -days 20 2> /dev/null | openssl x509 -outform DER -out leaf.cer
cat > ask.mjs <<'JS'
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import * as pkijs from "pkijs";
pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto }));
const certificate = (name) => pkijs.Certificate.fromBER(readFileSync(name));
const crl = (state) => pkijs.CertificateRevocationList.fromBER(readFileSync(`${state}.crl`));
const ask = async (states, options = {}) => {
  const trustedCerts = [certificate("UT.cer"), certificate("XX.cer")];
  const engine = new pkijs.CertificateChainValidationEngine({ trustedCerts, certs: [certificate("leaf.cer")], crls: states.map(crl) });
  const found = await engine.verify(options);
  const given = states.length ? `CRL of ${states.join(" and ")}` : "no CRL";
  console.log(`${given}${Object.keys(options).map((name) => `, ${name}`)}: ${found.result}: ${found.resultMessage || "-"}`);
};
await ask([]);
await ask(["XX"]);
await ask(["XX", "UT"]);
await ask(["XX"], { passedWhenNotRevValues: true });
JS
echo "pkijs $(node -p 'require("./node_modules/pkijs/package.json").version'), Node $(node --version), $(openssl version)"
node ask.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
no CRL: true: -
CRL of XX: false: No revocation values found for one of certificates: No CRLs for specific certificate issuer
CRL of XX and UT: true: -
CRL of XX, passedWhenNotRevValues: true: -
TEXT
diff expected.txt seen.txt || { echo "the behaviour has changed" >&2; exit 1; }
