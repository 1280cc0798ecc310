"""What all endpoints of the API share: views, problems, paging, idempotency, limits, the schema. See docs/api.md."""
