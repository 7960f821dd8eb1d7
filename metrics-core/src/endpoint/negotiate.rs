//! Negotiation: which format and which encoding a scraper likes best.

use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};
use http::{HeaderMap, HeaderValue};

use crate::recorder::Format;

/// The most letters of a header that are read: Prometheus sends 230.
const LETTERS: usize = 4096;
/// The most ranges that are looked at: Prometheus sends 6.
const RANGES: usize = 32;

/// What a scraper likes best of what there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) format: Format,
    pub(super) gzip: bool,
}

/// How much something is liked, in thousandths, and at which place it was named.
type Liking = Option<(u16, usize)>;

impl Wish {
    /// Never fails: who accepts nothing that there is gets text, since a scrape in the wrong format says more than 406.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self {
            format: format(headers),
            gzip: gzip(headers),
        }
    }
}

/// By quality, and by place where two are liked alike. OpenMetrics only for those who name it: `*/*` is what people send.
fn format(headers: &HeaderMap) -> Format {
    // The most specific range counts, as RFC 9110 has it: 2 for the type itself, 1 for `text/*`, 0 for `*/*`.
    let mut text = [None; 3];
    let mut openmetrics = [None; 3];
    each(headers, &ACCEPT, |place, range, parameters| {
        let liking = quality(parameters).map(|quality| (quality, place));
        let version = parameter(parameters, "version");
        let (likings, specific) = match () {
            () if range.eq_ignore_ascii_case("application/openmetrics-text") => {
                if version.is_some_and(|version| version != "1.0.0") {
                    return;
                }
                (&mut openmetrics, 2)
            }
            () if range.eq_ignore_ascii_case("application/*") => (&mut openmetrics, 1),
            () if range.eq_ignore_ascii_case("text/plain") => {
                if version.is_some_and(|version| version != "0.0.4") {
                    return;
                }
                (&mut text, 2)
            }
            () if range.eq_ignore_ascii_case("text/*") => (&mut text, 1),
            () if range == "*/*" => (&mut text, 0),
            () => return,
        };
        if let Some(slot @ None) = likings.get_mut(specific) {
            *slot = liking;
        }
    });
    let best = |[any, kind, exact]: [Liking; 3]| exact.or(kind).or(any);
    match (best(openmetrics), best(text)) {
        (Some((quality, place)), other) if quality > 0 => match other {
            Some((text, _)) if text > quality => Format::Text,
            Some((text, earlier)) if text == quality && earlier < place => Format::Text,
            _ => Format::OpenMetrics,
        },
        _ => Format::Text,
    }
}

fn gzip(headers: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut identity) = (None, None, None);
    each(headers, &ACCEPT_ENCODING, |_, coding, parameters| {
        let slot = match () {
            () if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") => {
                &mut gzip
            }
            () if coding.eq_ignore_ascii_case("identity") => &mut identity,
            () if coding == "*" => &mut any,
            () => return,
        };
        *slot = slot.or(quality(parameters));
    });
    let liked = gzip.or(any).unwrap_or(0);
    liked > 0 && liked >= identity.unwrap_or(0)
}

/// Each range of a header that may come in several lines: its place, its name, and its parameters.
fn each(headers: &HeaderMap, name: &HeaderName, mut see: impl FnMut(usize, &str, &str)) {
    let mut letters = LETTERS;
    let ranges = headers
        .get_all(name)
        .iter()
        .filter_map(|line: &HeaderValue| line.to_str().ok())
        .take_while(|line| {
            let fits = line.len() <= letters;
            letters = letters.saturating_sub(line.len());
            fits
        })
        .flat_map(|line| line.split(','));
    for (place, range) in ranges.take(RANGES).enumerate() {
        let (range, parameters) = range.split_once(';').unwrap_or((range, ""));
        see(place, range.trim(), parameters);
    }
}

fn parameter<'a>(parameters: &'a str, wanted: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case(wanted)
            .then(|| value.trim().trim_matches('"'))
    })
}

/// The quality in thousandths: 1000 where none is given, none where it is not one.
fn quality(parameters: &str) -> Option<u16> {
    let Some(text) = parameter(parameters, "q") else {
        return Some(1000);
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(accept: &str, encoding: &str) -> Wish {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        headers.insert(ACCEPT_ENCODING, encoding.parse().unwrap());
        Wish::of(&headers)
    }

    fn format_of(accept: &str) -> Format {
        wish(accept, "").format
    }

    #[test]
    fn real_scrapers_get_what_they_like_best() {
        for (who, accept, format) in [
            (
                "Prometheus 2.42",
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                Format::OpenMetrics,
            ),
            (
                "Prometheus 3",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                Format::OpenMetrics,
            ),
            (
                "Prometheus 3 with native histograms",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                Format::OpenMetrics,
            ),
            (
                "Prometheus 3 that is told PrometheusText0.0.4",
                "text/plain;version=0.0.4;q=0.6,*/*;q=0.5",
                Format::Text,
            ),
            (
                "VictoriaMetrics",
                "text/plain;version=0.0.4;q=1,*/*;q=0.1",
                Format::Text,
            ),
            ("curl", "*/*", Format::Text),
            (
                "a browser",
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
                Format::Text,
            ),
        ] {
            let wish = wish(accept, "gzip");
            assert_eq!((wish.format, wish.gzip), (format, true), "{who}");
        }
        assert_eq!(Wish::of(&HeaderMap::new()), Wish::default());
    }

    #[test]
    fn quality_decides_and_then_the_place() {
        for (accept, format) in [
            ("application/openmetrics-text", Format::OpenMetrics),
            (
                "Application/OpenMetrics-Text; Version=\"1.0.0\"",
                Format::OpenMetrics,
            ),
            ("application/*", Format::OpenMetrics),
            (
                "application/openmetrics-text;q=0.3, text/plain;q=0.4",
                Format::Text,
            ),
            ("text/plain, application/openmetrics-text", Format::Text),
            (
                "application/openmetrics-text, text/plain",
                Format::OpenMetrics,
            ),
            (
                "application/openmetrics-text;q=0, application/*",
                Format::Text,
            ),
            (
                "application/openmetrics-text;q=0.5, text/plain;q=0, */*",
                Format::OpenMetrics,
            ),
            ("application/openmetrics-text;version=0.0.1", Format::Text),
            (
                "application/openmetrics-text;version=2.0.0, */*;q=0.1",
                Format::Text,
            ),
            ("image/png", Format::Text),
            ("text/plain;q=0", Format::Text),
        ] {
            assert_eq!(format_of(accept), format, "{accept}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT, HeaderValue::from_static("text/plain;q=0.1"));
        headers.append(
            ACCEPT,
            HeaderValue::from_static("application/openmetrics-text;version=1.0.0"),
        );
        assert_eq!(Wish::of(&headers).format, Format::OpenMetrics);
    }

    #[test]
    fn gzip_is_for_those_who_like_it() {
        for (encoding, gzip) in [
            ("gzip", true),
            ("GZip;q=0.1", true),
            ("x-gzip", true),
            ("*", true),
            ("br, zstd", false),
            ("gzip;q=0", false),
            ("gzip;q=0, *", false),
            ("gzip;q=0.5, identity", false),
            ("gzip, identity;q=0.5", true),
            ("identity;q=0, *;q=0", false),
            ("", false),
        ] {
            assert_eq!(wish("", encoding).gzip, gzip, "{encoding}");
        }
    }

    #[test]
    fn hostile_headers_get_plain_text() {
        for accept in [
            ";;;,,,===",
            "application/openmetrics-text;q=-1",
            "application/openmetrics-text;q=1.001",
            "application/openmetrics-text;q=nan",
            "application/openmetrics-text;q=0.0001",
            "application/openmetrics-text;q=1e9",
            &format!("{}application/openmetrics-text", "a/b,".repeat(RANGES)),
            &format!("application/openmetrics-text;{}", "x".repeat(LETTERS)),
        ] {
            assert_eq!(format_of(accept), Format::Text, "{accept}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_bytes(b"\xff\xfe").unwrap());
        assert_eq!(Wish::of(&headers), Wish::default());
    }
}
