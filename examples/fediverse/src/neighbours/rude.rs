//! Neighbours that accept a connection, and then do not speak HTTP.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{Manner, Neighbour};
use crate::app::PATIENCE;

pub(super) async fn serve(listener: TcpListener, neighbour: Arc<Neighbour>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                neighbour.note_asked();
                let manner = neighbour.manner;
                tokio::spawn(async move {
                    tokio::time::timeout(PATIENCE, answer(stream, manner)).await
                });
            }
            // Out of files, most likely: wait until some are closed.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Keeps the one place in the queue taken, so that whoever else calls waits in vain.
pub(super) async fn ignore(listener: TcpListener) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let _first = TcpStream::connect(address).await;
    std::future::pending().await
}

async fn answer(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let mut request = vec![0; 64 * 1024];
    if stream.read(&mut request).await? == 0 {
        return Ok(());
    }
    match manner {
        Manner::Garbage => stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await,
        // Nobody waits longer than the other side does.
        Manner::Hang => stream.read(&mut request).await.map(|_| ()),
        Manner::Reset => stream.set_zero_linger(),
        _ => stream.shutdown().await,
    }
}
