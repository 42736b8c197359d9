#!/usr/bin/env bash
# PKI.js reports a chain signed with SHA-224 as a chain that does not exist.
#
# Guess beforehand: Web Crypto has no SHA-224, so PKI.js says that it does not know the algorithm.
# Seen: its chain validation returns "No valid certificate paths found", the same words as for a stranger's certificate. The
# same two certificates with SHA-256 are valid. Certificate.verify() on the leaf raises and names the algorithm.
# Why it matters: Doc 9303-12, 4.1.8 allows SHA-224. A reader in a browser or on Node calls such a State's documents
# untrusted, and the message sends its operator to look for a missing CSCA. Report the signature algorithm before the path.
# Versions: pkijs 4.0.0 with asn1js 4.0.0 on Node 20, certificates by OpenSSL 3.0. Date: 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund pkijs@4.0.0 asn1js@4.0.0 > /dev/null
for hash in sha224 sha256; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "-$hash" -days 30 -subj "/C=UT/CN=CSCA SPECIMEN" \
    -addext "basicConstraints=critical,CA:TRUE" -keyout "$hash-root.key" -out "$hash-root.pem" 2> /dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/C=UT/CN=SIGNER SPECIMEN" \
    -keyout "$hash-leaf.key" -out "$hash.csr" 2> /dev/null
  openssl x509 -req -in "$hash.csr" -CA "$hash-root.pem" -CAkey "$hash-root.key" "-$hash" -days 20 -out "$hash-leaf.pem" 2> /dev/null
  for name in root leaf; do openssl x509 -in "$hash-$name.pem" -outform DER -out "$hash-$name.der"; done
done
cat > ask.mjs <<'JS'
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import * as pkijs from "pkijs";
pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto }));
const read = (name) => pkijs.Certificate.fromBER(readFileSync(name));
for (const hash of ["sha224", "sha256"]) {
  const root = read(`${hash}-root.der`), leaf = read(`${hash}-leaf.der`);
  const engine = new pkijs.CertificateChainValidationEngine({ trustedCerts: [root], certs: [leaf] });
  const found = await engine.verify();
  let own;
  try { own = String(await leaf.verify(root)); } catch (error) { own = `raises: ${error.message}`; }
  console.log(`${hash}: chain ${found.result}: ${found.resultMessage || "-"}; leaf.verify(root) ${own}`);
}
JS
echo "pkijs $(node -p 'require("./node_modules/pkijs/package.json").version'), Node $(node --version), $(openssl version)"
node ask.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
sha224: chain false: No valid certificate paths found; leaf.verify(root) raises: Unsupported signature algorithm: 1.2.840.10045.4.3.1
sha256: chain true: -; leaf.verify(root) true
TEXT
diff expected.txt seen.txt || { echo "the behaviour has changed" >&2; exit 1; }
