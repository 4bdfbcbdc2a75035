//! The connection to the Storage Read API: gRPC over the same TLS as every other request.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use sluice_engine::error::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tonic::codegen::http::Uri;
use tonic::transport::{Channel, Endpoint};
use tower_service::Service;
use url::Url;

use crate::http::tls;

/// For a connection, and for its encryption.
const CONNECT: Duration = Duration::from_secs(10);
/// What the server may send ahead of what is read, for one stream and for all.
const STREAM_WINDOW: u32 = 2 << 20;
const WINDOW: u32 = 4 << 20;

/// Connects to `url`.
pub(super) async fn connect(url: &Url) -> Result<Channel> {
    let unusable =
        |what: &str| Error::new(ErrorKind::BadSettings, format!("The Storage Read API address {what}."));
    let host = url.host_str().ok_or_else(|| unusable("has no host"))?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().ok_or_else(|| unusable("has no port"))?;
    let encryption = if url.scheme() == "https" {
        let mut config = tls(url)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from(host.clone()).map_err(|_| unusable("is not a host’s name"))?;
        Some((TlsConnector::from(Arc::new(config)), name))
    } else {
        None
    };
    let endpoint = Endpoint::from_shared(url.to_string())
        .map_err(|error| unusable("can not be used").with_source(error))?
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(WINDOW)
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    endpoint.connect_with_connector(Connector { host, port, encryption }).await.map_err(|error| {
        Error::new(ErrorKind::Unreachable, "The Storage Read API can not be reached.").with_source(error)
    })
}

/// Makes the connection. The address is known already; what tonic hands in is the same.
#[derive(Clone)]
struct Connector {
    host: String,
    port: u16,
    encryption: Option<(TlsConnector, ServerName<'static>)>,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Service<Uri> for Connector {
    type Response = TokioIo<Box<dyn Wire>>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = std::io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let to = self.clone();
        Box::pin(async move {
            let stream = timeout(CONNECT, TcpStream::connect((to.host.as_str(), to.port))).await??;
            stream.set_nodelay(true)?;
            let wire: Box<dyn Wire> = match to.encryption {
                Some((connector, name)) => {
                    Box::new(timeout(CONNECT, connector.connect(name, stream)).await??)
                }
                None => Box::new(stream),
            };
            Ok(TokioIo::new(wire))
        })
    }
}
