"""The frame of the REST API: problems, pages, limits, schema, reference page. It knows no resource."""
