"""Issue and verify ICAO travel documents (Doc 9303, 8th edition).

Each public door is a package, as in ``from tjdocs.border import Evidence, Inspector``. ``help("tjdocs.border")`` shows
its names.

An MRZ alone:
    ``mrz``          parse, repair and make machine-readable zones, also from a picture (extra vision)

At a border:
    ``border``       evidence in, verdict with reasons out: ``Inspector``, ``Evidence``, ``Verdict``, ``Policy``
    ``chip``         read a chip by its protocols, or be one: ``read``, ``Card``
    ``inspection``   the checks without law: ``examine``
    ``pki``          certificates, CRLs, master lists: ``TrustStore``, ``import_files``
    ``watchlists``   bans, alerts, visas and permits: ``Watchlists``
    ``lds``          the files of a chip: ``EfSod``, ``Dg1``, ``Dg2`` and so on
    ``seal``         visible digital seals: ``Seal``, ``verify``

In a passport office:
    ``documents``    the document types: ``Application``, ``eligibility``
    ``office``       issue a whole document: ``Office``
    ``register``     blanks, documents, officers and their log: ``Register``
    ``pki``          the issuing State's keys: ``Authority``
    ``page``         the printed page: ``Page``
    ``portrait``     photographs and the portrait of DG2
    ``auditlog``     proofs of the register's log

For another program:
    ``vectors``      test vectors: ``load``, ``run``

Errors of a call are in ``tjdocs.errors``, all of them a ``TjdocsError``. A bad document is a finding, and raises
nothing.
"""

__all__ = [
    "auditlog",
    "border",
    "chip",
    "documents",
    "errors",
    "inspection",
    "lds",
    "mrz",
    "office",
    "page",
    "pki",
    "portrait",
    "register",
    "seal",
    "vectors",
    "watchlists",
]

__version__ = "0.1.0"
