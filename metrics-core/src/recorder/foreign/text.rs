//! Text: a whole foreign text, taken apart into families.

use std::collections::BTreeMap;

use super::family::{Family, Kind};
use super::line::{Line, Sample, unescape};
use super::series::Added;

/// All foreign texts of one scrape, by family.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) families: BTreeMap<String, Family>,
    pub(super) malformed: usize,
    pub(super) duplicate: usize,
}

impl Texts {
    /// One text more. Lines that cannot be read are counted and left out.
    pub(super) fn read(&mut self, text: &str) {
        for line in text.lines() {
            match Line::parse(line) {
                Some(Line::Nothing) => {}
                Some(Line::Help(name, help)) => {
                    self.family(name).describe(&unescape(help, false));
                }
                Some(Line::Type(name, kind)) => self.declare(name, kind),
                Some(Line::Sample(sample)) => self.add(&sample),
                None => self.malformed += 1,
            }
        }
    }

    /// Leaves out the series that a scraper would choke on.
    pub(super) fn settle(&mut self) {
        self.families.retain(|_, family| {
            self.malformed += family.settle();
            !family.series.is_empty()
        });
    }

    /// The first kind stands, and none that comes behind the samples.
    fn declare(&mut self, name: &str, kind: Kind) {
        let family = self.family(name);
        let known = *family.kind.get_or_insert(kind);
        self.malformed += usize::from(known != kind);
    }

    fn add(&mut self, sample: &Sample<'_>) {
        let (name, suffix) = self.belongs(sample.name);
        let labels: Vec<_> = sample
            .labels
            .iter()
            .map(|(key, value)| (*key, &**value))
            .collect();
        let family = self.family(name);
        family.kind.get_or_insert_default();
        match family.add(suffix, &labels, sample.value) {
            Added::New => {}
            Added::Duplicate => self.duplicate += 1,
            Added::Malformed => self.malformed += 1,
        }
    }

    /// The family of a sample, and what the sample's name adds to the family's.
    fn belongs<'n>(&self, sample: &'n str) -> (&'n str, &'n str) {
        let declared = |name: &str| self.families.get(name)?.kind;
        if declared(sample).is_some() {
            return (sample, "");
        }
        ["_bucket", "_sum", "_count"]
            .into_iter()
            .find_map(|suffix| {
                let name = sample.strip_suffix(suffix)?;
                let whole = declared(name)?.suffixes().contains(&suffix);
                whole.then_some((name, suffix))
            })
            .unwrap_or((sample, ""))
    }

    fn family(&mut self, name: &str) -> &mut Family {
        self.families.entry(name.to_owned()).or_default()
    }
}
