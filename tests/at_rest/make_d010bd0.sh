#!/usr/bin/env bash
# Wrote d010bd0.tar.gz: what the product of commit d010bd0 leaves on a disk. Run it in an empty folder, with that commit's
# `tjdocs` on the PATH. All keys in it are made here, sign nothing else, and their passphrase is below.
set -euo pipefail
export TJDOCS_PASSPHRASE='at rest, not secret'
at=2026-11-30T12:00:00+05:00 register="--register sqlite:///register.db"
tjdocs authority create trial --at $at
tjdocs documents example internal-passport > internal.json
tjdocs documents example external-passport > external.json
tjdocs issue internal-passport --authority trial --application internal.json --out trial-passport --at $at
tjdocs authority create authority --production --at $at
tjdocs register init $register --officer supervisor --at $at --name example.tj/register
for officer in "clerk clerk" "second officer" "auditor auditor" "guard border"; do
  tjdocs register enrol $officer --office dushanbe $register --officer supervisor --at $at
done
range=T00000001-T00000020
tjdocs register receive $range --type external-passport --act 1/2026 --supplier "Specimen Press" --office store $register \
  --officer supervisor --at $at
tjdocs register assign $range --office dushanbe $register --officer supervisor --at $at
tjdocs register confirm $range --office dushanbe $register --officer clerk --at $at
tjdocs issue external-passport --application external.json --out passport --authority authority $register --officer clerk \
  --at 2026-11-30T13:00:00+05:00
tjdocs register handover T00000001 $register --officer clerk --at 2026-11-30T14:00:00+05:00
tjdocs register spoil T00000005 --ground misprint $register --officer clerk --at $at
tjdocs register lost T00000006 --ground loss $register --officer second --at $at
tjdocs register sequence $register
tjdocs register prove $range $register --officer auditor > proofs.json
tjdocs trust import --store trust.db authority/csca.cer authority/csca.crl --trust-candidates --at $at
cat > bans.csv <<'CSV'
id,category,primary_identifier,secondary_identifier,date_of_birth,direction,reason,authority
B-1,ban,ERIKSSON,ANNA,1994-11-30,exit,debt,Specimen Court
B-2,ban,SPECIMEN,,1974-08-12,exit,debt,Specimen Court
CSV
tjdocs border lists bans.csv --out bans.index
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -passout env:TJDOCS_PASSPHRASE -keyout evidence.key \
  -out evidence.pem -days 3650 -subj '/C=TJ/O=Specimen/CN=Evidence at rest' \
  -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature
openssl x509 -in evidence.pem -outform DER -out evidence.cer
tjdocs border inspect --mrz passport/mrz.txt --chip passport/chip --trust trust.db --direction exit \
  --at 2026-12-01T10:00:00+05:00 --export evidence.zip --export-signer evidence.cer --export-key evidence.key --json \
  > judged.json
# policy.toml is specs/policy/default.toml of that commit; of judged.json verdict and decided_by are kept, of passport/
# chip and mrz.txt
