"""One module a command, each with ``run(options)`` and, where it has options, ``add_arguments(parser)``."""
