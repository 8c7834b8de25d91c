"""Documents on paper: what a service says, set as PDF."""
