"""The worker: delivers events, runs what is scheduled, and works off background jobs."""
