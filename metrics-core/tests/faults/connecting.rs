//! Peers that no connection can be had to.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use fedimetrics_core::Reason;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::certificates;
use crate::clients::{Given, Library};
use crate::peer::peer;

/// How long a test waits for a connection that will not come.
const SOON: Duration = Duration::from_millis(300);

fn hurried() -> Given {
    Given {
        connect_timeout: SOON,
        ..Given::default()
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_refuses() {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    for library in Library::ALL {
        let (url, given) = (format!("http://{nobody}/"), Given::default());
        library
            .fails("refused", &url, &given, Reason::Econnrefused)
            .await;
    }
}

/// A listener that has no room for one more connection, and those that took it.
async fn full() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    // How many it takes beyond its backlog is the system's affair.
    while let Ok(connected) = timeout(SOON, TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
        assert!(waiting.len() < 64, "the backlog does not fill");
    }
    (address, listener, waiting)
}

#[tokio::test]
async fn a_peer_that_does_not_accept_is_a_connect_timeout() {
    let (address, _listener, _waiting) = full().await;
    for library in Library::ALL {
        let url = format!("http://{address}/");
        library
            .fails("backlog full", &url, &hurried(), Reason::ConnectTimeout)
            .await;
    }
}

#[tokio::test]
async fn a_peer_that_accepts_and_does_not_speak_tls_back_is_a_connect_timeout() {
    let silent = peer(|stream| async move {
        pending::<()>().await;
        drop(stream);
    })
    .await;
    let given = Given {
        tls: Some(certificates::Authority::new().trusted()),
        ..hurried()
    };
    for library in Library::REQWESTS {
        let url = format!("https://{silent}/");
        library
            .fails("no handshake", &url, &given, Reason::ConnectTimeout)
            .await;
    }
}
