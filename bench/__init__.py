"""Speed, each figure beside a raw limit of the same run: `python -m bench`."""
