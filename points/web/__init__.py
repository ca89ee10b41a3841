"""The visitors' doors: the HTTP API and the pages.

A door checks the shape of what is asked and who asks, calls one act, and puts its outcome into
words. It holds no rule about points and no query. The clock is read here, once for each request
(`dependencies.py`), and what may go wrong has one table of answers (`problems.py`).
"""
