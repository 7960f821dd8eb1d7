//! hickory 0.26. Its own label for metrics makes one of NXDOMAIN and of a name without an address, so it is not asked.

use std::error::Error;

use hickory_net_0_26::proto::op::ResponseCode;
use hickory_net_0_26::{DnsError, NetError};

use super::{Reason, Told};
use crate::reason::io::resolving;

pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    if let Some(error) = error.downcast_ref::<DnsError>() {
        return Some(Told::Reason(answered(error)));
    }
    Some(Told::Reason(match error.downcast_ref::<NetError>()? {
        NetError::Dns(error) => answered(error),
        NetError::Timeout => Reason::DnsTimeout,
        NetError::Io(error) => resolving(error),
        NetError::Busy | NetError::NoConnections => Reason::DnsTemporary,
        _ => Reason::DnsOther,
    }))
}

const fn answered(error: &DnsError) -> Reason {
    match error {
        DnsError::NoRecordsFound(found) => match found.response_code {
            ResponseCode::NXDomain => Reason::Nxdomain,
            _ => Reason::DnsNodata,
        },
        DnsError::ResponseCode(ResponseCode::NXDomain) => Reason::Nxdomain,
        DnsError::ResponseCode(ResponseCode::ServFail) => Reason::DnsServfail,
        DnsError::ResponseCode(ResponseCode::Refused) => Reason::DnsRefused,
        _ => Reason::DnsOther,
    }
}
