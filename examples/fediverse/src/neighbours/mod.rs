//! Neighbours: other servers of the fediverse, on ports of their own, good and bad ones.

mod letter;
mod listener;
mod manner;
mod polite;
mod rude;
mod sender;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use http::StatusCode;
use reqwest::Client;
use ring::{rand::SystemRandom, signature::Ed25519KeyPair};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::Notify,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

pub use letter::Letter;
pub use listener::Authority;
pub use manner::Manner;

use crate::{App, federation::activity::actor_url, model::Follower};

/// The accounts on every server that can be reached; they share its shared inbox.
const ACCOUNTS: [&str; 3] = ["ada", "ben", "cleo"];

/// One server of somebody else.
#[derive(Debug)]
pub struct Neighbour {
    /// How it behaves.
    pub manner: Manner,
    /// Where it is, without a slash at the end.
    pub base: String,
    key: Ed25519KeyPair,
    accepted: AtomicU64,
    asked: AtomicU64,
    changed: Notify,
    left: AtomicBool,
    dead: CancellationToken,
}

impl Neighbour {
    /// Switches it off, for good: nothing listens there any more, and what is connected is closed.
    pub fn kill(&self) {
        self.dead.cancel();
    }

    /// It has left, and says so to whoever asks; or it is back.
    pub fn leave(&self, left: bool) {
        self.left.store(left, Ordering::Relaxed);
    }

    /// How many activities its inbox has accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// How often something was sent to its inbox.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Where all its accounts receive.
    #[must_use]
    pub fn inbox(&self) -> String {
        format!("{}/inbox", self.base)
    }

    /// Waits until its inbox has accepted so many.
    pub async fn has_accepted(&self, count: u64) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.accepted() >= count {
                return;
            }
            changed.await;
        }
    }

    /// The status that it answers with, whatever it is asked.
    fn refusal(&self) -> Option<StatusCode> {
        if self.left.load(Ordering::Relaxed) {
            return Some(StatusCode::GONE);
        }
        self.manner.refusal()
    }

    fn note_asked(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    fn note_accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_waiters();
    }
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Neighbours {
    all: Arc<[Arc<Neighbour>]>,
}

impl Neighbours {
    /// Starts one of each manner, and lets their accounts follow everybody here.
    ///
    /// # Errors
    ///
    /// When a port or a certificate cannot be had, or the database fails.
    pub async fn start(
        app: &Arc<App>,
        authority: &Authority,
        tasks: &mut JoinSet<()>,
    ) -> anyhow::Result<Self> {
        Follower::forget_seeded(&app.pool).await?;
        let mut all = Vec::new();
        let client = client()?;
        let of = |manner: Manner| std::iter::repeat_n(manner, manner.how_many());
        for manner in Manner::ALL.into_iter().flat_map(of) {
            let neighbour = Neighbour::start(manner, authority, &client, tasks)?;
            neighbour.follow(app).await?;
            all.push(neighbour);
        }
        Ok(Self { all: all.into() })
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Neighbour>> {
        self.all.iter()
    }

    /// The neighbour of that manner.
    #[must_use]
    pub fn get(&self, manner: Manner) -> Option<&Arc<Neighbour>> {
        self.all.iter().find(|neighbour| neighbour.manner == manner)
    }

    /// Lets the good ones send activities to us until `rest`.
    pub fn send(&self, app: &Arc<App>, rest: &CancellationToken, tasks: &mut JoinSet<()>) {
        for (offset, manner) in [Manner::Well, Manner::Slow].into_iter().enumerate() {
            if let Some(neighbour) = self.get(manner) {
                tasks.spawn(sender::send(
                    self.clone(),
                    Arc::clone(neighbour),
                    Arc::clone(app),
                    offset,
                    rest.clone(),
                ));
            }
        }
    }
}

async fn until(dead: CancellationToken, serving: impl Future<Output = ()>) {
    dead.run_until_cancelled(serving).await;
}

/// The neighbours' own client: what they ask is no request of ours.
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder()
        .timeout(Duration::from_secs(5))
        .no_proxy()
        .tls_certs_only([])
        .build()
}

/// Listens on a free port; the deaf one has room for a single caller, who will not be asked in.
fn listen(manner: Manner) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    socket.listen(if manner == Manner::Deaf { 0 } else { 1024 })
}

impl Neighbour {
    fn start(
        manner: Manner,
        authority: &Authority,
        client: &Client,
        tasks: &mut JoinSet<()>,
    ) -> anyhow::Result<Arc<Self>> {
        let listener = listen(manner).context("no port for a neighbour")?;
        let port = listener.local_addr()?.port();
        let base = match manner {
            Manner::Secure | Manner::BadCertificate => format!("https://127.0.0.1:{port}"),
            // Nothing listens on the lowest port.
            Manner::Refused => "http://127.0.0.1:1".to_owned(),
            Manner::Nowhere => "http://nowhere.invalid".to_owned(),
            Manner::Blocked => "http://blocked.invalid".to_owned(),
            // They have a name that has to be looked up.
            Manner::Small => format!("http://localhost:{port}"),
            _ => format!("http://127.0.0.1:{port}"),
        };
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("no random numbers for a key"))?;
        let neighbour = Arc::new(Self {
            manner,
            base,
            key: Ed25519KeyPair::from_pkcs8(document.as_ref())
                .map_err(|_| anyhow::anyhow!("a fresh key cannot be read"))?,
            accepted: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            changed: Notify::new(),
            left: AtomicBool::new(false),
            dead: CancellationToken::new(),
        });
        let (them, client) = (Arc::clone(&neighbour), client.clone());
        let dead = neighbour.dead.clone();
        match manner {
            Manner::Refused | Manner::Nowhere | Manner::Blocked => drop(listener),
            Manner::Garbage | Manner::Hang | Manner::Reset | Manner::Closed => {
                tasks.spawn(until(dead, rude::serve(listener, them)));
            }
            Manner::Deaf => {
                tasks.spawn(until(dead, rude::ignore(listener)));
            }
            Manner::Secure => {
                let listener = listener::Tls::new(listener, authority.trusted()?);
                tasks.spawn(polite::serve(listener, them, client));
            }
            Manner::BadCertificate => {
                let stranger = Authority::new("a stranger")?.trusted()?;
                let listener = listener::Tls::new(listener, stranger);
                tasks.spawn(polite::serve(listener, them, client));
            }
            _ => {
                tasks.spawn(polite::serve(listener, them, client));
            }
        }
        Ok(neighbour)
    }

    async fn follow(&self, app: &App) -> sqlx::Result<()> {
        // A bad server needs no more than one account to make all the trouble that it can.
        let accounts = if self.manner == Manner::Well {
            &ACCOUNTS[..]
        } else {
            &ACCOUNTS[..1]
        };
        // The small ones know but one of us.
        let users = if self.manner == Manner::Small {
            &app.users[..1]
        } else {
            &app.users[..]
        };
        for user in users {
            for account in accounts {
                let actor = actor_url(&self.base, account);
                Follower {
                    user: user.name.clone(),
                    actor,
                    inbox: self.inbox(),
                }
                .add(&app.pool, true)
                .await?;
            }
        }
        Ok(())
    }
}
