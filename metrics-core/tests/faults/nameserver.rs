//! Nameserver: a DNS server of a test's own, which answers as the name that is asked for says.

use std::net::SocketAddr;

use tokio::net::UdpSocket;

/// What the first label of a name asks for.
const NXDOMAIN: u8 = 3;
const SERVFAIL: u8 = 2;
const REFUSED: u8 = 5;

/// Starts it at this address.
pub(crate) async fn nameserver(at: &str) -> SocketAddr {
    let socket = UdpSocket::bind(at).await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut asked = [0; 1500];
        while let Ok((len, from)) = socket.recv_from(&mut asked).await {
            if let Some(answer) = answer(&asked[..len]) {
                socket.send_to(&answer, from).await.unwrap();
            }
        }
    });
    address
}

/// The question once more, with this code and no records.
fn answer(asked: &[u8]) -> Option<Vec<u8>> {
    let first = &asked[13..][..usize::from(asked[12])];
    let code = match first {
        b"nxdomain" => NXDOMAIN,
        b"nodata" => 0,
        b"servfail" => SERVFAIL,
        b"refused" => REFUSED,
        b"silence" => return None,
        other => panic!("nobody asks for {:?}", String::from_utf8_lossy(other)),
    };
    // The labels, the root, a type and a class.
    let labels = asked[12..].iter().position(|byte| *byte == 0).unwrap();
    let mut answer = asked[..12 + labels + 5].to_vec();
    // It is an answer, and recursion was to be had.
    answer[2] |= 0x80;
    answer[3] = 0x80 | code;
    // One question, no records of any kind.
    answer[4..12].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
    Some(answer)
}
