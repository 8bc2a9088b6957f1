"""States of runs and executions, in one place for the engine and the models."""

RUN_STATES = ("running", "done", "stopped")
EXECUTION_STATES = ("scheduled", "done", "skipped", "error", "cancel")
