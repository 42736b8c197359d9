// Adapters of the test vectors for two libraries that others wrote; run by "tjdocs vectors run --lines".
//   node adapter.mjs mrz      the package mrz: machine-readable zones
//   node adapter.mjs pkijs    PKI.js: signature, path and hashes of EF.SOD, joined as its documentation shows
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import * as asn1 from 'asn1js';
import * as mrz from 'mrz';
import * as pkijs from 'pkijs';

const UNSUPPORTED = { result: 'unsupported' };
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const judged = (valid, reason) => (valid ? { result: 'valid' } : { result: 'invalid', reason });

// --- mrz ---------------------------------------------------------------------------------------------------------

function zone(input) {
  if (!['parse', 'problems'].includes(input.operation)) return UNSUPPORTED;
  if (input.text.startsWith('V')) return UNSUPPORTED; // the package has no format of visas
  try {
    const { valid, details } = mrz.parse(input.text.replace(/\n$/, '').split('\n'));
    return judged(valid, details.filter((field) => !field.valid).map((field) => field.error).join('; '));
  } catch (error) {
    return judged(false, error.message);
  }
}

// --- PKI.js ------------------------------------------------------------------------------------------------------

const HASHES = {
  '1.3.14.3.2.26': 'sha1', '2.16.840.1.101.3.4.2.4': 'sha224', '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The one value inside EF.SOD's tag 77, as PKI.js's SignedData. */
function signedData(file) {
  const outer = asn1.fromBER(file);
  if (outer.offset === -1 || outer.result.idBlock.tagNumber !== 23) throw new Error('EF.SOD has another form');
  const info = new pkijs.ContentInfo({ schema: outer.result.valueBlock.value[0] });
  return new pkijs.SignedData({ schema: info.content });
}

function compareHashes(content, files) {
  const fields = asn1.fromBER(content).result.valueBlock.value;
  const hash = HASHES[fields[1].valueBlock.value[0].valueBlock.toString()];
  if (!hash) throw new Error('unknown hash of the data groups');
  const stored = new Map(fields[2].valueBlock.value.map(({ valueBlock: { value: [number, digest] } }) =>
    [`DG${number.valueBlock.valueDec}`, Buffer.from(digest.valueBlock.valueHexView).toString('hex')]));
  const groups = Object.entries(files).filter(([name]) => name.startsWith('DG'));
  if (!groups.length) throw new Error('no data group');
  for (const [name, data] of groups) {
    const digest = createHash(hash).update(bytes(data)).digest('hex');
    if (stored.get(name) !== digest) throw new Error(`hash of ${name}`);
  }
}

async function authenticate(input) {
  if (input.trust) return UNSUPPORTED;
  const signed = signedData(bytes(input.files['EF.SOD'] ?? ''));
  const certificates = (signed.certificates ?? []).filter((item) => item instanceof pkijs.Certificate);
  signed.certificates = [...certificates, ...(input.candidates ?? []).map((der) => pkijs.Certificate.fromBER(bytes(der)))];
  const crls = (input.crls ?? []).map((der) => pkijs.CertificateRevocationList.fromBER(bytes(der)));
  if (crls.length) signed.crls = crls;
  const content = signed.encapContentInfo.eContent.getValue();
  const result = await signed.verify({
    signer: 0,
    trustedCerts: input.anchors.map((der) => pkijs.Certificate.fromBER(bytes(der))),
    checkDate: new Date(input.at.includes('T') ? input.at : `${input.at}T12:00:00Z`),
    checkChain: true,
    extendedMode: true,
  });
  if (!result.signatureVerified || !result.signerCertificateVerified) throw new Error(result.message || 'not verified');
  compareHashes(content, input.files);
  return judged(true);
}

async function eSod(input) {
  if (input.operation !== 'authenticate') return UNSUPPORTED;
  try {
    return await authenticate(input);
  } catch (error) {
    // Web Crypto has neither Brainpool curves nor plain ECDSA nor SHA-224
    return /Unsupported/.test(error.message) ? UNSUPPORTED : judged(false, error.message || String(error));
  }
}

// -----------------------------------------------------------------------------------------------------------------

const answer = { mrz: zone, pkijs: eSod }[process.argv[2]];
if (!answer) {
  console.error('usage: node adapter.mjs mrz|pkijs');
  process.exit(2);
}
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line).input)));
}
