from foundation.accounts.models.audit import AuditEntry, AuditLink, AuditSeal, AuditValue
from foundation.accounts.models.keys import ApiKey
from foundation.accounts.models.of_person import OfPerson
from foundation.accounts.models.organisations import Bureau, Department, Station
from foundation.accounts.models.people import FormerPassword, Invitation, PasswordRequest, RoleGrant, User
from foundation.accounts.models.sessions import Session

__all__ = [
    "ApiKey",
    "AuditEntry",
    "AuditLink",
    "AuditSeal",
    "AuditValue",
    "Bureau",
    "Department",
    "FormerPassword",
    "Invitation",
    "OfPerson",
    "PasswordRequest",
    "RoleGrant",
    "Session",
    "Station",
    "User",
]
