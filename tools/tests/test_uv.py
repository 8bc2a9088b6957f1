import pytest

from tools import uv

LISTING = """\
:env:.cert='/etc/certificates.crt'
:env:.find-links='/wheels /more'
global.cert='/global.crt'
global.constraint='/etc/constraints.txt'
global.extra-index-url='https://one.example.com/simple\\nhttps://two.example.com/simple'
global.index-url='https://global.example.com/simple'
install.index-url='https://install.example.com/simple'
global.no-color='true'
"""


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for variable in ("SSL_CERT_FILE", *filter(lambda name: name.startswith("UV_"), uv.os.environ)):
        monkeypatch.delenv(variable, raising=False)


def test_uv_is_told_what_pip_is_told():
    assert uv.translate(LISTING) == {
        "SSL_CERT_FILE": "/etc/certificates.crt",
        "UV_CONSTRAINT": "/etc/constraints.txt",
        "UV_DEFAULT_INDEX": "https://install.example.com/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX": "https://one.example.com/simple https://two.example.com/simple",
    }


def test_what_uv_is_told_already_is_left_alone(monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example.com/simple")

    assert "UV_DEFAULT_INDEX" not in uv.translate(LISTING)


def test_pip_without_settings_tells_nothing():
    assert uv.translate("") == {}
