"""The API under `/api/v1`, for phones, partners and tills.

A route translates JSON to the domain's values and back, and nothing else. Codes and fields are
public: they are added to, never renamed. A refused scan is an answer, not an HTTP error.
"""
