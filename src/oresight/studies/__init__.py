"""The one meeting place: table rows to arrays to models to answers; one file per question asked."""
