"""DER by declarative schemas, BER by one tolerant road, BER-TLV for the LDS.

All walking of encoded bytes is in this package.

>>> from tjdocs.asn1 import der, icao
>>> der.encode(icao.DataGroupHash(number=1, value=b"AB")).hex()
'300702010104024142'
"""
