"""What is told of what was made: pictures, statistics, traces, spending."""
