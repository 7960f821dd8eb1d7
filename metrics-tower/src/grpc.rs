//! gRPC: what a response says of itself, where its HTTP status always says 200.

use http::HeaderMap;

use crate::labels::Outcome;

/// How a call went by its `grpc-status`; `None` where there is none.
///
/// Whose fault a code is, OpenTelemetry's conventions for gRPC servers say. A code that nobody knows is `UNKNOWN`, as the
/// protocol has it.
pub(crate) fn outcome(headers: &HeaderMap) -> Option<Outcome> {
    Some(match headers.get("grpc-status")?.as_bytes() {
        b"0" => Outcome::Ok,
        b"1" | b"3" | b"5" | b"6" | b"7" | b"8" | b"9" | b"10" | b"11" | b"16" => {
            Outcome::ClientError
        }
        _ => Outcome::ServerError,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: &'static str) -> Option<Outcome> {
        outcome(&HeaderMap::from_iter([(
            "grpc-status".parse().unwrap(),
            status.parse().unwrap(),
        )]))
    }

    #[test]
    fn a_code_is_the_clients_fault_or_the_servers() {
        assert_eq!(of("0"), Some(Outcome::Ok));
        for client in ["1", "3", "5", "6", "7", "8", "9", "10", "11", "16"] {
            assert_eq!(of(client), Some(Outcome::ClientError), "{client}");
        }
        for server in ["2", "4", "12", "13", "14", "15", "17", "00", "-1", "", "x"] {
            assert_eq!(of(server), Some(Outcome::ServerError), "{server}");
        }
        assert_eq!(outcome(&HeaderMap::new()), None);
    }
}
