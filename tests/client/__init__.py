"""The client against a real service: what tills, phones and supervisors ask of it."""
