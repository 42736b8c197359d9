"""Certificates, trust, and the authority (Doc 9303-12).

The public door: :class:`Authority` issues, :class:`TrustStore` knows whom to believe, :class:`Certificate` reads.
"""

from tjdocs.pki.authority.authority import Authority
from tjdocs.pki.certificate import Certificate
from tjdocs.pki.signer import Signer
from tjdocs.pki.trust.store import TrustStore

__all__ = ["Authority", "Certificate", "Signer", "TrustStore"]
