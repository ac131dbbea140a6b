"""Requests that `api` sends as the line gives them."""
