"""One module per page of the workbench, each with its `PAGES`."""
