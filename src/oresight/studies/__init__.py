"""The one meeting place: table rows to arrays to models to answers. One file per question the user asks."""
