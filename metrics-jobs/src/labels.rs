//! The closed sets that labels are taken from.

macro_rules! labels {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$about:meta])* $variant:ident $word:literal)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Every label value, in the order of declaration.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The label value.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    )*};
}

labels! {
    /// The fate of an attempt, and nothing else: the label `outcome`.
    ///
    /// A panic is no fate but a [`Reason`](fedimetrics_core::Reason), of an exception or of a final failure.
    Outcome {
        /// It did what it was for.
        Success "success"
        /// It failed and will be tried again.
        Exception "exception"
        /// It failed and is out of retries.
        FinalFailure "final_failure"
        /// Given up on purpose: the target is gone or blocked, or the breaker is open.
        Discard "discard"
        /// Postponed on purpose.
        Snooze "snooze"
        /// Dropped half way, usually by a shutdown: the queue decides what becomes of it.
        Cancelled "cancelled"
    }

    /// How an inbox came to never receive: the label `how`.
    How {
        /// Out of retries.
        FinalFailure "final_failure"
        /// Given up on purpose.
        Discard "discard"
        /// Never tried: the queue was full, or the worker skipped it.
        Dropped "dropped"
        /// Never tried again: too old.
        Expired "expired"
    }

    /// What a queue is for: the label `purpose`. Alert rules need it, since names are the host's.
    Purpose {
        /// What we send to other servers.
        FederationOut "federation_out"
        /// What other servers sent us.
        FederationIn "federation_in"
        /// Mail.
        Mail "mail"
        /// Images and videos.
        Media "media"
        /// Notifications to devices.
        Push "push"
        /// Clean-ups and refreshes.
        Maintenance "maintenance"
        /// None of the others.
        Other "other"
    }

    /// Whether every process sees the same queue: the label `scope`.
    Share {
        /// Every process sees the same queue, so its depth is not to be added up.
        Shared "shared"
        /// Each process has its own.
        Local "local"
    }

    /// How the latest delivery to a server ended: the label `state` of `delivery_targets`.
    Standing {
        /// Delivered.
        Ok "ok"
        /// It failed, and will be tried again.
        Failing "failing"
        /// Lost.
        GivenUp "given_up"
    }

    /// How a server does that has a worker of its own: the label `state` of `delivery_peers`.
    PeerState {
        /// It has all that there is for it.
        Current "current"
        /// It is being sent what there is for it, and has not got all.
        Behind "behind"
        /// The latest attempts failed.
        Failing "failing"
        /// Held to be gone: nothing is sent to it.
        Dead "dead"
    }

    /// Why an activity that came in was not taken: the label `result`, beside `accepted`.
    Rejection {
        /// It was here before.
        Duplicate "duplicate"
        /// Its signature is wrong or missing.
        BadSignature "bad_signature"
        /// The key that would tell could not be had.
        KeyUnavailable "key_unavailable"
        /// Blocked by our own rules.
        Blocked "blocked"
        /// Of a kind that we do nothing with.
        Unsupported "unsupported"
        /// It cannot be read.
        Malformed "malformed"
        /// We failed.
        Error "error"
    }

    /// What a job in a queue is waiting for: the label `state`.
    State {
        /// For a worker.
        Ready "ready"
        /// For its time.
        Scheduled "scheduled"
        /// For its next try, after a failure.
        Retrying "retrying"
        /// Its end.
        Running "running"
        /// Nothing any more: out of retries, and kept.
        Dead "dead"
    }
}

impl Outcome {
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Whether the job is over with it: nobody will try it again.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Success | Self::FinalFailure | Self::Discard)
    }

    /// How an inbox is lost by this fate; `None` if it is not.
    pub(crate) const fn loss(self) -> Option<How> {
        match self {
            Self::FinalFailure => Some(How::FinalFailure),
            Self::Discard => Some(How::Discard),
            Self::Success | Self::Exception | Self::Snooze | Self::Cancelled => None,
        }
    }
}

impl How {
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_its_variants_name() {
        for (place, outcome) in Outcome::ALL.iter().enumerate() {
            assert_eq!(outcome.index(), place);
            assert_eq!(Outcome::WORDS[place], outcome.as_str());
            let named: String = format!("{outcome:?}").to_lowercase();
            assert_eq!(outcome.as_str().replace('_', ""), named);
        }
    }

    #[test]
    fn only_what_will_not_be_tried_again_can_be_lost() {
        for outcome in Outcome::ALL {
            assert!(
                outcome.loss().is_none() || outcome.is_terminal(),
                "{outcome:?}"
            );
        }
    }
}
