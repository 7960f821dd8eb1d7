//! Rendering: one text, and its compressed form, for all who asked at the same time.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// One text, and its compressed form, for all who asked at the same time.
#[derive(Clone, Debug)]
pub(super) struct Rendering(Arc<Texts>);

#[derive(Debug)]
struct Texts {
    plain: Bytes,
    gzip: OnceLock<Option<Bytes>>,
}

impl Rendering {
    pub(super) fn new(text: String) -> Self {
        Self(Arc::new(Texts {
            plain: text.into(),
            gzip: OnceLock::new(),
        }))
    }

    pub(super) fn plain(&self) -> Bytes {
        self.0.plain.clone()
    }

    /// Compressed once, however many ask. None if that failed, which a buffer in memory gives no cause for.
    pub(super) fn gzip(&self) -> Option<Bytes> {
        self.0.gzip.get_or_init(|| compress(&self.0.plain)).clone()
    }
}

/// Level 1: 1.2 ms for 10,000 lines of histograms, and level 6 takes 7.6 ms to save a sixth more.
fn compress(plain: &[u8]) -> Option<Bytes> {
    let room = Vec::with_capacity(plain.len() / 8 + 64);
    let mut encoder = GzEncoder::new(room, Compression::new(1));
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn compressed_it_is_smaller_and_says_the_same() {
        let text = "exporter_scrapes_total{code=\"200\"} 1\n".repeat(1000);
        let rendering = Rendering::new(text.clone());
        let gzip = rendering.gzip().unwrap();
        assert!(gzip.len() * 10 < text.len(), "{}", gzip.len());
        let mut back = String::new();
        GzDecoder::new(&*gzip).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        assert_eq!(rendering.plain(), text);
        assert_eq!(rendering.clone().gzip().unwrap().as_ptr(), gzip.as_ptr());
    }
}
