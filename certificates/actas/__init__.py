"""Deciding: the acta, its evidence, its approval and the authority's answer."""
