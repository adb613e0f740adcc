"""Reads and runs the examples in README.md and docs/, as a reader would. Run by test_docs.py.

markdown    a page as its fenced blocks and links
shell       the shells that the reader has open
"""
