//! `mail`: hands a letter to the mail server, which now and then has had enough.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use fedimetrics_core::Reason;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{App, queue::JobError};

/// Every so many letters, the mail server's quota is used up for one of them.
const QUOTA: u64 = 5;

/// Why a letter was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The mail server refused with this code.
    #[error("the mail server answered {code}")]
    Refused {
        /// Its code: 4xx for now, 5xx for good.
        code: u16,
        /// The same, as a reason.
        #[source]
        reason: Reason,
    },
    /// The conversation broke off.
    #[error("the conversation with the mail server broke off")]
    Io(#[from] std::io::Error),
}

/// Sends it.
///
/// # Errors
///
/// When the mail server did not accept it.
pub async fn mail(app: &App, user: &str, subject: &str) -> Result<(), JobError> {
    hand_over(app, user, subject).await.map_err(JobError::Mail)
}

async fn hand_over(app: &App, user: &str, subject: &str) -> Result<(), MailError> {
    let mut stream = BufReader::new(TcpStream::connect(app.mail).await?);
    expect(&mut stream, 220).await?;
    let subject: String = subject
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    let lines = [
        (format!("HELO {}", app.domain()), 250),
        (format!("MAIL FROM:<postmaster@{}>", app.domain()), 250),
        (format!("RCPT TO:<{user}@mail.invalid>"), 250),
        ("DATA".to_owned(), 354),
        (format!("Subject: {subject}\r\n\r\n{subject}\r\n."), 250),
        ("QUIT".to_owned(), 221),
    ];
    for (line, code) in lines {
        stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        expect(&mut stream, code).await?;
    }
    Ok(())
}

async fn expect(stream: &mut BufReader<TcpStream>, wanted: u16) -> Result<(), MailError> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let code = line
        .get(..3)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    if code == wanted {
        Ok(())
    } else {
        let reason = match code {
            400..=499 => Reason::Smtp4xx,
            500..=599 => Reason::Smtp5xx,
            _ => Reason::InvalidData,
        };
        Err(MailError::Refused { code, reason })
    }
}

/// The mail server: takes letters at a socket, and forgets them.
#[derive(Debug, Default)]
pub struct Server {
    silent: watch::Sender<bool>,
    letters: AtomicU64,
}

impl Server {
    /// From now on it accepts connections and says nothing, or goes on where it stopped.
    pub fn fall_silent(&self, silent: bool) {
        self.silent.send_replace(silent);
    }

    /// How many conversations wait for it to say something.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.silent.receiver_count()
    }

    /// Serves there, for ever.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let (server, stream) = (Arc::clone(&self), BufReader::new(stream));
            tokio::spawn(async move { server.converse(stream).await.ok() });
        }
    }

    async fn converse(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        let over_quota = self.letters.fetch_add(1, Ordering::Relaxed) % QUOTA == QUOTA - 1;
        self.say(&mut stream, b"220 mail.invalid\r\n").await?;
        let (mut line, mut data) = (String::new(), false);
        while stream.read_line(&mut line).await? > 0 {
            let answer: &[u8] = match (data, line.trim_end()) {
                (true, ".") => {
                    data = false;
                    b"250 thank you\r\n"
                }
                (true, _) => b"",
                (false, "DATA") => {
                    data = true;
                    b"354 go on\r\n"
                }
                (false, "QUIT") => b"221 bye\r\n",
                (false, text) if over_quota && text.starts_with("RCPT") => {
                    b"452 the quota is used up\r\n"
                }
                (false, _) => b"250 ok\r\n",
            };
            self.say(&mut stream, answer).await?;
            line.clear();
        }
        Ok(())
    }

    async fn say(&self, stream: &mut BufReader<TcpStream>, answer: &[u8]) -> std::io::Result<()> {
        // Fails only once the server is gone.
        let _ = self.silent.subscribe().wait_for(|silent| !silent).await;
        stream.write_all(answer).await
    }
}
