"""The brief: one self-contained HTML page a minister can read, and all its tables beside it.

`sections` turns answers into sections, `page` lays them out, `files` writes the folder.
"""
