"""What all dated records about an enterprise have in common."""
