"""Photos and files of records: what is taken, what is kept of it, and where it lies.

``reading`` tells by the content what somebody sent and makes of it what is kept; ``files`` keeps it. Whose they are, who
sees them and who may take them away is for the records that have them (``facts.attachments``).
"""
