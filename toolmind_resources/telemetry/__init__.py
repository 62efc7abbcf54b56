"""What is told to OpenTelemetry, where somebody listens."""
