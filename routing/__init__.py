"""Who must know, and what stands before a person until somebody has dealt with it."""
