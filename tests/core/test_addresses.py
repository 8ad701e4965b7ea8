"""Addresses: what is one host on the public internet, and which texts name one beyond doubt."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbc_assess.core.addresses import is_public, read_web_address

PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0"),
    *("169.253.255.255", "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("2606:4700:4700::1111", "2001:4860:4860::8888", "2400:cb00::1", "2a00:1450::1", "2001:200::1"),
]
NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1"),
    *("192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
    *("64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1", "100::1", "100:0:0:1::1"),
    *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1"),
    *("2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "3fff::1", "3ffe::1", "5f00::1"),
    *(
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2400:cb00::1%1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ),
    *("2400:cb00::5efe:7f00:1", "2400:cb00::200:5efe:10.0.0.1", "4000::1"),
]


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_that_leads_elsewhere(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.ip_addresses())
def test_what_python_calls_local_is_never_public(address: object) -> None:
    read = ip_address(str(address))
    if is_public(read):
        assert read.is_global
        assert not any((read.is_private, read.is_loopback, read.is_multicast, read.is_link_local))
        assert not any((read.is_reserved, read.is_unspecified))


READ = {
    "https://hook.example.jp": ("hook.example.jp", 443, "/"),
    "https://HOOK.Example.jp/in?for=a": ("hook.example.jp", 443, "/in?for=a"),
    "https://hook.example.jp?for=a": ("hook.example.jp", 443, "/?for=a"),
    "https://hook.example.jp:8443/a%20b": ("hook.example.jp", 8443, "/a%20b"),
    "https://xn--r8jz45g.jp/": ("xn--r8jz45g.jp", 443, "/"),
    "https://1.1.1.1/": ("1.1.1.1", 443, "/"),
    "https://[2606:4700::1111]:444/": ("[2606:4700::1111]", 444, "/"),
    "https://3com.example.com/": ("3com.example.com", 443, "/"),
}
UNREADABLE = [
    *("", "https://", "http://hook.example.jp/", "ftp://hook.example.jp/", "HTTPS//x", "//hook.example.jp"),
    *(
        "https://hook",
        "https://localhost/",
        "https://hook.example.jp./",
        "https://.example.jp/",
        "https://a..b/",
    ),
    *("https://user@hook.example.jp/", "https://a:b@hook.example.jp/", "https://1.1.1.1@10.0.0.1/"),
    *("https://hook.example.jp#@10.0.0.1/", "https://hook.example.jp\\@10.0.0.1/", "https:\\\\10.0.0.1"),
    *("https://2130706433/", "https://0x7f000001/", "https://0x7f.0x0.0x0.0x1/", "https://0177.0.0.1/"),
    *("https://017700000001/", "https://127.1/", "https://127.0.1/", "https://0x7f.1/", "https://hook.0x7f/"),
    *(
        "https://127.0.0.1./",
        "https://1.1.1.1.1/",
        "https://256.1.1.1/",
        "https://[::1%25lo]/",
        "https://[::1/",
    ),
    *("https://[1.1.1.1]/", "https://[::g]/", "https://::1/", "https://hook.example.jp:0/"),
    *("https://hook.example.jp:99999/", "https://hook.example.jp:/", "https://hook.example.jp:4_43/"),
    *("https://例え.jp/", "https://１２７.0.0.1/", "https://①②⑦.0.0.1/", "https://ｌocalhost/"),
    *("https://127。0。0。1/", "https://%31%32%37.0.0.1/", "https://hook.example.jp/a b", "https://a.jp/\n"),
    *("https://hook.example.jp/é", " https://hook.example.jp/", "https://-a.jp/", "https://a_b.example.jp/"),
    *(f"https://{'a' * 64}.jp/", f"https://a.jp/{'a' * 2000}"),
]


@pytest.mark.parametrize("text", READ)
def test_a_plain_web_address_is_read(text: str) -> None:
    assert read_web_address(text) == READ[text]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_could_be_read_in_two_ways_is_not_read(text: str) -> None:
    assert read_web_address(text) is None
