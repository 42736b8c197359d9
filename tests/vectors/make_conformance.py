"""docs/conformance.md: the guideline's cases judged under both policies. Run it to print the document."""

from collections import Counter

from tests.support.vector_files import is_twin
from tjdocs import vectors
from tjdocs.vectors.library_adapter import answer

SOURCE = "BSI TR-03105-5.1, LDS_"
FILES = {"A": "EF.COM", "B": "DG1", "C": "DG2", "F": "DG14", "H": "EF.SOD", "I": "DG15"}
NUMBERS = {"EF.COM": 10, "DG1": 28, "DG2": 28, "DG14": 7, "EF.SOD": 98, "DG15": 3}
# expected to be accepted; all others to be rejected
ACCEPTED = {"A_10", *(f"B_{n:02}" for n in (1, 2, 3, 4, 25, 26, 27, 28)), *(f"C_{n:02}" for n in (1, 2, 3))}
ACCEPTED |= {f"H_{n:02}" for n in (*range(1, 16), *range(70, 84), 86, *range(94, 99))}
NOT_MADE = {
    "A_04": "what a reader should make of LDS version 3.0 is not stated",
    "A_05": "nor of EF.COM without an LDS version",
    "A_06": "nor of Unicode version 5.0",
    "A_07": "nor of EF.COM without a Unicode version",
    "C_12": "nor of the biometric type's deprecated value",
    "H_16": "withdrawn",
    "H_34": "withdrawn",
    "H_35": "withdrawn",
    "H_53": "which rule of naming is broken is not stated",
    "H_89": "what a reader should make of a future LDS version is not stated",
}
# Why the default admits under a name what the guideline rejects.
WHY = {
    "cms-version": "no signature covers the number and nothing rests on it; early documents have another",
    "digest-not-announced": "no signature covers the announcement; the digest in SignerInfo counts",
    "signer-info-version": "no signature covers the number; how the signer is named is seen from the name itself",
    "certificate-version": "the CSCA signed it so; its extensions are judged under any version",
    "issuer-by-key-identifier": "documents of ES, HU and PH are so; key identifier, State and signature fit",
    "validity-time-form": "the CSCA signed it so, and both forms say the same moment",
    "authority-key-identifier-absent": "the issuer is found by its name, and its signature is right",
    "key-usage-not-critical": "16 of 914 published CSCA certificates are so; its content is judged all the same",
    "key-usage-absent": "the published specimen of 2008 is so; a certificate for another purpose still fails",
    "protocol-unknown": "a protocol that is not known is not used, and nothing else rests on it",
    "protocol-version": "a version that is not known is not used, and nothing else rests on it",
    "header-format-owner": "the record says of itself what it is; the State signed both",
    "header-format-type": "the record says of itself what it is; the State signed both",
    "lds-version-info": "the State signed number and versions; where versions are there, EF.COM's are compared with them",
    "header-type": "the record says of itself what it is; the State signed both",
    "record-code": "the code is about the picture's making or the holder's looks: the face is read, and nothing rests on the code",
    "record-image-data": "the image says of itself how it is coded, and is read so",
}


def rows() -> dict[str, dict[str, str]]:
    """Return each case with what it expects and both verdicts, by its id."""
    found = {}
    for area in ("passive-authentication", "conformance"):
        for vector in vectors.load(area):
            if not vector.source.startswith(SOURCE) or is_twin(vector.id):
                continue
            id_ = vector.source.removeprefix(SOURCE)[:4]
            given = dict(vector.input)
            row = {"what": vector.comment.partition(": ")[2], "expects": "accept" if id_ in ACCEPTED else "reject"}
            for policy in ("default", "conformance"):
                answered = answer(given | {"policy": policy})
                row[policy], row[f"{policy}-reason"] = answered.verdict, answered.reason
            found[id_] = row  # H_15 stands in both: the reader of the later one has the signer's certificate
    return dict(sorted(found.items()))


def document() -> str:
    made = rows()
    text = [
        "# Conformance cases of inspection systems",
        "",
        "BSI TR-03105-5.1 describes chips that a reader must accept or reject. Its cases about EF.COM, DG1, DG2, DG14, DG15 and",
        "EF.SOD are vectors here, with data of our own: area `conformance`, and for the signature algorithms",
        "`passive-authentication` (sources `BSI TR-03105-5.1, LDS_*`). `specs/policy/conformance.toml` judges as the guideline",
        "does. The default policy accepts more defects, each under a name. `admit` is acceptance. `refuse` and `refer` (an officer",
        "looks) are not. `tests/vectors/make_conformance.py` makes this page, and a test compares it.",
        "",
        "| file | cases | vectors | accepted as expected | refused | referred |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for letter, file in FILES.items():
        verdicts = Counter(row["conformance"] for id_, row in made.items() if id_.startswith(letter))
        counts = " | ".join(str(verdicts[word]) for word in ("admit", "refuse", "refer"))
        text.append(f"| {file} | {NUMBERS[file]} | {verdicts.total()} | {counts} |")
    text += [
        "",
        "## Cases that the default policy admits and the guideline rejects",
        "",
        "| case | its defect | name of the defect | why it is accepted |",
        "| --- | --- | --- | --- |",
    ]
    for id_, row in made.items():
        if row["default"] != row["conformance"]:
            name = row["conformance-reason"].partition("/")[2]
            text.append(f"| {id_} | {row['what']} | `{name}` | {WHY[name]} |")
    text += [
        "",
        "## Cases that are referred and the guideline rejects",
        "",
        "An unreadable file accuses nobody. It is `undetermined`, no traveller passes, and an officer looks.",
        "",
        "| case | its defect | decided by |",
        "| --- | --- | --- |",
    ]
    for id_, row in made.items():
        if row["conformance"] == "refer":
            text.append(f"| {id_} | {row['what']} | `{row['conformance-reason']}` |")
    text += ["", "## Cases without a vector", "", "| case | why |", "| --- | --- |"]
    text += [f"| {id_} | {why} |" for id_, why in NOT_MADE.items()]
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    print(document(), end="")
