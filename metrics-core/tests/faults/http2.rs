//! Peers that speak HTTP/2 and do not answer as they should. The frames are written by hand.

use fedimetrics_core::Reason;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::clients::{Given, Library};
use crate::peer::{hears, peer};

/// What every client says first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Length, type, flags, stream: no settings of the peer's own.
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

/// The first stream ends with INTERNAL_ERROR.
const RESET: &[u8] = &[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 2];

/// No stream was looked at: ENHANCE_YOUR_CALM.
const GO_AWAY: &[u8] = &[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11];

/// A frame for a stream that there cannot be.
const NONSENSE: &[u8] = &[0, 0, 0, 0, 0, 0, 0, 0, 0];

#[tokio::test]
async fn each_bad_answer_in_http2_has_a_reason() {
    let faults = [
        ("stream reset", RESET, Reason::Econnreset),
        ("go away", GO_AWAY, Reason::Closed),
        ("nonsense", NONSENSE, Reason::HttpParse),
        (
            "another protocol",
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            Reason::HttpParse,
        ),
    ];
    let given = Given {
        http2: true,
        ..Given::default()
    };
    for (fault, answer, reason) in faults {
        let peer = peer(move |mut stream| async move {
            let mut preface = [0; PREFACE.len()];
            stream.read_exact(&mut preface).await.unwrap();
            assert_eq!(preface, PREFACE);
            let _ = stream.write_all(SETTINGS).await;
            // Until the request is there, which is the first frame of HEADERS.
            loop {
                let mut frame = [0; 9];
                if stream.read_exact(&mut frame).await.is_err() {
                    return;
                }
                let mut payload = vec![0; usize::from(frame[1]) << 8 | usize::from(frame[2])];
                if stream.read_exact(&mut payload).await.is_err() {
                    return;
                }
                if frame[3] == 1 {
                    break;
                }
            }
            let _ = stream.write_all(answer).await;
            hears(&mut stream).await;
        })
        .await;
        for library in Library::ALL {
            library
                .fails(fault, &format!("http://{peer}/"), &given, reason)
                .await;
        }
    }
}
