"""The only SQL: engine, tables, and one module of queries per subject.

A query is a function that takes a connection inside a transaction of ``engine.Store``; it never commits.
"""
