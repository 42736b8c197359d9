"""Helpers of the tests: builders independent of the product, cases, and worlds to try it in."""
