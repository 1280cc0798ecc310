from imports.models.run import Import, ImportIssue

__all__ = ["Import", "ImportIssue"]
