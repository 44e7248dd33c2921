"""The workbench in the browser: pages over the studies, each view a URL with JSON, CSV and picture twins.

`app` puts it together, `registry` knows the pages, `work` runs what they ask for, `guard` keeps strangers out.
"""
