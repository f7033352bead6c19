"""The commands, a module for each matter; each lists its own in `COMMANDS`."""
