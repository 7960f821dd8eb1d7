//! A job: everything that is done later, and the queue in which it waits.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::telemetry;

/// How often a job is tried in all.
pub const MAX_ATTEMPTS: usize = 4;

/// Where jobs wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// What others shall receive.
    FederationOut,
    /// What others have sent.
    FederationIn,
    /// Mail to the people here.
    Mail,
    /// Work on uploaded files.
    Media,
    /// Previews of links.
    Cards,
    /// Sweeping up.
    Cleanup,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::FederationOut,
        Self::FederationIn,
        Self::Mail,
        Self::Media,
        Self::Cards,
        Self::Cleanup,
    ];

    /// What the queue is called, in the database too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FederationOut => "federation_out",
            Self::FederationIn => "federation_in",
            Self::Mail => "mail",
            Self::Media => "media",
            Self::Cards => "cards",
            Self::Cleanup => "cleanup",
        }
    }

    /// How often its worker looks for jobs: those that come due for a retry do so without a sound.
    #[must_use]
    pub const fn look(self) -> Duration {
        match self {
            Self::FederationOut | Self::FederationIn => Duration::from_millis(250),
            Self::Mail | Self::Media | Self::Cards | Self::Cleanup => Duration::from_millis(500),
        }
    }

    /// How many of its jobs run at a time.
    #[must_use]
    pub const fn concurrency(self) -> usize {
        match self {
            Self::FederationOut => 24,
            Self::FederationIn => 4,
            Self::Mail | Self::Cards | Self::Media => 2,
            Self::Cleanup => 1,
        }
    }
}

/// Something to be done later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Job {
    /// Bring one activity to one inbox.
    Deliver {
        /// The local user who sends it.
        user: String,
        /// Where it goes.
        inbox: String,
        /// What it is.
        activity: Value,
        /// When it was published, in milliseconds since 1970.
        published: i64,
    },
    /// Bring one activity to many inboxes, within one job.
    Announce {
        /// The local user who sends it.
        user: String,
        /// Where it goes.
        inboxes: Vec<String>,
        /// What it is.
        activity: Value,
        /// When it was published, in milliseconds since 1970.
        published: i64,
    },
    /// Do what a received activity asks for.
    Process {
        /// Where the sender's server receives answers.
        inbox: String,
        /// What was received.
        activity: Value,
    },
    /// Write to somebody.
    Mail {
        /// The local user.
        user: String,
        /// What about.
        subject: String,
    },
    /// Digest an uploaded file.
    Media {
        /// The file's name.
        name: String,
    },
    /// Fetch the preview of a link.
    Card {
        /// The link.
        url: String,
    },
    /// Sweep up.
    Cleanup,
}

impl Job {
    /// The queue in which such a job waits.
    #[must_use]
    pub const fn queue(&self) -> Queue {
        match self {
            Self::Deliver { .. } | Self::Announce { .. } => Queue::FederationOut,
            Self::Process { .. } => Queue::FederationIn,
            Self::Mail { .. } => Queue::Mail,
            Self::Media { .. } => Queue::Media,
            Self::Card { .. } => Queue::Cards,
            Self::Cleanup => Queue::Cleanup,
        }
    }

    /// What kind of job it is.
    #[must_use]
    pub const fn worker(&self) -> &'static str {
        match self {
            Self::Deliver { .. } => "deliver",
            Self::Announce { .. } => "announce",
            Self::Process { .. } => "process",
            Self::Mail { .. } => "mail",
            Self::Media { .. } => "digest",
            Self::Card { .. } => "card",
            Self::Cleanup => "cleanup",
        }
    }

    /// How it is observed.
    #[must_use]
    pub const fn observed(&self) -> &'static fedimetrics_jobs::Job {
        match self {
            Self::Deliver { .. } => &telemetry::DELIVER,
            Self::Announce { .. } => &telemetry::ANNOUNCE,
            Self::Process { .. } => &telemetry::PROCESS,
            Self::Mail { .. } => &telemetry::MAIL,
            Self::Media { .. } => &telemetry::DIGEST,
            Self::Card { .. } => &telemetry::CARD,
            Self::Cleanup => &telemetry::CLEANUP,
        }
    }

    /// How often it is tried in all.
    #[must_use]
    pub const fn max_attempts(&self) -> usize {
        match self {
            Self::Cleanup => 1,
            _ => MAX_ATTEMPTS,
        }
    }

    /// When that which it delivers was published, in milliseconds since 1970.
    #[must_use]
    pub const fn published(&self) -> Option<i64> {
        match self {
            Self::Deliver { published, .. } | Self::Announce { published, .. } => Some(*published),
            _ => None,
        }
    }

    /// The inboxes that it has been let in for.
    #[must_use]
    pub const fn inboxes(&self) -> &[String] {
        match self {
            Self::Deliver { inbox, .. } => std::slice::from_ref(inbox),
            Self::Announce { inboxes, .. } => inboxes.as_slice(),
            _ => &[],
        }
    }
}
