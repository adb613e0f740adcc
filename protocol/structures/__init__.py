"""What some fields of the dialect cup hold inside: frozen values, parsed and built.

Every one has `parse(value)`, which raises StructureError with field and position, and `build()`,
which cannot fail: a wrong value cannot be made, its constructor raises ValueError and says where
the wrong part would stand. Neither ever says a value.
"""
