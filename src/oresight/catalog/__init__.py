"""What tables exist, from which origins, in which units, with which cautions and checks.

`declare` says what a table is, `tables/` declares each one, `store` reads and writes them, `checks` holds
them to their promise, `importers/` rebuilds them from the publishers' official files, `overlay` lays a
user's own rows over them. Knows tables and never mathematics; imports only `core`.
"""
