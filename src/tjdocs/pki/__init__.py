"""Certificates, trust, and the authority (Doc 9303-12).

The public door: :class:`Authority` issues, :class:`TrustStore` knows whom to believe, :class:`Certificate` reads.
"""

from typing import TYPE_CHECKING, Any

from tjdocs.pki.certificate import Certificate
from tjdocs.pki.signer import Signer
from tjdocs.pki.trust.store import TrustStore

if TYPE_CHECKING:
    from tjdocs.pki.authority.authority import Authority

__all__ = ["Authority", "Certificate", "Signer", "TrustStore"]


def __getattr__(name: str) -> Any:
    """Load :class:`Authority` when it is asked for: who inspects has none."""
    if name == "Authority":
        from tjdocs.pki.authority.authority import Authority

        return Authority
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
