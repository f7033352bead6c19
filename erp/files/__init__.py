"""The plain-file ERP: master data in as CSV files, documents out and answers back as JSON files."""

from erp.files.adapter import Answer, FilesErp, answer_mode
from erp.files.folder import FolderData, read_folder

__all__ = ["Answer", "FilesErp", "FolderData", "answer_mode", "read_folder"]
