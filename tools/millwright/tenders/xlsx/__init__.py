"""Workbooks: written without a formula from any text, read without trusting anything in them."""
