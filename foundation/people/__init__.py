"""Pages of people, organisations, keys, the audit log and a person's own account.

An app of their own, because they use the page kit, which itself uses ``foundation.accounts``. Their URL names keep the
namespace ``accounts``.
"""
