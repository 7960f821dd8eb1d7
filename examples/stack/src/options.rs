//! What the command line can ask for.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

use crate::hurry::Hurry;

/// How to call the program.
pub const USAGE: &str = "\
The demo server, Prometheus with our rules, Alertmanager and VictoriaMetrics. All end together.

Usage: cargo run -p stack -- [OPTIONS]

  --hurry N          rules wait N times shorter: with 60, what takes an hour takes a minute [default: 1]
  --scrape-seconds N how often is scraped [default: 15; 1 with --hurry]
  --listen ADDR      where the demo server listens [default: 127.0.0.1:0, any free port]
  --pictures DIR     let traffic come, draw each dashboard into DIR in Chromium, and end
  --traffic-seconds N for how long traffic comes before the pictures are drawn [default: 300]
  --help             this text

All four programs are Debian's: apt install prometheus prometheus-alertmanager victoria-metrics chromium";

/// What to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much shorter rules wait.
    pub hurry: Hurry,
    /// How often is scraped, if it was said.
    pub scrape: Option<Duration>,
    /// Where the demo server listens.
    pub listen: SocketAddr,
    /// The folder of the demo server's data; a temporary one where absent.
    pub data: Option<PathBuf>,
    /// Other processes of the same server. They are scraped too, and have the same token.
    pub beside: Vec<SocketAddr>,
    /// The folder for the pictures, if any are to be drawn.
    pub pictures: Option<PathBuf>,
    /// For how long traffic comes before they are.
    pub traffic: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hurry: Hurry::default(),
            scrape: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: None,
            beside: Vec::new(),
            pictures: None,
            traffic: Duration::from_secs(300),
        }
    }
}

impl Options {
    /// How often is scraped: often enough for the shortest range that a rule looks at.
    #[must_use]
    pub fn scrape(&self) -> Duration {
        let usual = if self.hurry.is_one() { 15 } else { 1 };
        self.scrape.unwrap_or(Duration::from_secs(usual))
    }
}

/// What the command line means.
#[derive(Clone, Debug)]
pub enum Command {
    /// Print [`USAGE`].
    Help,
    /// Start it.
    Run(Options),
}

impl Command {
    /// Reads the arguments, without the program's name.
    ///
    /// # Errors
    ///
    /// When an argument is unknown or its value cannot be read; the text says what to write instead.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        let mut options = Options::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("hurry") => {
                    let value = parser.value()?.string()?;
                    options.hurry = value.parse().ok().and_then(Hurry::by).ok_or_else(|| {
                        format!("--hurry {value}: write a whole number from 1 on, such as 60")
                    })?;
                }
                Long("scrape-seconds") => {
                    options.scrape = Some(seconds(&mut parser, "--scrape-seconds")?)
                }
                Long("traffic-seconds") => {
                    options.traffic = seconds(&mut parser, "--traffic-seconds")?
                }
                Long("listen") => {
                    let value = parser.value()?.string()?;
                    options.listen = value.parse().map_err(|_| {
                        format!(
                            "--listen {value}: write an address and a port, such as 127.0.0.1:8420"
                        )
                    })?;
                }
                Long("pictures") => options.pictures = Some(parser.value()?.into()),
                Long("help") | Short('h') => return Ok(Self::Help),
                other => {
                    return Err(
                        format!("{}; --help lists what there is", other.unexpected()).into(),
                    );
                }
            }
        }
        Ok(Self::Run(options))
    }
}

fn seconds(parser: &mut lexopt::Parser, option: &str) -> Result<Duration, lexopt::Error> {
    let value = parser.value()?.string()?;
    match value.parse() {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("{option} {value}: write whole seconds, such as 5").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, lexopt::Error> {
        Command::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_bad_value_says_what_to_write_instead() {
        for (line, instead) in [
            ("--hurry 0", "such as 60"),
            ("--scrape-seconds soon", "such as 5"),
            ("--listen here", "such as 127.0.0.1:8420"),
            ("--wrong", "--help"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(instead), "{line}: {error}");
        }
    }

    #[test]
    fn who_is_in_a_hurry_is_scraped_every_second() {
        let Ok(Command::Run(options)) = parse("--hurry 60") else {
            panic!("these are options to run with");
        };
        assert_eq!(options.scrape(), Duration::from_secs(1));
        assert_eq!(Options::default().scrape(), Duration::from_secs(15));
    }
}
