"""Commands as an operator types them: what they print, in both languages, and how they end."""
