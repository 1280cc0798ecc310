"""What all endpoints of the API share: views, problems, paging, idempotency, limits, schema. See docs/api.md."""
