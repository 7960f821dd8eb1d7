//! rustls 0.23.

use std::error::Error;

use rustls::CertificateError as Certificate;

use super::{Reason, Told};

pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    let reason = match error.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(why) => certificate(why),
        rustls::Error::NoCertificatesPresented => Reason::TlsCertificate,
        rustls::Error::AlertReceived(_) => Reason::TlsAlert,
        rustls::Error::InvalidMessage(_)
        | rustls::Error::InappropriateMessage { .. }
        | rustls::Error::InappropriateHandshakeMessage { .. }
        | rustls::Error::PeerIncompatible(_)
        | rustls::Error::PeerMisbehaved(_)
        | rustls::Error::PeerSentOversizedRecord
        | rustls::Error::NoApplicationProtocol
        | rustls::Error::DecryptError => Reason::TlsProtocol,
        _ => Reason::TlsOther,
    };
    Some(Told::Reason(reason))
}

/// Some kinds have a twin that says more.
const fn certificate(why: &Certificate) -> Reason {
    match why {
        Certificate::Expired | Certificate::ExpiredContext { .. } => Reason::TlsExpired,
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
            Reason::TlsName
        }
        Certificate::UnknownIssuer => Reason::TlsIssuer,
        _ => Reason::TlsCertificate,
    }
}
