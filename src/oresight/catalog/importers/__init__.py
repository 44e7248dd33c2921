"""Importers of the publishers' official files: one module per publisher, over bounded reading of bytes.

`opening` reads untrusted files within bounds, `figures` reads published cells and units, `places` resolves
names and codes of countries, `imported` is what an importer gives back. The modules named after a publisher
know its layout and nothing else. A changed header, a wrong encoding, an unknown country or unit is a
`DataError` that names file, row and mend.
"""
