"""Tests, and what they share. A package, since a library of ours installs another one of this name."""
