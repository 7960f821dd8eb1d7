//! hickory 0.25. Its error's source is empty: what it holds is asked for.

use std::error::Error;
use std::io;

use hickory_proto_0_25::op::ResponseCode;
use hickory_proto_0_25::{ProtoError, ProtoErrorKind};
use hickory_resolver_0_25::ResolveError;

use super::{Reason, Told};
use crate::reason::io::resolving;

pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    if let Some(error) = error.downcast_ref::<ResolveError>() {
        let reason = error.proto().map_or(Reason::DnsOther, reason);
        return Some(Told::Reason(reason));
    }
    let error = error.downcast_ref::<ProtoError>()?;
    Some(Told::Reason(reason(error)))
}

/// NXDOMAIN is one kind of "no records found" there, and so are SERVFAIL and REFUSED.
fn reason(error: &ProtoError) -> Reason {
    match error.kind() {
        ProtoErrorKind::NoRecordsFound { response_code, .. } => match response_code {
            ResponseCode::NXDomain => Reason::Nxdomain,
            ResponseCode::NoError => Reason::DnsNodata,
            ResponseCode::ServFail => Reason::DnsServfail,
            ResponseCode::Refused => Reason::DnsRefused,
            _ => Reason::DnsOther,
        },
        ProtoErrorKind::RequestRefused => Reason::DnsRefused,
        ProtoErrorKind::Timeout => Reason::DnsTimeout,
        ProtoErrorKind::Io(error) if error.kind() == io::ErrorKind::TimedOut => Reason::DnsTimeout,
        ProtoErrorKind::Io(error) => resolving(error),
        ProtoErrorKind::Busy | ProtoErrorKind::NoConnections => Reason::DnsTemporary,
        _ => Reason::DnsOther,
    }
}
