from imports.models.run import Import, ImportedRecord, ImportIssue
from imports.models.upload import Upload, UploadPart, UploadRow

__all__ = ["Import", "ImportIssue", "ImportedRecord", "Upload", "UploadPart", "UploadRow"]
