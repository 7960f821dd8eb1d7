//! A guide's blocks: tests run them as they are written, on other addresses.

use std::fs;
use std::path::Path;

/// A fenced block of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The heading of the second level that it stands under.
    pub section: String,
    /// What its fence says: a language and a name, such as `sh token`.
    pub name: String,
    /// What is in it.
    pub text: String,
}

impl Block {
    /// Its language.
    #[must_use]
    pub fn language(&self) -> &str {
        self.name.split([' ', ',']).next().unwrap_or_default()
    }

    /// The file that it is, where its first line says so: `# /etc/…`.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        let first = self.text.lines().next()?;
        let path = first.strip_prefix("# ")?;
        path.starts_with('/').then_some(path)
    }
}

/// The fenced blocks of `docs/<guide>.md`, from its top.
///
/// # Panics
///
/// If there is no such guide.
#[must_use]
pub fn blocks(guide: &str) -> Vec<Block> {
    read(&text(guide))
}

/// The fenced block of `docs/<guide>.md` whose first line is "```<name>", such as "```yaml agent", with each of these texts replaced.
///
/// # Panics
///
/// If there is no such block, or if it does not hold one of the texts: then the guide says something else than the test
/// runs.
#[must_use]
pub fn snippet(guide: &str, name: &str, replaced: &[(&str, &str)]) -> String {
    let found = blocks(guide).into_iter().find(|block| block.name == name);
    let Some(block) = found else {
        panic!("docs/{guide}.md has no block that begins with ```{name}");
    };
    replaced.iter().fold(block.text, |text, (from, to)| {
        assert!(text.contains(from), "{guide}, {name}: no {from} in\n{text}");
        text.replace(from, to)
    })
}

/// All of a guide.
///
/// # Panics
///
/// If there is no such guide.
#[must_use]
pub fn text(guide: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/{guide}.md"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut section = "";
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(name)) => {
                open = Some(Block {
                    section: section.to_owned(),
                    name: name.trim().to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => section = line.strip_prefix("## ").unwrap_or(section),
        }
    }
    assert!(open.is_none(), "a block has no end: {open:?}");
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_with_their_section_and_their_file() {
        let found = read(
            "## One\n```sh ask\n## no heading\n```\n```\nplain\n```\n## Two\n```yaml x\n# /etc/x.yml\na: 1\n```\n",
        );
        let shown: Vec<_> = found
            .iter()
            .map(|block| (&*block.section, &*block.name, block.file()))
            .collect();
        assert_eq!(
            shown,
            [
                ("One", "sh ask", None),
                ("One", "", None),
                ("Two", "yaml x", Some("/etc/x.yml"))
            ]
        );
        assert_eq!(found[2].text, "# /etc/x.yml\na: 1\n");
        assert_eq!(found[2].language(), "yaml");
    }
}
