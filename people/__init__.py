"""Parties, persons, identities, roles: who somebody is and what they may do."""
