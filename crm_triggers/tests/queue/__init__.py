"""The queue, its workers, and what interrupts them."""
