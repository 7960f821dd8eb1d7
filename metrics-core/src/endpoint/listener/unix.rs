//! Unix socket: a listener that is a file, and takes its file away when it ends.

use std::fs::{self, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{self, UnixListener, UnixStream};
use tokio::time::timeout;

/// How long a socket's owner may take to answer before it counts as being there.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many connections wait to be accepted.
const BACKLOG: u32 = 128;

/// A listener that is a file.
#[derive(Debug)]
pub(super) struct UnixSocket {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode: what is there when this ends may be another one's.
    file: Option<(u64, u64)>,
}

impl UnixSocket {
    pub(super) async fn bind(path: &Path) -> io::Result<Self> {
        remove_stale(path).await?;
        let socket = net::UnixSocket::new_stream()?;
        socket.bind(path)?;
        // Before it listens, nobody can connect: so nobody does while it is open to all.
        let listener = fs::set_permissions(path, Permissions::from_mode(0o600))
            .and_then(|()| socket.listen(BACKLOG))
            .inspect_err(|_| drop(fs::remove_file(path)))?;
        Ok(Self {
            listener,
            path: path.into(),
            file: fs::symlink_metadata(path).ok().as_ref().map(identity),
        })
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let there = fs::symlink_metadata(&self.path).ok();
        if there.is_some() && there.as_ref().map(identity) == self.file {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Takes away a socket that a process left behind which was killed. Anything else stays.
async fn remove_stale(path: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !metadata.file_type().is_socket() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    match timeout(PATIENCE, UnixStream::connect(path)).await {
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
        Ok(Err(error)) if error.kind() != ErrorKind::WouldBlock => Err(error),
        // Somebody answers, or is too busy to.
        _ => Err(ErrorKind::AddrInUse.into()),
    }
}
