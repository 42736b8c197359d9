"""Certificates, trust, and the authority (Doc 9303-12).

The public door: :class:`Authority` issues, :class:`TrustStore` knows whom to believe, :class:`Certificate` reads.
"""

from typing import TYPE_CHECKING, Any

from tjdocs.pki.certificate import Certificate
from tjdocs.pki.certificate_spans import spans
from tjdocs.pki.crl import Crl
from tjdocs.pki.public_key import PublicKey
from tjdocs.pki.signed_data import SignedData
from tjdocs.pki.signer import Signer
from tjdocs.pki.trust.explain_state import explain
from tjdocs.pki.trust.import_files import import_files
from tjdocs.pki.trust.master_list import MasterList
from tjdocs.pki.trust.store import TrustStore
from tjdocs.pki.trust.trust_policy import TrustPolicy

if TYPE_CHECKING:
    from tjdocs.pki.authority.authority import Authority

__all__ = [
    "Authority",
    "Certificate",
    "Crl",
    "MasterList",
    "PublicKey",
    "SignedData",
    "Signer",
    "TrustPolicy",
    "TrustStore",
    "explain",
    "import_files",
    "spans",
]


def __getattr__(name: str) -> Any:
    """Load :class:`Authority` when it is asked for: who inspects has none."""
    if name == "Authority":
        from tjdocs.pki.authority.authority import Authority

        return Authority
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
