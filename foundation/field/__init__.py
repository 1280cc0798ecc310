"""Work on a phone without network: docs/field.md.

A service worker keeps one page with nobody's data. What people do there is kept on the phone, sealed as their drafts are
(foundation.drafts), and sent once when there is a network. What is sent belongs to an app; here are the page, who is
logged in now, and receipts.
"""
