"""What the demo plant is made of: hand-written names, packs and people, and the rules that fill the rest."""
