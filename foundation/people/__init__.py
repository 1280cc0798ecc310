"""Pages of people, organisations, keys, the audit log and the own account.

They stand on the page kit, which stands on ``foundation.accounts``: that is why they are an app of their own. Their
addresses keep the names ``accounts:…``.
"""
