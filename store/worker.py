"""The worker: takes jobs from their queues and runs them, each queue on its own threads."""
