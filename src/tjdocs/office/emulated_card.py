"""The card of an issued document's folder: what `tjdocs issue` wrote, as a chip to be read."""

from datetime import date
from pathlib import Path

from tjdocs import inputs, limits, mrz
from tjdocs.chip import Can, Card, CardKeys, MrzKey
from tjdocs.chip import card_keys as key_file
from tjdocs.inspection.evidence import read_folder
from tjdocs.pki.cvc import TerminalTrust

__all__ = ["emulated_card"]


def emulated_card(
    folder: Path,
    *,
    at: date,
    can: Can | None = None,
    bac: bool = False,
    fault: str = "",
    terminals: TerminalTrust | None = None,
) -> tuple[Card, mrz.Mrz]:
    """Return a card in memory made of a document's folder, and the document's MRZ.

    Without the file of its keys it is the card of a copy: it has the document's files, and proves nothing.

    :param at: the day on which the dates of the MRZ are judged
    :param can: a second password of PACE
    :param bac: basic access control in place of PACE, whatever the document has: EF.CardAccess and EF.CardSecurity are
        left out, and DG14 shows that
    :param fault: name of a card fault, as :func:`tjdocs.chip.card_faults.faults` has it
    :param terminals: the authorities whose terminals may read DG3 and DG4
    :raises InputError: the folder or a file of it cannot be read
    :raises KeyMaterialError: the file of the keys is not one
    :raises UsageError: an unknown fault, or one that this card cannot have
    """
    files, _ = read_folder(folder / "chip")
    zone = mrz.parse(inputs.read_file(folder / "mrz.txt", limits.TEXT).decode("utf-8", "replace"), at=at)
    path = folder / key_file.FILE
    keys = CardKeys()
    if path.exists():
        keys = CardKeys.parse(inputs.read_file(path, limits.KEY_FILE), where=str(path))
    if bac:
        files = {name: data for name, data in files.items() if name not in ("EF.CardAccess", "EF.CardSecurity")}
    key, bac = MrzKey.of(zone), bac or keys.bac
    if fault:
        from tjdocs.chip import card_faults

        return card_faults.card_with_fault(fault, files, key, keys, can=can, bac=bac, terminals=terminals), zone
    return Card(files, key, keys, can=can, bac=bac, terminals=terminals), zone
