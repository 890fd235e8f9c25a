"""hocba: the digital school transcript (học bạ số), from a school's year to a sealed record."""

__version__ = "0.1.0"
