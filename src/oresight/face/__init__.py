"""Command line, brief, charts, web: ask a study, render its answer. No face imports a model."""
