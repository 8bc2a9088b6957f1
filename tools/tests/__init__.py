"""Tests of the tools: plain pytest, run by ``./dev test tools`` and by every full run."""
