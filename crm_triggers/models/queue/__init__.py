"""The queue: claiming, looking again, acting, marking."""
