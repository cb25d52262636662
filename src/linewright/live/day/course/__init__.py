"""The course of one station: what it did, instant by instant, why, and how it is booked.

A `Course` is everything the records of one station say, computed once per version of its book:
pieces without overlap from the first record to the time heard until. Before, after and in gaps
nothing is known: `unknown`, never producing. Whether a stop is a micro-stop is decided here and
nowhere else. Windows are then read from the course; they may lie anywhere.
"""

from linewright.live.day.course.causes import Piece
from linewright.live.day.course.course import Course, course_of, heard_on
from linewright.live.day.course.segments import SILENT, Kind
from linewright.live.day.course.working import Hours

__all__ = ["SILENT", "Course", "Hours", "Kind", "Piece", "course_of", "heard_on"]
