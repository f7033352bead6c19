"""The plain-file ERP: master data in as CSV files, documents out and answers back as JSON files."""

from erp.files.folder import FolderData, read_folder

__all__ = ["FolderData", "read_folder"]
