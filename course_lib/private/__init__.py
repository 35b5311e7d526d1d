"""The private names of other packages that the course cannot do without. No other room uses one; a test sees to that.

Each name has a contract test under tests/private, which says what no longer works when the name goes, and
pyproject.toml keeps its package below the next version that could take it away. What stands here is either missing
from the package's public interface, which the docstring then says, or patched because of a fault of the package.
"""
