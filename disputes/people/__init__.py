"""The parties of disputes, and how what identifies a person is kept."""
