//! Token: what opens the endpoint, made from the system's random numbers.

use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::error::{Error, Kind};

/// What opens the endpoint: 256 bits from the system's random numbers, as 64 hexadecimal digits.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Access;
/// use fedimetrics_core::endpoint::{Token, scrape_config};
///
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("metrics.token");
/// Token::generate()?.write_to(&path)?;
/// let access = Access::bearer_token_file(&path)?;
/// println!("{}", scrape_config("fediverse", "example.social:443", &path));
/// # drop(access);
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token that nobody has had before.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub fn generate() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(Kind::Random)?;
        let mut digits = String::with_capacity(2 * bytes.len());
        for byte in bytes {
            let _ = write!(digits, "{byte:02x}");
        }
        Ok(Self(digits))
    }

    /// The token itself, to be shown once to whoever needs it. There is no other way to have it printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes it into a new file, which only this user may read.
    ///
    /// # Errors
    ///
    /// If there is such a file already, or if it cannot be written.
    pub fn write_to(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.create(path.as_ref())
            .map_err(|source| failed(path.as_ref(), source))
    }

    /// Writes it in the place of a file that may be there, at once: whoever reads it sees the old token or the new one.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn replace(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = Path::new(&beside);
        match fs::remove_file(beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.create(beside).and_then(|()| fs::rename(beside, path)),
        }
        .map_err(|source| failed(path, source))
    }

    fn create(&self, path: &Path) -> io::Result<()> {
        let mut file = private(path)?;
        writeln!(file, "{}", self.0)?;
        file.sync_all()
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    Kind::TokenWrite {
        path: path.into(),
        source,
    }
    .into()
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Access;

    #[test]
    fn it_opens_what_is_given_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.token");
        let token = Token::generate().unwrap();
        assert_ne!(token, Token::generate().unwrap());
        assert_eq!(token.as_str().len(), 64);
        assert!(!format!("{token:?}").contains(token.as_str()));
        token.write_to(&path).unwrap();
        assert!(Access::bearer_token_file(&path).is_ok());
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), token.as_str());
    }

    #[test]
    fn it_takes_no_other_ones_place_unless_it_is_asked_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.token");
        let (old, new) = (Token::generate().unwrap(), Token::generate().unwrap());
        old.write_to(&path).unwrap();
        let error = new.write_to(&path).unwrap_err();
        assert!(
            error.is_token() && error.to_string().contains("Token::replace"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), old.as_str());
        new.replace(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), new.as_str());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.token");
        let token = Token::generate().unwrap();
        token.write_to(&path).unwrap();
        token.replace(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
