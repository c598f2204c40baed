"""Runs as charts and pages: curves -> scales -> lines in pixels or dots -> SVG, HTML."""
