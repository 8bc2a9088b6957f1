from . import (
    test_contract,
    test_contract_gallery,
    test_contract_help,
    test_contract_line,
    test_contract_preset,
    test_contract_renewal,
    test_contract_rights,
)
