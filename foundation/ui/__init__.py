"""The page kit: shell, navigation, and one list, form, record and act view on Django's own class-based views."""
