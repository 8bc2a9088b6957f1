"""Be a worker until nothing is due, or until killed."""

print("WORKING", flush=True)
env["crm.trigger.execution"]._work()
