//! Network: an address, or all that begin alike.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::error::{Error, Kind};

/// An address, or all that begin alike. An IPv4 address within an IPv6 one (`::ffff:192.0.2.1`) is an IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.base == masked(address.to_canonical(), self.bits)
    }
}

impl FromStr for Network {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why| Error::from(Kind::Network(text.to_owned(), why));
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address
            .parse()
            .map_err(|_| wrong("write an address such as 192.0.2.1 or a network such as 2001:db8::/32; host names change and are not taken"))?;
        let longest = length(address);
        let bits = match bits {
            None => longest,
            Some(bits) => bits
                .parse()
                .ok()
                .filter(|bits| *bits <= longest && !text.contains('+'))
                .ok_or_else(|| wrong("behind the slash stands how many bits count, at most 32 for IPv4 and 128 for IPv6"))?,
        };
        let canonical = address.to_canonical();
        let cut = longest - length(canonical);
        let Some(bits) = bits.checked_sub(cut) else {
            return Err(wrong("write the IPv4 network itself"));
        };
        if masked(canonical, bits) != canonical {
            return Err(wrong(
                "it has bits set behind its prefix: write a longer prefix, or the network's own address",
            ));
        }
        Ok(Self {
            base: canonical,
            bits,
        })
    }
}

const fn length(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The first bits of an address.
fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX
                .checked_shl(u32::from(32_u8.saturating_sub(bits)))
                .unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX
                .checked_shl(u32::from(128_u8.saturating_sub(bits)))
                .unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_in_their_networks() {
        for (network, inside, outside) in [
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.1", "::ffff:192.0.2.1", "::192.0.2.1"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.1"),
            ("0.0.0.0/0", "203.0.113.7", "2001:db8::1"),
            ("::/0", "2001:db8::1", "::ffff:203.0.113.7"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::1", "::1", "127.0.0.1"),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert!(
                parsed.contains(inside.parse().unwrap()),
                "{network} {inside}"
            );
            assert!(
                !parsed.contains(outside.parse().unwrap()),
                "{network} {outside}"
            );
        }
    }

    #[test]
    fn what_is_no_network_is_said_with_its_reason() {
        for (text, says) in [
            ("", "such as 192.0.2.1"),
            ("localhost", "host names"),
            ("10.0.0.0/33", "at most 32"),
            ("2001:db8::/129", "at most 32 for IPv4 and 128"),
            ("10.0.0.0/+8", "behind the slash"),
            ("10.0.0.0/", "behind the slash"),
            ("10.0.0.1/8", "bits set behind its prefix"),
            ("::ffff:10.0.0.0/8", "IPv4 network itself"),
            ("192.0.2.1:9100", "such as"),
        ] {
            let error = text.parse::<Network>().unwrap_err();
            assert!(error.is_network(), "{text}");
            assert!(error.to_string().contains(says), "{error}");
        }
    }
}
