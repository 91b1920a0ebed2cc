"""The publisher's dealings with GitHub, against a stand-in on loopback."""
