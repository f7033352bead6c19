"""Papers: what people send as files, photos and voice notes, opened apart from everything else and read as text."""
