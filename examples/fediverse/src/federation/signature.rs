//! HTTP Signatures as the fediverse speaks them (draft-cavage), with Ed25519 keys under the name `hs2019`.

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use fedimetrics_core::stage::{SIGNATURE as STAGE, Stage};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use ring::{
    digest::{SHA256, digest},
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use url::Url;

/// How far the two clocks may be apart.
const SKEW: Duration = Duration::from_secs(300);
/// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
const DIGEST: HeaderName = HeaderName::from_static("digest");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// Why a signature could not be made, or is not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The request has no such header, or it is not text.
    #[error("the header {0} is missing or unreadable")]
    Header(HeaderName),
    /// The signature header lacks a part.
    #[error("the signature lacks its {0}")]
    Part(&'static str),
    /// It does not cover what must be covered.
    #[error("the signature does not cover {0}")]
    Uncovered(&'static str),
    /// The body is not what the digest says.
    #[error("the digest does not fit the body")]
    Digest,
    /// The date is too far from now.
    #[error("the date is too old or too new")]
    Date,
    /// The key did not make this signature.
    #[error("the key did not make this signature")]
    Forged,
    /// The address has no host to sign for.
    #[error("the address has no host")]
    NoHost,
}

/// The headers that make a POST of that body a signed one.
///
/// # Errors
///
/// When the address has no host, or its parts cannot stand in a header.
pub fn sign(
    key: &Ed25519KeyPair,
    key_id: &str,
    url: &Url,
    body: &[u8],
) -> Result<HeaderMap, SignatureError> {
    let _making = Stage::begin(STAGE);
    let host = authority(url).ok_or(SignatureError::NoHost)?;
    let date = httpdate::fmt_http_date(SystemTime::now());
    let digest = digest_of(body);
    let text = format!(
        "(request-target): post {}\nhost: {host}\ndate: {date}\ndigest: {digest}",
        &url[url::Position::BeforePath..url::Position::AfterQuery]
    );
    let signature = STANDARD.encode(key.sign(text.as_bytes()));
    let value = format!(
        "keyId=\"{key_id}\",algorithm=\"hs2019\",headers=\"(request-target) host date digest\",signature=\"{signature}\""
    );
    let mut headers = HeaderMap::with_capacity(4);
    for (name, text) in [
        (header::HOST, host),
        (header::DATE, date),
        (DIGEST, digest),
        (SIGNATURE, value),
    ] {
        let value =
            HeaderValue::try_from(text).map_err(|_| SignatureError::Header(name.clone()))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// What a request claims about its sender; [`verify`](Self::verify) finds out whether it is true.
#[derive(Debug)]
pub struct Claim {
    /// The address of the key that is said to have signed.
    pub key_id: String,
    signature: Vec<u8>,
    text: String,
}

impl Claim {
    /// Reads the claim of a POST, checking digest and date on the way.
    ///
    /// # Errors
    ///
    /// When anything is missing, uncovered, or does not fit.
    pub fn read(path: &str, headers: &HeaderMap, body: &[u8]) -> Result<Self, SignatureError> {
        let parameters = text(headers, &SIGNATURE)?;
        let part =
            |name: &'static str| parameter(parameters, name).ok_or(SignatureError::Part(name));
        let covered: Vec<&str> = part("headers")?.split(' ').collect();
        for must in ["(request-target)", "host", "date", "digest"] {
            if !covered.contains(&must) {
                return Err(SignatureError::Uncovered(must));
            }
        }
        if text(headers, &DIGEST)? != digest_of(body) {
            return Err(SignatureError::Digest);
        }
        let date = httpdate::parse_http_date(text(headers, &header::DATE)?)
            .map_err(|_| SignatureError::Date)?;
        let now = SystemTime::now();
        let apart = now
            .duration_since(date)
            .or_else(|_| date.duration_since(now))
            .unwrap_or(Duration::MAX);
        if apart > SKEW {
            return Err(SignatureError::Date);
        }
        let mut lines = Vec::with_capacity(covered.len());
        for name in covered {
            if name == "(request-target)" {
                lines.push(format!("(request-target): post {path}"));
            } else {
                let header =
                    HeaderName::try_from(name).map_err(|_| SignatureError::Part("headers"))?;
                lines.push(format!("{name}: {}", text(headers, &header)?));
            }
        }
        Ok(Self {
            key_id: part("keyId")?.to_owned(),
            signature: STANDARD
                .decode(part("signature")?)
                .map_err(|_| SignatureError::Part("signature"))?,
            text: lines.join("\n"),
        })
    }

    /// Whether this key made the signature.
    ///
    /// # Errors
    ///
    /// When it did not.
    pub fn verify(&self, key: &[u8; 32]) -> Result<(), SignatureError> {
        let _checking = Stage::begin(STAGE);
        UnparsedPublicKey::new(&ED25519, key)
            .verify(self.text.as_bytes(), &self.signature)
            .map_err(|_| SignatureError::Forged)
    }
}

/// The public half of a key as PEM, as actors show it.
#[must_use]
pub fn public_pem(key: &Ed25519KeyPair) -> String {
    let der = [&SPKI[..], key.public_key().as_ref()].concat();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(der)
    )
}

/// The 32 bytes within such a PEM; none where it is no Ed25519 key.
#[must_use]
pub fn public_from_pem(pem: &str) -> Option<[u8; 32]> {
    let text: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .map(str::trim)
        .collect();
    let der = STANDARD.decode(text).ok()?;
    der.strip_prefix(&SPKI)?.try_into().ok()
}

/// Host and port as they stand in the header.
#[must_use]
pub fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

fn digest_of(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(digest(&SHA256, body)))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h str, SignatureError> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| SignatureError::Header(name.clone()))
}

fn parameter<'p>(parameters: &'p str, name: &str) -> Option<&'p str> {
    parameters.split(',').find_map(|part| {
        let (key, value) = part.split_once('=')?;
        (key.trim() == name).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;

    use super::*;

    fn key() -> Ed25519KeyPair {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap()
    }

    #[test]
    fn what_is_signed_here_is_believed_here() {
        let (key, url) = (key(), Url::parse("http://127.0.0.1:81/inbox?x=1").unwrap());
        let headers = sign(&key, "http://k", &url, b"body").unwrap();
        let claim = Claim::read("/inbox?x=1", &headers, b"body").unwrap();
        assert_eq!(claim.key_id, "http://k");
        let public = public_from_pem(&public_pem(&key)).unwrap();
        claim.verify(&public).unwrap();
    }

    #[test]
    fn another_key_path_or_body_is_not_believed() {
        let (ours, url) = (key(), Url::parse("http://127.0.0.1:81/inbox").unwrap());
        let public = public_from_pem(&public_pem(&ours)).unwrap();
        let forged = sign(&key(), "http://k", &url, b"body").unwrap();
        let claim = Claim::read("/inbox", &forged, b"body").unwrap();
        assert!(matches!(claim.verify(&public), Err(SignatureError::Forged)));
        let headers = sign(&ours, "http://k", &url, b"body").unwrap();
        assert!(matches!(
            Claim::read("/inbox", &headers, b"other"),
            Err(SignatureError::Digest)
        ));
        assert!(
            Claim::read("/other", &headers, b"body")
                .unwrap()
                .verify(&public)
                .is_err()
        );
        assert!(matches!(
            Claim::read("/inbox", &HeaderMap::new(), b""),
            Err(SignatureError::Header(_))
        ));
    }
}
