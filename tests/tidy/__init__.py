"""The rules of the house as functions from a source to its findings. Run by test_tidy.py.

sources     the files of the repository, read and parsed once
imports     who may import whom
calls       what code may not do, and where
graph       the import graph: no circle, a lean start
text        what no file may contain, whatever its kind
"""
