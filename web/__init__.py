"""Everything seen in a browser or called over HTTP."""
