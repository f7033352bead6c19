"""The database: declarative base, sessions, the embedded server, the job queue, migrations."""
