"""Tools of a checkout: pages generated from declarations; tables carried over from extracts."""
