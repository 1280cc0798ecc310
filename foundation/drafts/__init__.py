"""What people type is kept on their device until the server has taken it: docs/drafts.md.

The server's part is small: whose text it is and with which key it is sealed, who is logged in now, and answers that a
script can read. The text itself never leaves the device except by the form it was typed in.
"""
