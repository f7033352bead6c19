"""One port to the systems of record, the documents that cross it, the outbox, the mirror of master data."""

from erp.build import build_erps

__all__ = ["build_erps"]
