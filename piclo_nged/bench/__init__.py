"""Benchmarks as a command, so that whoever deploys this can size it: ours against a bare program, in the same run."""
