//! Which addresses a client may reach: those of the internet, those inside the network, or all.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses a client may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    /// All of them.
    All,
    /// Only those of the internet: a name that leads into this network is refused.
    Public,
    /// Only this computer and this network.
    Private,
}

impl Range {
    /// Whether `address` is in it.
    pub(crate) fn has(self, address: IpAddr) -> bool {
        match self {
            Self::All => true,
            Self::Public => !is_private(address),
            Self::Private => is_private(address),
        }
    }
}

/// A name led to an address outside of the client's range.
#[derive(Debug)]
pub(super) struct OutOfRange(pub(super) Range);

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Range::All | Range::Public => "the name leads to an address inside this network",
            Range::Private => "the name leads to an address outside of this network",
        })
    }
}

impl std::error::Error for OutOfRange {}

/// Whether `address` is none of the internet's: this computer, this network, or kept for special use (the IANA's
/// special-purpose address registries).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => is_private_v4(ip),
        IpAddr::V6(ip) => embedded(ip).map_or_else(|| is_private_v6(ip), is_private_v4),
    }
}

fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0)
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    let [first, second, third, ..] = ip.segments();
    ip.is_multicast()
        // A network's own NAT64.
        || (first, second, third) == (0x64, 0xff9b, 1)
        || (first & 0xfe00) == 0xfc00
        || (first & 0xff80) == 0xfe80
        || (first == 0x2001 && (second < 0x200 || second == 0xdb8))
        || first == 0x100
        || (first == 0x3fff && second < 0x1000)
        || first == 0x5f00
}

/// The IPv4 address inside an IPv6 one that leads to it: compatible, mapped, NAT64 and 6to4. `::` and `::1` are among
/// the compatible ones, as 0.0.0.0 and 0.0.0.1.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_network_are_told_from_those_of_the_internet() {
        let private = [
            "127.0.0.1",
            "::ffff:0:7f00:1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "64:ff9b:1::808:808",
            "3fff::1",
            "5f00::1",
        ];
        for address in private {
            let address: IpAddr = address.parse().unwrap();
            assert!(is_private(address), "{address}");
            assert!(!Range::Public.has(address) && Range::Private.has(address) && Range::All.has(address));
        }
        for address in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "193.0.0.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "2001:4860::1",
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert!(!is_private(address), "{address}");
            assert!(Range::Public.has(address) && !Range::Private.has(address));
        }
    }
}
