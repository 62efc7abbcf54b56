"""Judges dialogues and turns, and splits what passes into samples.

Rules first, since they cost nothing; then a dialogue judge and a turn judge through a chat model.
"""
