"""One module per command, each with ``run(options)`` and, if it has options, ``add_arguments(parser)``."""
