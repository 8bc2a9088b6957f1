"""Development tools of crm_triggers: standard library only, started by ./dev."""
