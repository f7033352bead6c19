"""`onboard` in the terminal: its questions, its steps and its report."""
