"""The pages: what people open in a browser.

A page is served with the strictest policy that it works under, asks nobody but this service for
anything, and goes by relative addresses, so that a proxy may put any path in front of it.
"""
