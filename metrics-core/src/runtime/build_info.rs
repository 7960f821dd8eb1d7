//! Service: what is running, so that a deploy can be seen.

use std::borrow::Cow;

use crate::catalogue::{BUILD_INFO, ROLES};
use crate::collect::{Collector, Samples};

/// What part of a server a process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Answers requests.
    Web,
    /// Works off queues.
    Worker,
    /// Both.
    #[default]
    All,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Web => ROLES[0],
            Self::Worker => ROLES[1],
            Self::All => ROLES[2],
        }
    }
}

/// What is running: the labels of `service_build_info`. [`service!`](crate::service) makes it of what the compiler knows.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Exporter, Role, Service};
///
/// let service = Service::new("fediverse", "1.2.3").with_revision("a1b2c3d").with_role(Role::Worker);
/// let exporter = Exporter::builder().with_service(service).build()?;
/// let line = r#"service_build_info{name="fediverse",version="1.2.3",revision="a1b2c3d",role="worker"} 1"#;
/// assert!(exporter.render().contains(line));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Service {
    name: Cow<'static, str>,
    version: Cow<'static, str>,
    revision: Cow<'static, str>,
    role: Role,
}

impl Service {
    /// A service of this name and version, usually `env!("CARGO_PKG_NAME")` and `env!("CARGO_PKG_VERSION")`.
    pub fn new(name: impl Into<Cow<'static, str>>, version: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            revision: Cow::Borrowed(""),
            role: Role::All,
        }
    }

    /// The commit that it was built from. Defaults to none.
    #[must_use]
    pub fn with_revision(mut self, revision: impl Into<Cow<'static, str>>) -> Self {
        self.revision = revision.into();
        self
    }

    /// What part of the server this process does. Defaults to [`Role::All`].
    #[must_use]
    pub const fn with_role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
}

/// A [`Service`] that is called as the crate in which this is written, with its version, and with the commit that
/// it was built from, if the environment variable `GIT_REVISION` was set then.
///
/// Either whoever builds sets it (`GIT_REVISION=$(git rev-parse --short HEAD) cargo build --release`, or `ARG` and `ENV` of a
/// container's recipe), or a `build.rs` of the server's does:
///
/// ```
/// // build.rs
/// use std::process::Command;
///
/// fn git(arguments: &[&str]) -> String {
///     let output = Command::new("git").args(arguments).output();
///     output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
/// }
///
/// fn main() {
///     println!("cargo::rustc-env=GIT_REVISION={}", git(&["rev-parse", "--short", "HEAD"]));
///     println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--git-path", "logs/HEAD"]));
/// }
/// ```
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Exporter, Role, service};
///
/// let exporter = Exporter::builder().with_service(service!().with_role(Role::Web)).build()?;
/// let name = concat!("service_build_info{name=\"", env!("CARGO_PKG_NAME"), "\"");
/// assert!(exporter.render().contains(name));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[macro_export]
macro_rules! service {
    () => {
        $crate::Service::new(
            ::core::env!("CARGO_PKG_NAME"),
            ::core::env!("CARGO_PKG_VERSION"),
        )
        .with_revision(::core::option_env!("GIT_REVISION").unwrap_or_default())
    };
}

impl Collector for Service {
    fn name(&self) -> &'static str {
        "service"
    }

    fn collect(&self, samples: &mut Samples) {
        samples.add(
            &BUILD_INFO,
            &[
                &self.name,
                &self.version,
                &self.revision,
                self.role.as_str(),
            ],
            1.0,
        );
    }
}
