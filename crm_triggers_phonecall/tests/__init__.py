from . import test_phonecall
