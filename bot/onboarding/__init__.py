"""Walking a company from the first connection to a shadow run: what each step looks at, and what is kept of it."""
