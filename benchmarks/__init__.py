"""Speed as ratios in one run: what the hand-written limit does, and what Qianpi does, on the same
machine and minute.
"""
