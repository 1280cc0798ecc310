from incidents.models.incident import Incident

__all__ = ["Incident"]
