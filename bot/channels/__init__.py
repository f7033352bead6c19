"""One file per way in and out; all of them behind one port."""
