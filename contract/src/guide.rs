//! A guide's snippets: tests run them as they are written, on other addresses.

use std::fs;
use std::path::Path;

/// The fenced block of `docs/<guide>.md` whose first line is "```<name>", such as "```yaml agent", with each of these texts replaced.
///
/// # Panics
///
/// If there is no such block, or if it does not hold one of the texts: then the guide says something else than the test
/// runs.
#[must_use]
pub fn snippet(guide: &str, name: &str, replaced: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/{guide}.md"));
    let text = fs::read_to_string(&path).expect("the guide is there");
    let begin = format!("```{name}\n");
    let block = text
        .split_once(&begin)
        .and_then(|(_, rest)| rest.split_once("```"));
    let Some((block, _)) = block else {
        panic!("{} has no block that begins with {begin:?}", path.display());
    };
    replaced.iter().fold(block.to_owned(), |block, (from, to)| {
        assert!(
            block.contains(from),
            "{guide}, {name}: no {from} in\n{block}"
        );
        block.replace(from, to)
    })
}
