//! Exchange: one request and its answer, on a connection of its own.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use http::uri::Authority;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::answer::{Answer, READ};

/// Sends a request and reads the beginning of the answer. A push a minute is not worth a pool.
pub(super) async fn send(
    to: &Authority,
    request: Request<Full<Bytes>>,
) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let host = to.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, to.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut connection = pin!(connection);
    let mut exchange = pin!(async { read(sender.send_request(request).await?).await });
    let mut over = false;
    // No task is spawned: the connection moves while somebody waits for it.
    poll_fn(|context| {
        if !over {
            // If it breaks, the exchange says so.
            over = connection.as_mut().poll(context).is_ready();
        }
        match exchange.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(answer),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
    .map_err(Into::into)
}

async fn read(response: Response<Incoming>) -> Result<Answer, hyper::Error> {
    let (head, mut body) = response.into_parts();
    let mut said = Vec::new();
    while said.len() < READ {
        let Some(frame) = body.frame().await else {
            break;
        };
        match frame {
            Ok(frame) => said.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            // The status is the answer; the rest was for the log.
            Err(_) => break,
        }
    }
    said.truncate(READ);
    Ok(Answer::new(head.status, &said))
}
