//! Target: a `host:port` that somebody else can reach.

use std::net::IpAddr;

use super::Problem;

/// The target, if it can be scraped.
pub(super) fn check(target: String) -> Result<String, Problem> {
    match hint(&target) {
        Some(hint) => Err(Problem::Target(target, hint)),
        None => Ok(target),
    }
}

/// What to write instead.
fn hint(target: &str) -> Option<&'static str> {
    let Some((host, port)) = target.rsplit_once(':') else {
        return Some("write `host:port`");
    };
    if host.is_empty() || target.contains(['/', '@', ' ', '?', '#']) {
        return Some("write `host:port`, without a scheme and without a path");
    }
    match port.parse::<u16>() {
        Err(_) => return Some("write `host:port`"),
        Ok(0) => {
            return Some("publish the port that the listener got, which Serving::local_addr tells");
        }
        Ok(_) => {}
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_unspecified())
    {
        return Some(
            "it stands for every address of this host: name the one that Prometheus reaches, such as 127.0.0.1",
        );
    }
    if bare.contains(':') && bare == host {
        return Some("write an IPv6 address in brackets, such as `[::1]:9464`");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_scraped_is_taken() {
        for target in ["127.0.0.1:9464", "[::1]:9464", "web1.internal:80"] {
            assert_eq!(hint(target), None, "{target}");
        }
    }

    #[test]
    fn what_cannot_be_scraped_is_not() {
        for (target, word) in [
            ("localhost", "host:port"),
            (":9464", "host:port"),
            ("localhost:http", "host:port"),
            ("http://localhost:80", "scheme"),
            ("localhost:80/metrics", "path"),
            ("127.0.0.1:0", "local_addr"),
            ("0.0.0.0:9464", "127.0.0.1"),
            ("[::]:9464", "127.0.0.1"),
            ("::1:9464", "brackets"),
        ] {
            let hint = hint(target).unwrap_or_default();
            assert!(hint.contains(word), "{target}: {hint}");
        }
    }
}
