"""The declared tables, one module per topic; each exports `TABLES`."""
