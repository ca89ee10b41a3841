"""Garbage-sorting points (垃圾分类积分), from one booth to a city.

A house of floors; imports only point downwards, and import-linter proves it:

    cli                  the operator's door
    web, client          the visitors' doors, and the other end of them
    service              acts: one transaction each
    storage, outside     what is remembered, what leaves the house
    domain               what is true

The same noun has the same file name on every floor.
"""
